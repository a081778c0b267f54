"""The first sheet: what a director reads in a minute."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, cast

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break

from codeset_pipeline.model import ReleasePair
from codeset_pipeline.report.model import Report
from codeset_pipeline.report.ncci_summary import kinds_table
from codeset_pipeline.report.ncci_tables import is_ncci
from codeset_pipeline.report.phrases import long_date, pair_name, severity_name
from codeset_pipeline.report.proof_tables import chapter_table, totals_table
from codeset_pipeline.report.summary import SAMPLE, impact_sentences, proof, sentences
from codeset_pipeline.report.table import Cell, Table
from codeset_pipeline.report.workbook_cells import BAD, GOOD, INK, MUTED, NOTICE, header_cell, text_cell
from codeset_pipeline.report.workbook_heights import row_height
from codeset_pipeline.report.workbook_sheet import set_height, set_up_page
from codeset_pipeline.report.worklist_table import in_order

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell as XlsxCell
    from openpyxl.worksheet.worksheet import Worksheet

_WIDTHS = (62, 12, 16, 12, 12, 12, 12, 14)
_TOP = 10

# Colours of added, deleted and revised, the first three columns of figures in the chapter table.
_SERIES = ("2F7F5F", "B3402E", "C08A2D")

# Height of a row of normal text.
_ROW_CM = 0.529


class SummarySheet:
    """The sheet while it is being written, top to bottom; it counts rows because charts refer to cells."""

    def __init__(self, book: Workbook, report: Report, tables: dict[str, Table], footer: str) -> None:
        self._sheet = cast("Worksheet", book.create_sheet("Summary"))
        self._report, self._tables, self._row = report, tables, 0
        for letter, width in zip("ABCDEFGH", _WIDTHS, strict=True):
            self._sheet.column_dimensions[letter].width = width
        self._sheet.sheet_view.showGridLines = False
        set_up_page(self._sheet, footer)

    def write(self) -> None:
        report, found = self._report, proof(self._report)
        self._line(report.title, size=20, bold=True)
        if report.sample:
            self._append(
                [self._cell(SAMPLE if not n else None, bold=True, colour="FFFFFFFF", fill=BAD) for n in range(8)]
            )
        self._line(
            f"Written {report.provenance.written_at} by codeset-pipeline {report.provenance.program_version}",
            size=10,
            colour=MUTED,
        )
        self._blank()
        colour = GOOD if found.proven else BAD
        self._append(
            [
                self._cell("Unexplained differences", size=16, bold=True),
                self._cell(found.figure, size=24, bold=True, colour=colour, align="left"),
            ]
        )
        self._line(found.sentence, colour=colour, bold=not found.proven)
        for pair in report.pairs:
            self._pair(pair)
        self._impact()
        self._contents()

    def _pair(self, pair: ReleasePair) -> None:
        self._blank()
        self._line(pair_name(pair), size=15, bold=True)
        self._line(f"In force from {long_date(pair.to_release.effective_from)}", size=12, bold=True, colour=NOTICE)
        for sentence in sentences(pair):
            self._line(sentence)
        self._blank()
        self._table(totals_table(pair))
        self._blank()
        if is_ncci(pair):
            self._table(kinds_table(pair))
            return
        chapters = chapter_table(pair)
        if chapters.rows:
            # On paper the chart and its figures begin a page, so that no page cuts the chart in two.
            self._sheet.row_breaks.append(Break(id=self._row))
            self._chart(pair, len(chapters.rows) - 1)
        self._table(chapters)

    def _impact(self) -> None:
        self._blank()
        self._line("Your charge masters and rules", size=15, bold=True)
        for sentence in impact_sentences(self._report):
            self._line(sentence)
        if self._report.impact is None or not self._report.impact.findings:
            return
        self._blank()
        self._line(f"Top of the worklist ({_TOP} at most; all on the sheet Worklist)", bold=True)
        heads = ("What to do", "Severity", "File", "Code", "Amount", "Volume", "Line")
        styles = ("text", "text", "text", "text", "money", "quantity", "count")
        self._append([header_cell(self._sheet, head, style) for head, style in zip(heads, styles, strict=True)])
        for each in in_order(self._report.impact)[:_TOP]:
            values = (
                each.action,
                severity_name(each.severity),
                each.asset,
                each.code,
                each.amount,
                each.volume,
                each.line,
            )
            self._append(
                [
                    self._cell(
                        value,
                        size=10,
                        wrap=index in (0, 2),
                        line=True,
                        style=style,
                        colour=BAD if value == "will deny" else INK,
                    )
                    for index, (value, style) in enumerate(zip(values, styles, strict=True))
                ]
            )

    def _contents(self) -> None:
        self._blank()
        self._line("In this workbook", size=15, bold=True)
        for table in self._tables.values():
            name = self._cell(table.title, colour="FF1A5FB4")
            name.row, name.column = self._row + 1, 1
            name.hyperlink = Hyperlink(ref="", location=f"'{table.name}'!A1")
            self._append([name, self._cell(len(table.rows), style="count")])

    def _table(self, table: Table) -> None:
        self._line(table.title, size=12, bold=True)
        self._append([header_cell(self._sheet, column.header, column.style) for column in table.columns])
        for index, row in enumerate(table.rows):
            last = table.name == "Chapters" and index == len(table.rows) - 1
            self._append(
                [
                    self._cell(
                        value,
                        size=10,
                        line=True,
                        style=column.style,
                        wrap=column.style == "label",
                        bold=last,
                        align="right" if column.style != "label" else "center" if place else None,
                        colour=GOOD if value == "✓ equal" else BAD if value == "✗ differs" else INK,
                    )
                    for place, (value, column) in enumerate(zip(row.cells, table.columns, strict=True))
                ]
            )
        if not table.rows:
            self._line(f"None. {table.nothing}", size=10)

    def _chart(self, pair: ReleasePair, chapters: int) -> None:
        """Draw the chart on blank rows of its own; the figures are those of the chapter table that comes next."""
        chart = BarChart()
        chart.width, chart.height = 26, 3.5 + 0.7 * chapters
        blank = ceil(chart.height / _ROW_CM) + 1
        top = self._row + blank + 2
        chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "stacked", 100, 40
        chart.title = f"Changes by chapter, {pair_name(pair)}"
        figures = Reference(self._sheet, min_col=2, max_col=4, min_row=top, max_row=top + chapters)
        chart.add_data(figures, titles_from_data=True)
        chart.set_categories(Reference(self._sheet, min_col=1, min_row=top + 1, max_row=top + chapters))
        for series, colour in zip(chart.series, _SERIES, strict=True):
            series.graphicalProperties = GraphicalProperties(solidFill=colour)
        chart.x_axis.scaling.orientation = "maxMin"
        chart.x_axis.delete = chart.y_axis.delete = False
        chart.x_axis.tickLblSkip = 1
        chart.y_axis.number_format, chart.y_axis.majorGridlines = "#,##0", None
        chart.legend.position = "b"
        self._sheet.add_chart(chart, f"A{self._row + 1}")
        for _ in range(blank):
            self._blank()

    def _line(self, text: str, *, size: int = 11, bold: bool = False, colour: str = INK) -> None:
        self._append([self._cell(text, size=size, bold=bold, colour=colour)])

    def _blank(self) -> None:
        self._append([])

    def _cell(self, value: Cell, **style: object) -> XlsxCell:
        return text_cell(self._sheet, value, **style)  # type: ignore[arg-type]

    def _append(self, cells: list[XlsxCell]) -> None:
        self._row += 1
        size = max((cell.font.sz or 11 for cell in cells), default=11)
        wrapped = [str(cell.value) if cell.alignment.wrap_text and cell.value is not None else None for cell in cells]
        set_height(self._sheet, self._row, row_height(wrapped, _WIDTHS, size))
        self._sheet.append(cells)
