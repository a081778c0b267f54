"""What happened to one PTP edit between two releases, by its two rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from codeset_pipeline.diff.ncci_ptp_rows import PtpEdit
from codeset_pipeline.diff.ncci_reach import Reach, day_after, reach
from codeset_pipeline.model import ChangeKind, FieldChange

Fields = dict[str, FieldChange]

NOWHERE = Reach(None, None, None)


class Verdict(NamedTuple):
    """One change of an edit: its kind, the fields that changed, the dates of service that it touches."""

    kind: ChangeKind
    fields: Fields
    reach: Reach


def appeared(after: PtpEdit, release: date) -> Verdict:
    """An edit that the older release does not have. It may have ended already, or never have been in force."""
    fields = {name: FieldChange(None, _shown(after, name)) for name in ("modifier_indicator", "rationale")}
    if after.deleted_on is not None:
        fields["deleted_on"] = FieldChange(None, _shown(after, "deleted_on"))
    return Verdict(ChangeKind.EDIT_ADDED, fields, reach(after.effective_from, after.held_until, release))


def disappeared(before: PtpEdit, newer: date) -> Verdict:
    """An edit whose row is gone: aged out when it had ended by then; else withdrawn, an anomaly, which says nothing
    about any date of service."""
    ended = before.never_in_force or before.held_until < newer
    return Verdict(ChangeKind.AGED_OUT if ended else ChangeKind.WITHDRAWN, {}, NOWHERE)


def stayed(before: PtpEdit, after: PtpEdit, release: date) -> Iterator[Verdict]:
    """The changes of an edit that both releases have: of its last day, its modifier indicator, its rationale."""
    fields = {name: field for name in _COMPARED if (field := _change(before, after, name))}
    end = {name: fields.pop(name) for name in ("deleted_on",) if name in fields}
    voided = before.never_in_force != after.never_in_force
    if voided and "modifier_indicator" in fields:
        # Indicator 9 is how the publisher says that the edit was never in force; it is no indicator of its own.
        end["modifier_indicator"] = fields.pop("modifier_indicator")
    if end:
        yield Verdict(_kind_of_end(before, after), end, _reach_of_end(before, after, release))
    if "modifier_indicator" in fields:
        touched = reach(after.effective_from, min(before.held_until, after.held_until), release)
        yield Verdict(ChangeKind.INDICATOR_CHANGED, {"modifier_indicator": fields.pop("modifier_indicator")}, touched)
    if "rationale" in fields:
        # The reason for an edit decides no claim.
        yield Verdict(ChangeKind.RATIONALE_CHANGED, {"rationale": fields.pop("rationale")}, NOWHERE)
    if fields:
        yield Verdict(ChangeKind.REVISED, fields, NOWHERE)


def all_fields(before: PtpEdit | None, after: PtpEdit | None) -> Fields:
    """Everything that differs, for a correction; a row that came or went shows in the field `status`."""
    if before is not None and after is not None:
        return {name: field for name in _COMPARED if (field := _change(before, after, name))}
    return {"status": FieldChange(_status(before), _status(after))}


def reach_of_correction(before: PtpEdit | None, after: PtpEdit | None, release: date) -> Reach:
    """The dates of service that a correction touches; it may change the indicator, the last day, or both."""
    one = before or after
    if one is None or before is None or after is None:
        return NOWHERE if one is None else reach(one.effective_from, one.held_until, release)
    parts = [item.reach for item in stayed(before, after, release) if item.reach.first is not None]
    if not parts:
        return NOWHERE
    past = [(item.past_from, item.past_to) for item in parts if item.past_from and item.past_to]
    return Reach(
        min(item.first for item in parts if item.first),
        min((start for start, _ in past), default=None),
        max((end for _, end in past), default=None),
    )


_COMPARED = ("deleted_on", "modifier_indicator", "rationale", "prior_to_1996")


def _kind_of_end(before: PtpEdit, after: PtpEdit) -> ChangeKind:
    """A deletion date filled in, taken out (the edit is in force again), or moved."""
    if before.deleted_on is None:
        return ChangeKind.EDIT_DELETED
    return ChangeKind.REACTIVATED if after.deleted_on is None else ChangeKind.REVISED


def _reach_of_end(before: PtpEdit, after: PtpEdit, release: date) -> Reach:
    earlier, later = sorted((before.held_until, after.held_until))
    return reach(day_after(earlier), later, release) if earlier < later else NOWHERE


def _change(before: PtpEdit, after: PtpEdit, name: str) -> FieldChange | None:
    old, new = _shown(before, name), _shown(after, name)
    return None if old == new else FieldChange(old, new)


def _shown(edit: PtpEdit, name: str) -> str | bool | None:
    value: str | bool | date | None = getattr(edit, name)
    return value.isoformat() if isinstance(value, date) else value


def _status(edit: PtpEdit | None) -> str | None:
    if edit is None:
        return None
    if edit.never_in_force:
        return "never in force"
    return "in force" if edit.deleted_on is None else "ended"
