"""Cells and words of a HCPCS corrections file as values of `AnwebRow` fields."""

from __future__ import annotations

import re
from datetime import date, datetime

from codeset_pipeline.parse.anweb_layout import FIELDS, Kind
from codeset_pipeline.parse.anweb_values import Value, read_date
from codeset_pipeline.parse.spreadsheet_rows import Cell

_FIELDS = {field.name: field for field in FIELDS}
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def read_day(cell: Cell) -> date | None:
    """A date cell, `MM/DD/YYYY` or `YYYYMMDD`; None for anything else, such as `01/0/12019`."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _plain(cell)
    slashed = _SLASHED.fullmatch(text)
    return read_date(f"{slashed[3]}{int(slashed[1]):02}{int(slashed[2]):02}" if slashed else text)


def cell_value(name: str, cell: Cell) -> Value:
    """The value of a filled cell; lists are separated by commas (`9,F`)."""
    return value_of(name, _plain(cell))


def value_of(name: str, text: str) -> Value:
    """The value of a field that a text stands for; "" gives the blank of its kind. Codes get their leading zeros."""
    field = _FIELDS.get(name)
    if field is None or field.kind is Kind.TEXT:
        return text
    if field.kind is Kind.LIST:
        parts = [part for part in re.split(r"[,;\s]+", text) if part]
        return tuple(part.zfill(field.width) if field.digits and part.isdigit() else part for part in parts)
    return read_day(text)


def _plain(cell: Cell) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
