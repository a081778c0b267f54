"""The add-on code table as CMS publishes it in a workbook: a notice, the header, one edit a row, dates YYYYDDD."""

from __future__ import annotations

import re

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.header_row import find_table
from codeset_pipeline.parse.ncci_add_on_rows import AddOnTable, RowReader
from codeset_pipeline.parse.spreadsheet_rows import Cell, is_blank, read_sheets

_EDGE = r"[ _-]*"


def _spelled(*words: str) -> re.Pattern[str]:
    return re.compile(_EDGE.join(words), re.IGNORECASE)


# In the publisher's order.
_SPELLINGS = {
    "type": _spelled("AOC", "Edit", "Type"),
    "add_on": _spelled("Add", "On", "Code"),
    "add_on_deleted": _spelled("AOC", "Del(?:etion)?", "(?:DT|Date)"),
    "primary": _spelled("Primary", "Code"),
    "primary_deleted": _spelled("Primary", "Code", "Del(?:etion)?", "(?:DT|Date)"),
    "effective": _spelled("AOC", "Edit", "Eff(?:ective)?", "(?:DT|Date)"),
    "deleted": _spelled("AOC", "Edit", "Del(?:etion)?", "(?:DT|Date)"),
    "notes": _spelled("Special", "Instructions?", "Notes?"),
}
_EXPECTED = (
    "an add-on code table with AOC_Edit_Type, Add-On_Code, AOC_DelDT, Primary_Code, Primary_Code_DelDT, "
    "AOC_Edit_EffDT, AOC_Edit_DelDT and Special_Instruction_Notes"
)


def parse_add_on_excel(data: bytes, file: str) -> AddOnTable:
    """Read the workbook.

    Raises:
        ParseError: a web page, no header, a missing or unknown column, or a row that cannot be read.
    """
    sheets, oddities = read_sheets(data, file, _EXPECTED, "\t")
    sheet, header, found = find_table(sheets, _SPELLINGS, set(_SPELLINGS), file, _EXPECTED)
    places = [header.columns[role] for role in _SPELLINGS]
    reader = RowReader(file)
    rows = []
    for line, cells in zip(sheet.lines[header.position + 1 :], sheet.rows[header.position + 1 :], strict=True):
        if all(is_blank(cell) for cell in cells):
            continue
        wanted: list[Cell] = [cells[place] if place < len(cells) else "" for place in places]
        rows.append(reader.row(line, wanted))
    table = reader.table(rows, [*oddities, *found])
    if not table.rows:
        raise ParseError(file, f"{_EXPECTED} and at least one edit below it", line=sheet.lines[header.position])
    return table
