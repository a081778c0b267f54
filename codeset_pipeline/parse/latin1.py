"""Text files that CMS publishes in Latin-1, as NCCI files are, and the rows of delimited ones."""

from __future__ import annotations

import csv
import io
from itertools import pairwise

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.decoding import refuse_html
from codeset_pipeline.parse.spreadsheet_rows import Cell, Sheet

# Notices and headers, which may run over several lines, are among the first records.
_RECORDS_AT_TOP = 5
_FIRST_CHARACTERS = 20_000


def decode_latin1(data: bytes, file: str, expected: str) -> tuple[str, list[Oddity]]:
    """The text of a file that is published in Latin-1.

    Bytes that are UTF-8 beyond ASCII are read so and reported: a program has written the file anew. Where Latin-1 has
    control characters (0x80-0x9F) the Windows code page 1252 is meant, which publishers take for the same.

    Raises:
        ParseError: the file is empty, a web page, or no text.
    """
    refuse_html(data, file, expected)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")) or b"\0" in data:
        raise ParseError(file, f"{expected} as plain text, but the file is another kind of file", text=repr(data[:20]))
    if data.isascii():
        return data.decode("ascii"), []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _single_bytes(data), []
    first = next((number for number, line in enumerate(text.split("\n"), 1) if not line.isascii()), 1)
    what = "The file is UTF-8 where the publisher writes Latin-1."
    return text, [Oddity(file, first, what, repr(data[:40]), "Read as UTF-8.")]


def _single_bytes(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def read_delimited(data: bytes, file: str, expected: str) -> tuple[Sheet, list[Oddity]]:
    """The records of a Latin-1 text, whose fields are separated by tabs or by commas.

    A record may hold line ends within quotes; `Sheet.lines` has the line on which each begins. Quotes within a quoted
    cell should be doubled; where they are not, the text is read as it stands, as long as every record but those at the
    top stays on one line.

    Raises:
        ParseError: the bytes are no text, or quotes do not match.
    """
    text, oddities = decode_latin1(data, file, expected)
    delimiter = _delimiter(text)
    sheet, problem = _records(text, delimiter, strict=True)
    if problem is None:
        return sheet, oddities
    line, said = problem
    sheet, problem = _records(text, delimiter, strict=False)
    below = sheet.lines[_RECORDS_AT_TOP:]
    if problem or any(after - before > 1 for before, after in pairwise([*below, text.count("\n") + 1])):
        raise ParseError(file, f"{expected} with matching quotes", line=line, text=said)
    return sheet, [*oddities, Oddity(file, line, "A quote within a quoted cell is not doubled.", said, "Read as text.")]


def _delimiter(text: str) -> str:
    """Tab or comma, whichever more of the first lines have twice; a notice may hold either."""
    lines = text[:_FIRST_CHARACTERS].split("\n")
    tabs, commas = (sum(line.count(sign) >= 2 for line in lines) for sign in "\t,")
    return "\t" if tabs and tabs >= commas else ","


def _records(text: str, delimiter: str, *, strict: bool) -> tuple[Sheet, tuple[int, str] | None]:
    """The records, the line on which each begins, and where reading had to stop and why."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    rows: list[list[Cell]] = []
    lines: list[int] = []
    line = 1
    try:
        for row in reader:
            rows.append(list(row))
            lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        return Sheet("", rows, lines), (line, str(error))
    return Sheet("", rows, lines), None
