"""`check_codes` on 25 codes, in process, at full size, held against a plain reading of the published texts.

    python benchmarks/ncci_check.py [--rows 2600000] [--questions 200] [--made FOLDER] [--home FOLDER]

The workspace holds two quarters of PTP edits, MUE values and add-on codes. Each question takes codes with edits among
them, a random date of service and, half of the time, a date of publication. Every PTP, MUE and add-on finding is
compared. Target: 10 ms or less at the median.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from measured import report
from ncci_diff import Line, lines_of
from ncci_made_tables import add_on_quarters, mue_quarters
from ncci_workspace import QUARTERS, made_quarters, workspace_with
from ncci_write_tables import write_add_on, write_mue

from codeset_pipeline import pipeline
from codeset_pipeline.demo.ncci_layouts import AddOnEdit, MueValue
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.ncci_check.check import check_codes
from codeset_pipeline.ncci_check.findings import Check
from codeset_pipeline.settings import Workspace

MILLISECONDS, CODES = 10.0, 25
STARTS = (date(2026, 4, 1), date(2026, 7, 1))
Question = tuple[list[str], date, date | None]


def load_tables(place: Workspace, folder: Path) -> tuple[dict[date, list[MueValue]], dict[date, list[AddOnEdit]]]:
    """Load both quarters' MUE and add-on tables; returns their rows."""
    mue = {quarter.start: quarter.rows for quarter in islice(mue_quarters(15_000), 2)}
    add_on = {quarter.start: quarter.rows for quarter in islice(add_on_quarters(9_000), 2)}
    for start in STARTS:
        write_mue(folder / "tables", start, mue[start], posted=start)
        write_add_on(folder / "tables", start, add_on[start], posted=start)
    for code_set in ("ncci-mue-practitioner", "ncci-aoc"):
        pipeline.accept(place, pipeline.discover(code_set, folder / "tables"), everything=True)
        pipeline.load(place, code_set)
    return mue, add_on


def questions(home: Path, count: int, add_on: list[AddOnEdit]) -> list[Question]:
    """Codes with edits among them, two add-on codes and a primary, dates."""
    chance = random.Random(4)
    asked: list[Question] = []
    with HistoryDatabase(f"sqlite:///{home / 'codeset.sqlite'}").reading() as connection:
        ask = connection.exec_driver_sql
        firsts = [row[0] for row in ask("SELECT DISTINCT column_1 FROM ncci_ptp_edit")]
        for number in range(count):
            centre = chance.choice(firsts)
            partners = [row[0] for row in ask("SELECT column_2 FROM ncci_ptp_edit WHERE column_1 = ?", (centre,))]
            partners = chance.sample(sorted(set(partners)), min(10, len(set(partners))))
            rule = chance.choice(add_on)
            codes = [centre, *partners, rule.add_on_code, chance.choice(add_on).add_on_code]
            codes += [rule.primary_code] if number % 2 and rule.primary_code != "CCCCC" else []
            codes = list(dict.fromkeys([*codes, *chance.sample(firsts, CODES)]))[:CODES]
            on = date(2019, 1, 1) + timedelta(days=chance.randrange(2_800))
            asked.append((codes, on, chance.choice([None, date(2026, 6, 30)])))
    return asked


def wanted_edits(rows: list[Line], codes: list[str], on: date) -> set[tuple[str, ...]]:
    """Column 1, column 2, effective date and indicator of the edits in force among the codes."""
    day, among = f"{on:%Y%m%d}", set(codes)
    return {
        (row[0], row[1], row[2], row[4])
        for row in rows
        if row[0] in among
        and row[1] in among
        and row[2] <= day
        and (row[3] == "*" or day <= row[3])
        and not (row[4] == "9" and row[3] == row[2])
    }


def wanted_add_ons(rows: list[AddOnEdit], codes: list[str], on: date) -> dict[str, str]:
    """Add-on code → status."""
    found: dict[str, list[AddOnEdit]] = {}
    for row in rows:
        ends = (row.add_on_deleted_on, row.primary_deleted_on, row.deleted_on)
        if row.add_on_code in codes and row.effective_from <= on and all(end is None or on <= end for end in ends):
            found.setdefault(row.add_on_code, []).append(row)
    return {
        code: "primary_present"
        if any(row.primary_code in codes for row in own)
        else "cannot_be_proven"
        if any(row.edit_type != "1" for row in own)
        else "primary_missing"
        for code, own in found.items()
    }


def wrong(
    answers: list[tuple[Question, Check]],
    made: Path,
    mue: dict[date, list[MueValue]],
    add_on: dict[date, list[AddOnEdit]],
) -> Iterator[str]:
    """Every question whose answer is not what the published tables say."""
    union = {code for (codes, _, _), _ in answers for code in codes}
    texts = {
        start: [row for row in lines_of(made / name) if row[0] in union and row[1] in union]
        for start, name in zip(STARTS, QUARTERS, strict=True)
    }
    for (codes, on, published), answer in answers:
        newest = STARTS[0] if published else STARTS[1]
        edits = {
            (e.column_1, e.column_2, e.effective_from.replace("-", ""), e.modifier_indicator) for e in answer.edits
        }
        if edits != wanted_edits(texts[newest], codes, on):
            yield f"PTP among {codes} on {on} as published by {published}"
        tables = [start for start in STARTS if start <= on and start <= newest]
        values = {row.code: row.value for row in mue[tables[-1]] if row.code in codes} if tables else {}
        if {item.code: item.mue_value for item in answer.mue} != values:
            yield f"MUE of {codes} on {on} as published by {published}"
        if {a.add_on_code: a.status for a in answer.add_on} != wanted_add_ons(add_on[newest], codes, on):
            yield f"add-on codes among {codes} on {on} as published by {published}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_600_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--made", type=Path, help="folder of the generated zips")
    parser.add_argument("--home", type=Path, help="workspace")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = made_quarters(given.made or Path(folder) / "made", given.rows)
        home = given.home or Path(folder) / "home"
        mue, add_on = load_tables(workspace_with(home, made, load=True), Path(folder))
        asked = questions(home, given.questions, add_on[STARTS[1]])
        database = HistoryDatabase(f"sqlite:///{home / 'codeset.sqlite'}")
        answers, taken = [], []
        with database.reading() as connection:
            for codes, on, published in asked:
                begun, used = time.perf_counter(), time.process_time()
                answer = check_codes(connection, codes, on, setting="practitioner", published=published)
                taken.append((1000 * (time.perf_counter() - begun), 1000 * (time.process_time() - used)))
                answers.append(((codes, on, published), answer))
        database.dispose()
        mistakes = list(wrong(answers, made, mue, add_on))
    for mistake in mistakes[:10]:
        print(f"WRONG     {mistake}")
    counts = [sum(len(getattr(answer, name)) for _, answer in answers) for name in ("edits", "mue", "add_on")]
    print(f"compared  {counts[0]:,} PTP, {counts[1]:,} MUE and {counts[2]:,} add-on findings; {len(mistakes)} wrong")
    wall, processor = (sorted(column) for column in zip(*taken, strict=True))
    middle = statistics.median(wall)
    report(
        f"python benchmarks/ncci_check.py --rows {given.rows} --questions {given.questions}",
        f"{CODES} codes: median {middle:.1f} ms wall, {statistics.median(processor):.1f} ms of processor time; "
        f"19 in 20 within {wall[int(0.95 * len(wall))]:.1f} ms",
        f"{MILLISECONDS:g} ms at the median, nothing wrong",
        middle <= MILLISECONDS and not mistakes,
    )


if __name__ == "__main__":
    main()
