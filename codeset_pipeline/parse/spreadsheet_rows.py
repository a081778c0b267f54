"""Sheets of an xlsx or xls file, or the one table of a delimited text file, as rows of cells."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, TypeAlias

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.decoding import decode, refuse_html

Cell: TypeAlias = str | float | bool | date | datetime | time | timedelta

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class Sheet(NamedTuple):
    """A sheet and its rows, with row 1 of the sheet first. `lines` holds the row or line number of each row."""

    name: str
    rows: list[list[Cell]]
    lines: list[int]


def read_sheets(data: bytes, file: str, expected: str, delimiter: str) -> tuple[list[Sheet], list[Oddity]]:
    """All sheets of a workbook; text comes back as one sheet without name.

    Args:
        expected: what the file should be, for messages.
        delimiter: what separates the fields of a text file.

    Raises:
        ParseError: the workbook cannot be opened, or the text's quotes do not match.
    """
    refuse_html(data, file, expected)
    if data.startswith(_WORKBOOKS):
        return _workbook(data, file, expected), []
    text, oddities = decode(data, file, expected)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[Cell]] = []
    lines: list[int] = []
    try:
        line = 1
        for row in reader:
            rows.append(list(row))
            lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ParseError(file, f"{expected} with matching quotes", line=reader.line_num, text=str(error)) from None
    return [Sheet("", rows, lines)], oddities


def _workbook(data: bytes, file: str, expected: str) -> list[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook

    sheets = []
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            sheets.append(Sheet(name, rows, list(range(1, len(rows) + 1))))
    except CalamineError as error:
        raise ParseError(file, f"{expected} as a readable workbook", text=str(error)) from None
    return sheets


def is_blank(cell: Cell) -> bool:
    """Is there nothing in the cell but white space?"""
    return isinstance(cell, str) and not cell.strip()


def shown(row: list[Cell]) -> str:
    """The filled cells of a row, for messages."""
    return " | ".join(" ".join(str(cell).split())[:60] for cell in row if not is_blank(cell))
