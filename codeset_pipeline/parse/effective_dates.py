"""The effective date of a row of the conversion table, in every form in which publishers have written it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from codeset_pipeline.parse.spreadsheet_rows import Cell

_TEXT_FORMATS = (
    "%m/%d/%Y",
    "%m/%d/%y",
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%B %d, %Y",
    "%B %d %Y",
    "%b %d, %Y",
    "%b %d %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d{4,5}(?:\.0+)?")

# ICD-10-CM has been in use since 2015 and the tables began in 2016; both ends leave room.
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_EXCEL_EPOCH = date(1899, 12, 30)


def effective_from(cell: Cell) -> date | None:
    """The first day on which the row holds, None when the cell is no date.

    A year stands for 1 October of that year: `2025` is the first day of fiscal year 2026 ("Unless otherwise specified
    the code effective date is October 1 of the year listed", says the table). Other numbers are Excel's count of
    days, and text may be either or a date written out.
    """
    if isinstance(cell, datetime):
        return _plausible(cell.date())
    if isinstance(cell, date):
        return _plausible(cell)
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return _from_number(cell)
    if not isinstance(cell, str):
        return None
    text = " ".join(_ORDINAL.sub("", cell).split())
    if _NUMBER.fullmatch(text):
        return _from_number(float(text))
    for form in _TEXT_FORMATS:
        try:
            return _plausible(datetime.strptime(text, form).date())
        except ValueError:
            continue
    return None


def _from_number(number: float) -> date | None:
    if not float(number).is_integer():
        return None
    if _FIRST_YEAR <= number <= _LAST_YEAR:
        return date(int(number), 10, 1)
    if not 0 < number < 100_000:
        return None
    return _plausible(_EXCEL_EPOCH + timedelta(days=int(number)))


def _plausible(day: date) -> date | None:
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None
