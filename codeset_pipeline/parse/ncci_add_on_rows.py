"""Rows of the add-on code table, whatever layout they come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.ncci_cells import NO_DATES, BadRows, code_of, dated, text_of
from codeset_pipeline.parse.spreadsheet_rows import Cell

CONTRACTOR_DEFINED = "CCCCC"
# What the type of an edit means (CMS, Medicare NCCI add-on code edits).
EDIT_TYPES = {
    "1": "the primary codes are listed; each is payable with the add-on code",
    "2": "no primary codes are listed; the contractor defines them",
    "3": "some primary codes are listed; the contractor may define more",
}
# Types whose primary codes the contractor may define.
_MAY_HAVE_NO_PRIMARY = frozenset("23")


class AddOnRow(NamedTuple):
    """One edit: an add-on code that is paid beside a primary code. Deletion dates are last days, None while open."""

    edit_type: str
    add_on_code: str
    add_on_deleted_on: date | None
    primary_code: str
    primary_deleted_on: date | None
    effective_from: date
    deleted_on: date | None
    notes: str
    line: int

    @property
    def key(self) -> tuple[str, str, date]:
        return (self.add_on_code, self.primary_code, self.effective_from)

    @property
    def last_day(self) -> date | None:
        """The last day on which the edit holds: none of its three deletion dates has passed; None while it is open."""
        ends = [day for day in (self.add_on_deleted_on, self.primary_deleted_on, self.deleted_on) if day]
        return min(ends, default=None)


class AddOnTable(NamedTuple):
    """The edits in file order, each key once, and what was odd.

    Attributes:
        contradictions: keys that the file states twice with different values.
    """

    rows: list[AddOnRow]
    oddities: list[Oddity]
    contradictions: int


_DATE_COLUMNS = ("AOC_DelDT", "Primary_Code_DelDT", "AOC_Edit_EffDT", "AOC_Edit_DelDT")


class RowReader:
    """Reads the rows of one file, gathering those that cannot be read and those that are odd."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.bad = BadRows(file)
        self._fillers: dict[str, list[int]] = {}
        self._backwards: list[tuple[int, str]] = []
        self._without_primary: list[int] = []

    def row(self, line: int, cells: Sequence[Cell]) -> AddOnRow | None:
        """A row from its eight cells in the publisher's order; None when it cannot be read."""
        before = len(self.bad.found)
        edit_type = text_of(cells[0])
        if edit_type not in EDIT_TYPES:
            self.bad.add(line, "AOC_Edit_Type", edit_type, "type 1, 2 or 3")
        add_on, primary = code_of(cells[1]), code_of(cells[3])
        if primary is None and edit_type in _MAY_HAVE_NO_PRIMARY and not text_of(cells[3]):
            primary = CONTRACTOR_DEFINED
            self._without_primary.append(line)
        if add_on is None:
            self.bad.add(line, "Add-On_Code", text_of(cells[1]), "a code of five characters")
        if primary is None:
            expected = f"a code of five characters, or {CONTRACTOR_DEFINED}"
            self.bad.add(line, "Primary_Code", text_of(cells[3]), expected)
        dates = [self._date(line, name, cells[place]) for name, place in zip(_DATE_COLUMNS, (2, 4, 5, 6), strict=True)]
        effective = dates[2]
        if effective is None and len(self.bad.found) == before:
            self.bad.add(line, "AOC_Edit_EffDT", text_of(cells[5]), "the day on which the edit takes effect")
        if len(self.bad.found) > before or add_on is None or primary is None or effective is None:
            return None
        row = AddOnRow(edit_type, add_on, dates[0], primary, dates[1], effective, dates[3], text_of(cells[7]), line)
        if row.deleted_on and row.deleted_on < effective:
            self._backwards.append((line, f"{add_on}/{primary}: {effective} to {row.deleted_on}"))
        return row

    def _date(self, line: int, column: str, cell: Cell) -> date | None:
        found = dated(cell)
        if found is not None:
            return found
        text = text_of(cell)
        if not text:
            return None
        if text in NO_DATES:
            self._fillers.setdefault(text, []).append(line)
            return None
        self.bad.add(line, column, text, "a date YYYYDDD (year and day of the year), or nothing")
        return None

    def table(self, rows: Iterable[AddOnRow | None], oddities: Iterable[Oddity] = ()) -> AddOnTable:
        """The table of the rows that were read.

        Raises:
            ParseError: a row could not be read.
        """
        listed = list(rows)
        self.bad.refuse()
        kept, repeats, contradictions = _each_once([row for row in listed if row], self.file)
        found = [*oddities, *repeats]
        for text, lines in self._fillers.items():
            what = f"{len(lines)} dates hold a filler."
            found.append(Oddity(self.file, lines[0], what, text, "Read as no date."))
        if self._without_primary:
            what = f"{len(self._without_primary)} edits name no primary code."
            shown = f"rows {', '.join(map(str, self._without_primary[:10]))}"
            decision = f"Read as {CONTRACTOR_DEFINED}, defined by the contractor."
            found.append(Oddity(self.file, self._without_primary[0], what, shown, decision))
        if self._backwards:
            line, text = self._backwards[0]
            what = f"{len(self._backwards)} edits are deleted before they take effect."
            found.append(Oddity(self.file, line, what, text, "Kept as published; such an edit was never in force."))
        return AddOnTable(kept, found, contradictions)


def _each_once(rows: Sequence[AddOnRow], file: str) -> tuple[list[AddOnRow], list[Oddity], int]:
    """Each key once. Of rows that contradict each other the one that holds longer stands, and both are reported."""
    kept: dict[tuple[str, str, date], AddOnRow] = {}
    oddities: list[Oddity] = []
    same: list[int] = []
    contradictions = 0
    for row in rows:
        before = kept.setdefault(row.key, row)
        if before is row:
            continue
        if before[:8] == row[:8]:
            same.append(row.line)
            continue
        if before[:7] == row[:7]:
            notes = "; ".join(note for note in (before.notes, row.notes) if note)
            kept[row.key] = before._replace(notes=notes)
            decision = "Both notes are kept."
        else:
            contradictions += 1
            stands = max(before, row, key=lambda each: (each.last_day or date.max, -each.line))
            kept[row.key] = stands
            decision = f"Row {stands.line} is used."
        what = (
            f"{row.add_on_code}/{row.primary_code} stands twice from {row.effective_from}, first in row {before.line}."
        )
        oddities.append(Oddity(file, row.line, what, f"{_shown(before)} | {_shown(row)}", decision))
    if same:
        what = f"{len(same)} rows repeat an edit with the same values."
        oddities.append(Oddity(file, same[0], what, f"rows {', '.join(map(str, same[:10]))}", "Read once."))
    return list(kept.values()), oddities, contradictions


def _shown(row: AddOnRow) -> str:
    ends = ", ".join(
        "-" if day is None else str(day) for day in (row.add_on_deleted_on, row.primary_deleted_on, row[6])
    )
    return f"type {row.edit_type}, deleted {ends}, note {row.notes[:60]!r}"
