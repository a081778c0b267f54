"""One sheet per table: frozen header, filter, widths, and a page set-up that prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from codeset_pipeline.report.table import Row, Table
from codeset_pipeline.report.workbook_cells import header_cell, text_cell
from codeset_pipeline.report.workbook_heights import row_height
from codeset_pipeline.report.workbook_rows import TableRows

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# Excel has 1,048,576 rows; the rest of a longer table goes on to a further sheet.
_MOST_ROWS = 1_000_000

# A landscape page holds about this many characters across at a size that can be read.
_PAGE_CHARACTERS = 230


class Sheets:
    """The sheets of a workbook while it is being put together.

    Attributes:
        rows: the long rows of each sheet that has any, by the sheet's place in the workbook, counted from 1.
    """

    def __init__(self, book: Workbook, footer: str) -> None:
        self.book, self.footer = book, footer
        self.rows: dict[int, TableRows] = {}

    def add(self, table: Table, dress: Callable[[Worksheet, Table, int], None] | None = None) -> None:
        """Append the table's sheet; one without rows says None and why.

        Args:
            dress: what else the sheet needs, given the sheet, the table and the number of the last row.
        """
        for start in range(0, max(len(table.rows), 1), _MOST_ROWS):
            name = table.name if start == 0 else f"{table.name} {start // _MOST_ROWS + 1}"
            rows = table.rows[start : start + _MOST_ROWS]
            sheet = _add_sheet(self.book, table, name, rows, self.footer, dress)
            if rows:
                self.rows[len(self.book.worksheets)] = TableRows(sheet, table.columns, rows)


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


def _add_sheet(
    book: Workbook,
    table: Table,
    name: str,
    rows: Sequence[Row],
    footer: str,
    dress: Callable[[Worksheet, Table, int], None] | None,
) -> Worksheet:
    sheet = cast("Worksheet", book.create_sheet(name))
    width = 0
    for index, column in enumerate(table.columns, 1):
        dimension = sheet.column_dimensions[get_column_letter(index)]
        dimension.width, dimension.hidden = column.width, column.hidden
        width += 0 if column.hidden else column.width
    last = get_column_letter(len(table.columns))
    # The code stays in sight when a reader scrolls to the right.
    code = next((i for i, column in enumerate(table.columns[:2], 1) if column.style == "code"), 0)
    sheet.freeze_panes = f"{get_column_letter(code + 1)}2"
    sheet.auto_filter.ref = f"A1:{last}{len(rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.print_options.gridLines = True
    set_up_page(sheet, footer, pages_across=1 if width <= _PAGE_CHARACTERS else 2)
    if dress is not None:
        dress(sheet, table, max(len(rows) + 1, 2))
    widths = [column.width for column in table.columns]
    set_height(sheet, 1, row_height([column.header for column in table.columns], widths))
    sheet.append([header_cell(sheet, column.header, column.style) for column in table.columns])
    if not rows:
        sheet.append([text_cell(sheet, f"None. {table.nothing}", size=10)])
    return sheet
