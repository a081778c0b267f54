"""MUE and add-on code tables at their real sizes: parsing, two quarters into the history, lookups.

    python benchmarks/ncci_tables.py [--mue 15000] [--add-on 9000] [--runs 3]

Files are made by the generator (csv and workbook, workbook and fixed-width text). Each run is one `codeset update …
--all` in a process of its own on an empty workspace: parse and compare both files of each quarter, gate, load.
Target: 6 s or less of processor time for two quarters of a table, 2 ms or less for a lookup.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path

from measured import Measurement, measure, medians, repeated, report, shown
from ncci_made_tables import add_on_quarters, mue_quarters
from ncci_write_tables import write_add_on, write_mue

from codeset_pipeline.history.answer import full_answer
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.lookup import open_lookup
from codeset_pipeline.parse.ncci_add_on_excel import parse_add_on_excel
from codeset_pipeline.parse.ncci_add_on_text import parse_add_on_text
from codeset_pipeline.parse.ncci_mue_table import parse_mue_table
from codeset_pipeline.settings import Workspace

UPDATE_SECONDS, LOOKUP_MS = 6.0, 2.0
MUE, ADD_ON = "ncci-mue-practitioner", "ncci-aoc"
LOOKUPS = 2_000


def parsing(what: str, parse: Callable[[], int], runs: int) -> None:
    """Print how long one file takes to parse, the median of several runs."""
    taken = []
    for _ in range(runs):
        begun = time.process_time()
        rows = parse()
        taken.append(time.process_time() - begun)
    print(f"parsing   {what}: {rows:,} rows in {statistics.median(taken):.2f} s of processor time, median of {runs}")


def parse_all(mue: Path, add_on: Path, runs: int) -> None:
    with zipfile.ZipFile(mue) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name, data in files.items():
        parsing(name, lambda data=data, name=name: len(parse_mue_table(data, name, setting="practitioner").rows), runs)
    with zipfile.ZipFile(add_on) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name, data in files.items():
        parse = parse_add_on_excel if name.endswith("xlsx") else parse_add_on_text
        parsing(name, lambda data=data, name=name, parse=parse: len(parse(data, name).rows), runs)


def looking_up(home: Path, code_set: str, codes: list[str]) -> float:
    """Milliseconds for one answer, the median of many."""
    database = HistoryDatabase(Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}").database_url)
    taken = []
    with open_lookup(database) as looker:
        for code in codes:
            begun = time.perf_counter()
            full_answer(looker, code_set, code, date(2026, 8, 1))
            taken.append(1000 * (time.perf_counter() - begun))
    database.dispose()
    middle = statistics.median(taken)
    print(f"lookup    {code_set}: {middle:.3f} ms, median of {len(taken):,}; slowest {max(taken):.2f} ms")
    return middle


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mue", type=int, default=15_000, help="codes in the MUE table")
    parser.add_argument("--add-on", type=int, default=9_000, help="rows of the add-on code table")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        tables = list(islice(mue_quarters(given.mue), 2))
        add_ons = list(islice(add_on_quarters(given.add_on), 2))
        mue, _ = [write_mue(out / "zips" / q.label, q.start, q.rows) for q in tables]
        add_on, _ = [write_add_on(out / "zips" / q.label, q.start, q.rows) for q in add_ons]
        parse_all(mue, add_on, given.runs)
        homes = {code_set: out / code_set for code_set in (MUE, ADD_ON)}
        slowest = 0.0
        for code_set, home in homes.items():

            def once(code_set: str = code_set, home: Path = home) -> Measurement:
                shutil.rmtree(home, ignore_errors=True)
                words = ["update", code_set, "--from", str(out / "zips"), "--all", "--no-report", "--home", str(home)]
                return measure([sys.executable, "-m", "codeset_pipeline", *words])

            middle = medians(repeated(given.runs, once))
            size = (home / "codeset.sqlite").stat().st_size / 1e6
            print(f"update    {code_set}, two quarters: {shown(middle)}; database {size:.1f} MB")
            slowest = max(slowest, middle.user + middle.system)
        lookups = max(
            looking_up(homes[MUE], MUE, [row.code for row in tables[0].rows[:LOOKUPS]]),
            looking_up(homes[ADD_ON], ADD_ON, [edit.add_on_code for edit in add_ons[0].rows[:LOOKUPS]]),
        )
    report(
        f"codeset update … --from FOLDER --all --no-report   ({given.mue:,} MUE, {given.add_on:,} add-on code rows)",
        f"slower table {slowest:.1f} s of processor time, slower lookup {lookups:.2f} ms",
        f"{UPDATE_SECONDS:g} s of processor time or less, {LOOKUP_MS:g} ms or less",
        slowest <= UPDATE_SECONDS and lookups <= LOOKUP_MS,
    )


if __name__ == "__main__":
    main()
