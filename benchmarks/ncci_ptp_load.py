"""PTP quarters at full size: zips to accepted snapshots, first load, the next quarters, size of the database.

    python benchmarks/ncci_ptp_load.py [--rows 2600000] [--quarters 12] [--runs 3] [--made FOLDER]

Made-up quarters of four zipped parts (kept in `--made`) go into a fresh workspace one after the other; accepting and
loading are measured apart, each in a process of its own. The first quarter is done several times and the median taken.
Targets: accepted in 12 s or less, first load in 60 s or less, 1.5 GB or less at the peak, less than 5 MB more for each
quarter with some 1,300 changes, and less than 1 GB for all of them.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

from measured import Measurement, measure, medians, report, shown

CODE_SET = "ncci-ptp-practitioner"
ACCEPT_SECONDS, LOAD_SECONDS, PEAK_MB, GROWTH_MB, ALL_MB = 12.0, 60.0, 1500.0, 5.0, 1000.0

_ACCEPT = """
import sys
from pathlib import Path
from codeset_pipeline import pipeline
from codeset_pipeline.settings import Workspace
home = Path(sys.argv[1])
place = Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}")
pipeline.accept(place, pipeline.discover(sys.argv[2], sys.argv[3]))
"""
_LOAD = """
import sys
from pathlib import Path
from codeset_pipeline import pipeline
from codeset_pipeline.settings import Workspace
home = Path(sys.argv[1])
pipeline.load(Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}"), sys.argv[2])
"""


def made_quarters(folder: Path, rows: int, count: int) -> list[Path]:
    """The folders of the quarters' zips, oldest first; made unless they are there."""
    found = sorted(path for path in folder.glob("20??Q?") if path.is_dir())
    if len(found) < count:
        generator = Path(__file__).with_name("ncci_generator.py")
        words = [str(folder), "--rows", str(rows), "--quarters", str(count), "--first", "2024Q1"]
        subprocess.run([sys.executable, str(generator), *words], check=True)
        found = sorted(path for path in folder.glob("20??Q?") if path.is_dir())
    return found[:count]


def size_mb(home: Path) -> float:
    return (home / "codeset.sqlite").stat().st_size / 1e6


def accept(home: Path, quarter: Path) -> Measurement:
    return measure([sys.executable, "-c", _ACCEPT, str(home), CODE_SET, str(quarter)])


def load(home: Path) -> Measurement:
    return measure([sys.executable, "-c", _LOAD, str(home), CODE_SET])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_600_000)
    parser.add_argument("--quarters", type=int, default=12)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--made", type=Path, help="folder of the generated zips")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        quarters = made_quarters(given.made or Path(folder) / "made", given.rows, given.quarters)
        home = Path(folder) / "home"
        accepted, loaded = [], []
        for number in range(1, given.runs + 1):
            shutil.rmtree(home, ignore_errors=True)
            accepted.append(accept(home, quarters[0]))
            loaded.append(load(home))
            print(f"run {number}     accepted {shown(accepted[-1])}; loaded {shown(loaded[-1])}", flush=True)
        first_accept, first_load = medians(accepted), medians(loaded)
        sizes = [size_mb(home)]
        peak = max(first_accept.peak_mb, first_load.peak_mb)
        for quarter in quarters[1:]:
            taken, written = accept(home, quarter), load(home)
            sizes.append(size_mb(home))
            peak = max(peak, taken.peak_mb, written.peak_mb)
            grown = sizes[-1] - sizes[-2]
            print(
                f"{quarter.name}    accepted {shown(taken)}; loaded {shown(written)}; {sizes[-1]:.1f} MB "
                f"(+{grown:.2f})",
                flush=True,
            )
    growth = max((new - old for old, new in pairwise(sizes)), default=0.0)
    report(
        f"accept and load {len(quarters)} quarters of {given.rows:,} PTP edits",
        f"median of {given.runs}: first quarter accepted {shown(first_accept)}; first load {shown(first_load)}; "
        f"database {sizes[0]:.0f} MB, after {len(quarters)} quarters {sizes[-1]:.0f} MB, largest growth "
        f"{growth:.2f} MB; peak {peak:.0f} MB",
        f"{ACCEPT_SECONDS:g} s, {LOAD_SECONDS:g} s, {PEAK_MB:g} MB, {GROWTH_MB:g} MB a quarter, {ALL_MB:g} MB in all",
        first_accept.wall <= ACCEPT_SECONDS
        and first_load.wall <= LOAD_SECONDS
        and peak <= PEAK_MB
        and growth < GROWTH_MB
        and sizes[-1] < ALL_MB,
    )


if __name__ == "__main__":
    main()
