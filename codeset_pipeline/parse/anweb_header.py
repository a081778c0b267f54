"""The header row of an ANWEB workbook, found by its names on one of the first rows of any sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.anweb_layout import EXCEL_COLUMNS
from codeset_pipeline.parse.spreadsheet_rows import Cell, Sheet, is_blank, shown

_FIRST_ROWS = 15
_NAMES = {re.sub(r"[^A-Z0-9]", "", name): name for name in EXCEL_COLUMNS}
_EXPECTED = f"a header row with {', '.join(EXCEL_COLUMNS[:5])} … {EXCEL_COLUMNS[-1]} among the first {_FIRST_ROWS} rows"


class AnwebHeader(NamedTuple):
    """The header row.

    Attributes:
        position: its index in the sheet's rows, which is the number of rows above it.
        columns: column name → index.
    """

    position: int
    columns: Mapping[str, int]

    def cell(self, cells: list[Cell], column: str) -> Cell:
        """The cell of a row in a column; rows may be shorter than the header."""
        index = self.columns[column]
        return cells[index] if index < len(cells) else ""

    def refuse_unnamed(self, file: str, line: int, cells: list[Cell]) -> None:
        """Raise when a column without name holds data.

        Raises:
            ParseError: names the cell.
        """
        if len(cells) <= len(self.columns):
            return
        named = set(self.columns.values())
        for index, cell in enumerate(cells):
            if index not in named and not is_blank(cell):
                expected = "no data in a column without a name"
                raise ParseError(file, expected, line=line, column=index + 1, text=str(cell))


def find_anweb_header(sheets: list[Sheet], file: str) -> tuple[Sheet, AnwebHeader, list[Oddity]]:
    """The one sheet with the release, its header, and an oddity for each other sheet that holds anything.

    A row is the header when it has at least half of the names; case, blanks and underscores in names do not matter.

    Raises:
        ParseError: no sheet or several have such a row, or a column of it is unknown, missing or repeated.
    """
    found: list[tuple[Sheet, AnwebHeader]] = []
    oddities: list[Oddity] = []
    for sheet in sheets:
        position = next((index for index, row in enumerate(sheet.rows[:_FIRST_ROWS]) if _is_header(row)), None)
        if position is not None:
            found.append((sheet, _header(sheet, position, file)))
        elif any(not is_blank(cell) for row in sheet.rows for cell in row):
            oddities.append(Oddity(file, None, "The workbook has another sheet.", sheet.name, "Left out."))
    if not found:
        filled = [
            row for sheet in sheets for row in sheet.rows[:_FIRST_ROWS] if any(not is_blank(cell) for cell in row)
        ]
        raise ParseError(file, _EXPECTED, text=shown(filled[-1]) if filled else None)
    if len(found) > 1:
        names = ", ".join(sheet.name for sheet, _ in found)
        raise ParseError(file, "the release on one sheet only", text=f"sheets {names}")
    return *found[0], oddities


def _name(cell: Cell) -> str | None:
    return _NAMES.get(re.sub(r"[^A-Z0-9]", "", str(cell).upper()))


def _is_header(row: list[Cell]) -> bool:
    return sum(_name(cell) is not None for cell in row) * 2 >= len(EXCEL_COLUMNS)


def _header(sheet: Sheet, position: int, file: str) -> AnwebHeader:
    line = sheet.lines[position]
    columns: dict[str, int] = {}
    unknown: list[tuple[int, Cell]] = []
    for index, cell in enumerate(sheet.rows[position]):
        if is_blank(cell):
            continue
        name = _name(cell)
        if name is None:
            unknown.append((index, cell))
        elif name in columns:
            raise ParseError(file, f"one column {name}", line=line, column=index + 1, text=str(cell))
        else:
            columns[name] = index
    missing = [name for name in EXCEL_COLUMNS if name not in columns]
    lacks = f" (missing: {', '.join(missing)})" if missing else ""
    if unknown:
        index, cell = unknown[0]
        raise ParseError(file, f"a column of the record layout{lacks}", line=line, column=index + 1, text=str(cell))
    if missing:
        raise ParseError(file, f"a column {', '.join(missing)}", line=line, text=shown(sheet.rows[position]))
    return AnwebHeader(position, columns)
