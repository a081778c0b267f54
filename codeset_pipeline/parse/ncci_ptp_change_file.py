"""The lists of a quarter's PTP changes: additions, deletions, changed modifier indicators; tab text or workbook.

A notice comes first, then `Column 1`, `Column 2`, `Modifier⏎Indicator`. The layout is known from reports only, so the
header is found by its names, further columns of the PTP files may stand beside these, and a changed indicator may be
one value, `0 to 1`, or an old and a new column.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.decoding import refuse_html
from codeset_pipeline.parse.header_row import Header, find_table
from codeset_pipeline.parse.latin1 import read_delimited
from codeset_pipeline.parse.ncci_cells import BadRows, code_of, text_of
from codeset_pipeline.parse.spreadsheet_rows import Cell, Sheet, is_blank, read_sheets, shown

_SPELLINGS = {
    "column_1": re.compile(r"Column ?(?:1|one)(?: codes?)?", re.IGNORECASE),
    "column_2": re.compile(r"Column ?(?:2|two)(?: codes?)?", re.IGNORECASE),
    "old": re.compile(r"(?:Old|Prior|Previous|From) (?:(?:Modifier )?Indicator|CCMI|Modifier)", re.IGNORECASE),
    "indicator": re.compile(
        r"(?:(?:New|Current|To) )?(?:Modifier(?: Indicator)?|Indicator|CCMI)(?: \(?0=.*)?(?: Changes?)?", re.IGNORECASE
    ),
    # Columns of the PTP files themselves that may stand beside; the edits are listed in full there.
    "in_existence": re.compile(r"\* ?= ?in existence.*", re.IGNORECASE),
    "effective": re.compile(r"(?:PTP )?(?:Edit )?Effective(?: Date)?", re.IGNORECASE),
    "deletion": re.compile(r"(?:PTP )?(?:Edit )?Deletion(?: Date)?(?: \* ?= ?no data)?", re.IGNORECASE),
    "rationale": re.compile(r"(?:PTP )?(?:Edit )?Rationale", re.IGNORECASE),
}
_EXPECTED = "a list of PTP changes with Column 1, Column 2 and Modifier Indicator"
_INDICATOR = re.compile(r"[019]")
_FROM_TO = re.compile(r"(?:from )?([019]) ?(?:to|-?>|→|/) ?([019])", re.IGNORECASE)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class ListedChangeRow(NamedTuple):
    """One listed pair; `old_indicator` is blank where the list does not say. `row` counts from 1."""

    column_1: str
    column_2: str
    modifier_indicator: str
    old_indicator: str
    row: int


class ChangeFile(NamedTuple):
    """The list in file order, and what was odd. A quarter without such changes has an empty list."""

    rows: list[ListedChangeRow]
    oddities: list[Oddity]


def parse_ptp_change_file(data: bytes, file: str) -> ChangeFile:
    """Read one list.

    Raises:
        ParseError: a web page, no header, an unknown column, or rows that cannot be read (all are named).
    """
    refuse_html(data, file, _EXPECTED)
    if data.startswith(_WORKBOOKS):
        sheets, oddities = read_sheets(data, file, _EXPECTED, "\t")
    else:
        sheet, oddities = read_delimited(data, file, _EXPECTED)
        sheets = [sheet]
    sheet, header, found = find_table(
        [_one_header_row(sheet) for sheet in sheets], _SPELLINGS, {"column_1", "column_2", "indicator"}, file, _EXPECTED
    )
    oddities = [*oddities, *found]
    bad = BadRows(file)
    rows: list[ListedChangeRow] = []
    for line, cells in zip(sheet.lines[header.position + 1 :], sheet.rows[header.position + 1 :], strict=True):
        if all(is_blank(cell) for cell in cells):
            continue
        if _says_none(cells):
            oddities.append(Oddity(file, line, "The list says that it is empty.", shown(cells), "Read as no rows."))
            continue
        row = _row(line, cells, header, bad)
        if row is not None:
            rows.append(row)
    bad.refuse()
    return ChangeFile(rows, oddities)


def _one_header_row(sheet: Sheet) -> Sheet:
    """The sheet with a header that is broken over two lines brought together.

    The last cell of the published header holds a line end; text that does not quote it goes on in the next line.
    """
    for place, (first, second) in enumerate(zip(sheet.rows, sheet.rows[1:], strict=False)):
        if place > 15:
            break
        filled = [text_of(cell) for cell in second if not is_blank(cell)]
        broken = [text_of(cell) for cell in first if not is_blank(cell)][-1:] == ["Modifier"]
        if broken and len(filled) == 1 and filled[0].lower() == "indicator":
            column = max(index for index, cell in enumerate(first) if not is_blank(cell))
            joined: list[Cell] = [*first[:column], "Modifier Indicator", *first[column + 1 :]]
            rows = [*sheet.rows[:place], joined, *sheet.rows[place + 2 :]]
            return Sheet(sheet.name, rows, [*sheet.lines[: place + 1], *sheet.lines[place + 2 :]])
    return sheet


def _says_none(cells: list[Cell]) -> bool:
    filled = [text_of(cell) for cell in cells if not is_blank(cell)]
    return len(filled) == 1 and re.match(r"(?:there (?:are|were) )?(?:no|none)\b", filled[0], re.IGNORECASE) is not None


def _row(line: int, cells: list[Cell], header: Header, bad: BadRows) -> ListedChangeRow | None:
    def cell(role: str) -> Cell:
        place = header.columns.get(role)
        return cells[place] if place is not None and place < len(cells) else ""

    codes = []
    for role, name in (("column_1", "Column 1"), ("column_2", "Column 2")):
        code = code_of(cell(role))
        if code is None:
            bad.add(line, name, text_of(cell(role)), "a code of five characters")
        codes.append(code)
    old, new = text_of(cell("old")), text_of(cell("indicator"))
    both = _FROM_TO.fullmatch(new)
    if both and not old:
        old, new = both[1], both[2]
    if not _INDICATOR.fullmatch(new):
        bad.add(line, "Modifier Indicator", new, "0, 1 or 9, or the old and the new one as '0 to 1'")
    if old and not _INDICATOR.fullmatch(old):
        bad.add(line, "old modifier indicator", old, "0, 1 or 9")
    first, second = codes
    if first is None or second is None:
        return None
    return ListedChangeRow(first, second, new, old, line)
