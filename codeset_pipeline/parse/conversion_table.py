"""Conversion table of ICD-10-CM: for each code added since FY2017, which code was used for it before.

One sheet (or a CSV file) with a paragraph of explanation above a header of three columns. It is cumulative: each
table repeats those of the years before. A previous code may still be valid, because the new one was taken from it.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import NamedTuple

from codeset_pipeline.codes import has_shape, normalise
from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.effective_dates import effective_from
from codeset_pipeline.parse.header_row import find_table
from codeset_pipeline.parse.previous_codes import PreviousTerm, parse_previous_codes
from codeset_pipeline.parse.spreadsheet_rows import Cell, is_blank, read_sheets

_SPELLINGS = {
    "current": re.compile(r"current code\(?s?\)? assignments?", re.IGNORECASE),
    "effective": re.compile(r"effective(?: date)?(?:,? october 1,?)?(?: of)?", re.IGNORECASE),
    "previous": re.compile(r"previous codes?(?: ?\(s\))? assignments?", re.IGNORECASE),
}

_HEADER = "a header row with Current code assignment, Effective and Previous Code(s) Assignment"


class ConversionRow(NamedTuple):
    """One row.

    Attributes:
        row: 1-based row or line in the file.
        current: the new code, without dot.
        effective_from: first day on which it is valid.
        previous_text: the previous-code cell as it stands.
        form, previous: what the cell says; see `previous_codes`.
    """

    row: int
    current: str
    effective_from: date
    previous_text: str
    form: str
    previous: tuple[tuple[PreviousTerm, ...], ...]


class ConversionTable(NamedTuple):
    """The rows in file order, the explanation above the header, and what departed from the layout."""

    rows: list[ConversionRow]
    preamble: str
    oddities: list[Oddity]


def parse_conversion_table(data: bytes, file: str) -> ConversionTable:
    """Read a conversion table from xlsx, xls or CSV.

    Raises:
        ParseError: no header, an unknown or missing column name, data in a column without name, a row whose code,
            date or previous codes cannot be understood, or no rows.
    """
    sheets, oddities = read_sheets(data, file, "a conversion table", ",")
    sheet, header, others = find_table(sheets, _SPELLINGS, set(_SPELLINGS), file, _HEADER)
    oddities += others
    rows: list[ConversionRow] = []
    padded: list[int] = []
    for line, cells in zip(sheet.lines[header.position + 1 :], sheet.rows[header.position + 1 :], strict=True):
        current, effective, previous = (
            cells[column] if (column := header.columns[role]) < len(cells) else "" for role in _SPELLINGS
        )
        if is_blank(current) and is_blank(effective) and is_blank(previous):
            continue
        text = str(current).strip()
        code = normalise(text)
        if is_blank(effective) and is_blank(previous) and not has_shape("icd10cm", code):
            oddities.append(Oddity(file, line, "A remark stands below the table.", text, "Left out."))
            continue
        _check_current(file, line, text, code, oddities)
        if text != str(current):
            padded.append(line)
        rows.append(_row(file, line, code, effective, previous, oddities))
    if not rows:
        raise ParseError(file, "rows below the header", line=sheet.lines[header.position])
    if padded:
        what = f"{len(padded)} current codes have blanks around them."
        oddities.append(Oddity(file, padded[0], what, "", "Blanks left out."))
    preamble = "\n".join(filter(None, (_whole(row) for row in sheet.rows[: header.position])))
    return ConversionTable(rows, preamble, oddities + _repeated(file, rows))


def _whole(row: list[Cell]) -> str:
    """The text of a row of the preamble."""
    return " ".join(str(cell).strip() for cell in row if not is_blank(cell))


def _check_current(file: str, line: int, text: str, code: str, oddities: list[Oddity]) -> None:
    if not has_shape("icd10cm", code):
        raise ParseError(file, "a code of ICD-10-CM", line=line, column="Current code assignment", text=text)
    as_printed = f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
    if text != as_printed:
        what = f"The current code is not written as {as_printed}."
        oddities.append(Oddity(file, line, what, text, f"Read as {as_printed}."))


def _row(file: str, line: int, code: str, effective: Cell, previous: Cell, oddities: list[Oddity]) -> ConversionRow:
    day = effective_from(effective)
    if day is None:
        raise ParseError(file, "a year or a date", line=line, column="Effective", text=str(effective))
    text = str(previous)
    parsed = parse_previous_codes(text)
    if parsed is None:
        # The new code is certain; what it was before is for a person to read, and must not hold up the release.
        what = f"The previous codes of {code} are in no known form."
        oddities.append(Oddity(file, line, what, text, "Not mapped; read it and record a curated decision."))
        return ConversionRow(line, code, day, text, "unread", ())
    if parsed.remarks:
        what = "The previous codes carry a remark."
        oddities.append(Oddity(file, line, what, text, f"Left out {' '.join(parsed.remarks)!r}."))
    return ConversionRow(line, code, day, text, parsed.form, parsed.groups)


def _repeated(file: str, rows: list[ConversionRow]) -> list[Oddity]:
    """A code has one row for each date on which it was added; more are kept and named."""
    counts = Counter((row.current, row.effective_from) for row in rows)
    found = []
    for (code, day), count in counts.items():
        if count > 1:
            of_code = [row for row in rows if (row.current, row.effective_from) == (code, day)]
            same = "alike" if len({row.previous for row in of_code}) == 1 else "with different previous codes"
            what = f"{code} of {day} stands in {count} rows, {same}."
            text = "; ".join(row.previous_text for row in of_code)
            found.append(Oddity(file, of_code[1].row, what, text, "All rows kept."))
    return found
