"""CSV and Excel files as rows of text with the numbers of their lines."""

from __future__ import annotations

import csv
import datetime
import io
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from codeset_pipeline.errors import AssetError

CSV_ENDINGS = frozenset({".csv", ".tsv"})
EXCEL_ENDINGS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the 1-based line it starts on (CSV) or its row (Excel), and its cells without outer blanks."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet, or a CSV file (with an empty name). Rows that are all blank are left out."""

    name: str
    rows: list[Row]


def text_of(data: bytes, name: str) -> str:
    """A text file's content: UTF-8 with or without mark, UTF-16 with mark, else Windows-1252.

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
    control = sum(1 for byte in sample if byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1a")
    if b"\x00" in data or control * 50 > len(sample):
        raise _no_text(name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _no_text(name: str) -> AssetError:
    return AssetError(f"{name} holds binary data, not text; save it again as CSV, YAML, JSON or xlsx and retry.")


def csv_sheet(data: bytes, name: str) -> Sheet:
    """The records of a CSV file, whichever of comma, semicolon, tab and bar separates its cells."""
    text = text_of(data, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[Row] = []
    start = 1
    # csv refuses cells over 128 KB, although a list of codes can be longer.
    csv.field_size_limit(10_000_000)
    try:
        for record in reader:
            cells = tuple(cell.strip() for cell in record)
            if any(cells):
                rows.append(Row(start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise AssetError(f"{name}, line {start}, cannot be read as CSV ({error}); mend the line and retry.") from None
    return Sheet("", rows)


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
    from python_calamine import CalamineWorkbook, PasswordError

    name = path.name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = CalamineWorkbook.from_filelike(io.BytesIO(data))
            sheets = [
                (title, book.get_sheet_by_name(title).to_python(skip_empty_area=False)) for title in book.sheet_names
            ]
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
    found = []
    for title, table in sheets:
        rows = [
            Row(number, cells)
            for number, record in enumerate(table, start=1)
            if any(cells := tuple(_shown(value) for value in record))
        ]
        if rows:
            found.append(Sheet(title, rows))
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
