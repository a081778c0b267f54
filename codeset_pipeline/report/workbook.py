"""The Excel workbook that departments work from (Office Open XML, written with openpyxl)."""

from __future__ import annotations

import zipfile
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
from codeset_pipeline.report.workbook_method import add_method
from codeset_pipeline.report.workbook_sheet import add_table
from codeset_pipeline.report.workbook_summary import SummarySheet

# In the order in which they are worked through; inputs and oddities stand on the last sheet.
_SHEETS = (
    "Retroactive", "Edits added", "Edits deleted", "Indicator changes", "Other edit changes", "MUE", "Add-on codes",
    "Added", "Deleted", "Revised", "Notes", "Crosswalk", "POA", "Impact", "Expressions", "Not recognised", "Warnings",
    "Worklist", "Reconciliation",
)  # fmt: skip

_EARLIEST_ZIP = (1980, 1, 1, 0, 0, 0)


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
    sheets = [name for name in _SHEETS if name in tables]
    SummarySheet(book, report, {name: tables[name] for name in sheets}, footer).write()
    for name in sheets:
        add_table(book, tables[name], footer)
    add_method(book, report, tables["Inputs"], tables["Oddities"], footer)
    buffer = BytesIO()
    # Stored, not compressed: the copy with fixed times compresses once and for all.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        ExcelWriter(book, archive).save()
    partial = path.with_name(f"{path.name}.partial")
    _with_fixed_times(buffer, partial, _properties(report, moment))
    partial.replace(path)


def _properties(report: Report, moment: datetime) -> str | bytes:
    properties = DocumentProperties(
        creator="codeset-pipeline", title=visible(report.title), created=moment, modified=moment
    )
    found: str | bytes = tostring(properties.to_tree())
    return found


def _with_fixed_times(source: BytesIO, target: Path, properties: str | bytes) -> None:
    """Copy the archive with the report's own times: openpyxl puts in those of the clock."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = properties if name == "docProps/core.xml" else old.read(name)
            entry = zipfile.ZipInfo(name, _EARLIEST_ZIP)
            entry.external_attr = 0o600 << 16
            new.writestr(entry, data, zipfile.ZIP_DEFLATED, compresslevel=3)
