"""Codes exempt from present-on-admission (POA) reporting: the full list, and what was added, deleted or revised.

Each list comes as xlsx and as tab-delimited text with quotes. Columns, from the ReadMe in the zip: order number (of the
release's order file, as text with leading zeros; absent in the list of deletions), action (revisions only:
`Revise from:` with the previous title, `Revise to:` with the new one), code with dot, long title.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from codeset_pipeline.codes import has_shape, normalise
from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.header_row import Header, find_table
from codeset_pipeline.parse.spreadsheet_rows import Cell, is_blank, read_sheets, shown

_SPELLINGS = {
    "order": re.compile(r"ord(?:er)?(?: ?number)? ?(?:fy)? ?(?:[0-9]{2}|[0-9]{4})?", re.IGNORECASE),
    "action": re.compile(r"action", re.IGNORECASE),
    "code": re.compile(r"(?:poa ?exempt ?)?codes?|icd-10-cm code", re.IGNORECASE),
    "title": re.compile(r"(?:long )?(?:description|title)", re.IGNORECASE),
}
_ACTIONS = {"exempt", "add", "delete", "revise"}
_REVISIONS = {"revise from": "revise_from", "revise to": "revise_to"}


class PoaRow(NamedTuple):
    """One row.

    Attributes:
        action: `exempt` (full list), `add`, `delete`, `revise_from` or `revise_to`.
        code: without dot.
        order_number: of the order file of the same release; None in the list of deletions.
    """

    action: str
    code: str
    title: str
    order_number: int | None


def parse_poa_exempt(data: bytes, file: str, *, action: str, oddities: list[Oddity] | None = None) -> list[PoaRow]:
    """Read one list.

    Args:
        action: which list it is: `exempt`, `add`, `delete` or `revise`.
        oddities: departures that could be read safely are appended here.

    Raises:
        ParseError: an unknown or missing column, or a cell that is not what its column holds.
        ValueError: an unknown action.
    """
    if action not in _ACTIONS:
        raise ValueError(f"action is one of {sorted(_ACTIONS)}, not {action!r}")
    sheets, found = read_sheets(data, file, "a POA-exempt list", "\t")
    required = {"code", "title"} | ({"action"} if action == "revise" else set())
    sheet, header, others = find_table(
        sheets, _SPELLINGS, required, file, "a header row with POAexemptCode and Description"
    )
    found += others
    if action != "revise" and "action" in header.columns:
        expected = f"no column for the action in the list {action!r}"
        raise ParseError(file, expected, line=sheet.lines[header.position], text=shown(sheet.rows[header.position]))
    rows = [
        _row(file, line, cells, header, action)
        for line, cells in zip(sheet.lines[header.position + 1 :], sheet.rows[header.position + 1 :], strict=True)
        if not all(is_blank(cell) for cell in cells)
    ]
    for (label, code), count in Counter((row.action, row.code) for row in rows).items():
        if count > 1:
            found.append(Oddity(file, None, f"The list has {code} {count} times as {label}.", code, "All rows kept."))
    if oddities is not None:
        oddities += found
    return rows


def _row(file: str, line: int, cells: list[Cell], header: Header, action: str) -> PoaRow:
    def cell(role: str) -> str:
        column = header.columns.get(role, len(cells))
        return str(cells[column]).strip() if column < len(cells) else ""

    code, title, order = normalise(cell("code")), cell("title"), cell("order")
    if not has_shape("icd10cm", code):
        raise ParseError(file, "a code of ICD-10-CM", line=line, column="POAexemptCode", text=shown(cells))
    if not title:
        raise ParseError(file, "a title", line=line, column="Description", text=shown(cells))
    number = re.fullmatch(r"([0-9]+)(?:\.0)?", order)
    if "order" in header.columns and not number:
        raise ParseError(file, "an order number", line=line, column="Order", text=shown(cells))
    if action == "revise":
        label = _REVISIONS.get(" ".join(cell("action").lower().rstrip(":").split()))
        if label is None:
            raise ParseError(file, "Revise from: or Revise to:", line=line, column="Action", text=shown(cells))
        action = label
    return PoaRow(action, code, title, int(number[1]) if number else None)
