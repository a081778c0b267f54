"""What the columns of a table are for, once their content has been looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codeset_pipeline.impact.amounts import amount_of
from codeset_pipeline.impact.cells import CellReader, Trust, looks_foreign
from codeset_pipeline.impact.column_roles import CODE_ROLES, Role, is_weak, role_of
from codeset_pipeline.impact.table_rows import Row

_SAMPLE = 4000
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name (or `column 3`), what it is for, and how far its cells are believed to be codes."""

    index: int
    name: str
    role: Role | None
    trust: Trust | None
    only: str | None = None


@dataclass(frozen=True, slots=True)
class _Share:
    cells: int
    references: int
    known: int
    foreign: int
    numbers: int


def columns_of(
    header: Sequence[str], rows: Sequence[Row], told: dict[int, Role], code_set: str | None, reader: CellReader
) -> list[Column]:
    """The columns of a table. Roles that the user told are taken as they are; the rest is guessed by name and content.

    Args:
        header: names, empty for a table without header.
        rows: the data rows.
        told: column index → role from the columns file. When it names code columns, no other column is read for codes.
    """
    width = max((len(row.cells) for row in rows), default=0)
    step = max(len(rows) // _SAMPLE, 1)
    sample = rows[::step]
    codes_told = any(role in CODE_ROLES for role in told.values())
    columns = []
    for index in range(max(width, len(header))):
        named = " ".join(header[index].split()) if index < len(header) else ""
        name = named or f"column {index + 1}"
        if index in told:
            role: Role | None = told[index]
            trust = Trust.CODE if role in CODE_ROLES else None
            columns.append(Column(index, name, role, trust, code_set if trust else None))
        elif codes_told:
            role = role_of(named)
            columns.append(Column(index, name, None if role in CODE_ROLES else role, None))
        else:
            cells = [row.cells[index] for row in sample if index < len(row.cells) and row.cells[index]]
            columns.append(_guess(index, name, role_of(named), _share(cells, reader), code_set))
    return columns if codes_told else _with_identities(columns, sample, reader)


def _guess(index: int, name: str, role: Role | None, share: _Share, code_set: str | None) -> Column:
    if role in CODE_ROLES:
        if role is Role.CODE and share.foreign > share.known:
            if not share.references and share.foreign >= _MOST * share.cells:
                return Column(index, name, Role.FOREIGN, Trust.STRICT)
            return Column(index, name, role, Trust.MIXED, code_set)
        if is_weak(name) and role is not Role.EXCLUDE and share.references < _MOST * share.cells:
            return Column(index, name, None, Trust.LIKELY, code_set)
        return Column(index, name, role, Trust.CODE, "icd10pcs" if role is Role.PCS else code_set)
    if role is Role.PRICE and share.numbers < _MOST * share.cells:
        role = None
    if role is None and share.known and share.references >= _MOST * share.cells and share.foreign <= share.known:
        return Column(index, name, Role.CODE, Trust.CODE, code_set)
    trust = Trust.STRICT if role in (None, Role.FOREIGN) else None
    return Column(index, name, role, trust, code_set)


def _with_identities(columns: list[Column], sample: Sequence[Row], reader: CellReader) -> list[Column]:
    """A list whose only codes are its `id` or `name` column is a list of codes all the same."""
    if any(column.role in CODE_ROLES for column in columns):
        return columns
    found = []
    for column in columns:
        if column.role in (Role.NAME, Role.RULE, Role.CHARGE_CODE):
            share = _share([row.cells[column.index] for row in sample if column.index < len(row.cells)], reader)
            if share.known and share.known >= _MOST * share.cells and share.foreign <= share.known:
                column = Column(column.index, column.name, Role.CODE, Trust.CODE, column.only)
        found.append(column)
    return found


def _share(cells: Sequence[str], reader: CellReader) -> _Share:
    references = known = foreign = numbers = filled = 0
    for cell in cells:
        if not cell:
            continue
        filled += 1
        read = reader.read(cell, Trust.LIKELY).references
        references += bool(read)
        known += any(reader.vocabulary.knows(reference.expression) for reference in read)
        foreign += looks_foreign(cell, reader.vocabulary)
        numbers += amount_of(cell) is not None
    return _Share(filled, references, known, foreign, numbers)
