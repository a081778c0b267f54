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
        added: first day of the code's present life, None where the release does not say.
        terminated: last day on which it may be used, None while it is open.
        changed: day on which its attributes took the present values, None where the publisher gives none.
        reactivated: the publisher says that the code came back on the day `changed`.
        named: the publisher says that its attributes were changed on the day `changed`, be it in retrospect.
    """

    values: Values
    added: date | None
    terminated: date | None
    changed: date | None = None
    reactivated: bool = False
    named: bool = False


class Stretch(NamedTuple):
    """A time in which a code was valid with the same attributes; `last` is inclusive, None while open."""

    values: Values
    first: date
    last: date | None


Life = tuple[Stretch, ...]
"""The stretches from the day a code was added or came back to the day it ended, without a gap. The next life may begin
on the day after."""


def _until(last: date | None) -> date:
    return last or date.max


def apply_statement(
    known: Sequence[Life], stated: Statement, effective_from: date, since: date | None = None
) -> tuple[Life, ...]:
    """The lives of a code after a release has spoken of it.

    Args:
        known: what the releases that take effect earlier say, oldest first.
        effective_from: when this release takes effect; attributes change then where the row gives no date of its own.
        since: when the release takes effect that last spoke of the code. The row's own date of change counts only when
            it is later, or when the row names a change: rows without an action keep the date of an old one for years.
    """
    added, terminated, changed = stated.added, stated.terminated, stated.changed
    lives = _not_beyond(known, terminated)
    if added is not None and added > _until(terminated):
        # It ended before it began: that life was never in force.
        return lives
    if not lives:
        # Of a code that ended before the release, without a first day, only the last day is certain.
        return ((Stretch(stated.values, added or min(effective_from, _until(terminated)), terminated),),)
    end = _until(lives[-1][-1].last)
    if added is not None and added > end:
        return (*lives, (Stretch(stated.values, added, terminated),))
    if added is not None:
        lives = _begun(lives, added)
    if stated.reactivated and changed is not None and end < changed <= _until(terminated):
        return (*lives, (Stretch(stated.values, changed, terminated),))
    last = lives[-1]
    last = (*last[:-1], last[-1]._replace(last=terminated))
    return (*lives[:-1], _with_values(last, stated, effective_from, since))


def _not_beyond(known: Sequence[Life], terminated: date | None) -> tuple[Life, ...]:
    """What is known of the time until the last day stated now; what began after it was taken back."""
    if terminated is None:
        return tuple(known)
    kept = []
    for life in known:
        inside = tuple(s._replace(last=min(_until(s.last), terminated)) for s in life if s.first <= terminated)
        if inside:
            kept.append(inside)
    return tuple(kept)


def _begun(lives: Sequence[Life], added: date) -> tuple[Life, ...]:
    """The lives with the first one that reaches the added date beginning on it.

    A code that came back may keep the date of its first life, or get a new one; either way the date belongs to that
    life. Not before it: an earlier statement of another date was corrected.
    """
    position = next(index for index, life in enumerate(lives) if _until(life[-1].last) >= added)
    inside = [s for s in lives[position] if _until(s.last) >= added]
    life = (inside[0]._replace(first=added), *inside[1:])
    return (*lives[:position], life, *lives[position + 1 :])


def _with_values(life: Life, stated: Statement, effective_from: date, since: date | None) -> Life:
    """The life with the attributes that the release states, from the day on which they changed."""
    last = life[-1]
    if last.values == stated.values:
        return life
    own = stated.changed
    day = own if own is not None and (stated.named or since is None or own > since) else effective_from
    if last.first < day <= _until(last.last):
        return (*life[:-1], last._replace(last=day - _DAY), Stretch(stated.values, day, last.last))
    # The change belongs to the whole stretch: it began with it, or the code had ended before.
    if len(life) > 1 and life[-2].values == stated.values:
        return (*life[:-2], life[-2]._replace(last=last.last))
    return (*life[:-1], last._replace(values=stated.values))


State = dict[Key, tuple[Life, ...]]


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
        wanted = [stretch for life in state.get(key, ()) for stretch in life]
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
