"""Where the header of a table stands: under banner rows, on the first line, or nowhere."""

from __future__ import annotations

from codeset_pipeline.impact.cells import CellReader, Trust
from codeset_pipeline.impact.column_roles import role_of
from codeset_pipeline.impact.table_rows import Row

#: Published price lists have up to a dozen banner rows; a table of contents may be longer.
_LOOK_AT = 60


def header_index(rows: list[Row], reader: CellReader) -> int | None:
    """Index of the header among the rows, None when the table has none.

    The header is the row whose cells tell the most different roles, above the first row that holds references.
    """
    head = rows[:_LOOK_AT]
    first_data = next((at for at, row in enumerate(head) if _holds_references(row, reader)), None)
    above = head if first_data is None else head[:first_data]
    best: int | None = None
    best_score = (0, 0)
    for at, row in enumerate(above):
        names = [cell for cell in row.cells if cell]
        roles = {role for cell in names if (role := role_of(cell)) is not None and len(cell.split()) <= 8}
        score = (len(roles), len(names))
        # Of equal rows the last one above the references is the header; without references, the first one is.
        if roles and (score > best_score or (score == best_score and first_data is not None)):
            best, best_score = at, score
    if best is None and first_data:
        row = rows[first_data - 1]
        names = [cell for cell in row.cells if cell]
        if len(names) >= 2 or len(row.cells) == 1:
            best = first_data - 1
    return best


def _holds_references(row: Row, reader: CellReader) -> bool:
    return any(cell and len(cell) < 2000 and reader.read(cell, Trust.LIKELY).references for cell in row.cells)
