"""Drafts of future-dated charge-master lines: the old line ends on the last valid day, the new one starts the next day.

A draft is made of what people decided, or of a replacement that needs no person. Cells that need no change stay exactly
as they are. Where the billing unit changes, the price is left blank for a person: it is no longer a price for the same
quantity.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from codeset_pipeline.impact.draft_dates import day_in, written_like
from codeset_pipeline.impact.draft_sources import DraftSource, Reference, TouchedLine, TouchedTable
from codeset_pipeline.impact.source_cells import SourceCell
from codeset_pipeline.impact.source_tables import Cells

BEGINS, ENDS = "effective from", "effective to"
_BEGINS, _ENDS, _DESCRIPTION, _PRICE = "effective_from", "effective_to", "description", "price"
_CODES_APART = re.compile(r"[\s,;+]+")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is decided on a finding: its review state and, where a person chose, the replacement as printed."""

    state: str
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class DraftNote:
    """One replacement on a line, or why there is none.

    Attributes:
        status: `approved`, `draft` (nobody has approved it yet) or `not drafted`.
    """

    sheet: str
    line: int
    finding_id: str
    old_code: str
    new_code: str
    status: str
    ends: date | None = None
    starts: date | None = None
    remark: str = ""


@dataclass
class DraftTable:
    """Drafted lines in the layout of the user's table: for each touched line the old one with its end, then the new."""

    sheet: str
    header: Cells
    rows: list[Cells] = field(default_factory=list)
    notes: list[DraftNote] = field(default_factory=list)


def drafted(source: DraftSource, choices: Mapping[str, Choice], *, approved_only: bool) -> list[DraftTable]:
    """The drafts of one charge master, table by table; a table without any has only notes.

    Args:
        choices: finding id → decision; findings that are not named are `proposed`.
        approved_only: draft nothing but what people approved.
    """
    return [_Drafter(table, source.dialect is None, choices, approved_only).draft() for table in source.tables]


