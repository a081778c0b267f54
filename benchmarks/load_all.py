"""Every release in a folder of ICD-10-CM and one of ICD-10-PCS into an empty workspace.

    python benchmarks/load_all.py [--data FOLDER]

Target: 45 s or less for everything in ../shared/data.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measured import DATA, measure, report, shown

SECONDS = 45.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    given = parser.parse_args()
    runs = []
    with tempfile.TemporaryDirectory() as home:
        for code_set in ("icd10cm", "icd10pcs"):
            words = ["update", code_set, "--from", str(given.data / code_set), "--all", "--no-report", "--home", home]
            runs.append(measure([sys.executable, "-m", "codeset_pipeline", *words]))
            print(f"{code_set:<10}{shown(runs[-1])}")
    wall = sum(run.wall for run in runs)
    user = sum(run.user for run in runs)
    report(
        "codeset update CODE_SET --from DATA/CODE_SET --all --no-report   (icd10cm, then icd10pcs)",
        f"{wall:.1f} s wall, {user:.1f} s user, {max(run.peak_mb for run in runs):.0f} MB peak memory",
        f"{SECONDS:g} s wall or less",
        wall <= SECONDS,
    )


if __name__ == "__main__":
    main()
