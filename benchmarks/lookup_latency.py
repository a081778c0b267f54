"""Lookups of random codes on random dates, as published by random dates, in one process.

    python benchmarks/lookup_latency.py [--home WORKSPACE] [--questions 20000]

Without a workspace the ICD-10-CM releases in ../shared/data are loaded first. A quarter of the questions ask for codes
that never existed, half for what had been published by a date. Asked twice: of the look-up that everything builds on,
and of `History.lookup` with the whole answer (attributes, replacements) as users call it. Target for both: 50 µs or
less at the median.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from measured import report, with_icd10cm

from codeset_pipeline.asking.history import History
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.known_codes import codes_before
from codeset_pipeline.history.lookup import open_lookup
from codeset_pipeline.settings import Workspace

MICROSECONDS = 50.0


def ask(home: Path, questions: int) -> tuple[list[float], list[float]]:
    """Microseconds of each question, to the look-up and to `History.lookup`; each sorted."""
    database = HistoryDatabase(Workspace.at(home).database_url)
    with database.reading() as connection:
        known = sorted(codes_before(connection, "icd10cm", date.max))
    chance = random.Random(20251001)
    first = date(2016, 1, 1)
    asked = []
    for number in range(questions):
        code = chance.choice(known)
        on = first + timedelta(days=chance.randrange(4_000))
        published = first + timedelta(days=chance.randrange(4_000)) if number % 2 else None
        asked.append((code if number % 4 else code[:3] + "ZZZZ", on, published))
    times, whole = [], []
    with open_lookup(database) as looker:
        for code, on, published in asked:
            begun = time.perf_counter_ns()
            looker.lookup("icd10cm", code, on, published)
            times.append((time.perf_counter_ns() - begun) / 1_000)
    database.dispose()
    with History(home, Workspace.at(home).database_url) as history:
        for code, on, published in asked:
            begun = time.perf_counter_ns()
            history.lookup("icd10cm", code, on, published)
            whole.append((time.perf_counter_ns() - begun) / 1_000)
    return sorted(times), sorted(whole)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--questions", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or with_icd10cm(Path(folder))
        times, whole = ask(home, given.questions)
    middles = [statistics.median(each) for each in (times, whole)]
    within = [each[int(len(each) * 0.99)] for each in (times, whole)]
    report(
        f"CodeLookup.lookup and History.lookup, {len(times):,} random questions each",
        f"median {middles[0]:.0f} and {middles[1]:.0f} µs, 99 % within {within[0]:.0f} and {within[1]:.0f} µs",
        f"{MICROSECONDS:g} µs or less at the median",
        max(middles) <= MICROSECONDS,
    )


if __name__ == "__main__":
    main()
