"""What changes of NCCI edits mean, in the words of people who bill."""

from __future__ import annotations

from codeset_pipeline.model import Change, ChangeKind, NcciFacts

INDICATORS = {
    "0": "0, no modifier allowed",
    "1": "1, modifier allowed",
    "9": "9, not applicable",
}
MAIS = {"1": "1, line edit", "2": "2, date of service: policy", "3": "3, date of service: clinical"}

_KINDS = {
    ChangeKind.EDIT_ADDED: "edit added",
    ChangeKind.EDIT_DELETED: "edit deleted",
    ChangeKind.INDICATOR_CHANGED: "indicator changed",
    ChangeKind.RATIONALE_CHANGED: "rationale changed",
    ChangeKind.REACTIVATED: "in force again",
    ChangeKind.REVISED: "revised",
    ChangeKind.AGED_OUT: "ended before, no longer in the file",
    ChangeKind.WITHDRAWN: "in force, no longer in the file",
    ChangeKind.CORRECTED: "corrected",
}


def indicator_text(value: object) -> str:
    """`1, modifier allowed`."""
    return INDICATORS.get(str(value), str(value)) if value not in (None, "") else ""


def kind_text(change: Change) -> str:
    """The kind of a PTP change; a taken-back edit says so."""
    facts = change.ncci
    if facts is not None and "never_in_force" in facts.flags:
        return "taken back, never in force" if change.kind is ChangeKind.EDIT_DELETED else "added, never in force"
    return _KINDS.get(change.kind, str(change.kind).replace("_", " "))


def flags_text(facts: NcciFacts) -> str:
    """What else is to be known of a change, in short sentences."""
    parts = []
    for flag in facts.flags:
        if flag == "column_swap":
            parts.append(f"Columns change places: see {facts.counterpart}.")
        elif flag in _FLAGS:
            parts.append(_FLAGS[flag])
    return " ".join(parts)


_FLAGS = {
    "never_in_force": "Never in force.",
    "pair_listed_before": "The pair had an edit before.",
    "successor": "One edit ended and the next began the day after.",
    "contractor_defined": "The contractor defines the primary codes.",
    "with_add_on_code": "With the add-on code itself.",
}


def meaning(change: Change) -> str:
    """What a PTP change does to claims that bill both codes for one patient on one day."""
    facts = change.ncci
    if facts is None or facts.holds_from is None:
        return "No claim is decided otherwise." if change.kind is not ChangeKind.WITHDRAWN else _WITHDRAWN
    indicator = str(facts.attributes.get("modifier_indicator", ""))
    if change.kind is ChangeKind.EDIT_ADDED or change.kind is ChangeKind.REACTIVATED:
        return _TOGETHER.get(indicator, "")
    if change.kind is ChangeKind.EDIT_DELETED:
        return "Both codes are payable together again after the last day."
    if change.kind is ChangeKind.INDICATOR_CHANGED:
        return _TOGETHER.get(indicator, "")
    return "The edit holds for other dates than before."


_WITHDRAWN = "The row is gone without a deletion date: ask the publisher before relying on it."
_TOGETHER = {
    "0": "Column 2 is not paid beside column 1; no modifier helps.",
    "1": "Column 2 is not paid beside column 1 unless an NCCI modifier says why.",
}


def to_do(change: Change) -> str:
    """What a retroactive PTP change asks for, on the dates of service that it reaches."""
    if change.kind is ChangeKind.EDIT_ADDED or change.kind is ChangeKind.REACTIVATED:
        return "Paid claims with both codes may be taken back: review them."
    if change.kind is ChangeKind.EDIT_DELETED:
        return "Claims that this edit denied may be resubmitted."
    field = change.fields.get("modifier_indicator")
    if change.kind is ChangeKind.INDICATOR_CHANGED and field is not None:
        if str(field.new) == "1":
            return "Claims denied although a modifier applied may be resubmitted."
        return "Claims paid because of a modifier may be taken back: review them."
    return "Claims with both codes on these dates are decided otherwise: review them."
