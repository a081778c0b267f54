"""The rows of a very long table as data in the page, from which its script shows one leaf at a time.

A browser takes minutes and gigabytes to lay out a million cells. As data, with every text stored once, 50,000 findings
take a few megabytes, and the script makes table rows only of those that are looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import fields

from codeset_pipeline.report.table import Cell, Column, Row, Table

#: Tables with more rows than this are leafed through; so many of them stand in the page as rows, for reading without
#: scripts.
MOST_ROWS, FIRST_ROWS = 5_000, 500

#: What the filters look at, as the attributes of `Row` are called.
FACETS = tuple(each.name for each in fields(Row) if each.name != "cells")


def rows_as_data(
    table: Table, shown: Sequence[int], classes: Sequence[str], html: Callable[[Cell, Column], str]
) -> str:
    """A data block (no script that runs): `texts`, and rows of places in it, cells first, then the facets.

    Args:
        shown: the columns that the page shows.
        classes: the class of each of them.
        html: a cell's value as escaped HTML.
    """
    texts: dict[str, int] = {}

    def place(text: str) -> int:
        return texts.setdefault(text, len(texts))

    columns = [(index, table.columns[index]) for index in shown]
    rows = [
        [
            *(place(html(row.cells[index], column)) for index, column in columns),
            *(place(getattr(row, facet)) for facet in FACETS),
        ]
        for row in table.rows
    ]
    data = {"classes": list(classes), "facets": list(FACETS), "texts": list(texts), "rows": rows}
    # No text may end the block, or begin a comment in it.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" class="rows">{text}</script>'
