"""CSV and Excel assets: rule lists, order sets and charge masters, one line a row."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from codeset_pipeline.errors import AmbiguousColumns, AssetError
from codeset_pipeline.impact.cells import CellReader
from codeset_pipeline.impact.column_content import Column, columns_of
from codeset_pipeline.impact.column_roles import Role, speaks_of_orders
from codeset_pipeline.impact.columns_file import ColumnChoice
from codeset_pipeline.impact.mentions import Reading
from codeset_pipeline.impact.procedure_reader import ProcedureReader
from codeset_pipeline.impact.standard_charges import standard_charges_sheet
from codeset_pipeline.impact.table_header import header_index
from codeset_pipeline.impact.table_lines import LineReader
from codeset_pipeline.impact.table_rows import CSV_ENDINGS, Sheet, csv_sheet, excel_sheets
from codeset_pipeline.model import TableLayout


def read_table(data: bytes, path: Path, choice: ColumnChoice, reader: CellReader) -> Reading:
    """The references of a table.

    Raises:
        AssetError: the file is empty, cannot be opened, or lacks a column that the columns file names.
        AmbiguousColumns: two of its columns are equally likely to be the one of procedure codes.
    """
    ending = path.suffix.lower()
    if ending == ".json":
        sheets = [standard_charges_sheet(data, path.name)]
    else:
        sheets = [csv_sheet(data, path.name)] if ending in CSV_ENDINGS else excel_sheets(data, path)
    sheets = [sheet for sheet in sheets if sheet.rows]
    if not sheets:
        raise AssetError(f"{path.name} is empty; give a file with a header and at least one line.")
    reading = Reading(must_be_billable=speaks_of_orders(path.name))
    roles: dict[str, list[str]] = defaultdict(list)
    procedures = {everything: ProcedureReader(reader, everything) for everything in (False, True)}
    if choice.roles and not any(_has_columns(sheet, choice) for sheet in sheets):
        sheets = sheets[:1]  # which then says what it has instead
    elif choice.roles:
        sheets = [sheet for sheet in sheets if _has_columns(sheet, choice)]
    for sheet in sheets:
        prefix = f"{sheet.name}!" if len(sheets) > 1 else ""
        at = _header_at(sheet, choice, path.name, reader)
        header = () if at is None else sheet.rows[at].cells
        rows = sheet.rows if at is None else sheet.rows[at + 1 :]
        told = choice.placed(header, path.name) if choice.roles else {}
        try:
            columns = columns_of(header, rows, told, choice.code_set, reader)
        except AmbiguousColumns as error:
            raise AmbiguousColumns(
                error.columns, f"{path.name}, sheet {sheet.name}," if prefix else path.name
            ) from None
        lines = LineReader(columns, prefix, reading, reader, procedures[not _bills({c.role for c in columns})])
        lines.read(rows)
        if sheet.hidden and rows:
            reading.notes.append(f"the sheet {sheet.name!r} is hidden; it was read too.")
        if lines.repeated:
            reading.notes.append(
                f"{prefix}{lines.repeated:,} lines repeat an item for another payer; findings stand on its first line."
            )
        if ending != ".json":
            reading.tables.append(_layout(sheet, None if at is None else sheet.rows[at].line, columns, prefix))
        for column in columns if rows else ():
            if column.role is not None:
                roles[column.role].append(prefix + column.name)
            reading.must_be_billable |= speaks_of_orders(column.name)
    if not reading.lines:
        raise AssetError(f"{path.name} has a header but no lines under it; give a file with at least one line.")
    if _bills(roles.keys()):
        reading.kind, reading.must_be_billable = "charge_master", True
    reading.columns = {str(role): names[0] if len(names) == 1 else names for role, names in roles.items()}
    return reading


def _bills(roles: Collection[Role | str | None]) -> bool:
    """Are these the columns of a charge master?"""
    return Role.PRICE in roles or (
        Role.PROCEDURE in roles and (Role.REVENUE_CODE in roles or Role.CHARGE_CODE in roles)
    )


def _layout(sheet: Sheet, header_line: int | None, columns: list[Column], prefix: str) -> TableLayout:
    roles: dict[str, list[int]] = defaultdict(list)
    for column in columns:
        if column.role is not None:
            roles[str(column.role)].append(column.index)
    places = {prefix + column.name: column.index for column in reversed(columns)}
    return TableLayout(sheet.name, header_line, places, {role: tuple(found) for role, found in roles.items()})


def _has_columns(sheet: Sheet, choice: ColumnChoice) -> bool:
    """Does a sheet have the columns that the user names? Those of a workbook mostly stand on one of its sheets."""
    wanted = _named(choice)
    return any(wanted <= {" ".join(cell.split()).casefold() for cell in row.cells} for row in sheet.rows[:60])


def _named(choice: ColumnChoice) -> set[str]:
    names = {" ".join(text.split()).casefold() for names in choice.roles.values() for text in names}
    return {text for text in names if not re.fullmatch(r"column \d+", text)}


def _header_at(sheet: Sheet, choice: ColumnChoice, name: str, reader: CellReader) -> int | None:
    if choice.header_row is None:
        if choice.roles:  # the header is where the names stand that the user gives
            wanted = _named(choice)
            for at, row in enumerate(sheet.rows[:60] if wanted else []):
                if wanted <= {" ".join(cell.split()).casefold() for cell in row.cells}:
                    return at
        return header_index(sheet.rows, reader)
    for at, row in enumerate(sheet.rows):
        if row.line == choice.header_row:
            return at
    raise AssetError(f"{name} has nothing on row {choice.header_row}, the header_row of the columns file; correct it.")
