"""The crosswalks between neighbouring releases, kept in the database for lookups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, and_, delete, select

from codeset_pipeline.history import schema
from codeset_pipeline.history.bulk import insert_rows
from codeset_pipeline.model import Mapping


def stored_pairs(connection: Connection, code_set: str) -> dict[tuple[date, date], str]:
    """(from, to) → what the stored mappings of that pair were made from."""
    table = schema.crosswalk_pair
    rows = connection.execute(select(table).where(table.c.code_set == code_set))
    return {(row.from_effective, row.to_effective): row.input_key for row in rows}


def write_pair(
    connection: Connection, code_set: str, pair: tuple[date, date], input_key: str, mappings: Sequence[Mapping]
) -> None:
    """Replace the mappings that lead to the pair's newer release."""
    drop_pair(connection, code_set, pair[1])
    insert_rows(connection, schema.crosswalk_pair, [(code_set, pair[1], pair[0], input_key)])
    rows: dict[tuple[str, str], Sequence[object]] = {}
    for mapping in mappings:
        rows[mapping.source, mapping.target or ""] = (
            code_set,
            pair[1],
            mapping.source,
            mapping.target or "",
            str(mapping.relation),
            mapping.equivalence,
            str(mapping.evidence),
            mapping.automatic_forward,
            mapping.automatic_backward,
            " ".join(mapping.together_with),
        )
    insert_rows(connection, schema.crosswalk_row, [rows[key] for key in sorted(rows)])


def drop_pair(connection: Connection, code_set: str, to_effective: date) -> None:
    """Forget the mappings that lead to a release."""
    for table in (schema.crosswalk_pair, schema.crosswalk_row):
        connection.execute(
            delete(table).where(and_(table.c.code_set == code_set, table.c.to_effective == to_effective))
        )
