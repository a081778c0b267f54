"""The sample's PTP edits as each of its two quarters has them, and the publisher's lists of what changed.

The edits of the first quarter follow from a rule over the codes of the HCPCS sample, so that they are the same on every
machine; what changes by the second quarter is stated below, one kind after another.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

from codeset_pipeline.demo.ncci_layouts import ListedChange, PtpEdit
from codeset_pipeline.demo.sample_hcpcs.code_table import read_table
from codeset_pipeline.parse.ncci_ptp_rules import RATIONALES

FIRST, SECOND = date(2020, 4, 1), date(2020, 7, 1)
_LAST_DAY = date(2020, 6, 30)
_QUARTERS = (date(2012, 1, 1), date(2015, 4, 1), date(2017, 10, 1), date(2019, 1, 1), date(2020, 1, 1))
_EDITS = 340

Edits = dict[tuple[str, str, date], PtpEdit]


@cache
def level_ii_codes() -> tuple[str, ...]:
    """The HCPCS Level II codes of the sample, without modifiers."""
    return tuple(sorted({row["code"] for row in read_table("codes.csv") if len(row["code"]) == 5}))


def _key(edit: PtpEdit) -> tuple[str, str, date]:
    return edit.column_1, edit.column_2, edit.effective_from


def _pairs() -> Iterator[tuple[str, str]]:
    """Pairs of two different codes, each once and in one direction only."""
    codes, seen = level_ii_codes(), set()
    for number in range(10_000):
        pair = codes[number * 37 % len(codes)], codes[(number * 53 + number // len(codes) + 11) % len(codes)]
        if pair[0] != pair[1] and frozenset(pair) not in seen:
            seen.add(frozenset(pair))
            yield pair


def _first_quarter() -> tuple[Edits, Iterator[tuple[str, str]]]:
    """The edits, and pairs that have none yet."""
    edits: Edits = {}
    pairs = _pairs()
    for number in range(_EDITS):
        one, two = next(pairs)
        since = _QUARTERS[number % len(_QUARTERS)]
        indicator = "0" if number % 3 == 0 else "1"
        rationale = RATIONALES[number % 5]
        edit = PtpEdit(one, two, False, since, None, indicator, rationale)
        if number % 40 == 7:
            edit = edit._replace(deleted_on=since, modifier_indicator="9")
        elif number % 8 == 3:
            # Ended, and listed once more from a later quarter on.
            ended = edit._replace(effective_from=date(2010, 1, 1), deleted_on=date(2011, 12, 31))
            edits[_key(ended)] = ended
        elif number % 11 == 5:
            edit = edit._replace(deleted_on=date(2020, 3, 31))
        edits[_key(edit)] = edit
    return edits, pairs


def _in_force(edits: Edits) -> list[PtpEdit]:
    return [edit for edit in edits.values() if edit.deleted_on is None]


@cache
def sample_edits() -> tuple[list[PtpEdit], list[PtpEdit], dict[str, list[ListedChange]]]:
    """The edits of both quarters in order, and the lists `Additions`, `Deletions` and `CCMIChgs` of the second."""
    before, unused = _first_quarter()
    after = dict(before)
    listed: dict[str, list[ListedChange]] = {"Additions": [], "Deletions": [], "CCMIChgs": []}

    def put(edit: PtpEdit, name: str | None) -> None:
        after[_key(edit)] = edit
        if name:
            listed[name].append(ListedChange(edit.column_1, edit.column_2, edit.modifier_indicator))

    def added(count: int, since: date, **values: object) -> None:
        for number in range(count):
            one, two = next(unused)
            edit = PtpEdit(one, two, False, since, None, "1" if number % 2 else "0", RATIONALES[number % 4])
            put(edit._replace(**values), "Additions")  # type: ignore[arg-type]

    added(18, SECOND)
    added(3, date(2020, 1, 1))
    added(1, SECOND, deleted_on=SECOND, modifier_indicator="9")
    open_edits = iter(_in_force(before)[20::7])
    for _ in range(9):
        put(next(open_edits)._replace(deleted_on=_LAST_DAY), "Deletions")
    for _ in range(2):
        put(next(open_edits)._replace(deleted_on=date(2020, 3, 31)), "Deletions")
    edit = next(open_edits)
    put(edit._replace(deleted_on=edit.effective_from, modifier_indicator="9"), "Deletions")
    for _ in range(2):
        # The publisher lists a pair whose indicator changed in one place only.
        edit = next(open_edits)
        put(edit._replace(deleted_on=_LAST_DAY), None)
        put(edit._replace(effective_from=SECOND, modifier_indicator=_other(edit)), "CCMIChgs")
    edit = next(open_edits)
    put(edit._replace(modifier_indicator=_other(edit)), "CCMIChgs")
    edit = next(open_edits)
    put(edit._replace(rationale=RATIONALES[6]), None)
    edit = next(open_edits)
    put(edit._replace(deleted_on=_LAST_DAY), "Deletions")
    put(edit._replace(column_1=edit.column_2, column_2=edit.column_1, effective_from=SECOND), "Additions")
    ended = next(each for each in before.values() if each.deleted_on == date(2020, 3, 31))
    put(ended._replace(deleted_on=None), None)
    in_order = [sorted(edits.values(), key=_key) for edits in (before, after)]
    return in_order[0], in_order[1], {name: sorted(rows) for name, rows in listed.items()}


def _other(edit: PtpEdit) -> str:
    return "0" if edit.modifier_indicator == "1" else "1"
