"""From changes and tables of NCCI releases to the news of one charge list.

Takes the changes of PTP edits, and values and add-on rows as plain mappings, so that it depends on no table layout.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Protocol

from codeset_pipeline.impact.ncci_news import (
    EDIT_ADDED,
    EDIT_DELETED,
    END_MOVED,
    INDICATOR_CHANGED,
    REACTIVATED,
    AddOn,
    PairChange,
    UnitLimit,
)
from codeset_pipeline.model import FieldChange

_KINDS = frozenset({EDIT_ADDED, EDIT_DELETED, INDICATOR_CHANGED, REACTIVATED, END_MOVED})
#: A primary code that stands for what each contractor says.
_CONTRACTOR = "CCCCC"


class _Facts(Protocol):
    @property
    def keys(self) -> Mapping[str, str]: ...
    @property
    def attributes(self) -> Mapping[str, str | bool | int | None]: ...
    @property
    def holds_from(self) -> date | None: ...
    @property
    def last_day(self) -> date | None: ...


class EditChange(Protocol):
    """A change of a PTP edit as the comparison of two releases gives it."""

    @property
    def kind(self) -> str: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def fields(self) -> Mapping[str, FieldChange]: ...
    @property
    def ncci(self) -> _Facts | None: ...


def pairs_among(codes: Collection[str], changes: Iterable[EditChange]) -> list[PairChange]:
    """The changes of edits between two of the codes.

    Where one edit on a pair ended and the next began with another indicator, the comparison tells the change of the
    indicator beside the two; here it stands alone.
    """
    found: dict[tuple[str, str], list[PairChange]] = {}
    for change in changes:
        facts = change.ncci
        if facts is None or str(change.kind) not in _KINDS:
            continue
        if str(change.kind) == END_MOVED and "deleted_on" not in change.fields:
            continue
        pair = facts.keys.get("column_1", ""), facts.keys.get("column_2", "")
        if pair[0] in codes and pair[1] in codes:
            found.setdefault(pair, []).append(_pair_change(change, facts, pair))
    return [each for same in found.values() for each in _told_once(same)]


def _told_once(same: list[PairChange]) -> Iterator[PairChange]:
    indicators = [each for each in same if each.kind == INDICATOR_CHANGED]
    yield from indicators or same


def _pair_change(change: EditChange, facts: _Facts, pair: tuple[str, str]) -> PairChange:
    field = change.fields.get("modifier_indicator")
    now = field.new if field is not None else facts.attributes.get("modifier_indicator")
    before = field.old if field is not None else now
    return PairChange(
        *pair,
        str(change.kind),
        facts.holds_from or change.effective_from,
        _digit(now),
        _digit(before),
        str(facts.attributes.get("rationale") or ""),
        facts.last_day,
    )


def _digit(value: object) -> int | None:
    return int(str(value)) if value is not None and str(value).isdigit() else None


def limits_among(
    codes: Iterable[str],
    before: Mapping[str, tuple[int, str]],
    after: Mapping[str, tuple[int, str]],
    effective_from: date,
) -> list[UnitLimit]:
    """MUE of the codes that the newer release publishes.

    Args:
        before, after: code → value and adjudication indicator (`1 Line Edit`, or the digit alone).
        effective_from: the newer release's.
    """
    return [
        UnitLimit(code, before[code][0] if code in before else None, value, effective_from, _digit(indicator[:1]))
        for code in sorted(codes)
        if code in after
        for value, indicator in (after[code],)
    ]


def add_ons_among(
    codes: Collection[str],
    before: Iterable[tuple[str, str, date, date | None]],
    after: Iterable[tuple[str, str, date, date | None]],
    days: tuple[date, date],
) -> list[AddOn]:
    """The add-on codes among the codes, with the primaries that they have on the releases' effective dates.

    Args:
        before, after: add-on code, primary code, first and last valid day, of the older and the newer release.
        days: the effective dates of the two.
    """
    old, new = _primaries(before, days[0]), _primaries(after, days[1])
    return [
        AddOn(
            code, frozenset(new[code] - {_CONTRACTOR}), days[1], _CONTRACTOR in new[code], frozenset(old.get(code, ()))
        )
        for code in sorted(codes)
        if code in new
    ]


def _primaries(rows: Iterable[tuple[str, str, date, date | None]], on: date) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for add_on, primary, first, last in rows:
        if first <= on and (last is None or last >= on):
            found.setdefault(add_on, set()).add(primary)
    return found
