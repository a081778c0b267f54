"""How high a row must be for its wrapped texts.

Spreadsheet programs do not agree on whether they fit rows to their text on opening, so the heights are set here, from
the number of characters that a column holds on one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from codeset_pipeline.report.table import Cell, Marked

# Excel's limit, and the height of a row of one line.
_HIGHEST, _ONE_LINE = 409.0, 15.0

# Column widths count digits; running text is narrower than digits, but words leave gaps where lines break.
_FILL = 1.12


def row_height(values: Sequence[Cell], widths: Sequence[float], size: float = 10) -> float | None:
    """Height in points, or None where one line will do."""
    most = 1
    for value, width in zip(values, widths, strict=False):
        if value is None or isinstance(value, (int, float)):
            continue
        text = value.text if isinstance(value, Marked) else value
        if isinstance(text, str) and (len(text) > width or "\n" in text):
            most = max(most, sum(max(1, ceil(len(line) / (width * _FILL))) for line in text.split("\n")))
    if most == 1 and size <= 11:
        return None
    return min(_HIGHEST, max(_ONE_LINE, 1.32 * size * most + 2))
