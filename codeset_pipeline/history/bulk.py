"""The fast road for many rows into the database (DESIGN section 10 has the measurements)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Date, Table

_BATCH = 20_000
_FILLED = "tables filled in this transaction"


def _with_dates_as_text(row: Sequence[object], dates: Sequence[int]) -> tuple[object, ...]:
    values = list(row)
    for index in dates:
        value = values[index]
        if value is not None:
            values[index] = str(value)
    return tuple(values)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Sequence[object]]) -> None:
    """Insert rows given as values in the order of the table's columns."""
    if not rows:
        return
    names = ", ".join(column.name for column in table.columns)
    if connection.dialect.name != "sqlite":
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", rows)
        connection.info.setdefault(_FILLED, set()).add(table.name)
        return
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({', '.join('?' * len(table.columns))})"
    dates = [index for index, column in enumerate(table.columns) if isinstance(column.type, Date)]
    for start in range(0, len(rows), _BATCH):
        batch = [_with_dates_as_text(row, dates) for row in rows[start : start + _BATCH]]
        connection.exec_driver_sql(statement, batch)


def _copy(connection: Connection, statement: str, rows: Sequence[Sequence[object]]) -> None:
    """PostgreSQL's own way: one stream of rows, in the transaction of the connection."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def refresh_statistics(connection: Connection) -> None:
    """Let PostgreSQL look at the tables that were filled; until then it guesses how to find rows in them."""
    for name in sorted(connection.info.pop(_FILLED, ())):
        connection.exec_driver_sql(f"ANALYZE {name}")
