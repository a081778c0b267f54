"""Lines of the user's own tables, read a second time exactly as they stand: for drafts in the user's own layout."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from codeset_pipeline.impact.source_cells import SourceCell
from codeset_pipeline.impact.source_formats import number_formats
from codeset_pipeline.impact.table_rows import CSV_ENDINGS, text_of
from codeset_pipeline.impact.worksheets import worksheet

Cells = tuple[SourceCell, ...]

_ALL_QUOTED = re.compile(r'"[^"]*"(?:[,;|\t]"[^"]*")*')


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written, so that its drafts are written alike."""

    delimiter: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"
    quote_all: bool = False


@dataclass(frozen=True)
class SourceLines:
    """Some lines of a table: its width in columns, and line number → cells."""

    width: int
    lines: Mapping[int, Cells]


def csv_lines(data: bytes, name: str, wanted: Mapping[int, Sequence[tuple[int, str]]]) -> tuple[SourceLines, Dialect]:
    """The records that start on the given lines, cells with all their blanks.

    Args:
        wanted: line → places and the texts known to stand in them, by which the separator is told; a header has none.
    """
    text = text_of(data, name)
    csv.field_size_limit(10_000_000)
    found = {delimiter: _records(text, delimiter, wanted) for delimiter in ",\t;|"}
    best = max(found, key=lambda delimiter: (_hits(found[delimiter], wanted), found[delimiter].width))
    first = text.split("\n", 1)[0]
    newline = "\r\n" if first.endswith("\r") else "\n"
    quoted = len(first) > 2 and _ALL_QUOTED.fullmatch(first.rstrip("\r")) is not None
    return found[best], Dialect(best, _encoding(data), newline, quoted)


def _hits(found: SourceLines, wanted: Mapping[int, Sequence[tuple[int, str]]]) -> int:
    return sum(
        place < len(cells) and known in cells[place].text
        for line, cells in found.lines.items()
        for place, known in wanted[line]
    )


def _records(text: str, delimiter: str, lines: Mapping[int, object]) -> SourceLines:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: dict[int, Cells] = {}
    width, start = 0, 1
    try:
        for record in reader:
            if start in lines:
                found[start] = tuple(SourceCell(cell) for cell in record)
                width = max(width, len(record))
            start = reader.line_num + 1
    except csv.Error:
        return SourceLines(0, {})
    return SourceLines(width, found)


def _encoding(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if data[:3] == b"\xef\xbb\xbf":
        return "utf-8-sig"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-16" if b"\x00" in data[:1000] else "utf-8"


def excel_lines(data: bytes, sheet: str, lines: Collection[int]) -> SourceLines:
    """The given rows of a sheet with Excel's own values and, of xlsx files, number formats."""
    rows = worksheet(data, sheet).to_python(skip_empty_area=False)
    formats = number_formats(data, sheet, lines)
    found: dict[int, Cells] = {}
    for number in lines:
        if number <= len(rows):
            cells = [SourceCell(_value(v), formats.get((number, at), "")) for at, v in enumerate(rows[number - 1])]
            while cells and cells[-1].value is None:
                cells.pop()
            found[number] = tuple(cells)
    return SourceLines(max(map(len, found.values()), default=0), found)


def _value(value: Any) -> Any:
    if value == "":
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    return value


def is_csv(path: Path) -> bool:
    return path.suffix.lower() in CSV_ENDINGS
