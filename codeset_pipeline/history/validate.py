"""The status of many codes on one date, by one question to the database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from operator import itemgetter
from typing import Any

from codeset_pipeline.codes import printed
from codeset_pipeline.history.code_tables import CodeTable, listing

# Nothing else is ever a code; what is not of this shape is answered `unknown` without asking.
_POSSIBLE = re.compile(r"[0-9A-Z]{1,10}")


# Status, first and last day of the row that was in force (an ended code's last row, the first row of one that is not
# valid yet), as ISO text; the words of the status are those of `LookupAnswer`. Then the further columns of the row.
Status = tuple[Any, ...]


def _statement(table: CodeTable, mark: str, sqlite: bool, published: bool) -> str:
    further = "".join(f", c.{name}" for name in table.further)
    # A list of any length as one parameter: a JSON array for SQLite, an array for PostgreSQL.
    wanted = f"json_each({mark}) AS wanted" if sqlite else f"unnest(CAST({mark} AS text[])) AS wanted(value)"
    said = "c.published_to IS NULL"
    if published:
        said = f"c.published_from <= {mark} AND (c.published_to IS NULL OR c.published_to >= {mark})"
    # Asked code by code along the primary key; SQLite keeps that order of the join because of CROSS.
    return (
        f"SELECT c.code, {table.billable}, c.effective_from, c.effective_to, c.on_or_before{further} "
        f"FROM {wanted} CROSS JOIN {table.name} AS c "
        f"WHERE c.code_set = {mark} AND c.code = wanted.value AND {said}"
    )


def _dates_as_text(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """SQLite hands dates out as text, other drivers as dates."""
    return (row[0], row[1], str(row[2]), row[3] and str(row[3]), *row[4:])


def _status_of(rows: list[tuple[Any, ...]], day: str) -> Status:
    """The status of a code from its rows (code, billable, first day, last day, on or before, further columns)."""
    if len(rows) > 1:
        # Sorted here, as most codes have a single row and the database would sort them all.
        rows.sort(key=itemgetter(2))
    last = None
    for row in rows:
        if row[2] > day:
            break
        last = row
        if row[3] is None or row[3] >= day:
            return "valid" if row[1] else "header", row[2], row[3], *row[5:]
    if last is not None:
        return "ended", last[2], last[3], *last[5:]
    first = rows[0]
    return "unknown" if first[4] else "not_yet_valid", first[2], first[3], *first[5:]


def validate_codes(
    cursor: Any, *, sqlite: bool, code_set: str, codes: Iterable[str], on: date, published: date | None = None
) -> dict[str, Status]:
    """Code → status, for every code asked about, as `CodeLookup.lookup` would answer each by itself.

    In a MUE set a code that the table lists is valid, and the value and its adjudication indicator come along.

    Args:
        cursor: of the driver.
        codes: normalised.

    Raises:
        UsageError: the code set has edits between codes only.
    """
    asked = set(codes)
    table = listing(code_set)
    statement = _statement(table, "?" if sqlite else "%s", sqlite, published is not None)
    # In order, so that neighbours are found on the page at hand.
    possible = sorted(filter(_POSSIBLE.fullmatch, asked))
    values: list[Any] = [json.dumps(possible) if sqlite else possible, code_set]
    if published is not None:
        values += [published.isoformat()] * 2
    cursor.execute(statement, tuple(values))
    rows = cursor.fetchall() if sqlite else map(_dates_as_text, cursor.fetchall())
    rows_of: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        known = rows_of.get(row[0])
        if known is None:
            rows_of[row[0]] = [row]
        else:
            known.append(row)
    day = on.isoformat()
    statuses: dict[str, Status] = dict.fromkeys(asked, ("unknown", None, None, *(None for _ in table.further)))
    for code, its_rows in rows_of.items():
        statuses[code] = _status_of(its_rows, day)
    return statuses


def status_rows(code_set: str, given: Iterable[tuple[str, str]], found: Mapping[str, Status]) -> list[dict[str, Any]]:
    """One row a code in the order given: `asked`, `code` as printed, status, dates, and what the code set has besides.

    Args:
        given: each code as asked, and normalised.
        found: the answer of `validate_codes`.
    """
    further = listing(code_set).further
    rows = []
    for text, code in given:
        answer = found[code]
        row = {
            "asked": text,
            "code": printed(code_set, code),
            "status": answer[0],
            "effective_from": answer[1],
            "effective_to": answer[2],
        }
        if further:
            row.update(zip(further, answer[3:], strict=True))
        rows.append(row)
    return rows
