"""Decisions out of an edited worklist, held against the review log before any of them is recorded.

Only rows that a person changed count. All of them are recorded together or, when a row cannot be understood or somebody
has decided on its finding since the worklist was written, none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.review import Decision, worklist_of
from codeset_pipeline.impact.review_book import APPROVED, STATES, Book, basis_of, wording_mark
from codeset_pipeline.model import Finding

_NAMED = 10


@dataclass(frozen=True, slots=True)
class EditedRow:
    """A row of a worklist as it was read back.

    Attributes:
        sheet, row: where it stands, for messages.
        other_id: the id as a second column of the same row has it; empty without one.
        basis: the decision that the row was written from (`basis_of`); None when that column was lost.
        code, asset: what the row says it is about; empty when their columns were lost.
    """

    sheet: str
    row: int
    finding_id: str
    state: str
    replacement: str
    note: str
    basis: str | None
    other_id: str = ""
    code: str = ""
    asset: str = ""

    @property
    def place(self) -> str:
        return f"sheet {self.sheet}, row {self.row}"


class Newer(StrEnum):
    """What to do where the log has a newer decision than the worklist was written from."""

    STOP = "stop"
    KEEP = "keep"
    OVERWRITE = "overwrite"


@dataclass
class ImportPlan:
    """What an edited worklist would do.

    Attributes:
        decisions: new and changed decisions.
        untouched: rows that nobody changed, or that say what the log says already.
        conflicts: one sentence for each changed row on whose finding somebody else has decided since.
        problems: one sentence for each row that cannot be understood.
        remarks: what to know about decisions that are recorded all the same.
    """

    decisions: list[Decision] = field(default_factory=list)
    untouched: int = 0
    conflicts: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def plan_import(rows: Sequence[EditedRow], book: Book, newer: Newer = Newer.STOP) -> ImportPlan:
    """What the rows would record. Nothing is written."""
    findings = {finding.id: finding for finding in worklist_of(book, everything=True)}
    plan = ImportPlan()
    first: dict[str, tuple[EditedRow, Decision]] = {}
    for row in rows:
        decision = _decision(row, findings, plan, newer)
        if decision is None:
            continue
        earlier = first.setdefault(row.finding_id, (row, decision))
        if earlier[1] != decision:
            plan.problems.append(
                f"{row.place}: finding {row.finding_id} is decided otherwise on {earlier[0].place}; keep one of them."
            )
        elif earlier[0] is row:
            plan.decisions.append(decision)
            _remark(row, decision, findings[row.finding_id], plan)
    return plan


def checked(plan: ImportPlan, name: str, newer: Newer = Newer.STOP) -> ImportPlan:
    """The plan, when it may be carried out.

    Raises:
        AssetError: rows cannot be understood, or there are newer decisions; it names the first of them.
    """
    if plan.problems:
        raise AssetError(
            f"{name}: nothing was recorded, because {len(plan.problems)} "
            f"{'row' if len(plan.problems) == 1 else 'rows'} cannot be used. {_listed(plan.problems)} "
            "Mend the workbook and import it again."
        )
    if plan.conflicts and newer is Newer.STOP:
        raise AssetError(
            f"{name}: nothing was recorded, because the log has newer decisions on {len(plan.conflicts)} of its "
            f"changed rows. {_listed(plan.conflicts)} Import again with --keep-newer to leave these as they are, or "
            "with --force to overwrite them."
        )
    return plan


def _listed(sentences: Sequence[str]) -> str:
    more = f" (and {len(sentences) - _NAMED} more)" if len(sentences) > _NAMED else ""
    return " ".join(sentences[:_NAMED]) + more


def _decision(row: EditedRow, findings: dict[str, Finding], plan: ImportPlan, newer: Newer) -> Decision | None:
    """The decision of a row, None for one that records nothing."""
    finding = findings.get(row.finding_id)
    state = row.state.strip().casefold()
    problem = _problem(row, state, finding)
    if problem or finding is None:
        plan.problems.append(f"{row.place}: {problem}")
        return None
    mark = wording_mark(state, row.note, row.replacement)
    now = basis_of(finding)
    if row.basis is not None and row.basis.endswith(mark):
        plan.untouched += 1
        return None
    if now.endswith(mark):  # the log says so already
        plan.untouched += 1
        return None
    outdated = finding.state_at is not None if row.basis is None else row.basis != now
    if outdated:
        plan.conflicts.append(
            f"{row.place}: finding {row.finding_id} ({finding.code}) is {finding.state} since {finding.state_at} by "
            f"{finding.state_by}, and the workbook says {state}."
        )
        if newer is not Newer.OVERWRITE:
            return None
    return Decision(row.finding_id, state, row.note.strip(), row.replacement.strip())


def _problem(row: EditedRow, state: str, finding: Finding | None) -> str:
    if not row.finding_id:
        return "has no finding id; copy the row again from the workbook as it was written."
    if row.other_id and row.other_id != row.finding_id:
        return (
            f"names two findings ({row.finding_id} and {row.other_id}); its columns were sorted apart, so go back to "
            "the workbook as it was written."
        )
    if finding is None:
        return f"{row.finding_id!r} is the id of no finding of this workspace."
    if (row.code and row.code != finding.code) or (row.asset and _name(row.asset) != _name(finding.asset)):
        return (
            f"finding {row.finding_id} is about {finding.code} in {_name(finding.asset)}, but the row is about "
            f"{row.code or 'another code'} in {_name(row.asset)}; its columns were sorted apart."
        )
    if state not in STATES:
        said = f"{row.state!r} is no review state" if state else "the state is blank"
        return f"{said}; use one of {', '.join(STATES)}."
    return ""


def _remark(row: EditedRow, decision: Decision, finding: Finding, plan: ImportPlan) -> None:
    if decision.replacement and decision.replacement not in finding.candidates:
        offered = ", ".join(finding.candidates) or "none"
        plan.remarks.append(
            f"{row.place}: {decision.replacement} for {finding.code} is none of the candidates ({offered})."
        )
    elif decision.state == APPROVED and not decision.replacement and len(finding.candidates) > 1:
        plan.remarks.append(
            f"{row.place}: {finding.code} is approved without a choice among its {len(finding.candidates)} candidates, "
            "so no new line can be drafted for it."
        )


def _name(asset: str) -> str:
    return PurePath(asset.replace("\\", "/")).name
