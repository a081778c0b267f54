"""The effective-dated tables as others see them: what exports, the feed, `sync` and the SQL views are made of.

A code set has one or several tables. Each row has its key, its attributes, the days on which it holds and since when
the publisher says so. Codes are written as their code set prints them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection, text

from codeset_pipeline.history import schema
from codeset_pipeline.history.ncci_ptp_rows import day_number
from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_ATTRIBUTES, HCPCS_CODES
from codeset_pipeline.sources.definition import source

Kind = Literal["string", "integer", "boolean", "date", "list"]
Value = str | int | bool | None
Row = tuple[Value, ...]

_BATCH = 10_000


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        kind: dates are ISO texts and lists JSON texts wherever rows are handed over.
        sqlite, postgresql: what it is made of, over the alias `e` of the stored table.
    """

    name: str
    kind: Kind
    sqlite: str
    postgresql: str
    description: str
    nullable: bool = False

    def expression(self, dialect: str) -> str:
        return self.sqlite if dialect == "sqlite" else self.postgresql


@dataclass(frozen=True)
class PublishedTable:
    """One effective-dated table.

    Attributes:
        name: of the table in exports, in the feed, in synced databases and of the SQL view.
        stored: where its rows come from, with the alias `e`.
        key: columns that name a row among all that are known at one time.
        order: stored columns in whose order rows come, as binary text.
        in_force: a further condition without which a row never held, whatever its dates.
        numbered_days: dates are stored as numbers such as 20260701.
    """

    name: str
    title: str
    stored: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    in_force: str = ""
    code_set: str = "e.code_set"
    numbered_days: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def select(self, dialect: str, *, published: bool = False) -> str:
        """The SELECT of all its rows; with `published` also the last day of publication, for all that was ever said."""
        columns = (*self.columns, self.published_to) if published else self.columns
        named = ", ".join(f"{column.expression(dialect)} AS {column.name}" for column in columns)
        return f"SELECT {named} FROM {self.stored}"

    @property
    def published_to(self) -> Column:
        return _day("published_to", "Last day on which the publisher said so; empty while it does.", self.numbered_days)


def _plain(name: str, kind: Kind, description: str, nullable: bool = False) -> Column:
    return Column(name, kind, f"e.{name}", f"e.{name}", description, nullable)


def _day(name: str, description: str, numbered: bool = False) -> Column:
    nullable = name not in {"effective_from", "published_from"}
    if not numbered:
        return _plain(name, "date", description, nullable)
    digits = f"CAST(e.{name} AS VARCHAR(8))"
    return Column(
        name,
        "date",
        f"substr({digits}, 1, 4) || '-' || substr({digits}, 5, 2) || '-' || substr({digits}, 7, 2)",
        f"make_date(e.{name} / 10000, e.{name} / 100 % 100, e.{name} % 100)",
        description,
        nullable,
    )


def _code(name: str, description: str, stored: str = "code") -> Column:
    """A code with the dot that ICD-10-CM prints; owners of notes that are no codes have a blank or a hyphen."""
    dotted = (
        f"CASE WHEN e.code_set = 'icd10cm' AND length(e.{stored}) > 3 AND e.{stored} NOT LIKE '% %' "
        f"AND e.{stored} NOT LIKE '%-%' "
        f"THEN substr(e.{stored}, 1, 3) || '.' || substr(e.{stored}, 4) ELSE e.{stored} END"
    )
    return Column(name, "string", dotted, dotted, description)


_CODE_SET = _plain("code_set", "string", "Name of the code set.")


def _times(*, oldest: bool = True, numbered: bool = False) -> tuple[Column, ...]:
    return (
        _day("effective_from", "First day on which the row holds.", numbered),
        _day("effective_to", "Last day on which the row holds; empty while it is open.", numbered),
        *(
            [
                _plain(
                    "on_or_before", "boolean", "The row stands in the oldest loaded release: in force then, or before."
                )
            ]
            if oldest
            else []
        ),
        _day("published_from", "Since when the publisher says so.", numbered),
    )


_WITHOUT_DOT = Column("code_without_dot", "string", "e.code", "e.code", "The code as claims carry it.")

