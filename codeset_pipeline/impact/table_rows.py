"""CSV and Excel files as rows of text with the numbers of their lines."""

from __future__ import annotations

import csv
import datetime
import io
import re
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.worksheets import workbook, worksheet

CSV_ENDINGS = frozenset({".csv", ".tsv"})
EXCEL_ENDINGS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})

#: How Excel is told a CSV file's separator: `sep=;` on a line of its own.
_SEPARATOR_TOLD = re.compile(r"(?i)sep=(.)\r?\n")
#: A sheet of more cells than this, blank ones counted, is one whose used range somebody dragged to the end.
_MOST_CELLS = 60_000_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the 1-based line it starts on (CSV) or its row (Excel), and its cells without outer blanks.

    Blank cells at the end of a record are left out: exports have hundreds of them.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet, or a CSV file (with an empty name). Rows that are all blank are left out."""

    name: str
    rows: list[Row]
    hidden: bool = False


def text_of(data: bytes, name: str) -> str:
    """A text file's content: UTF-8 or UTF-16 with or without mark, else Windows-1252.

    Raises:
        AssetError: the bytes are no text.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise _no_text(name) from None
    if data.startswith((_ZIP, _OLE)):
        raise AssetError(
            f"{name} is a workbook or an archive under another name; give it its own ending (.xlsx, .xls)."
        )
    sample = data[:65536]
    unmarked = _utf16_without_mark(sample)
    if unmarked is not None:
        return data.decode(unmarked, errors="replace")
    control = sum(1 for byte in sample if byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1a")
    if b"\x00" in data or control * 50 > len(sample):
        raise _no_text(name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _utf16_without_mark(sample: bytes) -> str | None:
    """The byte order of UTF-16 text in which nearly every second byte is zero; None for anything else."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half > 4 and even == 0 and odd > 0.7 * half:
        return "utf-16-le"
    return "utf-16-be" if half > 4 and odd == 0 and even > 0.7 * half else None


def _no_text(name: str) -> AssetError:
    return AssetError(f"{name} holds binary data, not text; save it again as CSV, YAML, JSON or xlsx and retry.")


def csv_sheet(data: bytes, name: str) -> Sheet:
    """The records of a CSV file, whichever of comma, semicolon, tab and bar separates its cells."""
    text = text_of(data, name)
    told = _SEPARATOR_TOLD.match(text)
    delimiter = told[1] if told else _delimiter(text)
    reader = csv.reader(io.StringIO(text[told.end() :] if told else text, newline=""), delimiter=delimiter)
    rows: list[Row] = []
    before = start = 1 if told is None else 2
    # csv refuses cells over 128 KB, although a list of codes can be longer.
    csv.field_size_limit(10_000_000)
    try:
        for record in reader:
            cells = _trimmed([cell.strip() for cell in record])
            if cells:
                rows.append(Row(start, cells))
            start = reader.line_num + before
    except csv.Error as error:
        raise AssetError(f"{name}, line {start}, cannot be read as CSV ({error}); mend the line and retry.") from None
    return Sheet("", rows)


def _trimmed(cells: list[str]) -> tuple[str, ...]:
    """The cells up to the last one that holds anything."""
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _delimiter(text: str) -> str:
    """The separator that splits most lines into the same number of cells; the comma when none stands out."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:100]
    best, best_share = ",", 0.0
    for delimiter in ",\t;|":
        widths = Counter(len(next(csv.reader([line], delimiter=delimiter), [])) for line in lines)
        widths.pop(1, None)
        share = max(widths.values(), default=0) / max(len(lines), 1)
        if share > best_share + 0.15:
            best, best_share = delimiter, share
    return best if best_share >= 0.3 or best == "," else ","


def excel_sheets(data: bytes, path: Path) -> list[Sheet]:
    """The worksheets of a workbook that hold anything, hidden ones too.

    Raises:
        AssetError: the workbook is protected, broken or none at all.
    """
    from python_calamine import PasswordError

    name = path.name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = workbook(data)
            hidden = {found.name for found in book.sheets_metadata if not str(found.visible).endswith("Visible")}
            sheets = [_table(worksheet(data, title), title, name, title in hidden) for title in book.sheet_names]
    except AssetError:
        raise
    except PasswordError:
        raise _protected(name) from None
    except BaseException as error:
        # calamine has one exception class per format, and its panics are no ordinary exceptions.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if b"E\0n\0c\0r\0y\0p\0t" in data:
            raise _protected(name) from None
        raise AssetError(
            f"{name} cannot be opened as a workbook ({str(error)[:100]}); open it in Excel, save it again and retry."
        ) from None
    return [sheet for sheet in sheets if sheet.rows]


def _table(sheet: Any, title: str, name: str, hidden: bool = False) -> Sheet:
    if sheet.total_height * sheet.total_width > _MOST_CELLS:
        raise AssetError(
            f"{name}, sheet {title}, is used up to row {sheet.total_height:,} and column {sheet.total_width:,}; delete "
            "the empty rows and columns behind the data, save it and retry."
        )
    rows = []
    merged = _merged_down(sheet)
    for number, record in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        # Most cells are texts and numbers, and a call for each would cost more than reading them.
        texts = [
            value.strip()
            if (kind := type(value)) is str
            else (str(int(value)) if value.is_integer() and -1e15 < value < 1e15 else str(value))
            if kind is float
            else _shown(value)
            for value in record
        ]
        if merged and any(texts):
            for column, text in merged.get(number, ()):
                texts[column] = texts[column] or text
        cells = _trimmed(texts)
        if cells:
            rows.append(Row(number, cells))
    return Sheet(title, rows, hidden)


def _merged_down(sheet: Any) -> dict[int, list[tuple[int, str]]]:
    """Row → column and text of cells merged over several rows: a department written once holds for all of its lines."""
    found: dict[int, list[tuple[int, str]]] = {}
    ranges = [(low, high) for low, high in sheet.merged_cell_ranges or () if low[1] == high[1] and high[0] > low[0]]
    if not ranges:
        return found
    table = sheet.to_python(skip_empty_area=False)
    for (top, column), (bottom, _) in ranges:
        if top < len(table) and column < len(table[top]) and (text := _shown(table[top][column])):
            for row in range(top + 1, bottom + 1):
                found.setdefault(row + 1, []).append((column, text))
    return found


def _protected(name: str) -> AssetError:
    return AssetError(f"{name} is protected by a password; save a copy without one and retry.")


def _shown(value: object) -> str:
    """A cell as people see it: whole numbers without `.0`, dates as ISO dates."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return "" if value is None else str(value)
