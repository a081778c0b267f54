"""Codes that were ever loaded, for telling a code that ended from one that never existed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, select

from codeset_pipeline.history import schema
from codeset_pipeline.sources.definition import source


def _columns(code_set: str) -> tuple[Table, Column[Any]]:
    """The versioned table of a code set's codes, and its column of long titles."""
    if source(code_set).layout == "hcpcs":
        return schema.hcpcs_code, schema.hcpcs_code.c.long_description
    return schema.icd10_code, schema.icd10_code.c.long_title


def codes_before(connection: Connection, code_set: str, day: date) -> frozenset[str]:
    """Every code, headers included, that any loaded release had before a day."""
    table, _ = _columns(code_set)
    query = select(table.c.code).where(and_(table.c.code_set == code_set, table.c.effective_from < day)).distinct()
    return frozenset(connection.scalars(query))


def titles_of_ended(connection: Connection, code_set: str, before: date) -> dict[str, str]:
    """The last title of every code that had ended before a date, whether or not it came back."""
    table, title = _columns(code_set)
    query = (
        select(table.c.code, title)
        .where(and_(table.c.code_set == code_set, table.c.published_to.is_(None), table.c.effective_to < before))
        .order_by(table.c.effective_to)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


# HCPCS Level II without the dental codes (D), whose descriptors belong to the ADA.
_LEVEL_II = re.compile(r"[A-CE-V][0-9]{4}")
_MOST = 500


def short_descriptions(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    """The newest short description of each code that HCPCS Level II has, as far as it is loaded; never of CPT codes."""
    table = schema.hcpcs_code
    wanted = sorted(code for code in set(codes) if _LEVEL_II.fullmatch(code))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _MOST):
        query = (
            select(table.c.code, table.c.short_description)
            .where(and_(table.c.published_to.is_(None), table.c.code.in_(wanted[start : start + _MOST])))
            .order_by(table.c.effective_from)
        )
        found.update({row[0]: row[1] for row in connection.execute(query)})
    return found
