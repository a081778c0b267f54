"""One hash over everything that the history says, for comparing databases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, Table, select

from codeset_pipeline.history import schema
from codeset_pipeline.history.ncci_ptp_lines import PTP_TABLES, ptp_table_bytes

# They tell of the installation and of the version that made a row, and not of the data.
AUDIT_COLUMNS = frozenset({"stored_at", "input_key"})
# So that a table of some hundred thousand rows is not in memory twice.
_IN_PARTS = {"yield_per": 10_000}
_TABLES = (schema.release, *schema.VERSIONED, schema.crosswalk_pair, schema.crosswalk_row)


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    columns = [column for column in table.columns if column.name not in AUDIT_COLUMNS]
    order = [column for column in columns if column.primary_key]
    for row in connection.execute(select(*columns).order_by(*order), execution_options=_IN_PARTS):
        values = ("~" if value is None else f"={int(value) if isinstance(value, bool) else value}" for value in row)
        yield "\x1f".join(values).encode()


def table_hashes(connection: Connection) -> dict[str, str]:
    """sha256 of each table's rows in key order."""
    hashes = {}
    for table in _TABLES:
        digest = hashlib.sha256()
        for line in _lines(connection, table):
            digest.update(line + b"\x1e")
        hashes[table.name] = digest.hexdigest()
    for name in PTP_TABLES:
        digest = hashlib.sha256()
        for part in ptp_table_bytes(connection, name):
            digest.update(part)
        hashes[name] = digest.hexdigest()
    return hashes


def content_hash(connection: Connection) -> str:
    """sha256 over all tables; equal for equal content, whatever the order or the number of loads."""
    hashes = table_hashes(connection)
    return hashlib.sha256("".join(f"{name} {hashes[name]}\n" for name in sorted(hashes)).encode()).hexdigest()
