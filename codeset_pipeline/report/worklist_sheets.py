"""The worklist in the workbook: a sheet for each department, on which people write what they decide.

State, chosen replacement and note are written by people; `codeset review import` reads them back. Two hidden columns
let it find the finding again and see whether somebody else has decided since: the finding's id, and the decision that
the row was written from.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from openpyxl.formatting.rule import CellIsRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from codeset_pipeline.impact.review_book import STATES, basis_of
from codeset_pipeline.impact.risk import by_department
from codeset_pipeline.model import Finding, Impact
from codeset_pipeline.report.table import Column, Row, Table
from codeset_pipeline.report.workbook_cells import BAD, GOOD, MUTED, NOTICE
from codeset_pipeline.report.worklist_table import (
    CODE,
    COLUMNS,
    DEPARTMENT,
    FINDING,
    NO_DEPARTMENT,
    NOTE,
    REPLACEMENT,
    SEVERITY,
    STATE,
    in_order,
    worklist_table,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

ID, BASIS = "Finding id", "Written from"
#: More departments than this share one sheet.
MOST_SHEETS = 30

_EDITED = (STATE, REPLACEMENT, NOTE)
# What a person needs to decide stands on the first page across.
_FIRST = (SEVERITY, "What to do", CODE, "Candidates", "Effective from", "Amount", "Volume", DEPARTMENT, "File", "Line")
_ORDER = (*_EDITED, *_FIRST, *(c.header for c in COLUMNS if c.header not in (*_EDITED, *_FIRST)))
_PLACES = {column.header: index for index, column in enumerate(COLUMNS)}
_TAKEN = tuple(_PLACES[header] for header in _ORDER)
_SHEET_COLUMNS = (
    Column(ID, 15, "label", hidden=True),
    Column(BASIS, 36, "label", hidden=True),
    *(replace(COLUMNS[index], editable=COLUMNS[index].header in _EDITED) for index in _TAKEN),
)

_NAME_MARKS = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31


def worklist_tables(impact: Impact | None, taken: Iterable[str], whole: Table | None = None) -> list[Table]:
    """One table a department, most money at risk first; a single one without departments or with more than 30.

    Args:
        taken: names that other sheets of the workbook have.
        whole: the table of all findings, where it was made already.
    """
    whole = whole or worklist_table(impact or Impact((), ()), impact is not None)
    findings = [] if impact is None else in_order(impact)
    departments = by_department(findings)
    if not any(each.department for each in departments) or len(departments) > MOST_SHEETS:
        return [replace(whole, columns=_SHEET_COLUMNS, rows=list(map(_row, findings, whole.rows)))]
    grouped: dict[str, list[Row]] = defaultdict(list)
    for finding, row in zip(findings, whole.rows, strict=True):
        grouped[finding.department].append(_row(finding, row))
    names = sheet_names([each.department or NO_DEPARTMENT for each in departments], taken)
    return [
        Table(
            name,
            f"Worklist: {each.department or NO_DEPARTMENT}",
            whole.intro,
            _SHEET_COLUMNS,
            grouped[each.department],
            whole.nothing,
        )
        for name, each in zip(names, departments, strict=True)
    ]


def sheet_names(wanted: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Names that Excel takes for sheets: without its forbidden marks, at most 31 characters, each one once."""
    used = {name.casefold() for name in (*taken, "History")}  # Excel keeps that name for itself
    found = []
    for text in wanted:
        base = " ".join(_NAME_MARKS.sub(" ", text).split()).strip("' ") or "Department"
        name, number = base[:_LONGEST_NAME].rstrip("' "), 1
        while name.casefold() in used:
            number += 1
            name = f"{base[: _LONGEST_NAME - len(f' ({number})')].rstrip()} ({number})"
        used.add(name.casefold())
        found.append(name)
    return found


def dress_worklist(sheet: Worksheet, table: Table, last: int) -> None:
    """Colours for severities and states, a list to choose the state from, and a guard on the hidden columns."""
    letters = {column.header: get_column_letter(index) for index, column in enumerate(table.columns, 1)}
    sheet.freeze_panes = f"{letters[SEVERITY]}2"
    sheet.sheet_properties.tabColor = "C08A2D"

    def cells(header: str) -> str:
        return f"{letters[header]}2:{letters[header]}{last}"

    for text, colour in (("will deny", BAD), ("may deny", NOTICE)):
        sheet.conditional_formatting.add(cells(SEVERITY), _marked(text, Font(bold=True, color=colour)))
    for text, colour, fill in (
        ("approved", GOOD, "FFE3F1E9"),
        ("rejected", BAD, "FFFAE6E2"),
        ("deferred", NOTICE, "FFFBEFD5"),
        ("proposed", MUTED, None),
    ):
        rule = _marked(text, Font(bold=fill is not None, color=colour), fill)
        sheet.conditional_formatting.add(cells(STATE), rule)
    choice = DataValidation(
        type="list",
        formula1=f'"{",".join(STATES)}"',
        showErrorMessage=True,
        errorTitle="No state",
        error=f"Choose one of {', '.join(STATES)}.",
    )
    choice.add(cells(STATE))
    guard = DataValidation(
        type="custom",
        formula1="FALSE",
        showErrorMessage=True,
        errorTitle="Kept by the program",
        error="By this cell the program finds the line again; leave it as it is.",
    )
    for header in (ID, BASIS, FINDING):
        guard.add(cells(header))
    for each in (choice, guard):
        sheet.data_validations.append(each)


def _marked(text: str, font: Font, fill: str | None = None) -> Rule:
    pattern = None if fill is None else PatternFill(bgColor=fill)
    rule: Rule = CellIsRule(  # type: ignore[no-untyped-call]
        operator="equal", formula=[f'"{text}"'], font=font, fill=pattern
    )
    return rule


def _row(finding: Finding, whole: Row) -> Row:
    cells = (finding.id, basis_of(finding), *(whole.cells[index] for index in _TAKEN))
    return replace(whole, cells=cells)
