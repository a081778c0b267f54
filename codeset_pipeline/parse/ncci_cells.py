"""Cells of NCCI tables as typed values, and the rows in which they cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.spreadsheet_rows import Cell

_CODE = re.compile(r"[0-9A-Z]{5}")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII)
# What stands where no date is meant, besides nothing at all.
NO_DATES = frozenset({"0", "0000000", "00000000", "*", "9999365", "9999366", "9999999", "99999999"})
_LISTED = 10


def text_of(cell: Cell) -> str:
    """The text of a cell, blanks around it left out; a whole number without its decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


@lru_cache(maxsize=4096)
def _code_of_text(text: str) -> str | None:
    return text if _CODE.fullmatch(text) else None


def code_of(cell: Cell) -> str | None:
    """A five-character code; a workbook's number gets its leading zeros back. None when the cell holds no code."""
    text = text_of(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and text.isdigit():
        text = text.zfill(5)
    return _code_of_text(text)


def whole_number(cell: Cell) -> int | None:
    """A number without sign and decimals, with or without commas at the thousands; None when the cell holds none."""
    text = text_of(cell)
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    return int(text) if text.isascii() and text.isdigit() and not isinstance(cell, bool) else None


@lru_cache(maxsize=20_000)
def day_of_year(text: str) -> date | None:
    """The day that seven digits YYYYDDD stand for: `2013091` is 1 April 2013. None when they stand for none."""
    if len(text) != 7 or not (text.isascii() and text.isdigit()):
        return None
    year, day = int(text[:4]), int(text[4:])
    if not 1900 <= year <= 2199:
        return None
    found = date(year, 1, 1) + timedelta(days=day - 1)
    # Day 000, and day 366 of a common year, lie in another year.
    return found if found.year == year else None


def dated(cell: Cell) -> date | None:
    """The day of a cell that holds YYYYDDD, or a workbook's own date; None when it is no date."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return day_of_year(text_of(cell))


@dataclass
class BadRows:
    """Rows of a file that cannot be read, gathered so that one message names them all."""

    file: str
    found: list[tuple[int, str, str, str]] = field(default_factory=list)

    def add(self, line: int, column: str, text: str, expected: str) -> None:
        self.found.append((line, column, text, expected))

    def refuse(self) -> None:
        """Raise when there is any.

        Raises:
            ParseError: names the first, and line, column and value of those that follow.
        """
        if not self.found:
            return
        (line, column, text, expected), *others = self.found
        if others:
            named = "; ".join(f"line {n}, {c}: {t[:40]!r}" for n, c, t, _ in others[: _LISTED - 1])
            beyond = f" and {len(others) - _LISTED + 1} more" if len(others) >= _LISTED else ""
            expected += f" ({len(self.found)} values cannot be read; the others: {named}{beyond})"
        raise ParseError(self.file, expected, line=line, column=column, text=text)
