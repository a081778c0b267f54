"""Changes counted as the publisher counts them, by level and by chapter.

A billable code that became a header counts as deleted among the billable codes and as added among the headers, because
the publisher's addenda list it so; one that became billable counts the other way round. Changes that a known
difference accounts for are not on the publisher's list, and are counted beside its terms and not among them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from codeset_pipeline.model import Change, ChangeKind, ReleasePair

_COMES = {ChangeKind.ADDED, ChangeKind.REACTIVATED, ChangeKind.REUSED}
_GOES = {ChangeKind.DELETED, ChangeKind.AGED_OUT, ChangeKind.WITHDRAWN}
_REWORDED = {ChangeKind.REVISED, ChangeKind.CORRECTED}

_NOTES = {ChangeKind.NOTE_ADDED, ChangeKind.NOTE_DELETED, ChangeKind.NOTE_REVISED}


@dataclass
class ChapterCounts:
    """Changes in one chapter; headers are counted apart from codes that may be reported.

    Attributes:
        became_headers: of `deleted`, those that live on as a header.
        apart: changes that a known difference keeps off the publisher's list, and rows of codes that had ended before;
            they are in no other number.
        notes: instruction notes added, deleted or revised.
    """

    chapter: str
    added: int = 0
    deleted: int = 0
    became_headers: int = 0
    revised: int = 0
    header_added: int = 0
    header_deleted: int = 0
    header_revised: int = 0
    apart: int = 0
    notes: int = 0

    def take(self, change: Change, headers: bool) -> None:
        """Count a change; `headers` tells whether the code set has any: elsewhere a code may only be not valid yet."""
        kind = change.kind
        header = headers and (change.billable_before if kind in _GOES else change.billable_after) is False
        if kind in _NOTES:
            self.notes += 1
        elif change.explained or kind is ChangeKind.AGED_OUT:
            # A row that left the file long after its code ended deletes nothing.
            self.apart += 1
        elif kind is ChangeKind.BECAME_HEADER:
            self.deleted += 1
            self.became_headers += 1
            self.header_added += 1
        elif kind is ChangeKind.BECAME_BILLABLE:
            self.added += 1
            self.header_deleted += 1
        elif kind in _COMES:
            self.header_added, self.added = self.header_added + header, self.added + (not header)
        elif kind in _GOES:
            self.header_deleted, self.deleted = self.header_deleted + header, self.deleted + (not header)
        elif kind in _REWORDED:
            self.header_revised, self.revised = self.header_revised + header, self.revised + (not header)


def by_chapter(pair: ReleasePair) -> list[ChapterCounts]:
    """One row for each chapter with a change, in the order of the chapters' numbers."""
    found: dict[str, ChapterCounts] = {}
    if pair.code_set.startswith("ncci-"):
        # Edits belong to no chapter.
        return []
    headers = pair.to_release.billable_rows is not None
    for change in pair.changes:
        chapter = change.chapter or "No chapter given"
        found.setdefault(chapter, ChapterCounts(chapter)).take(change, headers)
    return sorted(found.values(), key=lambda row: (row.chapter == "No chapter given", _natural(row.chapter)))


def overall(pair: ReleasePair) -> ChapterCounts:
    """The same counts over all chapters."""
    total = ChapterCounts("All chapters")
    for change in pair.changes:
        total.take(change, pair.to_release.billable_rows is not None)
    return total


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """One total of ours beside the publisher's.

    Attributes:
        level: `codes` (that may be reported) or `headers`.
        what: `added`, `deleted` or `revised`.
        publisher: what the publisher states, None where its list states no totals.
    """

    level: str
    what: str
    ours: int
    publisher: int | None

    @property
    def equal(self) -> bool | None:
        return None if self.publisher is None else self.ours == self.publisher


def totals_rows(pair: ReleasePair) -> list[TotalsRow]:
    """Our totals in the publisher's terms beside those that its list states; headers only where it tells them apart."""
    ours = {
        "codes": {
            "added": pair.published_totals.added,
            "deleted": pair.published_totals.deleted,
            "revised": pair.published_totals.revised,
        }
    }
    if pair.to_release.billable_rows is not None:
        total = overall(pair)
        ours["headers"] = {
            "added": total.header_added,
            "deleted": total.header_deleted,
            "revised": total.header_revised,
        }
    stated: Mapping[str, Mapping[str, int]] = pair.reconciliation.publisher_totals
    return [
        TotalsRow(level, what, count, stated.get(level, {}).get(what))
        for level, counts in ours.items()
        for what, count in counts.items()
    ]


def _natural(text: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
