"""NCCI snapshots made directly of rows, as the Parquet files that the snapshot builders write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from codeset_pipeline.snapshots.ncci_tables import NCCI_TABLES
from codeset_pipeline.snapshots.store import Snapshot

Rows = Iterable[Sequence[Any]]
_BY_NAME = {table.name: table for table in NCCI_TABLES}


def made_snapshot(
    folder: Path, code_set: str, day: date, tables: Mapping[str, Rows], roles: Iterable[str] = (), revision: int = 0
) -> Snapshot:
    """A snapshot with these rows; its manifest states what reading it needs.

    Args:
        roles: the release files it came from.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = folder / code_set / day.isoformat() / f"made{revision}"
    place.mkdir(parents=True, exist_ok=True)
    main = 0
    for name, rows in tables.items():
        table = _BY_NAME[name]
        key = [table.column_names.index(column) for column in table.key]
        ordered = sorted(rows, key=lambda row: [row[index] for index in key])
        columns = list(zip(*ordered, strict=True)) or [() for _ in table.columns]
        schema = table.arrow_schema()
        arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)]
        pq.write_table(pa.table(arrays, schema=schema), place / f"{name}.parquet")
        main = main or len(ordered)
    manifest = {
        "code_set": code_set,
        "effective_from": day.isoformat(),
        "snapshot_hash": f"{code_set} {day} {revision}",
        "counts": {"rows": main, "billable": None},
        "inputs": [{"role": role, "member": f"{role}.txt", "archive": "made.zip"} for role in roles],
        "oddities": [],
        "tables": {name: {} for name in tables},
    }
    return Snapshot(place, manifest)
