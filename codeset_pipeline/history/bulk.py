"""The fast road for many rows into the database (DESIGN section 10 has the measurements)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Table, insert

_BATCH = 20_000


def insert_rows(connection: Connection, table: Table, rows: Sequence[Sequence[object]]) -> None:
    """Insert rows given as values in the order of the table's columns."""
    if not rows:
        return
    names = [column.name for column in table.columns]
    if connection.dialect.name == "sqlite":
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        for start in range(0, len(rows), _BATCH):
            batch = [
                tuple(value.isoformat() if isinstance(value, date) else value for value in row)
                for row in rows[start : start + _BATCH]
            ]
            connection.exec_driver_sql(statement, batch)
        return
    for start in range(0, len(rows), _BATCH):
        batch_rows = [dict(zip(names, row, strict=True)) for row in rows[start : start + _BATCH]]
        connection.execute(insert(table), batch_rows)
