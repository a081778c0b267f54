"""PTP edits in the history, by pair or by code, on both time axes."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from codeset_pipeline.history.lookup import CodeLookup
from codeset_pipeline.history.ncci_ptp_rows import day_number, day_of, set_id

NEVER_IN_FORCE = 9


class EditVersion(NamedTuple):
    """What the publisher said of one edit between two publications; `missing_from` is the first release without it."""

    column_1: str
    column_2: str
    effective_from: date
    effective_to: date | None
    modifier_indicator: int
    prior_to_1996: bool
    rationale: str
    published_from: date
    published_to: date | None
    missing_from: date | None

    @property
    def pair(self) -> str:
        return f"{self.column_1}/{self.column_2}"

    @property
    def never_in_force(self) -> bool:
        return self.modifier_indicator == NEVER_IN_FORCE

    def holds_on(self, day: date) -> bool:
        """Is the edit in force on a day?"""
        if self.never_in_force or day < self.effective_from:
            return False
        return self.effective_to is None or day <= self.effective_to


_COLUMNS = (
    "SELECT e.column_1, e.column_2, e.effective_from, e.effective_to, e.modifier_indicator, e.prior_to_1996, "
    "r.rationale, e.published_from, e.published_to, m.missing_from "
)
_BESIDE = (
    "JOIN ncci_ptp_rationale r ON r.rationale_id = e.rationale_id "
    "LEFT JOIN ncci_ptp_missing m ON m.set_id = e.set_id AND m.column_1 = e.column_1 AND m.column_2 = e.column_2 "
    "AND m.effective_from = e.effective_from AND {missing} "
)
_ORDER = " ORDER BY e.column_1, e.column_2, e.effective_from, e.published_from"
# The column 1 codes one after the other, each found through the clustered key. Asking each of them for the pair is
# faster than a second index of millions of rows would be to keep.
_COLUMN_1_CODES = (
    "WITH RECURSIVE first_code(code) AS (SELECT min(column_1) FROM ncci_ptp_edit WHERE set_id = ? UNION ALL "
    "SELECT (SELECT min(column_1) FROM ncci_ptp_edit WHERE set_id = ? AND column_1 > first_code.code) "
    "FROM first_code WHERE first_code.code IS NOT NULL) "
)


def _known(alias: str, published: date | None) -> tuple[str, tuple[int, ...]]:
    """The condition on the publication axis, and its values."""
    if published is None:
        return f"{alias}.published_to IS NULL", ()
    day = day_number(published)
    return f"{alias}.published_from <= ? AND ({alias}.published_to IS NULL OR {alias}.published_to >= ?)", (day, day)


def _version(row: tuple[object, ...]) -> EditVersion:
    first, second, start, end, indicator, before, rationale, said_from, said_to, missing = row
    return EditVersion(
        str(first), str(second), _day(start), _day_or_none(end), int(str(indicator)), bool(before), str(rationale),
        _day(said_from), _day_or_none(said_to), _day_or_none(missing),
    )  # fmt: skip


def _day_or_none(number: object) -> date | None:
    return None if number is None else day_of(int(str(number)))


def _day(number: object) -> date:
    found = _day_or_none(number)
    assert found is not None
    return found


def edits_of_pair(
    lookup: CodeLookup, code_set: str, column_1: str, column_2: str, published: date | None = None
) -> list[EditVersion]:
    """The edits of a pair in this direction as known by a date (by now when None), oldest first."""
    missing, missing_values = _known("m", published)
    known, known_values = _known("e", published)
    statement = (
        f"{_COLUMNS} FROM ncci_ptp_edit e {_BESIDE.format(missing=missing)} "
        f"WHERE e.set_id = ? AND e.column_1 = ? AND e.column_2 = ? AND {known} {_ORDER}"
    )
    values = (*missing_values, set_id(code_set), column_1, column_2, *known_values)
    return [_version(row) for row in lookup.rows(statement, values)]


def all_statements_of_pair(lookup: CodeLookup, code_set: str, column_1: str, column_2: str) -> list[EditVersion]:
    """Everything that was ever published of a pair, also what a later publication replaced."""
    statement = (
        f"{_COLUMNS} FROM ncci_ptp_edit e {_BESIDE.format(missing='m.published_to IS NULL')} "
        f"WHERE e.set_id = ? AND e.column_1 = ? AND e.column_2 = ? {_ORDER}"
    )
    return [_version(row) for row in lookup.rows(statement, (set_id(code_set), column_1, column_2))]


def edits_with_code(
    lookup: CodeLookup, code_set: str, code: str, column: int, published: date | None = None
) -> list[EditVersion]:
    """The edits that have a code in column 1 or in column 2, as known by a date."""
    missing, missing_values = _known("m", published)
    known, known_values = _known("e", published)
    beside = _BESIDE.format(missing=missing)
    number = set_id(code_set)
    if column == 1:
        statement = (
            f"{_COLUMNS} FROM ncci_ptp_edit e {beside} WHERE e.set_id = ? AND e.column_1 = ? AND {known} {_ORDER}"
        )
        return [_version(r) for r in lookup.rows(statement, (*missing_values, number, code, *known_values))]
    # CROSS JOIN keeps the order in which SQLite goes through the two.
    statement = (
        f"{_COLUMN_1_CODES} {_COLUMNS} FROM first_code f CROSS JOIN ncci_ptp_edit e {beside} "
        f"WHERE e.set_id = ? AND e.column_1 = f.code AND e.column_2 = ? AND {known} {_ORDER}"
    )
    values = (number, number, *missing_values, number, code, *known_values)
    return [_version(row) for row in lookup.rows(statement, values)]
