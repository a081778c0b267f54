"""PTP edits from a workbook, for releases that bring no text: its rows as the lines that the text would have."""

from __future__ import annotations

from datetime import date, datetime

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.ncci_ptp_layout import ptp_layout
from codeset_pipeline.parse.spreadsheet_rows import Cell, read_sheets

_EXPECTED = "a workbook of PTP edits"
_CODE_COLUMNS = {"column_1", "column_2"}


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime | date):
        return f"{cell:%Y%m%d}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def _code(cell: Cell) -> str:
    """A code of digits alone loses its leading zeros where the workbook keeps it as a number."""
    return _text(cell).zfill(5) if isinstance(cell, float) and cell.is_integer() else _text(cell)


def workbook_as_text(data: bytes, name: str) -> bytes:
    """The only sheet of PTP edits, a line per row, cells apart by tabs; line numbers are the workbook's row numbers.

    Raises:
        ParseError: the bytes are no workbook, or no sheet of it, or more than one, holds PTP edits.
    """
    sheets, _ = read_sheets(data, name, _EXPECTED, "\t")
    found = []
    problem: ParseError | None = None
    for sheet in sheets:
        try:
            top = ["\t".join(_text(cell) for cell in row) for row in sheet.rows[:60]]
            found.append((sheet, ptp_layout(top, name)))
        except ParseError as error:
            problem = problem or error
    if not found:
        raise problem or ParseError(name, _EXPECTED)
    if len(found) > 1:
        raise ParseError(name, "one sheet of PTP edits", text=", ".join(sheet.name for sheet, _ in found))
    sheet, layout = found[0]
    codes = [place for place, column in enumerate(layout.columns) if column in _CODE_COLUMNS]
    width = len(layout.columns)
    lines = []
    for number, row in enumerate(sheet.rows):
        cells = [_text(cell) for cell in row]
        if number >= layout.skip and len(row) >= width:
            for place in codes:
                cells[place] = _code(row[place])
        while len(cells) > width and not cells[-1]:
            cells.pop()
        lines.append("\t".join(cells) if any(cells) else "")
    return "\n".join(lines).encode("utf-8")