_ICD10 = (
    PublishedTable(
        "icd10_codes",
        "Headers and billable codes",
        "icd10_code e",
        ("code_set", "code", "effective_from"),
        (
            _CODE_SET,
            _code("code", "The code with its dot."),
            _WITHOUT_DOT,
            _plain("billable", "boolean", "May be reported; false for a header."),
            _plain("short_title", "string", "Short title; empty where no loaded file stated it.", True),
            _plain("long_title", "string", "Long title."),
            *_times(),
        ),
        ("code", "effective_from", "published_from"),
    ),
    PublishedTable(
        "icd10_notes",
        "Instruction notes",
        "icd10_note e",
        ("code_set", "owner", "kind", "effective_from"),
        (
            _CODE_SET,
            _code("owner", "A code, a chapter (chapter 1) or a section (A00-A09).", "owner"),
            _plain("kind", "string", "Kind of note, such as excludes1."),
            _plain("texts", "list", "The texts in the publisher's order."),
            *_times(),
        ),
        ("owner", "kind", "effective_from", "published_from"),
    ),
    PublishedTable(
        "icd10_poa_exempt_codes",
        "Codes exempt from present-on-admission reporting",
        "icd10_poa_exempt e",
        ("code_set", "code", "effective_from"),
        (_CODE_SET, _code("code", "The code with its dot."), _WITHOUT_DOT, *_times()),
        ("code", "effective_from", "published_from"),
    ),
)

_HCPCS_LISTS = frozenset(
    {
        "pricing_indicators",
        "cim_references",
        "mcm_references",
        "lab_certifications",
        "cross_references",
        "types_of_service",
    }
)


def _hcpcs_attribute(name: str) -> Column:
    words = name.replace("_", " ").capitalize()
    stored = next(column for column in HCPCS_CODES.columns if column.name == name)
    if name in _HCPCS_LISTS:
        return _plain(name, "list", f"{words} of the publisher's record layout.")
    if stored.type == "boolean":
        return _plain(name, "boolean", "A modifier, and not a code.")
    if stored.type == "date":
        return _plain(name, "date", f"{words} of the publisher's record layout.", True)
    if stored.type == "integer":
        return _plain(name, "integer", f"{words} of the publisher's record layout.", True)
    return _plain(name, "string", f"{words} of the publisher's record layout; empty where blank.")


_HCPCS = (
    PublishedTable(
        "hcpcs_codes",
        "Codes and modifiers",
        "hcpcs_code e",
        ("code_set", "code", "effective_from"),
        (
            _CODE_SET,
            _plain("code", "string", "The code or modifier."),
            *(_hcpcs_attribute(name) for name in HCPCS_ATTRIBUTES),
            *_times(),
        ),
        ("code", "effective_from", "published_from"),
    ),
)

_MUE = (
    PublishedTable(
        "ncci_mue_values",
        "Medically unlikely edits",
        "ncci_mue_value e",
        ("code_set", "code", "effective_from"),
        (
            _CODE_SET,
            _plain("code", "string", "The code."),
            _plain("mue_value", "integer", "Most units that are paid."),
            _plain("mai", "string", "Adjudication indicator: 1, 2 or 3; empty for Medicaid."),
            _plain("rationale", "string", "The publisher's reason."),
            *_times(),
        ),
        ("code", "effective_from", "published_from"),
    ),
)

_ADD_ON = (
    PublishedTable(
        "ncci_add_on_edits",
        "Add-on codes and their primary codes",
        "ncci_add_on_edit e",
        ("code_set", "add_on_code", "primary_code", "effective_from"),
        (
            _CODE_SET,
            _plain("add_on_code", "string", "The add-on code."),
            _plain("primary_code", "string", "The code beside which it is paid; CCCCC: the contractor defines it."),
            _plain("edit_type", "string", "Type 1, 2 or 3."),
            _plain("add_on_deleted_on", "date", "Last day of the add-on code.", True),
            _plain("primary_deleted_on", "date", "Last day of the primary code.", True),
            _plain("deleted_on", "date", "Last day of the edit as such.", True),
            _plain("notes", "string", "The publisher's notes."),
            _plain("missing_from", "date", "When the first release took effect that leaves the row out.", True),
            *_times(oldest=False),
        ),
        ("add_on_code", "primary_code", "effective_from", "published_from"),
    ),
)

