"""Corrections to a HCPCS Level II release (`V2_HCPC2018_Corrections_ANWEB.xlsx`, `HCPC2019_Corrections_ALPHA_v2.xlsx`).

A workbook with a title above the header; the columns vary. What a row does stands as free text in ACTION, new values in
the other columns or in the text. The versions of 2018 mostly repeat those before, the second one of 2019 does not;
applied in the order of their versions, both ways come out right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.anweb_layout import is_code
from codeset_pipeline.parse.anweb_values import Value
from codeset_pipeline.parse.hcpcs_correction_actions import ActionText, CorrectionKind, read_action
from codeset_pipeline.parse.hcpcs_correction_cells import cell_value, read_day, value_of
from codeset_pipeline.parse.header_row import Header, find_table
from codeset_pipeline.parse.spreadsheet_rows import Cell, is_blank, read_sheets, shown

_SPELLINGS = {
    "code": re.compile(r"(?:hcpcs? )?code|hcpcs?", re.IGNORECASE),
    "action": re.compile(r"action", re.IGNORECASE),
    "effective": re.compile(r"eff(?:ective)? (?:date|dt)", re.IGNORECASE),
    "short_description": re.compile(r"short desc(?:ription)?", re.IGNORECASE),
    "long_description": re.compile(r"long desc(?:ription)?", re.IGNORECASE),
    "types_of_service": re.compile(r"tos|type of service", re.IGNORECASE),
    "betos": re.compile(r"betos", re.IGNORECASE),
    "coverage": re.compile(r"cov(?:erage)?", re.IGNORECASE),
    "pricing_indicators": re.compile(r"pric(?:e|ing)(?: ind(?:icator)?)?", re.IGNORECASE),
    "cross_references": re.compile(r"xref(?: code)?", re.IGNORECASE),
    "asc_group": re.compile(r"asc ind(?:icator)?", re.IGNORECASE),
    "asc_effective_date": re.compile(r"asc (?:eff )?(?:date|dt)", re.IGNORECASE),
    "lc_edit": re.compile(r"lc edit", re.IGNORECASE),
    "comments": re.compile(r"comments?", re.IGNORECASE),
}
_OWN = {"code", "action", "effective", "lc_edit", "comments"}
_EXPECTED = "a corrections workbook with CODE, ACTION and EFF DATE (its printout, .prn, cuts the texts)"
_STATUTE = re.compile(r"statute\s+(\S.*)", re.IGNORECASE)


class Correction(NamedTuple):
    """One row of a corrections file.

    Attributes:
        row: 1-based row.
        kind: see `CorrectionKind`; a row of kind `unclear` must not be applied before a person has read it.
        action: the ACTION text as written.
        effective_from: EFF DATE, None where blank or unreadable.
        values: field of `AnwebRow` → its new value. A field that is absent is not touched, or, for `add`, not stated
            (an added code's multiple pricing indicator never is).
        additions: field of `AnwebRow` → values to append to the list.
        revert_to_year: for `revert`, the year of the release whose row holds again.
        comment: the COMMENTS text.
    """

    row: int
    code: str
    is_modifier: bool
    kind: CorrectionKind
    action: str
    effective_from: date | None
    values: Mapping[str, Value]
    additions: Mapping[str, tuple[str, ...]]
    revert_to_year: int | None
    comment: str


class Corrections(NamedTuple):
    """The rows in file order, and what was odd."""

    file: str
    rows: list[Correction]
    oddities: list[Oddity]


def parse_corrections(data: bytes, file: str) -> Corrections:
    """Read a corrections workbook. An action that is not understood and a date that is none are reported.

    Raises:
        ParseError: no header, an unknown or missing column, or a row without code or action.
    """
    sheets, oddities = read_sheets(data, file, _EXPECTED, "\t")
    sheet, header, found = find_table(sheets, _SPELLINGS, {"code", "action", "effective"}, file, _EXPECTED)
    oddities += found
    rows: list[Correction] = []
    for line, cells in zip(sheet.lines[header.position + 1 :], sheet.rows[header.position + 1 :], strict=True):
        if not all(is_blank(cell) for cell in cells):
            row, found = _row(file, line, cells, header)
            rows.append(row)
            oddities += found
    if not rows:
        raise ParseError(file, "rows below the header", line=sheet.lines[header.position])
    return Corrections(file, rows, oddities)


def _row(file: str, line: int, cells: list[Cell], header: Header) -> tuple[Correction, list[Oddity]]:
    filled = {
        role: cells[column]
        for role, column in header.columns.items()
        if column < len(cells) and not is_blank(cells[column])
    }
    code, text = str(filled.get("code", "")).strip().upper(), str(filled.get("action", "")).strip()
    modifier = len(code) == 2
    if not is_code(code, modifier=modifier):
        raise ParseError(file, "a HCPCS code or a modifier", line=line, column="CODE", text=shown(cells))
    if not text:
        raise ParseError(file, "what to do with the code", line=line, column="ACTION", text=shown(cells))
    oddities: list[Oddity] = []
    effective = _day(filled.get("effective"), code, "EFF DATE", file, line, oddities)
    values: dict[str, Value] = {}
    for role, cell in filled.items():
        if role == "asc_effective_date":
            day = _day(cell, code, "ASC DATE", file, line, oddities)
            values |= {role: day} if day else {}
        elif role not in _OWN:
            values[role] = cell_value(role, cell)
    comment = str(filled.get("comments", "")).strip()
    statute = _STATUTE.fullmatch(comment)
    if statute:
        values["statute"] = statute[1]
    if "lc_edit" in filled:
        what = f"{code}: the column LC EDIT holds a value, whose meaning the publisher does not state."
        oddities.append(Oddity(file, line, what, str(filled["lc_edit"]), "Left out."))
    action = read_action(text)
    mentioned = action.changed.keys() | action.added.keys() | action.removed.keys()
    implied = {"asc_effective_date"} if "asc_group" in mentioned else set()
    for name in values.keys() - mentioned - implied if action.kind is CorrectionKind.REVISE else ():
        what = f"{code}: the row gives a new {name.replace('_', ' ')}, which its ACTION does not mention."
        oddities.append(Oddity(file, line, what, shown(cells), "Taken as a new value too."))
    additions, problem = _complete(action, values, effective)
    kind = CorrectionKind.UNCLEAR if problem else action.kind
    if kind is CorrectionKind.UNCLEAR:
        what = f"{code}: {problem or 'the ACTION text is not understood'}."
        oddities.append(Oddity(file, line, what, shown(cells), "Not applied; a person has to read it."))
    row = Correction(line, code, modifier, kind, text, effective, values, additions, action.revert_to_year, comment)
    return row, oddities


def _day(cell: Cell | None, code: str, column: str, file: str, line: int, oddities: list[Oddity]) -> date | None:
    if cell is None:
        return None
    day = read_day(cell)
    if day is None:
        what = f"{code}: {column} is no date."
        oddities.append(Oddity(file, line, what, str(cell), "Left blank; the rest of the row is read."))
    return day


def _complete(
    action: ActionText, values: dict[str, Value], effective: date | None
) -> tuple[dict[str, tuple[str, ...]], str]:
    """Add to the values of the cells those that the action names or implies; appended ones are returned.

    The second result says what is wrong, "" where nothing is.
    """
    additions: dict[str, tuple[str, ...]] = {}
    if action.kind is CorrectionKind.ADD:
        values["action_code"] = "A"
        if effective:
            values["added_date"] = values["action_effective_date"] = effective
    if action.kind is CorrectionKind.DISCONTINUE:
        values["action_code"] = "D"
        if effective:
            # As in the release files: the action takes effect on the day after the last valid one (C9034 in 2019).
            values |= {"action_effective_date": effective, "termination_date": effective - timedelta(days=1)}
    for name in action.removed:
        blank = value_of(name, "")
        if name in values or blank == ():
            return {}, f"what is to be removed from the {name.replace('_', ' ')} is not clear"
        values[name] = blank
    for name, text in (action.added | action.changed).items():
        named = value_of(name, text) if text else None
        if name in action.added and isinstance(named, tuple):
            additions[name] = named
        elif named is not None:
            if values.setdefault(name, named) != named:
                return {}, f"text and column give different values for the {name.replace('_', ' ')}"
        elif name.endswith("_date") and effective:
            values.setdefault(name, effective)
        if name not in values and name not in additions:
            return {}, f"no new value is given for the {name.replace('_', ' ')}"
    return additions, ""
