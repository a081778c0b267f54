"""Printing data as a table, JSON or CSV; everything that is not data goes to standard error."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from codeset_pipeline.cli.options import Format
from codeset_pipeline.errors import UsageError

Row = Mapping[str, Any]


_LONG = 1000


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(_cell(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _csv_cell(value: Any) -> str:
    # A spreadsheet that opens the file must not take data for a formula.
    text = "" if value is None else (json.dumps(value) if isinstance(value, bool) else _cell(value))
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} and not isinstance(value, (int, float)) else text


def _as_csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_csv_cell(row.get(column)) for column in columns])
    return text.getvalue()


def _as_table(rows: Sequence[Row], columns: Sequence[str], title: str, footer: str, width: int | None) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    stream = io.StringIO()
    terminal = width is not None
    console = Console(file=stream, width=width or 200, force_terminal=terminal, highlight=False)
    if title:
        console.print(Text(title, style="bold"))
    if rows:
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            table.add_column(column.replace("_", " "), overflow="fold")
        for row in rows:
            table.add_row(*(Text(_cell(row.get(column))) for column in columns))
        console.print(table)
    if footer:
        console.print(Text(footer))
    return stream.getvalue()


def _as_json(document: Any) -> str:
    """Indented throughout; of a long answer, one item a line, which is written several times as fast."""
    if isinstance(document, dict) and any(isinstance(v, list) and len(v) > _LONG for v in document.values()):
        from codeset_pipeline.report.pretty_json import pretty_lines

        return "".join(pretty_lines(document))
    return json.dumps(document, ensure_ascii=False, indent=1, default=str)


def emit(
    document: Any,
    rows: Sequence[Row],
    columns: Sequence[str],
    *,
    format: Format | None,
    output: Path | None,
    title: str = "",
    footer: str = "",
) -> None:
    """Print one answer.

    Args:
        document: what JSON prints.
        rows, columns: what a table and CSV print.
        title, footer: for the table only.
    """
    terminal = output is None and sys.stdout.isatty()
    chosen = format or (Format.TABLE if terminal else Format.JSON)
    if chosen is Format.JSON:
        text = _as_json(document) + "\n"
    elif chosen is Format.CSV:
        text = _as_csv(rows, columns)
    else:
        import shutil

        text = _as_table(rows, columns, title, footer, shutil.get_terminal_size().columns if terminal else None)
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"{output} cannot be written ({error.strerror}); give --output another file.") from error


def say(text: str) -> None:
    """One line for the person at the terminal, on standard error."""
    sys.stderr.write(text + "\n")


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done: a moving line on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield say
        return
    from rich.console import Console

    with Console(stderr=True).status("Starting") as status:
        yield lambda text: status.update(text)
