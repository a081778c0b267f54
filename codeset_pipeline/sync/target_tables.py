"""The tables that a synced database has: those of the exports, and one that says how far each code set has come."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Integer, MetaData, String, Table, Text

from codeset_pipeline.history.published_tables import Column as PublishedColumn
from codeset_pipeline.history.published_tables import PublishedTable

metadata = MetaData()

# Changed in the same transaction as the rows. An empty cursor is the beginning of the feed.
progress = Table(
    "codeset_sync",
    metadata,
    Column("code_set", String(60), primary_key=True),
    Column("feed_cursor", String(120), nullable=False),
    Column("events", BigInteger, nullable=False),
)

_MADE: dict[str, Table] = {}


def _type(column: PublishedColumn, key: bool) -> Any:
    if column.kind == "string":
        # Some databases want to know how long a key can get.
        return String(60) if key else Text()
    return {"integer": Integer(), "boolean": Boolean(), "date": Date(), "list": JSON()}[column.kind]


def target_table(table: PublishedTable) -> Table:
    """The table that follows a published one."""
    if table.name not in _MADE:
        columns: list[Column[Any]] = [
            Column(
                column.name,
                _type(column, column.name in table.key),
                primary_key=column.name in table.key,
                nullable=column.nullable,
                autoincrement=False,
            )
            for column in table.columns
        ]
        _MADE[table.name] = Table(table.name, metadata, *columns)
    return _MADE[table.name]
