"""The revisions of a PTP release: parts f1 to fN of one version and revision belong together.

The names of the parts say which revision they are of (`ccipra-v322r0-f1`), so that their order is known also where no
date tells when a revision was posted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from codeset_pipeline.acquire.records import Acquisition
from codeset_pipeline.errors import GateError
from codeset_pipeline.labels import label_of
from codeset_pipeline.snapshots.plan import ReleaseInput, RevisionPlan

_PART = re.compile(r"ptp_(text|excel)_(\d)")
_REVISION = re.compile(r"v\d{3}r(\d+)", re.IGNORECASE)
# A quarter's files are written at most this long before it begins, and their corrections before it has passed; other
# dates in an archive tell when somebody packed it.
_BEFORE, _AFTER = timedelta(days=120), timedelta(days=100)


def part_of(role: str) -> int | None:
    """The number of the part that a role stands for, None for other roles."""
    found = _PART.fullmatch(role)
    return int(found[2]) if found else None


def stated_revision(*names: str) -> int:
    """The revision in a file's or its archive's name; 0 where none is."""
    for name in names:
        found = _REVISION.search(name)
        if found:
            return int(found[1])
    return 0


def _posted(acquired: Acquisition, revision: int) -> date:
    """When a revision was posted: as somebody said; else the first one with its quarter, a later one when written."""
    if acquired.published != acquired.effective_from or not revision:
        return acquired.published
    start = acquired.effective_from
    written = [m.written for m in acquired.members if m.written and start - _BEFORE <= m.written <= start + _AFTER]
    return max([start, *written])


def _inputs(acquisitions: Sequence[Acquisition]) -> list[tuple[int, ReleaseInput]]:
    """Every distinct file with the revision that its name states, the earliest posting of each."""
    found: dict[tuple[int, str, str], ReleaseInput] = {}
    for acquired in acquisitions:
        for member in acquired.members:
            revision = stated_revision(member.path, acquired.name)
            posted = member.published or _posted(acquired, revision)
            item = ReleaseInput(
                member.role, member.path, acquired.name, acquired.sha256, member.sha256, member.bytes, posted
            )
            key = (revision, member.role, member.sha256)
            known = found.get(key)
            if known is None or (item.published, item.archive_sha256) < (known.published, known.archive_sha256):
                found[key] = item
    return sorted(
        ((revision, item) for (revision, *_), item in found.items()),
        key=lambda pair: (pair[0], pair[1].role, pair[1].published, pair[1].sha256),
    )


def _newest(items: Sequence[ReleaseInput], label: str) -> ReleaseInput:
    newest = max(items, key=lambda item: item.published)
    twin = next((item for item in items if item != newest and item.published == newest.published), None)
    if twin is not None:
        raise GateError(
            f"{label}: {twin.archive} and {newest.archive} both bring {newest.member.rsplit('/', 1)[-1]}, with "
            "different content; give only the right one, or import the newer one with --published and the date it was "
            "posted.",
            ("part_twice",),
        )
    return newest


def plan_ptp_revisions(code_set: str, effective_from: date, acquisitions: Sequence[Acquisition]) -> list[RevisionPlan]:
    """The revisions of a PTP release, oldest first; empty when no part of its edits is there.

    A part posted again under the same name, on a later date that the user gave, makes a revision as well.

    Raises:
        GateError: a part came twice with different content, and nothing tells which is the newer one.
    """
    label = f"{code_set} {label_of(code_set, effective_from)}"
    parts: dict[int, list[ReleaseInput]] = {}
    beside: dict[str, list[ReleaseInput]] = {}
    for revision, item in _inputs(acquisitions):
        if part_of(item.role) is None:
            beside.setdefault(item.role, []).append(item)
        else:
            parts.setdefault(revision, []).append(item)
    lists = tuple(_newest(items, label) for _, items in sorted(beside.items()))
    plans: list[RevisionPlan] = []
    posted_last = date.min
    for stated in sorted(parts):
        for posted, items in _postings(parts[stated], label):
            published = max(posted, posted_last)
            number = max(stated, plans[-1].revision + 1 if plans else 0)
            plans.append(RevisionPlan(code_set, effective_from, number, published, (*items, *lists)))
            posted_last = published
    return plans


def _postings(items: Sequence[ReleaseInput], label: str) -> list[tuple[date, tuple[ReleaseInput, ...]]]:
    """What one stated revision consisted of after each posting: the parts as they first came, then with later ones."""
    roles: dict[str, list[ReleaseInput]] = {}
    for item in items:
        roles.setdefault(item.role, []).append(item)
    first = {role: min(found, key=lambda item: item.published) for role, found in roles.items()}
    start = min(item.published for item in first.values())
    days = sorted({item.published for role, found in roles.items() for item in found if item is not first[role]})
    postings = []
    for day in [start, *(day for day in days if day > start)]:
        chosen = []
        for role in sorted(roles):
            known = [item for item in roles[role] if item.published <= day] or [first[role]]
            chosen.append(_newest(known, label))
        postings.append((day, tuple(replace(item) for item in chosen)))
    return postings
