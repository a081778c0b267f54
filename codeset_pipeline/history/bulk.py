"""The fast road for many rows into the database (DESIGN section 10 has the measurements)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Date, Table, insert

_BATCH = 20_000


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
    names = [column.name for column in table.columns]
    if connection.dialect.name == "sqlite":
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        dates = [index for index, column in enumerate(table.columns) if isinstance(column.type, Date)]
        for start in range(0, len(rows), _BATCH):
            batch = [_with_dates_as_text(row, dates) for row in rows[start : start + _BATCH]]
            connection.exec_driver_sql(statement, batch)
        return
    for start in range(0, len(rows), _BATCH):
        batch_rows = [dict(zip(names, row, strict=True)) for row in rows[start : start + _BATCH]]
        connection.execute(insert(table), batch_rows)
