"""The parts f1 to fN of a PTP release revision: which files they are, and whether any is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from codeset_pipeline.errors import GateError
from codeset_pipeline.labels import label_of, ncci_version
from codeset_pipeline.snapshots.plan import ReleaseInput, RevisionPlan
from codeset_pipeline.snapshots.plan_ncci_ptp import part_of


@dataclass(frozen=True, slots=True)
class PartFile:
    """The file that a part is read from. Where there are a text and a workbook, the text is.

    The workbook holds the same rows; it takes a minute to read, so that it is neither read nor compared.
    """

    number: int
    item: ReleaseInput

    @property
    def name(self) -> str:
        item = self.item
        return item.member if item.member == item.archive else f"{item.archive}/{item.member}"

    @property
    def is_workbook(self) -> bool:
        return self.item.role.startswith("ptp_excel")


@dataclass(frozen=True, slots=True)
class PartContent:
    """What a part was found to hold: its rows, and its first and last pair in order of the codes."""

    number: int
    name: str
    rows: int
    first: str
    last: str


def parts_of(plan: RevisionPlan) -> list[PartFile]:
    """The parts of a revision in order.

    Raises:
        GateError: the numbers in the names have a gap.
    """
    files: dict[int, PartFile] = {}
    for item in sorted(plan.inputs, key=lambda item: item.role, reverse=True):
        number = part_of(item.role)
        if number is not None and (number not in files or not item.role.startswith("ptp_excel")):
            files[number] = PartFile(number, item)
    if not files:
        raise GateError(
            f"{label_of(plan.code_set, plan.effective_from)}: no part of the edits is there; supply f1, f2, … of "
            f"{ncci_version(plan.effective_from)}.",
            ("codes_present",),
        )
    missing = [number for number in range(1, max(files) + 1) if number not in files]
    if missing:
        raise GateError(_missing_parts(plan, missing, sorted(files)), ("parts_complete",))
    return [files[number] for number in sorted(files)]


def _missing_parts(plan: RevisionPlan, missing: Sequence[int], present: Sequence[int]) -> str:
    version = f"{ncci_version(plan.effective_from)}r{plan.revision}"
    lacks = ", ".join(f"f{number}" for number in missing)
    has = ", ".join(f"f{number}" for number in present)
    return (
        f"{plan.code_set} {label_of(plan.code_set, plan.effective_from)} ({version}) was not accepted: part {lacks} is "
        f"missing ({has} {'is' if len(present) == 1 else 'are'} there). Supply all parts of the version together, in "
        "one folder, with --from."
    )


def wrong_order(parts: Sequence[PartContent]) -> str:
    """What is wrong with the ranges of the parts, blank when each follows the one before it."""
    for part, following in pairwise(parts):
        if following.first <= part.last:
            return (
                f"f{part.number} ({part.name}) holds {part.first} to {part.last} and f{following.number} "
                f"({following.name}) begins at {following.first}: the parts overlap or are mixed up"
            )
    return ""


def last_part_missing(parts: Sequence[PartContent], effective_from: date) -> str:
    """Why the last part seems to be missing, blank when it does not.

    Column 1 runs over CPT codes, which begin with a digit, and then HCPCS Level II codes, which begin with a letter.
    A release whose last part ends among the digits lacks the rest.
    """
    end = parts[-1].last
    if not end[:1].isdigit():
        return ""
    return (
        f"the last part, f{parts[-1].number}, ends at {end}, and no edit has a column 1 code that begins with a letter"
        f": f{parts[-1].number + 1} of {ncci_version(effective_from)} seems to be missing"
    )
