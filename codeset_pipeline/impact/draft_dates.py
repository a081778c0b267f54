"""First and last days in the user's own columns, written as the other dates of the column are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime

from codeset_pipeline.impact.line_columns import day_of
from codeset_pipeline.impact.source_cells import SourceCell

_DAY_ZERO = date(1899, 12, 30)

# `9/3/2020` beside `12/31/2099`: the column is written without zeros in front.
_UNPADDED = re.compile(r"\d/\d{1,2}/\d{4}|\d{1,2}/\d/\d{4}")


def _american(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def _unpadded(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


_STYLES: tuple[tuple[re.Pattern[str], Callable[[date], str]], ...] = (
    (re.compile(r"\d{4}-\d\d-\d\d"), lambda day: day.isoformat()),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]00:00(?::00)?"), lambda day: f"{day.isoformat()} 00:00:00"),
    (re.compile(r"(?:19|20|99)\d{6}"), lambda day: f"{day:%Y%m%d}"),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}"), _american),
    (re.compile(r"\d{1,2}/\d{1,2}/\d\d"), lambda day: f"{day.month}/{day.day}/{day:%y}"),
    (re.compile(r"\d\d-\d\d-\d{4}"), lambda day: f"{day:%m-%d-%Y}"),
    (re.compile(r"[2-7]\d{4}"), lambda day: str((day - _DAY_ZERO).days)),
)


def day_in(cell: SourceCell) -> date | None:
    """The day that a cell holds, None for a blank one or another text."""
    value = cell.value
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else day_of(cell.text.strip())


def written_like(others: Iterable[SourceCell], excel: bool) -> Callable[[date], SourceCell]:
    """How to write a day so that it looks like the other cells of its column; ISO where there is none."""
    cells = list(others)
    unpadded = any(_UNPADDED.fullmatch(cell.text.strip()) for cell in cells)
    for cell in cells:
        if cell.blank:
            continue
        if isinstance(cell.value, date):
            form = cell.format
            return lambda day: SourceCell(day, form)
        text = cell.text.strip()
        for pattern, write in _STYLES:
            if pattern.fullmatch(text) and day_of(text) is not None:
                write = _unpadded if write is _american and unpadded else write
                if isinstance(cell.value, str):
                    return lambda day, write=write: SourceCell(write(day))  # type: ignore[misc]
                form = cell.format
                return lambda day, write=write: SourceCell(int(write(day)), form)  # type: ignore[misc]
    return (lambda day: SourceCell(day, "yyyy-mm-dd")) if excel else (lambda day: SourceCell(day.isoformat()))
