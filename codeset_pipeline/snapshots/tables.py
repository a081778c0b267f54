"""The tables of an ICD-10 snapshot: columns, types and sort keys.

Codes are without dot. A column that is null throughout was not stated by any file of the release.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name and its type, one of `text`, `integer`, `boolean`, `date`."""

    name: str
    type: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a snapshot; rows are sorted by `key`, which is unique.

    Attributes:
        bulk: millions of rows, which go from file to file and never become Python objects all at once.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    bulk: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def arrow_schema(self) -> Any:
        import pyarrow as pa

        types = {"text": pa.string(), "integer": pa.int32(), "boolean": pa.bool_(), "date": pa.date32()}
        return pa.schema([pa.field(column.name, types[column.type]) for column in self.columns])


# Headers and billable codes. `short_title` is only in the order file.
CODES = Table(
    "codes",
    ("code",),
    (
        Column("code"),
        Column("order_number", "integer"),
        Column("billable", "boolean"),
        Column("short_title"),
        Column("long_title"),
    ),
)

# Instruction notes of the tabular list. `owner` is a code, `chapter 1` or a section such as `A00-A09`.
NOTES = Table(
    "notes",
    ("owner", "kind", "position"),
    (Column("owner"), Column("kind"), Column("position", "integer"), Column("text")),
)

# 7th characters where they are defined; they hold for all codes below unless one of them defines its own.
SEVENTH_CHARACTERS = Table(
    "seventh_characters",
    ("owner", "character"),
    (Column("owner"), Column("character"), Column("text")),
)

# The publisher's conversion table. `previous` is JSON: groups of alternatives, each term [kind, first, last].
# `reference` names the release and not the file: one table is published under several names, and the rows must not
# depend on which of them came first.
CONVERSION = Table(
    "conversion",
    ("row",),
    (
        Column("row", "integer"),
        Column("current"),
        Column("effective_from", "date"),
        Column("form"),
        Column("previous"),
        Column("previous_text"),
        Column("reference"),
    ),
)

# Codes exempt from present-on-admission reporting.
POA_EXEMPT = Table("poa_exempt", ("code",), (Column("code"), Column("title")))

# The publisher's own list of changes. `list` is `order` or `codes`.
ADDENDA = Table(
    "addenda",
    ("list", "line"),
    (
        Column("list"),
        Column("line", "integer"),
        Column("label"),
        Column("code"),
        Column("billable", "boolean"),
        Column("short_title"),
        Column("long_title"),
    ),
)

# The counts that the publisher states below the list, by `level` (`headers`, `codes`).
ADDENDA_TOTALS = Table(
    "addenda_totals",
    ("list", "level"),
    (
        Column("list"),
        Column("level"),
        Column("from_name"),
        Column("from_count", "integer"),
        Column("to_name"),
        Column("to_count", "integer"),
        Column("additions", "integer"),
        Column("deletions", "integer"),
        Column("revisions", "integer"),
        Column("revised_both", "integer"),
        Column("revised_long_only", "integer"),
        Column("revised_short_only", "integer"),
    ),
)

ICD10_TABLES = (CODES, NOTES, SEVENTH_CHARACTERS, CONVERSION, POA_EXEMPT, ADDENDA, ADDENDA_TOTALS)
