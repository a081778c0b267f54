"""Finding the header row of a table whose place and wording vary from year to year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.spreadsheet_rows import Cell, Sheet, is_blank, shown

_FIRST_ROWS = 15


class Header(NamedTuple):
    """The header row.

    Attributes:
        position: its index in the sheet's rows.
        columns: role → index of the column.
    """

    position: int
    columns: Mapping[str, int]


def find_header(sheet: Sheet, spellings: Mapping[str, re.Pattern[str]], required: set[str], file: str) -> Header | None:
    """The header among the first rows, or None where no row holds any known column name.

    Args:
        spellings: role → accepted column names, matched as a whole without regard to case and blanks.
        required: roles without which the table cannot be read.

    Raises:
        ParseError: the row with known names also holds unknown ones, or lacks or repeats one.
    """
    best: dict[int, str] = {}
    best_index = -1
    for index, row in enumerate(sheet.rows[:_FIRST_ROWS]):
        roles = {column: role for column, cell in enumerate(row) if (role := _role(cell, spellings))}
        if len(roles) > len(best):
            best, best_index = roles, index
    if best_index < 0:
        return None
    row, line = sheet.rows[best_index], sheet.lines[best_index]
    for column, cell in enumerate(row):
        if not is_blank(cell) and column not in best:
            expected = f"a known column name ({_names(spellings)})"
            raise ParseError(file, expected, line=line, column=column + 1, text=str(cell))
    found = list(best.values())
    missing = sorted(required - set(found))
    if missing or len(set(found)) < len(found):
        expected = f"one column each for {', '.join(sorted(required))}"
        raise ParseError(file, expected, line=line, text=shown(row))
    return Header(best_index, {role: column for column, role in best.items()})


def find_table(
    sheets: list[Sheet], spellings: Mapping[str, re.Pattern[str]], required: set[str], file: str, expected: str
) -> tuple[Sheet, Header, list[Oddity]]:
    """The one sheet that holds a table with these columns, and its header; other sheets that hold anything are
    reported.

    Args:
        expected: the header row in the publisher's words, for messages.

    Raises:
        ParseError: no sheet or several have such a header, or its column names are not those expected.
    """
    found: list[tuple[Sheet, Header]] = []
    oddities: list[Oddity] = []
    for sheet in sheets:
        header = find_header(sheet, spellings, required, file)
        if header:
            refuse_unnamed(sheet, header, file)
            found.append((sheet, header))
        elif any(not is_blank(cell) for row in sheet.rows for cell in row):
            oddities.append(Oddity(file, None, "The workbook has another sheet.", sheet.name, "Left out."))
    if len(found) > 1:
        names = ", ".join(sheet.name for sheet, _ in found)
        raise ParseError(file, f"{expected} on one sheet only", text=f"sheets {names}")
    if not found:
        rows = [row for sheet in sheets for row in sheet.rows if sum(not is_blank(cell) for cell in row) > 1]
        raise ParseError(file, expected, text=shown(rows[0]) if rows else None)
    return *found[0], oddities


def refuse_unnamed(sheet: Sheet, header: Header, file: str) -> None:
    """Raise when a column without a name holds data below the header.

    Raises:
        ParseError: names the first such cell.
    """
    named = set(header.columns.values())
    for row, line in zip(sheet.rows[header.position + 1 :], sheet.lines[header.position + 1 :], strict=True):
        for column, cell in enumerate(row):
            if column not in named and not is_blank(cell):
                expected = "no data in a column without a name"
                raise ParseError(file, expected, line=line, column=column + 1, text=str(cell))


def _role(cell: Cell, spellings: Mapping[str, re.Pattern[str]]) -> str | None:
    text = " ".join(str(cell).split())
    return next((role for role, pattern in spellings.items() if pattern.fullmatch(text)), None)


def _names(spellings: Mapping[str, re.Pattern[str]]) -> str:
    return ", ".join(spellings)
