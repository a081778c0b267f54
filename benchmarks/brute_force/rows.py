"""Rows of a code on two axes: what was known after each publication, and from it since when and until when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

DAY = timedelta(days=1)


class Row(NamedTuple):
    """A time in which a code was in force unchanged; `last` is None while it is open."""

    first: date
    last: date | None
    billable: bool
    values: tuple[Any, ...]
    on_or_before: bool = False

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


Known = TypeVar("Known", bound=Hashable)


def state_by(days: Sequence[date], published: date | None) -> int:
    """The number of the last publication by a day, -1 when there was none; `days` are those of the publications."""
    return len(days) - 1 if published is None else bisect_right(days, published) - 1


def said_since(row: Known, states: Sequence[Sequence[Known]], days: Sequence[date], state: int) -> date:
    """The publication from which on a row has been said without a break."""
    while state and row in states[state - 1]:
        state -= 1
    return days[state]


def said_until(row: Known, states: Sequence[Sequence[Known]], days: Sequence[date], state: int) -> date | None:
    """The last day on which a row was said, None while it still is."""
    for later in range(state + 1, len(states)):
        if row not in states[later]:
            return days[later] - DAY
    return None


def status_on(rows: Sequence[Row], day: date) -> tuple[str, Row | None]:
    """The status of a code on a day, and the row that the answer is about."""
    if not rows:
        return "unknown", None
    for row in rows:
        if row.holds(day):
            return ("valid" if row.billable else "header"), row
    begun = [row for row in rows if row.first <= day]
    if begun:
        return "ended", max(begun, key=lambda row: row.first)
    first = min(rows, key=lambda row: row.first)
    return ("unknown" if first.on_or_before else "not_yet_valid"), first


def unbroken(rows: Sequence[Row], row: Row) -> tuple[date, date | None]:
    """The days around a row on which the code could be reported (or was a header) without a gap."""
    first, last = row.first, row.last
    grown = True
    while grown:
        grown = False
        for other in rows:
            if other.billable != row.billable:
                continue
            if other.last is not None and other.last + DAY == first:
                first, grown = other.first, True
            if last is not None and other.first == last + DAY:
                last, grown = other.last, True
    return first, last


def text(day: date | None) -> str | None:
    return day.isoformat() if day else None
