"""The mirror by hand: `python -m tests.mirror --port 8100`."""

from __future__ import annotations

import argparse
import shlex
import time
from pathlib import Path

from tests.mirror import genuine, small
from tests.mirror.faults import Fault, Kind
from tests.mirror.running import Mirror

_DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mirror", description="A loopback cms.gov and ftp.cdc.gov.")
    parser.add_argument("--port", type=int, default=8100, help="of cms.gov; ftp.cdc.gov has the next")
    parser.add_argument("--small", action="store_true", help="small made-up releases, also where the genuine ones are")
    parser.add_argument("--data", type=Path, default=_DATA, help="the folder with the publishers' own files")
    parser.add_argument(
        "--fail",
        nargs=2,
        action="append",
        default=[],
        metavar=("KIND", "PATTERN"),
        help=f"let requests whose path matches fail for good; kinds: {', '.join(kind.name.lower() for kind in Kind)}",
    )
    given = parser.parse_args()
    with Mirror(given.port) as mirror:
        if given.small or not given.data.is_dir():
            small.post_all(mirror)
        else:
            genuine.post_all(mirror, given.data)
            small.post_ncci(mirror)
        for kind, pattern in given.fail:
            mirror.fail(Fault(Kind[kind.upper()], path=pattern, times=None))
        for name, url in (("CODESET_CMS_URL", mirror.cms_url), ("CODESET_CDC_URL", mirror.cdc_url)):
            print(f"export {name}={shlex.quote(url)}", flush=True)
        shown = 0
        try:
            while True:
                time.sleep(0.2)
                entries = [entry for entry in mirror.requests.all[shown:] if entry.ended is not None]
                for entry in entries:
                    print(entry, flush=True)
                shown += len(entries)
        except KeyboardInterrupt:
            pass


main()
