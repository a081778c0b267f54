"""What one day's publications changed in a published table, read from the history without what stayed as it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from codeset_pipeline.history.ncci_ptp_rows import day_number
from codeset_pipeline.history.published_tables import PublishedTable, Row, rows

Change = tuple[Row | None, Row | None]
"""A row before and after, None where there is none."""


def changes_until(
    connection: Connection, table: PublishedTable, code_set: str, since: date | None, until: date
) -> Iterator[Change]:
    """The rows that differ between what had been published by the end of two days, in the order of the key.

    Args:
        since: the earlier day; None for before everything.
    """
    if since is None:
        for row in rows(connection, table, code_set, published=until):
            yield None, row
        return
    key = [table.column_names.index(name) for name in table.key]

    def by_key(row: Row) -> tuple[str, ...]:
        return tuple(str(row[place]) for place in key)

    found = sorted(_unlike(connection, table, code_set, since, until), key=by_key)
    for _, same in groupby(found, by_key):
        before: Row | None = None
        after: Row | None = None
        for row in same:
            # Of what was said on one of the two days alone, that which has ended was said on the first.
            published_to = row[-1]
            if published_to is not None and str(published_to) < until.isoformat():
                before = row[:-1]
            else:
                after = row[:-1]
        if before != after:
            yield before, after


def _unlike(connection: Connection, table: PublishedTable, code_set: str, since: date, until: date) -> list[Row]:
    """The rows published on one of the two days and not on the other, with the last day of publication."""

    def day(value: date) -> str:
        return str(day_number(value)) if table.numbered_days else f"'{value.isoformat()}'"

    came = (
        f"e.published_from > {day(since)} AND e.published_from <= {day(until)} "
        f"AND (e.published_to IS NULL OR e.published_to >= {day(until)})"
    )
    went = (
        f"e.published_from <= {day(since)} AND e.published_to >= {day(since)} "
        f"AND e.published_to <= {day(until - timedelta(days=1))}"
    )
    statement = (
        f"{table.select(connection.dialect.name, published=True)} "
        f"WHERE {table.code_set} = :code_set AND (({came}) OR ({went}))"
    )
    booleans = [place for place, column in enumerate(table.columns) if column.kind == "boolean"]
    unlike: list[Row] = []
    for row in connection.execute(text(statement), {"code_set": code_set}):
        values: list[Any] = [value.isoformat() if isinstance(value, date) else value for value in row]
        for place in booleans:
            values[place] = bool(values[place])
        unlike.append(tuple(values))
    return unlike
