"""The PTP tables of a history as lines of text in key order, for hashing and comparing them a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, CursorResult

_BATCH = 20_000


def _text(column: str) -> str:
    return f"coalesce(CAST({column} AS VARCHAR(8)), '~')"


def _line(*columns: str) -> str:
    return " || '|' || ".join(columns)


# The set's number first, so that lines sort as text as their rows do.
_KEY = ("e.set_id", "s.code_set", "e.column_1", "e.column_2", _text("e.effective_from"))
_SAID = (_text("e.published_from"), _text("e.published_to"))
_ORDER = "ORDER BY e.set_id, e.column_1, e.column_2, e.effective_from"
# Numbers that are given in order of arrival, such as those of the rationales, are shown as what they stand for.
_QUERIES = {
    "ncci_ptp_edit": (
        f"SELECT {_line(*_KEY, *_SAID, _text('e.effective_to'), _text('e.modifier_indicator'))} || '|' || "
        f"{_line(_text('e.prior_to_1996'), 'r.rationale')} FROM ncci_ptp_edit e "
        "JOIN ncci_ptp_set s ON s.set_id = e.set_id JOIN ncci_ptp_rationale r ON r.rationale_id = e.rationale_id "
        f"{_ORDER}, e.published_from"
    ),
    "ncci_ptp_code": (
        f"SELECT {_line('e.set_id', 's.code_set', 'e.code')} FROM ncci_ptp_code e "
        "JOIN ncci_ptp_set s ON s.set_id = e.set_id ORDER BY e.set_id, e.code"
    ),
    "ncci_ptp_missing": (
        f"SELECT {_line(*_KEY, _text('e.missing_from'), *_SAID)} FROM ncci_ptp_missing e "
        f"JOIN ncci_ptp_set s ON s.set_id = e.set_id {_ORDER}, e.missing_from, e.published_from"
    ),
}
PTP_TABLES = tuple(_QUERIES)


def _result(connection: Connection, table: str) -> CursorResult[Any]:
    # From a cursor of the server's, where there is one: the rows would not fit into memory.
    return connection.exec_driver_sql(_QUERIES[table], execution_options={"stream_results": True})


def ptp_lines(connection: Connection, table: str) -> Iterator[str]:
    """The rows of a PTP table, in the order of its key."""
    result = _result(connection, table)
    while batch := result.fetchmany(_BATCH):
        for (line,) in batch:
            yield line


def ptp_table_bytes(connection: Connection, table: str) -> Iterator[bytes]:
    """The rows of a PTP table as bytes, many at a time."""
    result = _result(connection, table)
    while batch := result.fetchmany(_BATCH):
        yield "".join([f"{line}\n" for (line,) in batch]).encode()


def unlike_lines(ours: Iterator[str], theirs: Iterator[str]) -> Iterator[tuple[bool, str]]:
    """The lines that only one of two sorted sequences has, with whether it is ours.

    The parts of the key are of equal length within a code set, so that lines sort as text as their rows do by key.
    """
    have, should = next(ours, None), next(theirs, None)
    while have is not None or should is not None:
        if have == should:
            have, should = next(ours, None), next(theirs, None)
        elif should is None or (have is not None and have < should):
            assert have is not None
            yield True, have
            have = next(ours, None)
        else:
            yield False, should
            should = next(theirs, None)
