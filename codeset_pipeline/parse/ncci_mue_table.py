"""The MUE table: how many units of a code may be billed, as csv (Latin-1), tab text (Medicaid) or workbook.

A notice comes first, in one cell of several lines; then the header, whose second cell names the setting. The table
holds no dates, and leaves out the codes whose values CMS keeps confidential.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.decoding import refuse_html
from codeset_pipeline.parse.header_row import Header, find_table
from codeset_pipeline.parse.latin1 import read_delimited
from codeset_pipeline.parse.ncci_cells import BadRows, code_of, text_of, whole_number
from codeset_pipeline.parse.spreadsheet_rows import Cell, is_blank, read_sheets

_SPELLINGS = {
    "code": re.compile(r"HCPCS ?/ ?CPT Codes?|CPT ?/ ?HCPCS Codes?|(?:HCPCS )?Code", re.IGNORECASE),
    "value": re.compile(r"(?:.+ )?MUE Values?|(?:.+ )?Units", re.IGNORECASE),
    "mai": re.compile(r"(?:MUE )?Adjudication Indicator(?: \(MAI\))?|MAI", re.IGNORECASE),
    "rationale": re.compile(r"(?:MUE )?Rationale", re.IGNORECASE),
}
# Words in the header's second cell → setting.
_SETTINGS = {
    "practitioner": re.compile(r"practitioner", re.IGNORECASE),
    "outpatient": re.compile(r"outpatient|facility", re.IGNORECASE),
    "dme": re.compile(r"\bDME\b|durable medical|supplier", re.IGNORECASE),
}
# What the adjudication indicator means, as the publisher writes it behind the digit.
MAI_MEANINGS = {
    "1": "Line Edit",
    "2": "Date of Service Edit: Policy",
    "3": "Date of Service Edit: Clinical",
}
MAX_VALUE = 90_000
_MAI = re.compile(r"([1-3])(?:\D.*)?")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_EXPECTED = "an MUE table with HCPCS/CPT Code, MUE Values, MUE Adjudication Indicator and MUE Rationale"


class MueRow(NamedTuple):
    """The most units of a code. `mai` is `1`, `2` or `3`, blank where the table has none; `line` counts from 1."""

    code: str
    value: int
    mai: str
    rationale: str
    line: int


class MueTable(NamedTuple):
    """The table in file order, the setting that its header names (None where it names none), and what was odd."""

    rows: list[MueRow]
    setting: str | None
    oddities: list[Oddity]


def parse_mue_table(data: bytes, file: str, *, setting: str, with_mai: bool = True) -> MueTable:
    """Read the table.

    Args:
        setting: `practitioner`, `outpatient` or `dme`, which the header must not contradict.
        with_mai: must the table have the adjudication indicator? (Medicaid's has none.)

    Raises:
        ParseError: a web page, no header, a missing or unknown column, the header of another setting, a row that cannot
            be read, or one code with two different values.
    """
    refuse_html(data, file, _EXPECTED)
    if data.startswith(_WORKBOOKS):
        sheets, oddities = read_sheets(data, file, _EXPECTED, ",")
    else:
        text_sheet, oddities = read_delimited(data, file, _EXPECTED)
        sheets = [text_sheet]
    required = {"code", "value", "rationale"} | ({"mai"} if with_mai else set())
    sheet, header, found = find_table(sheets, _SPELLINGS, required, file, _EXPECTED)
    oddities = [*oddities, *found]
    header_line = sheet.lines[header.position]
    named = _setting(sheet.rows[header.position][header.columns["value"]], file, header_line, setting)
    if named is None:
        what = "The header does not name the setting."
        shown = text_of(sheet.rows[header.position][header.columns["value"]])
        oddities.append(Oddity(file, header_line, what, shown, f"Taken from the file's name: {setting}."))
    bad = BadRows(file)
    rows: dict[str, MueRow] = {}
    repeated: list[int] = []
    wordings: Counter[str] = Counter()
    for line, cells in zip(sheet.lines[header.position + 1 :], sheet.rows[header.position + 1 :], strict=True):
        if all(is_blank(cell) for cell in cells):
            continue
        row = _row(line, cells, header, bad, wordings)
        if row is None:
            continue
        before = rows.setdefault(row.code, row)
        if before is not row:
            if before[:4] == row[:4]:
                repeated.append(line)
                continue
            text = f"{row.code}: {row.value}, {row.mai}, {row.rationale}"
            expected = f"each code once; line {before.line} has {before.value}, {before.mai}, {before.rationale}"
            bad.add(line, "code", text, expected)
    bad.refuse()
    if not rows:
        raise ParseError(file, f"{_EXPECTED} and at least one code below it", line=header_line)
    if repeated:
        what = f"{len(repeated)} rows repeat a code with the same values."
        shown = f"rows {', '.join(map(str, repeated[:10]))}"
        oddities.append(Oddity(file, repeated[0], what, shown, "Read once."))
    for wording, count in wordings.items():
        what = f"The adjudication indicator of {count} rows is worded otherwise than known."
        oddities.append(Oddity(file, None, what, wording, "Its digit is used."))
    return MueTable(list(rows.values()), named, oddities)


def _setting(cell: Cell, file: str, line: int, wanted: str) -> str | None:
    text = text_of(cell)
    named = [setting for setting, words in _SETTINGS.items() if words.search(text)]
    if named and wanted not in named:
        raise ParseError(file, f"the MUE table for {wanted}", line=line, column="MUE Values", text=text)
    return wanted if named else None


def _row(line: int, cells: list[Cell], header: Header, bad: BadRows, wordings: Counter[str]) -> MueRow | None:
    def cell(role: str) -> Cell:
        place = header.columns.get(role)
        return cells[place] if place is not None and place < len(cells) else ""

    before = len(bad.found)
    code, value = code_of(cell("code")), whole_number(cell("value"))
    if code is None:
        bad.add(line, "HCPCS/CPT Code", text_of(cell("code")), "a code of five characters")
    if value is None or value > MAX_VALUE:
        bad.add(line, "MUE Values", text_of(cell("value")), f"a whole number from 0 to {MAX_VALUE}")
    mai = ""
    if "mai" in header.columns:
        text = text_of(cell("mai"))
        found = _MAI.fullmatch(text)
        if found:
            mai = found[1]
            wording = text[1:].strip(" -:.")
            if wording and wording.casefold() != MAI_MEANINGS[mai].casefold():
                wordings[text] += 1
        else:
            bad.add(line, "MUE Adjudication Indicator", text, "1 Line Edit, 2 or 3 Date of Service Edit")
    if len(bad.found) > before or code is None or value is None:
        return None
    return MueRow(code, value, mai, text_of(cell("rationale")), line)
