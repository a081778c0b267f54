"""PTP edits from tab-separated text: bytes made plain for DuckDB's reader, and every bad row named.

All columns are read as text and checked in DuckDB. Only when a row is wrong is a file gone through line by line, with
the same rules, to say where.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.decoding import refuse_html
from codeset_pipeline.parse.latin1 import decode_latin1
from codeset_pipeline.parse.ncci_ptp_layout import PTP_COLUMNS, PtpLayout, ptp_layout
from codeset_pipeline.parse.ncci_ptp_rules import RowRule

_EXPECTED = "a text file of PTP edits"
_HEAD_BYTES = 1 << 16
_BATCH_LINES = 100_000
# Rows of a file that are named in a message.
NAMED_ROWS = 20


@dataclass(frozen=True, slots=True)
class PtpText:
    """One part as plain text on disk: UTF-8 with LF, its lines those of the file as published.

    Attributes:
        name: what to call the file in messages, with its archive.
    """

    path: Path
    name: str
    layout: PtpLayout


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that breaks a rule."""

    file: str
    line: int
    column: str
    expected: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.column}: expected {self.expected}, found {self.text[:80]!r}"


def prepare_text(data: bytes, name: str, path: Path) -> tuple[PtpText, list[Oddity]]:
    """Write a part as plain text and find where its edits begin.

    The files are Latin-1 with CRLF. Nearly all are plain ASCII, which is UTF-8 as well; only others are written anew.

    Raises:
        ParseError: the bytes are a web page or no text, or have no header of PTP edits.
    """
    refuse_html(data, name, _EXPECTED)
    oddities: list[Oddity] = []
    if data.isascii() and b"\0" not in data:
        plain = data
    else:
        text, oddities = decode_latin1(data, name, _EXPECTED)
        plain = text.encode("utf-8")
    plain = plain.replace(b"\r\n", b"\n").rstrip(b"\x1a")
    head = plain[:_HEAD_BYTES].decode("utf-8", errors="replace").split("\n")
    layout = ptp_layout(head if len(plain) <= _HEAD_BYTES else head[:-1], name)
    path.write_bytes(plain)
    return PtpText(path, name, layout), oddities


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _named(layout: PtpLayout, *, trimmed: bool = True) -> str:
    """The columns of a file as text under our names, blank where the layout has none."""
    if not trimmed:
        columns = [f"coalesce({name}, '')" if name in layout.columns else "''" for name in PTP_COLUMNS]
        return ", ".join(f"{column} AS {name}" for column, name in zip(columns, PTP_COLUMNS, strict=True))
    shown = [
        f"trim(coalesce({name}, '')) AS {name}" if name in layout.columns else f"'' AS {name}" for name in PTP_COLUMNS
    ]
    return ", ".join(shown)


def text_relation(text: PtpText, *, trimmed: bool = True) -> str:
    """The edits of a part as a SQL query that gives `PTP_COLUMNS` as text.

    Args:
        trimmed: take blanks off the ends of the values, which genuine files do not have and which takes its time.
    """
    columns = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in text.layout.columns)
    file = _quoted(str(text.path))
    return (
        f"SELECT {_named(text.layout, trimmed=trimmed)} FROM read_csv({file}, columns = {{{columns}}}, delim = '\t', "
        f"quote = '', escape = '', header = false, auto_detect = false, skip = {text.layout.skip}, strict_mode = true)"
    )


def _lines(text: PtpText) -> Iterator[tuple[list[int], list[str]]]:
    numbers: list[int] = []
    lines: list[str] = []
    with text.path.open(encoding="utf-8", newline="\n") as stream:
        for number, line in enumerate(stream, 1):
            if number > text.layout.skip and line.strip():
                numbers.append(number)
                lines.append(line.removesuffix("\n"))
            if len(lines) >= _BATCH_LINES:
                yield numbers, lines
                numbers, lines = [], []
    if lines:
        yield numbers, lines


def bad_rows(engine: Any, text: PtpText, rules: Sequence[RowRule]) -> tuple[list[BadRow], int]:
    """The first rows of a part that break a rule or have another number of columns, and how many there are in all.

    Args:
        engine: a DuckDB connection.
    """
    import pyarrow as pa

    width = len(text.layout.columns)
    cells = ", ".join(f"cells[{place}] AS {name}" for place, name in enumerate(text.layout.columns, 1))
    wrong = " ".join(f"WHEN {rule.broken} THEN {number}" for number, rule in enumerate(rules, 1))
    found: list[BadRow] = []
    total = 0
    for numbers, lines in _lines(text):
        engine.register("lines_of_a_part", pa.table({"line": numbers, "text": lines}))
        rows = engine.execute(
            f"""
            WITH split AS (SELECT line, text, string_split(text, chr(9)) AS cells FROM lines_of_a_part),
            apart AS (SELECT *, {cells} FROM split),
            named AS (SELECT line, text, len(cells) AS width, {_named(text.layout)} FROM apart),
            judged AS (SELECT *, CASE WHEN width <> {width} THEN 0 {wrong} END AS rule FROM named)
            SELECT line, rule, width, text, {", ".join(PTP_COLUMNS)} FROM judged WHERE rule IS NOT NULL ORDER BY line
            """
        ).fetchall()
        engine.unregister("lines_of_a_part")
        total += len(rows)
        for line, number, columns, whole, *values in rows[: NAMED_ROWS - len(found)]:
            if not number:
                expected = f"{width} columns"
                found.append(BadRow(text.name, line, "the row", expected, f"{columns} columns: {whole}"))
                continue
            rule = rules[number - 1]
            value = values[PTP_COLUMNS.index(rule.name)]
            found.append(BadRow(text.name, line, f"column {rule.column}", rule.expected, value))
    return found, total


def refuse_bad_rows(engine: Any, texts: Sequence[PtpText], rules: Sequence[RowRule], otherwise: str) -> None:
    """Raise for the bad rows of several parts, naming the first of them.

    Args:
        otherwise: what to say when none is found, although DuckDB could not read a part.

    Raises:
        ParseError: always.
    """
    found: list[BadRow] = []
    total = 0
    for text in texts:
        rows, count = bad_rows(engine, text, rules)
        found += rows
        total += count
    if not found:
        raise ParseError(texts[0].name, f"{_EXPECTED} that can be read ({otherwise})")
    first = found[0]
    raise ParseError(
        first.file,
        first.expected,
        line=first.line,
        column=first.column.removeprefix("column ") if first.column != "the row" else None,
        text=first.text,
        further=[str(row) for row in found[1:NAMED_ROWS]],
        total=total,
    )
