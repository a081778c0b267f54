"""Codes that were ever loaded, for telling a code that ended from one that never existed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, and_, select

from codeset_pipeline.history import schema


def codes_before(connection: Connection, code_set: str, day: date) -> frozenset[str]:
    """Every code, headers included, that any loaded release had before a day."""
    table = schema.icd10_code
    query = select(table.c.code).where(and_(table.c.code_set == code_set, table.c.effective_from < day)).distinct()
    return frozenset(connection.scalars(query))


def titles_of_ended(connection: Connection, code_set: str, before: date) -> dict[str, str]:
    """The last title of every code that had ended before a date, whether or not it came back."""
    table = schema.icd10_code
    query = (
        select(table.c.code, table.c.long_title)
        .where(and_(table.c.code_set == code_set, table.c.published_to.is_(None), table.c.effective_to < before))
        .order_by(table.c.effective_to)
    )
    return {row.code: row.long_title for row in connection.execute(query)}
