"""How PTP edits are written down in the history: numbers for code sets and rationales, dates as numbers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from codeset_pipeline.history import schema
from codeset_pipeline.history.bulk import insert_rows
from codeset_pipeline.parse.ncci_ptp_rules import RATIONALES

# Never to be reordered: the numbers stand in every row.
_SETS = (
    "ncci-ptp-practitioner",
    "ncci-ptp-hospital",
    "ncci-medicaid-ptp-practitioner",
    "ncci-medicaid-ptp-hospital",
    "ncci-medicaid-ptp-dme",
)


def set_id(code_set: str) -> int:
    """The number of a PTP code set."""
    return _SETS.index(code_set) + 1


def day_number(day: date) -> int:
    """A date as it stands in the history: 2026-07-01 is 20260701."""
    return day.year * 10_000 + day.month * 100 + day.day


def day_of(number: int | None) -> date | None:
    """The date that a number of the history stands for."""
    return None if number is None else date(number // 10_000, number // 100 % 100, number % 100)


def prepare_numbers(connection: Connection) -> None:
    """Write down the numbers of the code sets and of the rationales that are known beforehand."""
    if connection.execute(select(schema.ncci_ptp_set)).first() is None:
        insert_rows(connection, schema.ncci_ptp_set, list(enumerate(_SETS, 1)))
        insert_rows(connection, schema.ncci_ptp_rationale, list(enumerate(RATIONALES, 1)))


def rationale_numbers(connection: Connection, texts: list[str]) -> dict[str, int]:
    """The number of each rationale; those that are new get the next ones."""
    table = schema.ncci_ptp_rationale
    known = {text: number for number, text in connection.execute(select(table))}
    new = [(len(known) + place, text) for place, text in enumerate(sorted(set(texts) - known.keys()), 1)]
    insert_rows(connection, table, new)
    return known | {text: number for number, text in new}
