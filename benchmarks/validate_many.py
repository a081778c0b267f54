"""Validation of 100,000 codes on one date, by one call of the Python API.

    python benchmarks/validate_many.py [--home WORKSPACE] [--codes 100000]

Without a workspace the ICD-10-CM releases in ../shared/data are loaded first. A tenth of the codes never existed; half
of the rounds ask as published by a date. Target: 1 s or less at the median.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from measured import report, with_icd10cm

import codeset_pipeline
from codeset_pipeline.history.known_codes import codes_before

SECONDS = 1.0


def rounds(home: Path, count: int) -> tuple[list[float], list[float]]:
    """Seconds on the clock and of processor time, of each round."""
    chance = random.Random(20251001)
    walls, processors = [], []
    with codeset_pipeline.open(home) as history:
        with history.sessions.database.reading() as connection:
            known = sorted(codes_before(connection, "icd10cm", date.max))
        for number in range(7):
            codes = [
                chance.choice(known) if chance.random() < 0.9 else f"X{chance.randrange(10**6)}" for _ in range(count)
            ]
            begun, processor = time.perf_counter(), time.process_time()
            history.validate(
                "icd10cm", codes, f"20{chance.randrange(17, 27)}-05-01", "2024-12-01" if number % 2 else None
            )
            walls.append(time.perf_counter() - begun)
            processors.append(time.process_time() - processor)
    return walls, processors


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--codes", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or with_icd10cm(Path(folder))
        walls, processors = rounds(home, given.codes)
    middle = statistics.median(walls)
    report(
        f"History.validate, {given.codes:,} random codes, {len(walls)} rounds",
        f"median {middle:.2f} s, {statistics.median(processors):.2f} s of processor time, slowest {max(walls):.2f} s",
        f"{SECONDS:g} s or less at the median",
        middle <= SECONDS,
    )


if __name__ == "__main__":
    main()
