"""How far back a change of an NCCI edit reaches: the dates of service that are treated otherwise than before.

A claim is held against the edits by its date of service, so an edit that begins, ends or changes before the release
that says so also meets claims that were decided under the release before.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

_DAY = timedelta(days=1)


class Reach(NamedTuple):
    """Attributes:
    first: the first date of service that is treated otherwise; None where none is.
    past_from, past_to: the first and last such date before the newer release; None where there is none.
    """

    first: date | None
    past_from: date | None
    past_to: date | None


def first_release_after(old: date, new: date) -> date:
    """The first day on which a release that differs from the older one can have taken effect.

    Between neighbouring quarters that is the newer release. Over a longer span it is the quarter after the older one,
    since an edit dated later may have been published in time by a release between. Between two revisions of one
    release it is their day, and backwards in time, where nothing is retroactive, the first of all days.
    """
    if old >= new:
        return new if old == new else date.min
    month = old.month + 3
    following = date(old.year + (month > 12), (month - 1) % 12 + 1, 1)
    return min(following, new)


def reach(first: date, last: date, release: date) -> Reach:
    """The reach of a change to the dates of service from `first` to `last` (`date.max`: no end), made by a release."""
    if first > last:
        return Reach(None, None, None)
    if first >= release:
        return Reach(first, None, None)
    return Reach(first, first, min(last, release - _DAY))


def day_after(last: date) -> date:
    """The day after a last day; `date.max` has none and stays."""
    return last if last == date.max else last + _DAY
