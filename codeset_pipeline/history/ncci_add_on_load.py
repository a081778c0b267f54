"""Add-on code edits into the history. A quarter has some 9,000 rows, so all are folded anew each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, delete

from codeset_pipeline.history import schema
from codeset_pipeline.history.bulk import insert_rows
from codeset_pipeline.history.fold import Publication
from codeset_pipeline.history.fold_edits import EditKey, EditValues, SaidRow, fold_edits
from codeset_pipeline.snapshots.ncci_tables import NCCI_ADD_ON_EDITS
from codeset_pipeline.snapshots.store import Snapshot


def add_on_edits(snapshot: Snapshot) -> dict[EditKey, EditValues]:
    """(add-on code, primary code, effective from) → type, the three deletion dates, notes."""
    columns = ["add_on_code", "primary_code", "effective_from"]
    columns += ["edit_type", "add_on_deleted_on", "primary_deleted_on", "deleted_on", "notes"]
    return {(row[0], row[1], row[2]): row[3:] for row in snapshot.read(NCCI_ADD_ON_EDITS, columns)}


def write_add_on_edits(
    connection: Connection, code_set: str, publications: Sequence[tuple[Publication, Snapshot]]
) -> None:
    """Replace the rows of a code set by those that its publications give."""
    table = schema.ncci_add_on_edit
    connection.execute(delete(table).where(table.c.code_set == code_set))
    rows = fold_edits([(publication, add_on_edits(snapshot)) for publication, snapshot in publications])
    insert_rows(connection, table, [_database_row(code_set, row) for row in rows])


def _database_row(code_set: str, row: SaidRow) -> tuple[object, ...]:
    add_on, primary, effective_from = row.key
    ends = [day for day in row.values[1:4] if isinstance(day, date)]
    dates = (effective_from, min(ends, default=None), row.published_from, row.published_to)
    return (code_set, add_on, primary, *row.values, row.missing_from, *dates, False)
