"""Two history databases held against each other, row by row."""

from __future__ import annotations

from sqlalchemy import Connection, Table, select

from codeset_pipeline.history import schema
from codeset_pipeline.history.content_hash import table_hashes

_TABLES: tuple[Table, ...] = (schema.release, *schema.VERSIONED, schema.crosswalk_row)
_SHOWN = 5


def _rows(connection: Connection, table: Table) -> set[tuple[object, ...]]:
    columns = [column for column in table.columns if column.name != "stored_at"]
    return {tuple(row) for row in connection.execute(select(*columns))}


def _text(row: tuple[object, ...]) -> str:
    return " | ".join("-" if value is None else str(value) for value in row)


def differences(current: Connection, rebuilt: Connection) -> list[str]:
    """One sentence for each row that only one of the two has, at most a few a table; empty when they agree."""
    found = []
    ours, theirs = table_hashes(current), table_hashes(rebuilt)
    for table in _TABLES:
        if ours[table.name] == theirs[table.name]:
            continue
        have, should = _rows(current, table), _rows(rebuilt, table)
        for sentence, rows in (
            ("has a row that the snapshots do not give", have - should),
            ("lacks a row that the snapshots give", should - have),
        ):
            ordered = sorted(map(_text, rows))
            found += [f"database table {table.name} {sentence}: {text}" for text in ordered[:_SHOWN]]
            if len(ordered) > _SHOWN:
                found.append(f"database table {table.name}: {len(ordered) - _SHOWN} more such rows")
    return found
