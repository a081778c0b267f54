"""The sentences of a finding: what to do, and what stood before and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from codeset_pipeline.impact.replacements import Replacement
from codeset_pipeline.model import Change, FieldChange

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SHOWN = 10


def day(value: date) -> str:
    """`1 October 2025`, whatever the machine's locale."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def listed(codes: Sequence[str], joint: str = "or", most: int = _SHOWN) -> str:
    """`A, B or C`; beyond `most` codes the number of the others."""
    shown = list(codes[:most])
    if len(codes) > most:
        shown.append(f"one of {len(codes) - most} more" if joint == "or" else f"{len(codes) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {joint} {shown[-1]}"


def replace_action(code: str, found: Replacement, since: date, *, excluded: bool = False) -> str:
    """What to do about a code that may no longer be reported from a day on."""
    when = f"from {day(since)}"
    if excluded:
        code = f"the excluded {code}"
    return _replaced(code, found, when) + unit_warning(found)


def unit_warning(found: Replacement) -> str:
    """A shout where a unit of the old code is no unit of the new one: nobody may miss it."""
    return "".join(f" THE BILLING UNIT CHANGES: {units}; convert quantity and price." for units in found.unit_changes)


def _replaced(code: str, found: Replacement, when: str) -> str:
    if not found.candidates and found.suggested:
        reads = "reads" if len(found.suggested) == 1 else "read"
        return (
            f"Remove {code} {when}; no replacement is published, so a person must decide what to report instead: "
            f"{listed(found.suggested, 'and')} {reads} alike."
        )
    if not found.candidates:
        return f"Remove {code} {when}; no replacement is published, so a person must decide what to report instead."
    by = listed(found.candidates)
    if found.together_with:
        beside = listed(found.together_with, "and")
        return f"Replace {code} together with {beside} by {by} {when}; a person must see that they stand together."
    if found.combined:
        return f"Replace {code} by {listed(found.candidates, 'and')} together {when}; a person must confirm it."
    if len(found.candidates) > 1:
        return f"Replace {code} by {by} {when}; a person must choose."
    if found.automatic:
        return f"Replace {code} by {by} {when}; it means the same, so no choice is needed."
    return f"Replace {code} by {by} {when}; a person must confirm it."


def fields_text(change: Change) -> str:
    """Every field of a change before and after; both titles when the change lists no fields."""
    fields = dict(change.fields)
    if not fields and change.title_before != change.title_after:
        fields = {"title": FieldChange(change.title_before, change.title_after)}
    parts = []
    for name, found in fields.items():
        only = f" (only {found.text})" if found.text not in (None, "wording") else ""
        parts.append(f"{name.replace('_', ' ')}{only}: {_shown(found.old)} became {_shown(found.new)}")
    return "; ".join(parts)


def titles_text(change: Change | None) -> str:
    """Both titles of a code as far as they are known, as sentences for the detail of a finding."""
    if change is None:
        return ""
    before, after = change.title_before, change.title_after
    if before and after and before != after:
        return f"Was “{before}”, is “{after}”."
    title = before or after
    return f"“{title}”." if title else ""


def _shown(value: str | bool | int | None) -> str:
    if value is None:
        return "nothing"
    return f"“{value}”" if isinstance(value, str) else str(value).lower()
