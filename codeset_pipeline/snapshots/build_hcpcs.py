"""Parse the files of one HCPCS release revision and bring them together, corrections applied.

The text and the workbook of a release say the same; where they differ the text wins unless it is damaged, and each
difference is an oddity. Corrections are applied in the order in which they were posted. The codes must be readable; a
second file that is not (a workbook with a renamed column beside a good text, a list with another header) is left out
whole and named, with line and text, so that it does not hold up the quarter.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from codeset_pipeline.errors import GateError, ParseError
from codeset_pipeline.labels import label_of
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.anweb_excel import parse_anweb_excel
from codeset_pipeline.parse.anweb_rows import Anweb, AnwebRow
from codeset_pipeline.parse.anweb_text import parse_anweb_text
from codeset_pipeline.parse.hcpcs_compare import settle_anweb
from codeset_pipeline.parse.hcpcs_corrections import Corrections, parse_corrections
from codeset_pipeline.parse.hcpcs_noc import parse_noc_codes
from codeset_pipeline.parse.hcpcs_processing_notes import parse_processing_notes
from codeset_pipeline.parse.hcpcs_transaction_report import parse_transaction_report
from codeset_pipeline.snapshots.build import BuiltSnapshot, ReadMember, Row
from codeset_pipeline.snapshots.correct_hcpcs import apply_corrections
from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_CODES
from codeset_pipeline.snapshots.plan import ReleaseInput, RevisionPlan

_Parsed = TypeVar("_Parsed")

# The decision on a second file that could not be read.
NOT_READ = "Left out; the release is loaded from its other files."

# The revisions of a release share its main file; it is parsed once.
_parsed_text = lru_cache(maxsize=2)(parse_anweb_text)
_parsed_excel = lru_cache(maxsize=2)(parse_anweb_excel)


_PLACES = [AnwebRow._fields.index(name) for name in HCPCS_CODES.column_names]
_DESCRIPTIONS = [HCPCS_CODES.column_names.index(name) for name in ("long_description", "short_description")]


@lru_cache(maxsize=4096)
def _listed(values: tuple[str, ...]) -> str:
    return json.dumps(values)


def _code_row(row: AnwebRow) -> Row:
    cells: list[object] = [row[place] for place in _PLACES]
    for place, cell in enumerate(cells):
        if isinstance(cell, tuple):
            cells[place] = _listed(cell)
    for place in _DESCRIPTIONS:
        # The text layout loses blanks at the ends of its lines and the workbook does not; neither means anything.
        cells[place] = " ".join(str(cells[place]).split())
    return tuple(cells)


def _name(item: ReleaseInput) -> str:
    return item.member if item.member == item.archive else f"{item.archive}/{item.member}"


class _Builder:
    def __init__(self, plan: RevisionPlan, read: ReadMember) -> None:
        self.plan = plan
        self.read = read
        self.inputs = {item.role: item for item in plan.inputs}
        self.corrections = [item for item in plan.inputs if item.role == "corrections"]
        self.built = BuiltSnapshot(plan)

    def build(self) -> BuiltSnapshot:
        anweb = self._anweb()
        corrected, applied, oddities = apply_corrections(anweb, self._corrections())
        self.built.oddities += [*anweb.oddities, *oddities]
        self.built.tables["hcpcs_codes"] = sorted((_code_row(row) for row in corrected), key=lambda row: str(row[0]))
        if applied:
            self.built.tables["hcpcs_corrections"] = sorted(applied, key=lambda row: (str(row[0]), int(str(row[1]))))
        self._transactions()
        self._noc()
        self._processing_notes()
        return self.built

    def _content(self, role: str) -> tuple[bytes, str] | None:
        item = self.inputs.get(role)
        return None if item is None else (self.read(item), _name(item))

    def _read_second(self, content: tuple[bytes, str] | None, parse: Callable[[bytes, str], _Parsed]) -> _Parsed | None:
        """A file that the release can do without; None when it is not there or cannot be read."""
        if content is None:
            return None
        try:
            return parse(*content)
        except ParseError as error:
            what = f"The file departs from its layout (expected {error.expected}) and was not read."
            self.built.oddities.append(Oddity(error.file, error.line, what, (error.text or "")[:200], NOT_READ))
            return None

    def _anweb(self) -> Anweb:
        text, excel = self._content("anweb_text"), self._content("anweb_excel")
        parsed_text = _parsed_text(*text) if text else None
        if parsed_text is None:
            parsed_excel = _parsed_excel(*excel) if excel else None
        else:
            parsed_excel = self._read_second(excel, _parsed_excel)
        if parsed_text and parsed_excel:
            self.built.agreement["anweb_excel"] = (
                len(parsed_text.rows)
                + len(parsed_excel.rows)
                - 2 * len({row.code for row in parsed_text.rows} & {row.code for row in parsed_excel.rows})
            )
            return settle_anweb(parsed_text, parsed_excel)
        found = parsed_text or parsed_excel
        if found is None:
            raise GateError(
                f"{label_of(self.plan.code_set, self.plan.effective_from)}: no ANWEB file; supply the release's zip.",
                ("codes_present",),
            )
        return found

    def _corrections(self) -> list[Corrections]:
        read = [self._read_second((self.read(item), _name(item)), parse_corrections) for item in self.corrections]
        found = [each for each in read if each is not None]
        for each in found:
            self.built.oddities += each.oddities
        return found

    def _transactions(self) -> None:
        report = self._read_second(self._content("transaction_report"), parse_transaction_report)
        if report is None:
            return
        self.built.oddities += report.oddities
        rows: dict[str, Row] = {}
        for row in report.rows:
            rows.setdefault(
                row.code,
                (row.code, _listed(row.action_codes), row.action, row.short_description, row.long_description),
            )
        self.built.tables["hcpcs_transactions"] = [rows[code] for code in sorted(rows)]

    def _noc(self) -> None:
        listed = self._read_second(self._content("noc"), parse_noc_codes)
        if listed is None:
            return
        self.built.oddities += listed.oddities
        self.built.tables["hcpcs_noc"] = sorted(
            (row.code, row.row, row.long_description, row.added_date, row.termination_date) for row in listed.rows
        )

    def _processing_notes(self) -> None:
        notes = self._read_second(self._content("processing_notes"), parse_processing_notes)
        if notes is None:
            return
        self.built.oddities += notes.oddities
        texts = {note.number: note.text for note in notes.notes}
        self.built.tables["hcpcs_processing_notes"] = sorted(texts.items())


def build_hcpcs(plan: RevisionPlan, read: ReadMember) -> BuiltSnapshot:
    """Parse all files of a revision; see `snapshots.build.build_snapshot`."""
    return _Builder(plan, read).build()
