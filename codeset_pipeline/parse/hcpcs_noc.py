"""NOC codes: the HCPCS Level II codes for what is not otherwise classified (unlisted, miscellaneous), one list a year.

A workbook with a title above the header; dates are numbers YYYYMMDD.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import NamedTuple

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.anweb_layout import is_code
from codeset_pipeline.parse.anweb_values import read_date
from codeset_pipeline.parse.header_row import Header, find_table
from codeset_pipeline.parse.spreadsheet_rows import Cell, is_blank, read_sheets, shown

_SPELLINGS = {
    "code": re.compile(r"hcpcs?(?: code)?|code", re.IGNORECASE),
    "long": re.compile(r"(?:long )?desc(?:ription)?", re.IGNORECASE),
    "added": re.compile(r"add(?:ed)? (?:date|dt)", re.IGNORECASE),
    "terminated": re.compile(r"term(?:ination)? (?:date|dt)", re.IGNORECASE),
}
_EXPECTED = "a workbook of NOC codes with HCPCS, LONG DESCRIPTION, ADD DATE and TERM DATE (printouts are cut)"


class NocRow(NamedTuple):
    """One code; a code may stand in several rows. `termination_date` is the last valid day; `row` counts from 1."""

    code: str
    long_description: str
    added_date: date | None
    termination_date: date | None
    row: int


class NocCodes(NamedTuple):
    """The list in file order, and what was odd."""

    rows: list[NocRow]
    oddities: list[Oddity]


def parse_noc_codes(data: bytes, file: str) -> NocCodes:
    """Read the list of NOC codes.

    Raises:
        ParseError: no header, an unknown or missing column, a row without code or description.
    """
    sheets, oddities = read_sheets(data, file, _EXPECTED, "\t")
    sheet, header, found = find_table(sheets, _SPELLINGS, set(_SPELLINGS), file, _EXPECTED)
    oddities += found
    rows: list[NocRow] = []
    for line, cells in zip(sheet.lines[header.position + 1 :], sheet.rows[header.position + 1 :], strict=True):
        if all(is_blank(cell) for cell in cells):
            continue
        if shown(cells).strip("\x1a") == "":
            oddities.append(Oddity(file, line, "An end-of-file mark stands below the list.", "0x1A", "Left out."))
            continue
        row, unread = _row(file, line, cells, header)
        oddities += unread
        if _continues(rows, row):
            rows[-1] = rows[-1]._replace(long_description=f"{rows[-1].long_description} {row.long_description}")
            what = f"{row.code}: the description goes on in a row of its own."
            oddities.append(Oddity(file, line, what, row.long_description, "Joined to the description above."))
            continue
        if any(row.code == other.code for other in rows):
            what = f"{row.code} stands in several rows with different descriptions."
            oddities.append(Oddity(file, line, what, row.long_description, "All rows kept."))
        rows.append(row)
    if not rows:
        raise ParseError(file, "rows below the header", line=sheet.lines[header.position])
    return NocCodes(rows, oddities)


def _row(file: str, line: int, cells: list[Cell], header: Header) -> tuple[NocRow, list[Oddity]]:
    def cell(role: str) -> Cell:
        column = header.columns[role]
        return cells[column] if column < len(cells) else ""

    code, long = str(cell("code")).strip(), str(cell("long")).strip()
    if not is_code(code, modifier=False):
        raise ParseError(file, "a HCPCS code", line=line, column="HCPCS", text=shown(cells))
    if not long:
        raise ParseError(file, "a long description", line=line, column="LONG DESCRIPTION", text=shown(cells))
    oddities = []
    for role, column in (("added", "ADD DATE"), ("terminated", "TERM DATE")):
        if _day(cell(role)) is None and not is_blank(cell(role)):
            what = f"{code}: {column} is no date YYYYMMDD."
            oddities.append(Oddity(file, line, what, str(cell(role)), "Left blank; the rest of the row is read."))
    return NocRow(code, long, _day(cell("added")), _day(cell("terminated")), line), oddities


def _continues(rows: list[NocRow], row: NocRow) -> bool:
    """Is the row the rest of the description above? Descriptions begin with a capital; in 2018 a code stands twice that
    the publisher has put beside another code's description."""
    above = bool(rows) and rows[-1].code == row.code
    return above and not (row.added_date or row.termination_date) and row.long_description[0].islower()


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return read_date(str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip())
