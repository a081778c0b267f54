"""What has happened to a HCPCS code between two releases, and from which day on, by the dates that its rows carry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from codeset_pipeline.diff.hcpcs_rows import HcpcsRow
from codeset_pipeline.diff.text import text_change
from codeset_pipeline.model import ChangeKind, FieldChange

_DAY = timedelta(days=1)
_REVISING = frozenset("BCFPST")


class Verdict(NamedTuple):
    """Kind of a change, and the first day on which it holds."""

    kind: ChangeKind
    effective_from: date


class Period(NamedTuple):
    """The effective dates of the older and the newer release."""

    old: date
    new: date


def _same_meaning(earlier: str, now: str) -> bool:
    return earlier == now or text_change(earlier, now) != "wording"


def appeared(after: HcpcsRow, period: Period, ended_title: str | None) -> Verdict:
    """A code that the older release does not have: added, or back again when it was known to have ended.

    It begins on its added date, which may lie long before the release (a code issued retroactively). A code that the
    publisher calls reactivated keeps its first added date and begins again with the action.
    """
    day = after.added_date or after.action_effective_date or period.new
    if ended_title is None:
        return Verdict(ChangeKind.ADDED, day)
    if after.action_code == "R" and after.action_effective_date:
        day = after.action_effective_date
    same = _same_meaning(ended_title, after.long_description)
    return Verdict(ChangeKind.REACTIVATED if same else ChangeKind.REUSED, day)


def disappeared(before: HcpcsRow, period: Period) -> Verdict:
    """A code that the newer release leaves out: aged out when it had ended by then, else withdrawn, an anomaly."""
    ended = before.termination_date is not None and before.termination_date < period.new
    return Verdict(ChangeKind.AGED_OUT if ended else ChangeKind.WITHDRAWN, period.new)


def stayed(before: HcpcsRow, after: HcpcsRow, fields: Mapping[str, FieldChange], period: Period) -> Verdict | None:
    """A code that both releases have; None when nothing of it changed."""
    came_back = _came_back(before, after, period)
    if came_back is not None:
        return came_back
    if before.termination_date is None and after.termination_date is not None:
        return Verdict(ChangeKind.DELETED, after.termination_date + _DAY)
    return Verdict(ChangeKind.REVISED, _revised_from(before, after, period)) if fields else None


def _came_back(before: HcpcsRow, after: HcpcsRow, period: Period) -> Verdict | None:
    same = _same_meaning(before.long_description, after.long_description)
    ended, added, added_before = before.termination_date, after.added_date, before.added_date
    later = added is not None and (added_before is None or added > added_before)
    if added is not None and later and ended is not None and added > ended:
        return Verdict(ChangeKind.REACTIVATED if same else ChangeKind.REUSED, added)
    anew = added is not None and later and (after.action_code == "A" or added > period.old)
    if added is not None and anew and ended is None and not same:
        # Issued anew with another meaning without ever having been ended (G9890 and G9891 in 2019).
        return Verdict(ChangeKind.REUSED, added)
    if ended is None or (after.termination_date is not None and after.termination_date <= ended):
        return None
    if after.action_code == "R":
        return Verdict(ChangeKind.REACTIVATED, after.action_effective_date or ended + _DAY)
    if ended < period.old and after.valid_on(period.new):
        # The end was taken back: from the day after it the code is valid after all.
        return Verdict(ChangeKind.REACTIVATED, ended + _DAY)
    return None


def _revised_from(before: HcpcsRow, after: HcpcsRow, period: Period) -> date:
    """The day on which the attributes changed: the action's, where the publisher dates this revision, else the
    release's. A row that was edited without an action keeps the date of an older one, which says nothing."""
    day = after.action_effective_date
    if day is None:
        return period.new
    dated = day != before.action_effective_date or after.action_code in _REVISING or period.old < day <= period.new
    return day if dated else period.new
