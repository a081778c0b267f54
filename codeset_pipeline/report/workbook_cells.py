"""Cells of the workbook: data only, never formulas, with the few styles that the sheets share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as XlsxCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.colors import Color

from codeset_pipeline.report.table import Cell, Column, Marked
from codeset_pipeline.report.visible import visible

if TYPE_CHECKING:
    # A streamed sheet has the attributes of this class; its own type stub does not list them.
    from openpyxl.worksheet.worksheet import Worksheet

INK, MUTED, RULE, HEAD = "FF1B2733", "FF5B6875", "FFD5DBE1", "FF1F4E5F"
EDITABLE = "FFFFF8DC"
GOOD, BAD, NOTICE = "FF1E6B45", "FFA3271B", "FF8A5A00"

_LONGEST = 32_767
_CUT = " … (cut at Excel's limit; the whole text is in report.json)"

# Excel reads _x0041_ in a file as the letter A; the escape for the first underscore keeps the text as it is.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r", "'")

_FORMATS = {"date": "yyyy-mm-dd", "count": "#,##0", "quantity": "#,##0.##", "money": "#,##0.00", "code": "@"}

_KEPT = InlineFont(rFont="Calibri", sz=10, color=Color(rgb=INK))
_REMOVED = InlineFont(rFont="Calibri", sz=10, strike=True, color=Color(rgb=BAD))
_INSERTED = InlineFont(rFont="Calibri", sz=10, b=True, u="single", color=Color(rgb=GOOD))


def clean(text: str) -> str:
    """The text as a cell can hold it: no illegal characters, no escapes, no more than Excel's longest text."""
    shown = _ESCAPE_LIKE.sub("_x005F_", visible(text))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - len(_CUT)] + _CUT


def fits(text: str) -> bool:
    """May the text keep its marked words? One that must be cut may not."""
    return len(clean(text)) <= _LONGEST - len(_CUT)


class Cells:
    """One reusable cell per column: a streamed row is written out before the next one is filled in.

    A text that a spreadsheet could take for a formula goes into a second cell per column whose style carries the
    text mark (`quotePrefix`), so that editing it in Excel does not turn it into one.
    """

    def __init__(self, sheet: Worksheet, columns: Sequence[Column]) -> None:
        self._plain = [data_cell(sheet, column, quoted=False) for column in columns]
        self._quoted = [data_cell(sheet, column, quoted=True) for column in columns]

    def row(self, values: Sequence[Cell]) -> list[XlsxCell | None]:
        """The row's cells; blank ones are left out, which a table of many thousand rows is the faster for."""
        return [
            None if value is None or value == "" else _fill(plain, quoted, value)
            for plain, quoted, value in zip(self._plain, self._quoted, values, strict=True)
        ]


def text_cell(
    sheet: Worksheet,
    value: Cell,
    *,
    size: int = 11,
    bold: bool = False,
    colour: str = INK,
    fill: str | None = None,
    wrap: bool = False,
    line: bool = False,
    style: str = "text",
    align: str | None = None,
) -> XlsxCell:
    """A single styled cell for the sheets that are laid out by hand."""
    cell = WriteOnlyCell(sheet)
    cell.font = Font(name="Calibri", size=size, bold=bold, color=colour)
    cell.alignment = Alignment(vertical="top", wrap_text=wrap, horizontal=align, indent=int(align == "right"))
    if style in _FORMATS:
        cell.number_format = _FORMATS[style]
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    if line:
        cell.border = Border(bottom=Side("thin", color=RULE))
    if isinstance(value, str) and value.startswith(FORMULA_LIKE):
        cell.quotePrefix = True
    return _fill(cell, cell, value)


def header_cell(sheet: Worksheet, text: str, style: str = "text") -> XlsxCell:
    cell = text_cell(sheet, text, size=10, bold=True, colour="FFFFFFFF", fill=HEAD, wrap=True)
    if style in ("count", "quantity", "money"):
        cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal="right", indent=1)
    return cell


def data_cell(sheet: Worksheet, column: Column, quoted: bool) -> XlsxCell:
    """A cell with the look of its column; `quoted` for texts that could be taken for a formula."""
    cell = WriteOnlyCell(sheet)
    number = column.style in ("count", "quantity", "money")
    cell.font = Font(name="Calibri", size=10, color=INK, bold=column.style == "code")
    cell.alignment = Alignment(
        vertical="top", wrap_text=not number, horizontal="right" if number else None, indent=int(number)
    )
    cell.number_format = _FORMATS.get(column.style, "General")
    cell.quotePrefix = quoted
    if column.editable:
        cell.fill = PatternFill("solid", fgColor=EDITABLE)
        side = Side("thin", color=RULE)
        cell.border = Border(left=side, right=side, top=side, bottom=side)
        cell.number_format = "@"
    return cell


def _fill(plain: XlsxCell, quoted: XlsxCell, value: Cell) -> XlsxCell:
    if isinstance(value, str):
        return _text(plain, quoted, value)
    if isinstance(value, Marked):
        return _marked(plain, quoted, value)
    plain.value = value
    return plain


def _text(plain: XlsxCell, quoted: XlsxCell, value: str) -> XlsxCell:
    cell = quoted if value.startswith(FORMULA_LIKE) else plain
    cell.value = clean(value)
    # openpyxl guesses formulas ("=…") and errors ("#N/A") from the text; here every text is a text.
    cell.data_type = "s"
    return cell


def _marked(plain: XlsxCell, quoted: XlsxCell, value: Marked) -> XlsxCell:
    text = value.text
    if not any(segment.changed for segment in value.segments) or not fits(text):
        return _text(plain, quoted, text)
    font = _REMOVED if value.side == "old" else _INSERTED
    parts = [TextBlock(font if each.changed else _KEPT, clean(each.text)) for each in value.segments]
    cell = quoted if text.startswith(FORMULA_LIKE) else plain
    cell.value = CellRichText(parts)
    cell.data_type = "s"
    return cell
