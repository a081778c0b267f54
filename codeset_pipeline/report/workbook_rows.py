"""The rows of a long table as SpreadsheetML, written here because a cell object for each of a million cells takes long.

openpyxl makes the sheet, its header and its styles; these rows are put into the sheet's part when the file is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from codeset_pipeline.report.table import Cell, Column, Marked, Row
from codeset_pipeline.report.workbook_cells import BAD, FORMULA_LIKE, GOOD, INK, clean, data_cell, fits
from codeset_pipeline.report.workbook_heights import row_height

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# Excel counts days from here, for dates after February 1900.
_DAY_ZERO = date(1899, 12, 30)

_TOGETHER = 500
_RISKY = frozenset(FORMULA_LIKE)

# What XML would change or misread in a text; a bare carriage return would be read as a line end.
_MARKUP = re.compile("[&<>\r]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}

_FACE = '<sz val="10"/><color rgb="{}"/><rFont val="Calibri"/>'
_KEPT = _FACE.format(INK)
_REMOVED = "<strike/>" + _FACE.format(BAD)
_INSERTED = "<b/>" + _FACE.format(GOOD) + '<u val="single"/>'


@dataclass(frozen=True, slots=True)
class _Place:
    """A column of the sheet: its letter and the numbers of its styles; `blank` where an empty cell has a look too."""

    letter: str
    plain: int
    quoted: int
    blank: bool


class TableRows:
    """The data rows of one sheet, to be written below its header."""

    def __init__(self, sheet: Worksheet, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        self._rows = rows
        self._widths = [column.width for column in columns]
        self._places = [
            _Place(
                get_column_letter(index),
                data_cell(sheet, column, quoted=False).style_id,
                data_cell(sheet, column, quoted=True).style_id,
                column.editable,
            )
            for index, column in enumerate(columns, 1)
        ]

    def xml(self) -> Iterator[bytes]:
        """The `row` elements, numbered from 2, some hundred at a time."""
        places, widths = self._places, self._widths
        for start in range(0, len(self._rows), _TOGETHER):
            parts = []
            for number, row in enumerate(self._rows[start : start + _TOGETHER], start + 2):
                height = row_height(row.cells, widths)
                tall = "" if height is None else f' ht="{height:.4g}" customHeight="1"'
                parts.append(f'<row r="{number}"{tall}>')
                parts += [
                    _cell(place, number, value)
                    for place, value in zip(places, row.cells, strict=True)
                    if place.blank or (value is not None and value != "")
                ]
                parts.append("</row>")
            yield "".join(parts).encode()


def _cell(place: _Place, number: int, value: Cell) -> str:
    kind = type(value)
    if kind is str and value:
        style = place.quoted if value[0] in _RISKY else place.plain  # type: ignore[index]
        return f'<c r="{place.letter}{number}" s="{style}" t="inlineStr"><is>{_text(value)}</is></c>'
    if kind is int or kind is float:
        return f'<c r="{place.letter}{number}" s="{place.plain}"><v>{value!r}</v></c>'
    if value is None or value == "":
        return f'<c r="{place.letter}{number}" s="{place.plain}"/>'
    if isinstance(value, Marked):
        style = place.quoted if value.text.startswith(FORMULA_LIKE) else place.plain
        return f'<c r="{place.letter}{number}" s="{style}" t="inlineStr"><is>{_marked(value)}</is></c>'
    if isinstance(value, date):
        return f'<c r="{place.letter}{number}" s="{place.plain}"><v>{(value - _DAY_ZERO).days}</v></c>'
    return _cell(place, number, str(value))  # a text with a class of its own, such as a kind of change


@lru_cache(maxsize=50_000)
def _text(value: str) -> str:
    text = clean(value)
    if _MARKUP.search(text):
        text = _MARKUP.sub(lambda found: _ESCAPES[found[0]], text)
    return f'<t xml:space="preserve">{text}</t>'


def _marked(value: Marked) -> str:
    if not any(segment.changed for segment in value.segments) or not fits(value.text):
        return _text(value.text)
    face = _REMOVED if value.side == "old" else _INSERTED
    return "".join(
        f"<r><rPr>{face if segment.changed else _KEPT}</rPr>{_text(segment.text)}</r>" for segment in value.segments
    )
