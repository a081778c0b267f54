"""Every format of `codeset export` for ICD-10-CM, as whole commands: time, memory and size on disk.

    python benchmarks/exports.py [--home WORKSPACE] [--code-set icd10cm]

Without a workspace the ICD-10-CM releases in ../shared/data are loaded first. Target: CSV within 3 s of processor time.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measured import measure, report, shown, with_icd10cm

SECONDS = 3.0
FORMATS = ("csv", "ndjson", "parquet", "fhir")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--code-set", default="icd10cm")
    given = parser.parse_args()
    took = {}
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or with_icd10cm(Path(folder) / "home")
        for format in [f for f in FORMATS if f != "fhir" or not given.code_set.startswith("ncci-")]:
            out = Path(folder) / format
            words = ["export", given.code_set, "--as", format, str(out), "--home", str(home)]
            took[format] = measure([sys.executable, "-m", "codeset_pipeline", *words])
            size = sum(path.stat().st_size for path in out.iterdir())
            print(f"{format:9} {shown(took[format])}, {size / 1e6:.1f} MB in {len(list(out.iterdir()))} files")
    seconds = took["csv"].user + took["csv"].system
    report(
        f"codeset export {given.code_set} --as csv",
        f"{seconds:.1f} s of processor time, {took['csv'].peak_mb:.0f} MB",
        f"{SECONDS:g} s or less",
        seconds <= SECONDS,
    )


if __name__ == "__main__":
    main()
