"""The fold: from publications of a table to rows that are dated on both axes (DESIGN section 4, by release).

A release states the whole table as of its effective date. Publishing it replaces what was known about the time from
that date until the next known release; what was known before stays in the history with its last day of publication.
The result depends only on the set of publications: they are folded in the order in which they were published,
whatever the order in which they arrive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

Key = tuple[str, ...]
Values = tuple[object, ...]
_DAY = timedelta(days=1)


class Version(NamedTuple):
    """One row of an effective-dated table, without its key.

    `effective_to` and `published_to` are the last days on which it holds and was said, None while they are open.
    `on_or_before` marks what stands in the oldest known release: it was in force on that date, and perhaps before.
    """

    values: Values
    effective_from: date
    effective_to: date | None
    published_from: date
    published_to: date | None
    on_or_before: bool


class Publication(NamedTuple):
    """One release revision's statement of a table, ordered as it was published."""

    published: date
    effective_from: date
    revision: int


@dataclass
class Delta:
    """What a publication changes: rows to add, and rows whose publication ends (or that vanish within a day)."""

    added: list[tuple[Key, Version]] = field(default_factory=list)
    closed: list[tuple[Key, Version]] = field(default_factory=list)


class _Segment(NamedTuple):
    values: Values
    effective_from: date
    effective_to: date | None
    on_or_before: bool


def _segment(version: Version) -> _Segment:
    return _Segment(version.values, version.effective_from, version.effective_to, version.on_or_before)


@dataclass(frozen=True)
class Knowledge:
    """What is known of a table at one moment: for each key its versions whose publication is open.

    Attributes:
        unstated: positions of values that a release may leave unstated (null). Such a value neither changes a version
            nor is changed by it; a version keeps the value it began with.
    """

    unstated: frozenset[int]
    versions: dict[Key, list[Version]] = field(default_factory=dict)

    def _agree(self, left: Values, right: Values) -> bool:
        if left == right:
            return True
        return all(
            a == b or (position in self.unstated and (a is None or b is None))
            for position, (a, b) in enumerate(zip(left, right, strict=True))
        )

    @staticmethod
    def _filled(left: Values, right: Values) -> Values:
        return tuple(b if a is None else a for a, b in zip(left, right, strict=True))

    def _untouched(self, versions: Sequence[Version], values: Values | None, start: date, end: date | None) -> bool:
        """Does the knowledge of [start, end] already say exactly this?"""
        if values is None:
            return not any(
                (end is None or v.effective_from <= end) and (v.effective_to is None or v.effective_to >= start)
                for v in versions
            )
        for v in versions:
            reaches = v.effective_to is None or (end is not None and v.effective_to >= end)
            if v.effective_from <= start and reaches:
                if v.values == values:
                    return True
                return self._agree(v.values, values) and self._filled(v.values, values) == v.values
        return False

    def _spliced(
        self, versions: Sequence[Version], values: Values | None, start: date, end: date | None, oldest: bool
    ) -> list[_Segment]:
        """The versions with [start, end] replaced, neighbours that agree joined."""
        segments: list[_Segment] = []
        for version in versions:
            s = _segment(version)
            outside = (s.effective_to is not None and s.effective_to < start) or (
                end is not None and s.effective_from > end
            )
            if outside:
                # What stood in the oldest known release until now begins there for certain: an older one lacks it.
                segments.append(s._replace(on_or_before=s.on_or_before and not oldest))
                continue
            if s.effective_from < start:
                segments.append(s._replace(effective_to=start - _DAY))
            if end is not None and (s.effective_to is None or s.effective_to > end):
                segments.append(s._replace(effective_from=end + _DAY, on_or_before=False))
        if values is None:
            return segments
        middle = _Segment(values, start, end, oldest)
        for s in list(segments):
            if s.effective_to == start - _DAY and self._agree(s.values, middle.values):
                segments.remove(s)
                middle = _Segment(
                    self._filled(s.values, middle.values), s.effective_from, middle.effective_to, s.on_or_before
                )
        for s in list(segments):
            if end is not None and s.effective_from == end + _DAY and self._agree(middle.values, s.values):
                segments.remove(s)
                middle = middle._replace(values=self._filled(middle.values, s.values), effective_to=s.effective_to)
        return [*segments, middle]

    def publish(self, publication: Publication, content: Mapping[Key, Values], known_dates: Iterable[date]) -> Delta:
        """Take in one publication and say what it changes.

        Args:
            content: the whole table as the release states it.
            known_dates: effective dates of the releases that were published before and state this table.
        """
        start, day = publication.effective_from, publication.published
        others = set(known_dates) - {start}
        following = min((known for known in others if known > start), default=None)
        end = following - _DAY if following else None
        oldest = not any(known < start for known in others)
        delta = Delta()
        if not self.versions and end is None:
            # The first release of all is taken as it stands.
            for key, stated in content.items():
                version = Version(stated, start, None, day, None, oldest)
                self.versions[key] = [version]
                delta.added.append((key, version))
            return delta
        for key in self.versions.keys() | content.keys():
            versions = self.versions.get(key, [])
            values = content.get(key)
            if len(versions) == 1:
                # Nearly every row of a release: open since before, and stated again as it was.
                only = versions[0]
                if only.effective_to is None and only.effective_from <= start and only.values == values:
                    continue
            if self._untouched(versions, values, start, end) and not (
                oldest and any(v.on_or_before and v.effective_from > start for v in versions)
            ):
                continue
            wanted = self._spliced(versions, values, start, end, oldest)
            kept = []
            for version in versions:
                if _segment(version) in wanted:
                    wanted.remove(_segment(version))
                    kept.append(version)
                else:
                    delta.closed.append((key, version))
            new = [Version(s.values, s.effective_from, s.effective_to, day, None, s.on_or_before) for s in wanted]
            delta.added += [(key, version) for version in new]
            current = sorted([*kept, *new], key=lambda version: version.effective_from)
            if current:
                self.versions[key] = current
            else:
                self.versions.pop(key, None)
        return delta


def ended(version: Version, published: date) -> Version | None:
    """The row as it stays in the history once a publication has replaced it; None when it was never said for a day."""
    last = published - _DAY
    return None if last < version.published_from else version._replace(published_to=last)


def fold_all(
    publications: Sequence[tuple[Publication, Mapping[Key, Values]]], unstated: frozenset[int] = frozenset()
) -> list[tuple[Key, Version]]:
    """All rows of the history, open and closed, in key order, from publications in any order."""
    knowledge = Knowledge(unstated)
    closed: list[tuple[Key, Version]] = []
    known: set[date] = set()
    for publication, content in sorted(publications, key=lambda item: item[0]):
        delta = knowledge.publish(publication, content, known)
        for key, version in delta.closed:
            row = ended(version, publication.published)
            if row is not None:
                closed.append((key, row))
        known.add(publication.effective_from)
    rows = [(key, version) for key, versions in knowledge.versions.items() for version in versions]
    return sorted([*rows, *closed], key=lambda row: (row[0], row[1].effective_from, row[1].published_from))
