"""The next quarter of PTP edits at full size: from zips to changes, proven, loaded and reported.

    python benchmarks/ncci_quarter.py [--rows 2600000] [--runs 3] [--made FOLDER] [--home FOLDER]

Each run is one `codeset update ncci-ptp-practitioner --from FOLDER` in its own process, on a copy of a workspace that
has the quarter before: four zips and the zip of change files are read, gated, folded into the history, compared,
reconciled, and written as workbook, page and data. Targets: 30 s or less, 1.5 GB or less at the peak, and the database
grows by less than 5 MB. `--home` keeps the workspace with the quarter before.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from measured import Measurement, measure, medians, repeated, report, shown
from ncci_workspace import CODE_SET, QUARTERS, made_quarters, workspace_with

SECONDS, PEAK_MB, GROWTH_MB = 30.0, 1500.0, 5.0


def size_of(home: Path) -> int:
    """Bytes of the database, with what SQLite has not yet brought into its file."""
    return sum(path.stat().st_size for path in home.glob("codeset.sqlite*"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_600_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--made", type=Path, help="folder of the generated zips")
    parser.add_argument("--home", type=Path, help="workspace with the quarter before")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = made_quarters(given.made or Path(folder) / "made", given.rows)
        before = given.home or Path(folder) / "before"
        workspace_with(before, made, QUARTERS[:1], load=True)
        size = size_of(before)
        home = Path(folder) / "home"
        growth: list[float] = []

        def once() -> Measurement:
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(before, home)
            words = ["update", CODE_SET, "--from", str(made / QUARTERS[1]), "--home", str(home)]
            taken = measure([sys.executable, "-m", "codeset_pipeline", *words])
            growth.append((size_of(home) - size) / 1e6)
            return taken

        middle = medians(repeated(given.runs, once))
    grown = max(growth)
    report(
        f"codeset update {CODE_SET} --from FOLDER   ({given.rows:,} edits in four zips, and the change files)",
        f"median of {given.runs}: {shown(middle)}; the database grew by {grown:.1f} MB from {size / 1e6:.0f} MB",
        f"{SECONDS:g} s wall, {PEAK_MB:g} MB of memory, {GROWTH_MB:g} MB of database",
        middle.wall <= SECONDS and middle.peak_mb <= PEAK_MB and grown < GROWTH_MB,
    )


if __name__ == "__main__":
    main()
