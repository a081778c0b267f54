"""One sheet per table: frozen header, filter, widths, and a page set-up that prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from codeset_pipeline.report.table import Table
from codeset_pipeline.report.workbook_cells import BAD, NOTICE, Cells, header_cell, text_cell
from codeset_pipeline.report.workbook_heights import row_height

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# Excel has 1,048,576 rows; the rest of a longer table goes on to a further sheet.
_MOST_ROWS = 1_000_000

# A landscape page holds about this many characters across at a size that can be read.
_PAGE_CHARACTERS = 230


def add_table(book: Workbook, table: Table, footer: str) -> None:
    """Append the table's sheet; one without rows says None and why."""
    for start in range(0, max(len(table.rows), 1), _MOST_ROWS):
        name = table.name if start == 0 else f"{table.name} {start // _MOST_ROWS + 1}"
        _add_sheet(book, table, name, start, footer)


def set_up_page(sheet: Worksheet, footer: str, pages_across: int = 1) -> None:
    """Landscape Letter, as wide as the pages allow, with the report's name and page numbers at the foot."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 1
    sheet.page_setup.fitToWidth = pages_across
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom = 0.5, 0.6
    # In a header or footer & begins a field; a doubled one stands for itself.
    foot = sheet.oddFooter
    if foot is not None:
        foot.left.text = footer.replace("&", "&&")
        foot.right.text = "&A, page &P of &N"


def set_height(sheet: Worksheet, number: int, height: float | None) -> None:
    """Set a row's height before the row is appended; rows of one line keep the sheet's own."""
    if height is not None:
        sheet.row_dimensions[number].height = height


def _add_sheet(book: Workbook, table: Table, name: str, start: int, footer: str) -> None:
    sheet = cast("Worksheet", book.create_sheet(name))
    rows = table.rows[start : start + _MOST_ROWS]
    width = 0
    for index, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
        width += column.width
    last = get_column_letter(len(table.columns))
    # The code stays in sight when a reader scrolls to the right.
    code = next((i for i, column in enumerate(table.columns[:2], 1) if column.style == "code"), 0)
    sheet.freeze_panes = f"{get_column_letter(code + 1)}2"
    sheet.auto_filter.ref = f"A1:{last}{len(rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.print_options.gridLines = True
    set_up_page(sheet, footer, pages_across=1 if width <= _PAGE_CHARACTERS else 2)
    if table.name == "Worklist":
        _mark_severity(sheet, len(rows) + 1)
    widths = [column.width for column in table.columns]
    set_height(sheet, 1, row_height([column.header for column in table.columns], widths))
    sheet.append([header_cell(sheet, column.header, column.style) for column in table.columns])
    cells = Cells(sheet, table.columns)
    for number, row in enumerate(rows, 2):
        set_height(sheet, number, row_height(row.cells, widths))
        sheet.append(cells.row(row.cells))
    if not rows:
        sheet.append([text_cell(sheet, f"None. {table.nothing}", size=10)])


def _mark_severity(sheet: Worksheet, last: int) -> None:
    for text, colour in (("will deny", BAD), ("may deny", NOTICE)):
        rule = CellIsRule(  # type: ignore[no-untyped-call]
            operator="equal", formula=[f'"{text}"'], font=Font(bold=True, color=colour)
        )
        sheet.conditional_formatting.add(f"A2:A{max(last, 2)}", rule)
