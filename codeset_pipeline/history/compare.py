"""Two history databases held against each other, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from sqlalchemy import Connection, Table, select

from codeset_pipeline.history import schema
from codeset_pipeline.history.content_hash import AUDIT_COLUMNS, table_hashes
from codeset_pipeline.history.ncci_ptp_lines import PTP_TABLES, ptp_lines, unlike_lines

_TABLES: tuple[Table, ...] = (schema.release, *schema.VERSIONED, schema.crosswalk_pair, schema.crosswalk_row)
_SHOWN = 5


def _rows(connection: Connection, table: Table, apart: AbstractSet[str]) -> set[tuple[object, ...]]:
    columns = [column for column in table.columns if column.name not in AUDIT_COLUMNS]
    query = select(*columns).where(table.c.code_set.not_in(apart)) if apart else select(*columns)
    return {tuple(row) for row in connection.execute(query)}


def _text(row: tuple[object, ...]) -> str:
    return " | ".join("-" if value is None else str(value) for value in row)


def differences(current: Connection, rebuilt: Connection, apart: AbstractSet[str] = frozenset()) -> list[str]:
    """One sentence for each row that only one of the two has, at most a few a table; empty when they agree.

    Args:
        apart: code sets that are left out of the comparison.
    """
    found = []
    ours, theirs = table_hashes(current), table_hashes(rebuilt)
    for table in _TABLES:
        if ours[table.name] == theirs[table.name]:
            continue
        have, should = _rows(current, table, apart), _rows(rebuilt, table, apart)
        for sentence, rows in (
            ("has a row that the snapshots do not give", have - should),
            ("lacks a row that the snapshots give", should - have),
        ):
            ordered = sorted(map(_text, rows))
            found += [f"database table {table.name} {sentence}: {text}" for text in ordered[:_SHOWN]]
            if len(ordered) > _SHOWN:
                found.append(f"database table {table.name}: {len(ordered) - _SHOWN} more such rows")
    for name in PTP_TABLES:
        if ours[name] != theirs[name]:
            found += _ptp_differences(current, rebuilt, name, apart)
    return found


def _lines(connection: Connection, name: str, apart: AbstractSet[str]) -> Iterator[str]:
    # The second part of a line is its code set.
    return (line for line in ptp_lines(connection, name) if not apart or line.split("|", 2)[1] not in apart)


def _ptp_differences(current: Connection, rebuilt: Connection, name: str, apart: AbstractSet[str]) -> list[str]:
    """As `differences`, for a table of millions of rows: both are gone through side by side."""
    found: list[str] = []
    more = 0
    for is_ours, line in unlike_lines(_lines(current, name, apart), _lines(rebuilt, name, apart)):
        if len(found) < 2 * _SHOWN:
            sentence = "has a row that the snapshots do not give" if is_ours else "lacks a row that the snapshots give"
            found.append(f"database table {name} {sentence}: {line.replace('|', ' | ')}")
        else:
            more += 1
    return [*found, f"database table {name}: {more} more such rows"] if more else found
