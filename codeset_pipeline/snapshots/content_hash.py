"""Hashes of what a table says, independent of how a file format or its version writes it."""

from __future__ import annotations

import hashlib
from typing import Any

from codeset_pipeline.snapshots.tables import Table

_CHUNK_ROWS = 50_000


def table_hash(engine: Any, table: Table, relation: str) -> str:
    """sha256 over the rows of a relation in key order, every value as text, null told apart from blank.

    Args:
        engine: a DuckDB connection.
        relation: name of a registered table or view, or a `read_parquet(…)` call, with the table's columns.
    """
    values = ", ".join(f"coalesce('=' || CAST({name} AS VARCHAR), '~')" for name in table.column_names)
    key = ", ".join(table.key)
    rows = engine.execute(
        f"""
        WITH numbered AS (
            SELECT row_number() OVER (ORDER BY {key}) - 1 AS n, concat_ws(chr(31), {values}) AS line
            FROM {relation}
        )
        SELECT sha256(string_agg(line, chr(30) ORDER BY n)) FROM numbered
        GROUP BY n // {_CHUNK_ROWS} ORDER BY n // {_CHUNK_ROWS}
        """
    ).fetchall()
    digest = hashlib.sha256(f"{table.name} {' '.join(table.column_names)}\n".encode())
    for (chunk,) in rows:
        digest.update(str(chunk).encode())
    return digest.hexdigest()


def combined_hash(parts: dict[str, str]) -> str:
    """One hash over named hashes."""
    lines = "\n".join(f"{name} {parts[name]}" for name in sorted(parts))
    return hashlib.sha256(lines.encode()).hexdigest()
