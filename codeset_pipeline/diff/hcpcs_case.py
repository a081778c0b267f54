"""One HCPCS code: our change beside the publisher's action, and whether the two say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from codeset_pipeline.diff.hcpcs_actions import NO_CHANGE, Letters, borne_out, class_of, unspoken
from codeset_pipeline.diff.hcpcs_known import HcpcsObserved, hcpcs_explanation
from codeset_pipeline.diff.hcpcs_rows import ACTION, DESCRIPTIONS, HcpcsRow, in_blanks_only
from codeset_pipeline.model import Change, ChangeKind, Difference


@dataclass(frozen=True)
class Case:
    """What is known of one code.

    Attributes:
        change: ours, None where the code did not change.
        before, after: its rows; equal where it did not change.
        letters: the publisher's action codes; empty where it states none.
        corrected: an applied corrections file of the newer release names the code.
        report_older: the transaction report was posted before the release file.
    """

    code: str
    change: Change | None
    before: HcpcsRow | None
    after: HcpcsRow | None
    letters: Letters
    corrected: bool = False
    report_older: bool = False

    @property
    def kind(self) -> str:
        if self.change is not None:
            return str(self.change.kind)
        # A code that is listed and stands in neither release.
        return "unchanged" if self.after is not None else "absent"

    @property
    def fields(self) -> list[str]:
        """The code's fields that differ."""
        return [name for name in self.change.fields if name not in ACTION] if self.change else []

    @property
    def file_letter(self) -> Letters:
        return frozenset(self.after.action_code) if self.after else frozenset()

    @property
    def statements_agree(self) -> bool:
        """Does the action code in the row say nothing that the report does not say?"""
        return not self.letters or self.file_letter <= self.letters


def compared(case: Case, old: date, new: date) -> tuple[bool, Difference | None]:
    """Is the change matched to the letter, and what differs otherwise; (False, None) where there is neither.

    Args:
        old, new: effective dates of the two releases.
    """
    silent = case.letters <= NO_CHANGE
    if case.change is None and case.after is not None and case.letters == NO_CHANGE and case.statements_agree:
        if case.before == case.after or not _quiet(case):
            return False, None
        return False, _difference(case, "ours", old, new)
    if case.change is None:
        return False, _difference(case, "publisher" if case.statements_agree else "both", old, new)
    withheld = case.kind in {"aged_out", "withdrawn"}
    if silent and case.statements_agree and not (withheld and case.letters):
        return False, _difference(case, "ours", old, new)
    if _matched(case):
        return True, None
    return False, _difference(case, "both", old, new)


def _matched(case: Case) -> bool:
    kind = ChangeKind(case.kind)
    return (
        case.statements_agree
        and borne_out(case.letters, kind, case.fields) == case.letters
        and not unspoken(case.letters, kind, case.fields)
    )


def _quiet(case: Case) -> set[str]:
    """How two rows of a code differ where the code is the same."""
    if case.before is None or case.after is None:
        return set()
    found = set()
    if case.before.action_effective_date != case.after.action_effective_date:
        found.add("action_date")
    if any(in_blanks_only(case.before, case.after, name) for name in DESCRIPTIONS):
        found.add("blanks")
    return found


def _stood(case: Case) -> bool:
    """Has the older release already what the listed action speaks of?"""
    before, after = case.before, case.after
    if before is None or after is None or case.letters <= NO_CHANGE:
        return False
    if case.letters == frozenset("A"):
        return before.added_date == after.added_date
    if case.letters == frozenset("D"):
        return before.termination_date is not None and before.termination_date == after.termination_date
    same_date = before.action_effective_date == after.action_effective_date
    return same_date and before.action_code == after.action_code and before.action_effective_date is not None


def _facts(case: Case) -> frozenset[str]:
    # Where the two statements disagree, only a later correction or a later file accounts for it.
    kind = ChangeKind(case.kind) if case.change else None
    facts = {"corrected"} if case.corrected else set()
    if case.report_older and _file_confirms(case) and not (case.letters and case.statements_agree):
        facts.add("report_older")
    if case.file_letter <= NO_CHANGE:
        facts.add("no_file_action")
    if not case.statements_agree:
        return frozenset(facts)
    if kind is None:
        facts |= _quiet(case)
    elif borne_out(case.letters, kind, case.fields):
        facts.add("borne_out")
    if case.after is not None and case.after.termination_date is not None:
        facts.add("ended")
    if "added_date" in case.fields:
        facts.add("redated")
    if _stood(case):
        facts.add("stood")
    return frozenset(facts)


def _file_confirms(case: Case) -> bool:
    if case.change is None:
        return case.file_letter <= NO_CHANGE
    return bool(borne_out(case.file_letter, ChangeKind(case.kind), case.fields))


def _dated(case: Case, old: date, new: date) -> str:
    change, after = case.change, case.after
    if change is None or after is None:
        return "none"
    day: date | None = change.effective_from
    if change.kind is ChangeKind.ADDED:
        day = after.added_date
    elif change.kind is ChangeKind.REVISED:
        moved = case.before is None or case.before.action_effective_date != after.action_effective_date
        day = after.action_effective_date if moved else None
    if day is None:
        return "none"
    return "before" if day <= old else ("between" if day < new else "new")


def _difference(case: Case, side: str, old: date, new: date) -> Difference:
    kind = case.kind
    if not case.statements_agree:
        kind = "disputed"
    known = hcpcs_explanation(HcpcsObserved(side, kind, case.letters, _dated(case, old, new), _facts(case)))
    before, after = _values(case)
    return Difference(
        case.code,
        "code",
        case.kind if side == "ours" else class_of(case.letters),
        side,
        _sentence(case),
        before,
        after,
        known.cause if known else None,
        known.rule if known else None,
    )


_DONE = {"unchanged": "no change of the code", "absent": "no such code in either release"}


def _sentence(case: Case) -> str:
    theirs = " and ".join(sorted(case.letters)) or "no action"
    fields = ", ".join(name.replace("_", " ") for name in case.fields)
    what = _DONE.get(case.kind, case.kind) + (f" ({fields})" if fields else "")
    if case.change is None and case.after is not None and case.before != case.after:
        what += " but in its action date or in blanks"
    sentence = f"{case.code}: we find {what}, and the publisher states {theirs}"
    if not case.statements_agree:
        sentence += f" in its report but {' '.join(case.file_letter)} in the release file"
    return sentence


def _values(case: Case) -> tuple[str | None, str | None]:
    """The fields that differ, as text before and after."""
    if case.change is None:
        return None, None
    changed = [(name, item) for name, item in case.change.fields.items() if name not in ACTION]
    if not changed:
        return case.change.title_before, case.change.title_after
    old, new = ("; ".join(f"{name}: {getattr(item, side)}" for name, item in changed) for side in ("old", "new"))
    return old, new
