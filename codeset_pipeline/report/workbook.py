"""The Excel workbook that departments work from (Office Open XML, written with openpyxl)."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.functions import tostring

from codeset_pipeline.report.model import Report
from codeset_pipeline.report.tables import tables_of
from codeset_pipeline.report.visible import visible
from codeset_pipeline.report.workbook_method import NAME as METHOD_SHEET
from codeset_pipeline.report.workbook_method import add_method
from codeset_pipeline.report.workbook_rows import TableRows
from codeset_pipeline.report.workbook_sheet import Sheets
from codeset_pipeline.report.workbook_summary import SummarySheet
from codeset_pipeline.report.worklist_sheets import dress_worklist, worklist_tables

# In the order in which they are worked through; inputs and oddities stand on the last sheet.
_SHEETS = (
    "Retroactive", "Edits added", "Edits deleted", "Indicator changes", "Other edit changes", "MUE", "Add-on codes",
    "Added", "Deleted", "Revised", "Notes", "Crosswalk", "POA", "Education", "Impact", "Rules", "Expressions",
    "Not recognised", "Warnings", "Departments", "Worklist", "Reconciliation",
)  # fmt: skip

_OTHERS = ("Summary", METHOD_SHEET)


def write_workbook(report: Report, path: Path) -> None:
    """Write the workbook; equal reports give equal bytes.

    Every cell is data: no text becomes a formula, whatever it begins with.

    Raises:
        UsageError: the report's time of writing is no ISO 8601 time.
    """
    moment = report.provenance.moment
    book = Workbook(write_only=True)
    tables = tables_of(report)
    footer = visible(("SAMPLE DATA. " if report.sample else "") + report.title)[:120]
    names = [name for name in _SHEETS if name in tables]
    sheets = Sheets(book, footer)
    work = worklist_tables(report.impact, {*_SHEETS, *_OTHERS}, tables["Worklist"]) if "Worklist" in tables else []
    told = {name: tables[name] for name in names if name != "Worklist"} | {table.name: table for table in work}
    SummarySheet(book, report, told, footer).write()
    for name in names:
        for table in work if name == "Worklist" else [tables[name]]:
            sheets.add(table, dress_worklist if name == "Worklist" else None)
    add_method(book, report, tables["Inputs"], tables["Oddities"], footer)
    buffer = BytesIO()
    # Stored, not compressed: the copy with fixed times compresses once and for all.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        ExcelWriter(book, archive).save()
    partial = path.with_name(f"{path.name}.partial")
    _finish(buffer, partial, _properties(report, moment), sheets.rows)
    partial.replace(path)


def _properties(report: Report, moment: datetime) -> str | bytes:
    properties = DocumentProperties(
        creator="codeset-pipeline", title=visible(report.title), created=moment, modified=moment
    )
    found: str | bytes = tostring(properties.to_tree())
    return found


def _finish(source: BytesIO, target: Path, properties: str | bytes, rows: Mapping[int, TableRows]) -> None:
    """Copy the archive with the rows of the tables, and the report's own times: openpyxl puts in those of the clock."""
    long = {f"xl/worksheets/sheet{place}.xml": found for place, found in rows.items()}
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as new,
    ):
        for name in old.namelist():
            # Opened by its name, an entry bears the earliest time that an archive knows.
            with new.open(name, "w", force_zip64=name in long) as part:
                if name in long:
                    head, end, tail = old.read(name).partition(b"</sheetData>")
                    part.write(head)
                    for rows_xml in long[name].xml():
                        part.write(rows_xml)
                    part.write(end + tail)
                elif name == "docProps/core.xml":
                    part.write(properties.encode() if isinstance(properties, str) else properties)
                else:
                    part.write(old.read(name))
