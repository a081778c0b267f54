"""Two order-file zips to a written report, without Prefect.

    python benchmarks/release_pair_report.py [OLD.zip NEW.zip] [--runs 3]

Each run is one `codeset update … --all` in a process of its own on an empty workspace: parse both zips, gate, load,
compare, reconcile with the addenda, map, write workbook, page and data. Target: 8 s or less, 500 MB or less.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from measured import DATA, Measurement, measure, medians, repeated, report, shown

OLD = DATA / "icd10cm/FY2025/2025-code-descriptions-tabular-order.zip"
NEW = DATA / "icd10cm/FY2026/2026-code-descriptions-tabular-order.zip"
SECONDS, MEGABYTES = 8.0, 500.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("zips", nargs="*", type=Path, default=[OLD, NEW])
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        zips = Path(folder) / "zips"
        for path in given.zips:
            (zips / path.parent.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, zips / path.parent.name)

        def once() -> Measurement:
            home = Path(folder) / "home"
            shutil.rmtree(home, ignore_errors=True)
            words = ["update", "icd10cm", "--from", str(zips), "--all", "--home", str(home)]
            return measure([sys.executable, "-m", "codeset_pipeline", *words])

        middle = medians(repeated(given.runs, once))
    report(
        f"codeset update icd10cm --from FOLDER --all   (FOLDER: {', '.join(path.name for path in given.zips)})",
        f"median of {given.runs}: {shown(middle)}",
        f"{SECONDS:g} s wall or less and {MEGABYTES:g} MB or less",
        middle.wall <= SECONDS and middle.peak_mb <= MEGABYTES,
    )


if __name__ == "__main__":
    main()