class _Drafter:
    def __init__(self, table: TouchedTable, excel: bool, choices: Mapping[str, Choice], approved_only: bool) -> None:
        self._table, self._choices, self._approved_only = table, choices, approved_only
        added: list[SourceCell] = []
        self._begins = self._place(_BEGINS, BEGINS, added)
        self._ends = self._place(_ENDS, ENDS, added)
        header = _filled(table.header, table.width) if table.header else ()
        self._drafts = DraftTable(table.sheet, (*header, *added) if header else ())
        self._width = table.width + len(added)
        self._references = 0
        self._write_begin = self._writer((self._begins, self._ends), excel)
        self._write_end = self._writer((self._ends, self._begins), excel)

    def _place(self, role: str, name: str, added: list[SourceCell]) -> int:
        places = self._table.roles.get(role, ())
        if places:
            return places[0]
        added.append(SourceCell(name))
        return self._table.width + len(added) - 1

    def _writer(self, places: Sequence[int], excel: bool) -> Callable[[date], SourceCell]:
        """How days are written in the first of the columns, or, while it is blank, in the other."""
        lines = self._table.lines
        cells = [line.cells[place] for place in places for line in lines if place < len(line.cells)]
        return written_like(cells, excel)

    def draft(self) -> DraftTable:
        for line in self._table.lines:
            self._line(line)
        return self._drafts

    def _line(self, line: TouchedLine) -> None:
        chosen: list[tuple[Reference, tuple[str, ...], str]] = []
        for reference in line.references:
            codes, status, why_not = self._chosen(reference)
            if why_not:
                self._note(line, reference, "", "not drafted", why_not)
            else:
                chosen.append((reference, codes, status))
        # One step for each day on which something changes; most lines have one.
        cells = _filled(line.cells, self._width)
        self._references = len({(each.place, each.match) for each in line.references})
        for since in sorted({reference.effective_from for reference, _, _ in chosen}):
            step = [each for each in chosen if each[0].effective_from == since]
            cells = self._step(line, cells, since, step)

    def _chosen(self, reference: Reference) -> tuple[tuple[str, ...], str, str]:
        """The new codes, the draft's status, and why there is no draft."""
        choice = self._choices.get(reference.finding_id, Choice("proposed"))
        approved = choice.state == "approved"
        if choice.state in ("rejected", "deferred"):
            return (), "", f"{choice.state} in the worklist"
        if self._approved_only and not approved:
            return (), "", "not approved yet"
        status = "approved" if approved else "draft"
        if choice.replacement:
            return tuple(code for code in _CODES_APART.split(choice.replacement) if code), status, ""
        if len(reference.candidates) == 1 and (approved or reference.automatic):
            return reference.candidates, status, ""
        if approved and not reference.candidates:
            return (), status, ""
        if len(reference.candidates) == 1:
            return (), "", f"a person must confirm {reference.candidates[0]}"
        if reference.candidates:
            return (), "", "a person must choose among " + ", ".join(reference.candidates)
        return (), "", "no replacement is on record"

    def _step(
        self, line: TouchedLine, cells: Cells, since: date, step: Sequence[tuple[Reference, tuple[str, ...], str]]
    ) -> Cells:
        last_day = since - timedelta(days=1)
        ended = day_in(cells[self._ends])
        if ended is not None and ended <= last_day:
            for reference, _, _ in step:
                self._note(line, reference, "", "not drafted", f"the line itself ends on {ended.isoformat()}")
            return cells
        rows = [cells]
        replaced = any(codes for _, codes, _ in step)
        ends = False
        for reference, codes, status in step:
            if not codes and replaced:
                why = "nothing replaces it, and another code of the line goes on: a person must take it out"
                self._note(line, reference, "", "not drafted", why)
                continue
            made = [self._replaced(row, reference, code) for row in rows for code in codes]
            remark = "; ".join(dict.fromkeys(told for _, remarks in made for told in remarks))
            copies = [row for row, _ in made if row is not None]
            if codes and not copies:
                self._note(line, reference, " ".join(codes), "not drafted", remark)
                continue
            ends = True
            rows = copies
            if not codes:
                remark = "no new line, because nothing replaces the code"
            self._note(line, reference, " ".join(codes), status, remark, last_day, since if codes else None)
        if not ends:
            return cells
        old = _with(cells, self._ends, self._write_end(last_day))
        if self._drafts.rows and self._drafts.rows[-1] is cells:
            self._drafts.rows[-1] = old
        else:
            self._drafts.rows.append(old)
        result = cells
        for row in rows:
            result = _with(row, self._begins, self._write_begin(since))
            self._drafts.rows.append(result)
        return result

    def _replaced(self, row: Cells, reference: Reference, code: str) -> tuple[Cells | None, list[str]]:
        """The new line, and what a person should know of it; None when the code is not found in its cell."""
        cell = row[reference.place]
        shown = code if "." in reference.match or "." not in reference.code else code.replace(".", "")
        text = _put(cell.text, reference.match, reference.code, shown)
        if text is None:
            return None, [f"the cell {cell.text!r} could not be changed"]
        new = _with(row, reference.place, SourceCell(text))
        remarks = []
        title = reference.titles.get(code)
        beside = [word for word in _CODES_APART.split(cell.text.strip())[1:] if len(word) > 2]  # more than a modifier
        alone = not beside and self._references == 1
        for place in self._table.roles.get(_DESCRIPTION, ())[:1]:
            if not alone:
                remarks.append("the description is left as it is, because the line has more codes")
            elif title:
                old = row[place].text
                new = _with(new, place, SourceCell(title.upper() if old.isupper() else title))
            else:
                remarks.append(f"the description of {code} is to be written")
        if reference.unit_change:
            for place in self._table.roles.get(_PRICE, ()):
                new = _with(new, place, SourceCell())
            remarks.append(f"price left blank, the unit changes: {reference.unit_change}")
        return new, remarks

    def _note(
        self,
        line: TouchedLine,
        reference: Reference,
        new: str,
        status: str,
        remark: str,
        ends: date | None = None,
        starts: date | None = None,
    ) -> None:
        self._drafts.notes.append(
            DraftNote(
                self._table.sheet, line.line, reference.finding_id, reference.code, new, status, ends, starts, remark
            )
        )


def _put(text: str, match: str, code: str, new: str) -> str | None:
    """The text with the new code where the old one stands, whatever stands beside it; None when it is not there."""
    for written in (match, code, code.replace(".", "")):
        found = re.search(rf"(?<![0-9A-Za-z]){re.escape(written)}", text, re.IGNORECASE) if written else None
        if found is not None:
            return text[: found.start()] + new + text[found.end() :]
    return None


def _with(cells: Cells, place: int, cell: SourceCell) -> Cells:
    return tuple(replace(cell) if at == place else each for at, each in enumerate(cells))


def _filled(cells: Cells, width: int) -> Cells:
    return (*cells, *(SourceCell() for _ in range(width - len(cells))))
