"""The last sheet: how the report was computed, and from which files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from codeset_pipeline.report.method import facts, method_of
from codeset_pipeline.report.model import Report
from codeset_pipeline.report.proof_tables import release_rows
from codeset_pipeline.report.summary import SAMPLE
from codeset_pipeline.report.table import Table
from codeset_pipeline.report.workbook_cells import BAD, INK, Cells, header_cell, text_cell
from codeset_pipeline.report.workbook_heights import row_height
from codeset_pipeline.report.workbook_sheet import set_height, set_up_page

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell as XlsxCell
    from openpyxl.worksheet.worksheet import Worksheet

NAME = "Method and provenance"
_WIDTHS = (44, 68, 44, 20, 12, 12, 14)


def add_method(book: Workbook, report: Report, inputs: Table, oddities: Table, footer: str) -> None:
    """Append the sheet; `inputs` and `oddities` are written out on it."""
    MethodSheet(book, footer).write(report, (inputs, oddities))


class MethodSheet:
    """The sheet while it is being written, top to bottom; it counts rows because heights are set by row."""

    def __init__(self, book: Workbook, footer: str) -> None:
        self._sheet = cast("Worksheet", book.create_sheet(NAME))
        self._row = 0
        for letter, width in zip("ABCDEFG", _WIDTHS, strict=True):
            self._sheet.column_dimensions[letter].width = width
        self._sheet.sheet_view.showGridLines = False
        set_up_page(self._sheet, footer)

    def write(self, report: Report, tables: tuple[Table, ...]) -> None:
        self._line(NAME, size=16, bold=True)
        if report.sample:
            self._line(SAMPLE, bold=True, colour=BAD)
        for label, text in [*facts(report), *(row for pair in report.pairs for row in release_rows(pair))]:
            self._append(
                [
                    text_cell(self._sheet, label, size=10, bold=True, wrap=True, line=True),
                    text_cell(self._sheet, text, size=10, wrap=True, line=True),
                ],
                row_height((label, text), _WIDTHS),
            )
        self._heading("How it was computed")
        for number, sentence in enumerate(method_of(report), 1):
            self._line(f"{number}. {sentence}")
        for table in tables:
            self._table(table)
        self._heading("Known differences")
        self._line(f"{len(report.known_differences):,} explained with their cause on the sheet Reconciliation.")

    def _table(self, table: Table) -> None:
        self._heading(table.title)
        self._line(table.intro)
        self._append([header_cell(self._sheet, column.header, column.style) for column in table.columns], None)
        cells = Cells(self._sheet, table.columns)
        for row in table.rows:
            self._append(cells.row(row.cells), row_height(row.cells, _WIDTHS))
        if not table.rows:
            self._line(f"None. {table.nothing}")

    def _heading(self, text: str) -> None:
        self._append([], None)
        self._line(text, size=12, bold=True)

    def _line(self, text: str, *, size: int = 10, bold: bool = False, colour: str = INK) -> None:
        cell = text_cell(self._sheet, text, size=size, bold=bold, colour=colour)
        self._append([cell], row_height((), (), size))

    def _append(self, cells: Sequence[XlsxCell | None], height: float | None) -> None:
        self._row += 1
        set_height(self._sheet, self._row, height)
        self._sheet.append(list(cells))
