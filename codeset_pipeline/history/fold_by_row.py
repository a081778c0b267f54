"""The fold of code sets whose rows carry their own dates (DESIGN section 4, by row: HCPCS Level II).

Every release states each of its codes with the day it was added and the last day it may be used. What is known at a
moment is what the releases published so far state, taken in the order in which they take effect; of a corrected
release only its newest revision counts. A code that a later release leaves out stays as it was last stated: absence is
not a deletion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from codeset_pipeline.history.fold import Key, Publication, Values, Version, ended

_DAY = timedelta(days=1)


class Statement(NamedTuple):
    """What one release says of one code.

    Attributes:
        added: first day of the code's present life.
        terminated: last day on which it may be used, None while it is open.
        changed: day on which its attributes took the present values, None where the publisher gives none.
        reactivated: the publisher says that the code came back on the day `changed`.
    """

    values: Values
    added: date
    terminated: date | None
    changed: date | None = None
    reactivated: bool = False


class Stretch(NamedTuple):
    """A time in which a code was valid with the same attributes; `last` is inclusive, None while open."""

    values: Values
    first: date
    last: date | None


def _life(stretches: Sequence[Stretch]) -> int:
    """Position of the first stretch of the last unbroken life."""
    position = len(stretches) - 1
    while position > 0 and stretches[position - 1].last == stretches[position].first - _DAY:
        position -= 1
    return position


def _until(last: date | None) -> date:
    return last or date.max


def apply_statement(
    known: Sequence[Stretch], stated: Statement, effective_from: date, since: date | None = None
) -> tuple[Stretch, ...]:
    """The stretches of a code after a release has spoken of it.

    Args:
        known: what the releases that take effect earlier say, oldest first.
        effective_from: when this release takes effect; attributes change then where the row gives no date of its own.
        since: when the release takes effect that last spoke of the code. The row's own date of change counts only when
            it is later: the rows keep the date of a change for years, and what was said at `since` was true then.
    """
    fresh = Stretch(stated.values, stated.added, stated.terminated)
    if stated.terminated is not None and stated.terminated < stated.added:
        # It ended before it began: it was never in force.
        return tuple(known)
    if not known:
        return (fresh,)
    last = known[-1]
    if last.last is not None and stated.added > last.last:
        return (*known, fresh)
    came_back = (
        stated.reactivated
        and last.last is not None
        and stated.changed is not None
        and stated.changed > last.last
        and _until(stated.terminated) > last.last
    )
    if came_back and stated.changed is not None:
        return (*known, Stretch(stated.values, stated.changed, stated.terminated))
    start = _life(known)
    earlier, life = list(known[:start]), list(known[start:])
    life = [s for s in life if _until(s.last) >= stated.added] or [life[-1]]
    life[0] = life[0]._replace(first=stated.added)
    return (*earlier, *_with_values(_with_end(life, stated.terminated), stated, effective_from, since))


def _with_end(life: Sequence[Stretch], terminated: date | None) -> list[Stretch]:
    """The life with another last day; stretches that began after it are dropped."""
    kept = [s for s in life if terminated is None or s.first <= terminated] or [life[0]]
    kept[-1] = kept[-1]._replace(last=terminated)
    return kept


def _with_values(life: list[Stretch], stated: Statement, effective_from: date, since: date | None) -> list[Stretch]:
    """The life with the attributes that the release states, from the day on which they changed."""
    last = life[-1]
    if last.values == stated.values:
        return life
    own = stated.changed
    day = own if own is not None and own > last.first and (since is None or own > since) else effective_from
    if last.first < day <= _until(last.last):
        return [*life[:-1], last._replace(last=day - _DAY), Stretch(stated.values, day, last.last)]
    # The change belongs to the whole stretch: it began with it, or the code had ended before.
    return [*life[:-1], last._replace(values=stated.values)]


State = dict[Key, tuple[Stretch, ...]]


def fold_statements(
    publications: Sequence[tuple[Publication, Mapping[Key, Statement]]],
) -> list[tuple[Key, Version]]:
    """All rows of the history, open and closed, in key order, from publications in any order."""
    timeline: dict[date, Mapping[Key, Statement]] = {}
    states: dict[date, State] = {}
    spoken_before: dict[date, dict[Key, date]] = {}
    open_rows: dict[Key, list[Version]] = {}
    closed: list[tuple[Key, Version]] = []
    for publication, content in sorted(publications, key=lambda item: item[0]):
        timeline[publication.effective_from] = content
        days = sorted(timeline)
        position = days.index(publication.effective_from)
        state = dict(states[days[position - 1]]) if position else {}
        spoken = dict(spoken_before[days[position - 1]]) if position else {}
        for day in days[position:]:
            for key, stated in timeline[day].items():
                state[key] = apply_statement(state.get(key, ()), stated, day, spoken.get(key))
                spoken[key] = day
            states[day], spoken_before[day] = dict(state), dict(spoken)
        closed += _supersede(open_rows, state, publication.published)
    rows = [(key, version) for key, versions in open_rows.items() for version in versions]
    return sorted([*rows, *closed], key=lambda row: (row[0], row[1].effective_from, row[1].published_from))


def _supersede(open_rows: dict[Key, list[Version]], state: State, published: date) -> list[tuple[Key, Version]]:
    """Replace what was known by what is known now; returns the rows that are no longer said."""
    closed = []
    for key in open_rows.keys() | state.keys():
        wanted = list(state.get(key, ()))
        kept = []
        for version in open_rows.get(key, []):
            stretch = Stretch(version.values, version.effective_from, version.effective_to)
            if stretch in wanted:
                wanted.remove(stretch)
                kept.append(version)
                continue
            row = ended(version, published)
            if row is not None:
                closed.append((key, row))
        kept += [Version(s.values, s.first, s.last, published, None, False) for s in wanted]
        open_rows[key] = sorted(kept, key=lambda version: version.effective_from)
    return closed
