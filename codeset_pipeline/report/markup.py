"""Tables and values as HTML. Everything that comes from a file is escaped here and nowhere else."""

from __future__ import annotations

import html
from datetime import date

from codeset_pipeline.report.page_rows import FACETS, FIRST_ROWS, MOST_ROWS, rows_as_data
from codeset_pipeline.report.phrases import number
from codeset_pipeline.report.table import Cell, Column, Marked, Row, Table
from codeset_pipeline.report.visible import visible

_TALL = 30
_CLASSES = {
    "will deny": "will-deny",
    "may deny": "may-deny",
    "UNEXPLAINED": "no",
    "not proven": "no",
    "✗ differs": "no",
    "✓ equal": "ok",
}


def escaped(text: str) -> str:
    """The text for HTML content and quoted attributes; control characters become visible symbols."""
    return html.escape(visible(text), quote=True)


def table_section(table: Table) -> str:
    """A section with heading, number of rows, sentence and table; without rows it says None and why."""
    anchor = escaped(table.anchor)
    head = f'<h2 id="{anchor}-heading">{escaped(table.title)}<span class="n">{number(len(table.rows))}</span></h2>'
    filtered = " data-filtered" if table.rows else ""
    return (
        f'<section id="{anchor}" aria-labelledby="{anchor}-heading"{filtered}>{head}'
        f'<p class="intro">{escaped(table.intro)}</p>{table_or_none(table)}</section>'
    )


def table_or_none(table: Table, *, sum_row: bool = False) -> str:
    """The table in a box of its own that scrolls, reachable by keyboard."""
    if not table.rows:
        return f'<p class="none">None. {escaped(table.nothing)}</p>'
    shown = _columns_in_use(table)
    head = "".join(
        f'<th scope="col" class="{_class(table.columns[index])}">{escaped(table.columns[index].header)}</th>'
        for index in shown
    )
    paged = len(table.rows) > MOST_ROWS
    body = "".join(
        _row(row, table.columns, shown, sum_row and place == len(table.rows) - 1)
        for place, row in enumerate(table.rows[:FIRST_ROWS] if paged else table.rows)
    )
    tall = " tall" if len(table.rows) > _TALL else ""
    rest = ""
    if paged:
        classes = [_class(table.columns[index]) for index in shown]
        rest = (
            f'<p class="rest">These are the first {number(FIRST_ROWS)} of {number(len(table.rows))} rows; all of them '
            "are in the workbook and the data files beside this page.</p>"
            + rows_as_data(table, shown, classes, cell_html)
        )
    return (
        f'<div class="scroll{tall}" tabindex="0" role="region" aria-label="{escaped(table.title)}, table">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{rest}"
    )


def cell_html(value: Cell, column: Column) -> str:
    """One value: numbers with thousands marks, dates in ISO form, marked texts with ins and del."""
    if value is None:
        return ""
    if isinstance(value, Marked):
        return _marked(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return escaped(value)
    if column.style == "money":
        return f"{value:,.2f}"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else number(value)


def _row(row: Row, columns: tuple[Column, ...], shown: list[int], total: bool) -> str:
    data = "".join(
        f' data-{facet.replace("_", "-")}="{escaped(value)}"' for facet in FACETS if (value := getattr(row, facet))
    )
    if total:
        data += ' class="sum"'
    cells = "".join(_cell(row.cells[index], columns[index]) for index in shown)
    return f"<tr{data}>{cells}</tr>\n"


def _cell(value: Cell, column: Column) -> str:
    extra = f" {_CLASSES[value]}" if isinstance(value, str) and value in _CLASSES else ""
    return f'<td class="{_class(column)}{extra}">{cell_html(value, column)}</td>'


def _class(column: Column) -> str:
    return f"{column.style} minor" if column.minor else column.style


def _columns_in_use(table: Table) -> list[int]:
    """A column that is blank in every row would only push the others off the screen."""
    return [
        index for index, _ in enumerate(table.columns) if any(row.cells[index] not in (None, "") for row in table.rows)
    ]


def _marked(value: Marked) -> str:
    tag = "del" if value.side == "old" else "ins"
    parts = []
    for segment in value.segments:
        if not segment.changed:
            parts.append(escaped(segment.text))
        elif segment.text.isspace():
            # A changed blank has no ink of its own: the style sheet draws a box around it.
            parts.append(f'<{tag} class="blank">{escaped(segment.text)}</{tag}>')
        else:
            parts.append(f"<{tag}>{escaped(segment.text)}</{tag}>")
    return "".join(parts)