_PTP = (
    PublishedTable(
        "ncci_ptp_edits",
        "Procedure-to-procedure edits",
        "ncci_ptp_edit e JOIN ncci_ptp_set s ON s.set_id = e.set_id "
        "JOIN ncci_ptp_rationale r ON r.rationale_id = e.rationale_id",
        ("code_set", "column_1", "column_2", "effective_from"),
        (
            Column("code_set", "string", "s.code_set", "s.code_set", "Name of the code set."),
            _plain("column_1", "string", "The code that is paid."),
            _plain("column_2", "string", "The code that is not paid beside it."),
            _plain("modifier_indicator", "integer", "1: a modifier may allow both, 0: none does, 9: does not apply."),
            Column(
                "never_in_force",
                "boolean",
                "e.modifier_indicator = 9",
                "e.modifier_indicator = 9",
                "Indicator 9: the edit was deleted as of its effective date and never held.",
            ),
            Column(
                "prior_to_1996", "boolean", "e.prior_to_1996 = 1", "e.prior_to_1996 = 1", "In existence before 1996."
            ),
            Column("rationale", "string", "r.rationale", "r.rationale", "The publisher's reason."),
            *_times(oldest=False, numbered=True),
        ),
        ("set_id", "column_1", "column_2", "effective_from", "published_from"),
        in_force="e.modifier_indicator <> 9",
        code_set="s.code_set",
        numbered_days=True,
    ),
)

_BY_LAYOUT = {"icd10": _ICD10, "hcpcs": _HCPCS, "ncci_mue": _MUE, "ncci_aoc": _ADD_ON, "ncci_ptp": _PTP}

ALL_TABLES = tuple(table for tables in _BY_LAYOUT.values() for table in tables)


def published_tables(code_set: str) -> tuple[PublishedTable, ...]:
    """The effective-dated tables of a code set; the first one is the one of its codes or edits."""
    return _BY_LAYOUT[source(code_set).layout]


def _condition(table: PublishedTable, dialect: str, on: date | None, published: date | None) -> str:
    def day(value: date) -> str:
        return str(day_number(value)) if table.numbered_days else f"'{value.isoformat()}'"

    conditions = [f"{table.code_set} = :code_set"]
    if published is None:
        conditions.append("e.published_to IS NULL")
    else:
        said = day(published)
        conditions.append(f"e.published_from <= {said} AND (e.published_to IS NULL OR e.published_to >= {said})")
    if on is not None:
        asked = day(on)
        conditions.append(f"e.effective_from <= {asked} AND (e.effective_to IS NULL OR e.effective_to >= {asked})")
        if table.in_force:
            conditions.append(table.in_force)
    return " AND ".join(conditions)


def _ordered(table: PublishedTable, dialect: str) -> str:
    if dialect == "sqlite":
        return ", ".join(f"e.{name}" for name in table.order)
    stored = schema.metadata.tables[table.stored.split()[0]]
    texts = {column.name for column in stored.columns if column.type.python_type is str}
    return ", ".join(f'e.{name} COLLATE "C"' if name in texts else f"e.{name}" for name in table.order)


def rows(
    connection: Connection,
    table: PublishedTable,
    code_set: str,
    *,
    on: date | None = None,
    published: date | None = None,
) -> Iterator[Row]:
    """The rows of a code set's table in the order of its key, values as `Column.kind` says.

    Args:
        on: only rows in force on that day.
        published: as the publisher had said by the end of that day; as known now when None.
    """
    dialect = connection.dialect.name
    statement = (
        f"{table.select(dialect)} WHERE {_condition(table, dialect, on, published)} ORDER BY {_ordered(table, dialect)}"
    )
    booleans = [place for place, column in enumerate(table.columns) if column.kind == "boolean"]
    dates = (
        [place for place, column in enumerate(table.columns) if column.kind == "date"] if dialect != "sqlite" else []
    )
    streaming = connection.execution_options(stream_results=True, yield_per=_BATCH)
    for batch in streaming.execute(text(statement), {"code_set": code_set}).partitions(_BATCH):
        if not booleans and not dates:
            yield from map(tuple, batch)
            continue
        for found in batch:
            row = list(found)
            for place in booleans:
                row[place] = bool(row[place])
            for place in dates:
                if row[place] is not None:
                    row[place] = row[place].isoformat()
            yield tuple(row)
