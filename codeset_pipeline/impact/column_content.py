"""What the columns of a table are for, once their content has been looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from codeset_pipeline.errors import AmbiguousColumns
from codeset_pipeline.impact.cells import CellReader, Trust
from codeset_pipeline.impact.code_set_words import denies
from codeset_pipeline.impact.column_roles import CODE_ROLES, Role, is_weak, role_of, speaks_of_prices
from codeset_pipeline.impact.column_share import MOST, Share, sample_of, share_of
from codeset_pipeline.impact.procedure_codes import CPT, HCPCS
from codeset_pipeline.impact.table_rows import Row

#: Item numbers of five digits look like CPT codes; what tells procedure codes is that letters stand among them.
_LETTERED = 0.02

_PROCEDURE_SETS = frozenset({HCPCS, CPT})
#: Columns whose name says something else but whose content may be procedure codes all the same (`Service code`).
_PERHAPS = frozenset({None, Role.CODE, Role.CHARGE_CODE, Role.NAME, Role.FOREIGN, Role.RULE})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name (or `column 3`), what it is for, and how far its cells are believed to be codes."""

    index: int
    name: str
    role: Role | None
    trust: Trust | None
    only: str | None = None


def columns_of(
    header: Sequence[str], rows: Sequence[Row], told: dict[int, Role], code_set: str | None, reader: CellReader
) -> list[Column]:
    """The columns of a table. Roles that the user told are taken as they are; the rest is guessed by name and content.

    Args:
        header: names, empty for a table without header.
        rows: the data rows.
        told: column index → role from the columns file. When it names code columns, no other column is read for codes.

    Raises:
        AmbiguousColumns: two columns are equally likely to be the one of procedure codes.
    """
    width = max((len(row.cells) for row in rows), default=0)
    codes_told = any(role in CODE_ROLES for role in told.values())
    columns: list[Column] = []
    shares: dict[int, Share] = {}
    for index in range(max(width, len(header))):
        named = " ".join(header[index].split()) if index < len(header) else ""
        name = named or f"column {index + 1}"
        role = told[index] if index in told else role_of(named)
        if codes_told and index not in told:
            columns.append(Column(index, name, None if role in CODE_ROLES else role, None))
            continue
        share = shares[index] = share_of(sample_of(rows, index), reader)
        if index in told:
            columns.append(_told(index, name, role, share, code_set))
        else:
            columns.append(_guess(index, name, role, share, code_set))
    if codes_told:
        return columns
    columns = _with_procedures(columns, shares, rows, header, code_set)
    return _with_identities(columns, shares)


def _told(index: int, name: str, role: Role | None, share: Share, code_set: str | None) -> Column:
    if role is Role.CODE and (code_set in _PROCEDURE_SETS or (code_set is None and share.mostly_procedures)):
        role = Role.PROCEDURE
    trust = Trust.CODE if role in CODE_ROLES else None
    return Column(index, name, role, trust, code_set if trust else None)


def _guess(index: int, name: str, role: Role | None, share: Share, code_set: str | None) -> Column:
    if role in (Role.PROCEDURE, Role.MODIFIER):
        if role is Role.MODIFIER and share.mostly_procedures:
            role = Role.PROCEDURE
        elif role is Role.PROCEDURE and speaks_of_prices(name) and not share.mostly_procedures and share.numbers:
            role = Role.PRICE
        return Column(index, name, role, Trust.CODE if role is Role.PROCEDURE else None, code_set)
    if role in CODE_ROLES:
        if role is Role.CODE and share.mostly_procedures:
            return Column(index, name, role, Trust.MIXED, code_set)  # `_with_procedures` decides among these
        if role is Role.CODE and share.foreign > share.known:
            return Column(index, name, Role.PROCEDURE if share.procedures else role, Trust.MIXED, code_set)
        if is_weak(name) and role is not Role.EXCLUDE and share.references < MOST * share.cells:
            return Column(index, name, None, Trust.LIKELY, code_set)
        return Column(index, name, role, Trust.CODE, "icd10pcs" if role is Role.PCS else code_set)
    if role is Role.PRICE and share.numbers < MOST * share.cells:
        role = None
    if name == f"column {index + 1}" and share.amounts >= MOST * share.cells > 0:
        role = Role.PRICE  # of a table without header
    if role is Role.FOREIGN and share.amounts >= MOST * share.cells > 0:
        role = None  # `Partnership Health Plan` heads what that plan pays
    if role is None and denies(name):
        return Column(index, name, None, None)  # `Room`, `Version`
    if role is None and share.known and share.references >= MOST * share.cells and share.foreign <= share.known:
        return Column(index, name, Role.CODE, Trust.CODE, code_set)
    trust = Trust.STRICT if role in (None, Role.FOREIGN) else None
    return Column(index, name, role, trust, code_set)


def _with_procedures(
    columns: list[Column], shares: dict[int, Share], rows: Sequence[Row], header: Sequence[str], code_set: str | None
) -> list[Column]:
    """Columns that hold procedure codes although no name says so; among equally likely ones the user must choose."""
    named = any(column.role is Role.PROCEDURE and shares[column.index].procedures for column in columns)
    diagnoses = any(column.role in (Role.ICD, Role.PCS) and shares[column.index].known for column in columns)
    perhaps = [
        column
        for column in columns
        if column.role in _PERHAPS
        and not (diagnoses and denies(column.name))  # beside diagnoses, `order_no` holds numbers of orders
        and (share := shares[column.index]).mostly_procedures
        and (column.role is Role.CODE or share.lettered > _LETTERED * share.procedures)
    ]
    if named:  # what stands beside a column of that name must look like nothing else
        taken = [column for column in perhaps if shares[column.index].surely_procedures]
    else:
        by_name = [column for column in perhaps if role_of(column.name) is Role.CODE]
        taken = by_name or perhaps
        if len(taken) > 1 and not _go_together(taken, rows, header):
            raise AmbiguousColumns([column.name for column in taken])
    chosen = {column.index for column in taken}
    found = []
    for column in columns:
        share = shares[column.index]
        if column.index in chosen:
            column = replace(column, role=Role.PROCEDURE, trust=Trust.MIXED, only=code_set)
        elif named and column.role is Role.CODE and not share.references and share.cells:
            column = replace(column, role=Role.CHARGE_CODE, trust=None)  # the hospital's own numbers
        found.append(column)
    return found


def _go_together(columns: Sequence[Column], rows: Sequence[Row], header: Sequence[str]) -> bool:
    """Are these columns one list written side by side: numbered alike, without names, or hardly ever both filled?"""
    stems = {re.sub(r"[\s|_#.-]*\d+\b", "", column.name).casefold() for column in columns}
    numbered = all(re.search(r"\d", column.name) for column in columns[1:])
    if not any(header) or (len(stems) == 1 and numbered):
        return True
    both = alone = 0
    for row in rows:
        filled = sum(column.index < len(row.cells) and row.cells[column.index] != "" for column in columns)
        both += filled > 1
        alone += filled == 1
    return both * 20 < alone


def _with_identities(columns: list[Column], shares: dict[int, Share]) -> list[Column]:
    """A list whose only codes are its `id` or `name` column is a list of codes all the same."""
    if any(column.role in CODE_ROLES for column in columns):
        return columns
    found = []
    for column in columns:
        if column.role in (Role.NAME, Role.RULE, Role.CHARGE_CODE):
            share = shares[column.index]
            if share.known and share.known >= MOST * share.cells and share.foreign <= share.known:
                column = Column(column.index, column.name, Role.CODE, Trust.CODE, column.only)
        found.append(column)
    return found
