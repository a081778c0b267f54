"""The life of one code: every version of it and every change between them, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from codeset_pipeline.history.lookup import CodeLookup, CodeVersion

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """A change in the life of a code, as known now.

    Attributes:
        on: first day on which it holds.
        kind: `in_force_on_or_before`, `added`, `revised`, `became_header`, `became_billable`, `ended`, `reactivated`.
        old, new: the long titles on either side.
    """

    on: str
    kind: str
    old: str | None
    new: str | None


def _step(before: CodeVersion, after: CodeVersion) -> list[LifeEvent]:
    assert before.effective_to is not None
    next_day = (date.fromisoformat(before.effective_to) + _DAY).isoformat()
    if next_day != after.effective_from:
        return [
            LifeEvent(next_day, "ended", before.long_title, None),
            LifeEvent(after.effective_from, "reactivated", before.long_title, after.long_title),
        ]
    events = []
    if before.billable != after.billable:
        kind = "became_billable" if after.billable else "became_header"
        events.append(LifeEvent(after.effective_from, kind, before.long_title, after.long_title))
    if (before.long_title, before.short_title) != (after.long_title, after.short_title):
        events.append(LifeEvent(after.effective_from, "revised", before.long_title, after.long_title))
    return events


def life_of(lookup: CodeLookup, code_set: str, code: str) -> tuple[list[CodeVersion], list[LifeEvent]]:
    """All versions of a code, replaced publications included, and the changes as known now; both oldest first."""
    versions = lookup.versions(code_set, code)
    events: list[LifeEvent] = []
    for index, version in enumerate(versions):
        if index:
            events += _step(versions[index - 1], version)
        else:
            kind = "in_force_on_or_before" if version.on_or_before else "added"
            events.append(LifeEvent(version.effective_from, kind, None, version.long_title))
    if versions and versions[-1].effective_to is not None:
        last = (date.fromisoformat(versions[-1].effective_to) + _DAY).isoformat()
        events.append(LifeEvent(last, "ended", versions[-1].long_title, None))
    return lookup.all_versions(code_set, code), events
