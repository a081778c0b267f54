"""Two HCPCS release zips to a written report, and the parsing of one release's text.

    python benchmarks/hcpcs_release_pair.py [OLD.zip NEW.zip] [--runs 3]

Each run is one `codeset update … --all` in a process of its own on an empty workspace, for a folder with both zips:
parse texts and workbooks, gate, load, compare, reconcile, map, write workbook, page and data. Target: 5 s or less for
the pair, 1 s or less for the text.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from measured import DATA, Measurement, measure, medians, repeated, report, shown

OLD = DATA / "hcpcs/2019-annual/2019-Alpha-Numeric-HCPCS-File.zip"
NEW = DATA / "hcpcs/2020-q1/2020-Alpha-Numeric-HCPCS-File.zip"
PAIR_SECONDS, TEXT_SECONDS = 5.0, 1.0


def text_of(path: Path) -> tuple[bytes, str]:
    """The ANWEB text in a release zip."""
    with zipfile.ZipFile(path) as opened:
        name = next(n for n in opened.namelist() if "ANWEB" in n.upper() and n.lower().endswith(".txt"))
        return opened.read(name), name


def parsing(path: Path, runs: int) -> float:
    """Seconds to parse the text of a release, the median of several runs."""
    from codeset_pipeline.parse.anweb_text import parse_anweb_text

    data, name = text_of(path)
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        rows = len(parse_anweb_text(data, name).rows)
        taken.append(time.perf_counter() - begun)
    middle = statistics.median(taken)
    print(f"parsing   {name}: {rows:,} rows in {middle:.2f} s, median of {runs} (target {TEXT_SECONDS:g} s or less)")
    return middle


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("zips", nargs="*", type=Path, default=[OLD, NEW])
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    slowest = max(parsing(path, given.runs) for path in given.zips)
    with tempfile.TemporaryDirectory() as folder:
        zips = Path(folder) / "zips"
        for path in given.zips:
            (zips / path.parent.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, zips / path.parent.name)

        def once() -> Measurement:
            home = Path(folder) / "home"
            shutil.rmtree(home, ignore_errors=True)
            words = ["update", "hcpcs", "--from", str(zips), "--all", "--home", str(home)]
            return measure([sys.executable, "-m", "codeset_pipeline", *words])

        middle = medians(repeated(given.runs, once))
    report(
        f"codeset update hcpcs --from FOLDER --all   (FOLDER: {', '.join(path.name for path in given.zips)})",
        f"median of {given.runs}: {shown(middle)}; slowest text {slowest:.2f} s",
        f"{PAIR_SECONDS:g} s wall or less for the pair, {TEXT_SECONDS:g} s or less for a text",
        middle.wall <= PAIR_SECONDS and slowest <= TEXT_SECONDS,
    )


if __name__ == "__main__":
    main()
