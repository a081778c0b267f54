"""The change feed of ICD-10-CM as whole commands: beginning it, telling of one more release, reading and verifying it.

    python benchmarks/feed.py [--home WORKSPACE] [--code-set icd10cm]

Without a workspace the ICD-10-CM releases in ../shared/data are loaded first; one that is given is copied. What the
newest release costs is seen by taking its step away and having it told again. Target: that takes a quarter of the
processor time of beginning the feed, or less, beyond what `codeset feed --head` takes when nothing is new.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from measured import Measurement, measure, medians, report, shown, with_icd10cm

RUNS = 3
SHARE = 0.25
# All that `codeset verify` does for the feeds, without the snapshots and the database, which take longer.
VERIFY = """
import sys
from pathlib import Path
from codeset_pipeline.feed.verify import verify_feeds
from codeset_pipeline.settings import Workspace
home = Path(sys.argv[1])
sys.exit("\\n".join(verify_feeds(Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}"), lambda _: None)) or 0)
"""


def seconds(run: Measurement) -> float:
    return run.user + run.system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--code-set", default="icd10cm")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        if given.home:
            shutil.copytree(given.home, home)
        else:
            with_icd10cm(home)
        place = home / "feed" / given.code_set
        # Steps that only this history tells, whatever had been told before.
        shutil.rmtree(home / "feed", ignore_errors=True)

        def feed(*words: str) -> Measurement:
            command = [sys.executable, "-m", "codeset_pipeline", "feed", given.code_set, *words]
            return measure([*command, "--home", str(home)])

        begun = []
        for _ in range(RUNS):
            shutil.rmtree(place, ignore_errors=True)
            begun.append(feed("--head"))
        steps = [json.loads(path.read_bytes()) for path in sorted(place.glob("[0-9]*.json"))]
        size = sum(path.stat().st_size for path in place.glob("[0-9]*"))
        state = sum(path.stat().st_size for path in (place / "state").iterdir())
        idle = [feed("--head") for _ in range(RUNS)]
        told = []
        for _ in range(RUNS):
            for path in [*place.glob(f"{len(steps):06d}.*")]:
                path.unlink()
            shutil.rmtree(place / "state")
            told.append(feed("--head"))
        read = [feed() for _ in range(RUNS)]
        verified = [measure([sys.executable, "-c", VERIFY, str(home)]) for _ in range(RUNS)]
        events = sum(step["events"] for step in steps)
        newest = steps[-1]["releases"][-1]["label"]
        print(f"feed      {events:,} events in {len(steps)} steps, {size / 1e6:.1f} MB, state {state / 1e6:.1f} MB")
        print(f"begin     {shown(medians(begun))}")
        print(f"nothing   {shown(medians(idle))}")
        print(f"{newest:9} {shown(medians(told))}; {steps[-1]['events']:,} events")
        print(f"read all  {shown(medians(read))}")
        print(f"verify    {shown(medians(verified))}")
    first, base, more = (seconds(medians(runs)) for runs in (begun, idle, told))
    report(
        f"codeset feed {given.code_set} --head",
        f"{first - base:.1f} s to begin, {more - base:.1f} s for {newest}, of processor time, and {base:.1f} s to ask",
        f"{SHARE:.0%} or less",
        more - base <= SHARE * (first - base),
    )


if __name__ == "__main__":
    main()
