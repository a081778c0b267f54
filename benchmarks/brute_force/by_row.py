"""HCPCS Level II, whose rows carry their own dates, painted on a calendar (decision record 9)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, NamedTuple

from brute_force.releases import Publication, known_at_each
from brute_force.rows import DAY, Row, said_since, said_until, state_by, status_on, text, unbroken

_DATES = ("added_date", "action_effective_date", "termination_date")
# Changes of coverage, descriptions, payment and others: the row names what was changed on its action date.
_NAMES_A_CHANGE = set("BCFPST")
FOREVER = date.max


class Span(NamedTuple):
    """Painted days: with which attributes, and in which life of the code."""

    first: date
    last: date
    life: int
    values: tuple[Any, ...]


def _erased(calendar: list[Span], first: date, last: date) -> list[Span]:
    """The calendar with the days from `first` to `last` blank."""
    kept = []
    for span in calendar:
        if span.first < first:
            kept.append(span._replace(last=min(span.last, first - DAY)))
        if span.last > last:
            kept.append(span._replace(first=max(span.first, last + DAY)))
    return sorted(kept)


def _painted(calendar: list[Span], new: Span) -> list[Span]:
    """The calendar with days painted over; a stretch of the same life and attributes that it touches becomes longer."""
    for span in calendar:
        if (span.life, span.values) == (new.life, new.values) and span.first <= new.first <= span.last + DAY:
            new = new._replace(first=span.first)
    return sorted([*_erased(calendar, new.first, new.last), new])


class ByRow:
    """The answers about HCPCS Level II."""

    def __init__(self, code_set: str, said: list[Publication]) -> None:
        self.code_set = code_set
        self._days = [publication.published for publication in said]
        self._known = known_at_each(said)
        self._stated = {p: {row["code"]: row for row in p.rows("hcpcs_codes")} for p in said}
        some = next(iter(self._stated[said[0]].values()))
        self._names = [name for name in some if name not in {"code", "action_code", *_DATES}]
        self._answers: dict[str, list[list[Row]]] = {}

    def codes(self) -> dict[str, bool]:
        """Every code that was ever stated; true for those that were not always stated alike, or have ended."""
        every = {code for content in self._stated.values() for code in content}
        return {code: len({repr(c.get(code)) for c in self._stated.values()}) > 1 for code in every}

    def _values(self, row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in self._names)

    def _rows(self, code: str, known: dict[date, Publication]) -> list[Row]:
        calendar: list[Span] = []
        spoken: date | None = None
        for effective_from, publication in known.items():
            row = self._stated[publication].get(code)
            if row is not None:
                calendar = self._with_statement(calendar, row, effective_from, spoken)
                spoken = effective_from
        return [Row(s.first, None if s.last == FOREVER else s.last, True, s.values) for s in calendar]

    def _with_statement(
        self, calendar: list[Span], row: dict[str, Any], effective_from: date, spoken: date | None
    ) -> list[Span]:
        """The calendar after a release has stated the code.

        Args:
            spoken: when the release takes effect that stated the code before.
        """
        values = self._values(row)
        added, acted, end = row["added_date"], row["action_effective_date"], row["termination_date"] or FOREVER
        # Nothing holds after the last valid day.
        if end != FOREVER:
            calendar = _erased(calendar, end + DAY, FOREVER)
        if added and added > end:
            return calendar
        if not calendar:
            return [Span(added or min(effective_from, end), end, 1, values)]
        newest = calendar[-1]
        # Added after its last end: a second life.
        if added and added > newest.last:
            return _painted(calendar, Span(added, end, newest.life + 1, values))
        if added:
            # The added date is the first day of the life that it lies in or before.
            life = next(span.life for span in calendar if span.last >= added)
            inside = [span for span in calendar if span.life == life]
            calendar = [span for span in calendar if span.life != life or span.last >= added]
            first = next(span for span in inside if span.last >= added)
            calendar[calendar.index(first)] = first._replace(first=added)
        newest = calendar[-1]
        if row["action_code"] == "R" and acted and newest.last < acted <= end:
            return _painted(calendar, Span(acted, end, newest.life + 1, values))
        # The life at hand goes on to the day that is stated now.
        calendar[-1] = newest = newest._replace(last=end)
        if newest.values == values:
            return calendar
        own = acted and (row["action_code"] in _NAMES_A_CHANGE or spoken is None or acted > spoken)
        since = acted if own else effective_from
        if not newest.first < since <= end:
            # The change is as old as the stretch, or the code had ended before.
            since = newest.first
        return _painted(calendar, Span(since, end, newest.life, values))

    def answer(self, code: str, on: date, published: date | None) -> dict[str, Any]:
        """What the program must answer, as far as it is compared."""
        states = self._answers.get(code)
        if states is None:
            states = self._answers[code] = [self._rows(code, known) for known in self._known]
        state = state_by(self._days, published)
        rows = states[state] if state >= 0 else []
        status, row = status_on(rows, on)
        found: dict[str, Any] = {"code": code, "status": status}
        if row is None:
            return found | {"effective_from": None, "effective_to": None}
        valid_from, valid_to = unbroken(rows, row)
        named = {name: _shown(value) for name, value in zip(self._names, row.values, strict=True)}
        return found | {
            "effective_from": text(row.first),
            "effective_to": text(row.last),
            "valid_from": text(valid_from),
            "valid_to": text(valid_to),
            "in_force_on_or_before": False,
            "published_from": text(said_since(row, states, self._days, state)),
            "published_to": text(said_until(row, states, self._days, state)),
            "billable": True,
            "short_title": named.pop("short_description"),
            "long_title": named.pop("long_description"),
            **named,
        }

    def days_of(self, code: str) -> list[date]:
        """The dates that any release states for a code."""
        stated = (content.get(code) or {} for content in self._stated.values())
        return sorted({row[name] for row in stated for name in _DATES if row.get(name)})


def _shown(value: Any) -> Any:
    """Lists as lists, dates as text, blank text as nothing."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and value.startswith("["):
        return json.loads(value)
    return None if value == "" else value
