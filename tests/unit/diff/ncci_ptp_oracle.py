"""What changed between two lists of PTP edits, told the slow way: a sorted merge, and every single day looked at.

It shares no code with the program. On a day an edit holds, with its indicator, or it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

Row = Sequence[object]
"""column_1, column_2, effective_from, deleted_on, modifier_indicator, prior_to_1996, rationale"""


class Told(NamedTuple):
    """A change: kind, key, first touched day, and first and last touched day before the release."""

    kind: str
    column_1: object
    column_2: object
    effective_from: object
    holds_from: date | None
    reach_from: date | None
    reach_to: date | None


def merged(old: Iterable[Row], new: Iterable[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """Rows by key, side by side; both lists are sorted by key."""
    left, right = list(old), list(new)
    i = j = 0
    while i < len(left) or j < len(right):
        if j == len(right) or (i < len(left) and tuple(left[i][:3]) < tuple(right[j][:3])):  # type: ignore[operator]
            yield left[i], None
            i += 1
        elif i == len(left) or tuple(right[j][:3]) < tuple(left[i][:3]):  # type: ignore[operator]
            yield None, right[j]
            j += 1
        else:
            yield left[i], right[j]
            i, j = i + 1, j + 1


def holds(row: Row | None, day: date) -> bool:
    if row is None or (row[4] == "9" and row[3] == row[2]):
        return False
    return row[2] <= day and (row[3] is None or day <= row[3])  # type: ignore[operator]


def told(old: Iterable[Row], new: Iterable[Row], release: date, days: Sequence[date]) -> list[Told]:
    """The changes, in key order and by the name of the kind.

    Args:
        release: effective date of the newer release, whose older neighbour is a quarter before.
        days: every day to look at, in order; the last stands for all that follow.
    """
    found: list[Told] = []
    rows = list(new)
    for before, after in merged(old, rows):
        if before is not None and after is not None and list(before) == list(after):
            continue
        some = after or before
        assert some is not None

        def tell(kind: str, touched: list[date], row: Row = some) -> None:
            past = [day for day in touched if day < release]
            first = touched[0] if touched else None
            found.append(Told(kind, *row[:3], first, *((past[0], past[-1]) if past else (None, None))))

        turned = [day for day in days if holds(before, day) != holds(after, day)]
        if before is None:
            tell("edit_added", turned)
            assert after is not None
            _tell_successors(after, rows, days, tell)
        elif after is None:
            tell("withdrawn" if any(holds(before, day) for day in days if day >= release) else "aged_out", [])
        else:
            ended, ends = before[3], after[3]
            voided = (before[4] == "9" and ended == before[2]) != (after[4] == "9" and ends == after[2])
            if ended != ends or voided:
                tell("edit_deleted" if ended is None else "reactivated" if ends is None else "revised", turned)
            if before[4] != after[4] and not voided:
                tell("indicator_changed", [day for day in days if holds(before, day) and holds(after, day)])
            if before[6] != after[6]:
                tell("rationale_changed", [])
            if before[5] != after[5]:
                tell("revised", [])
    return sorted(found, key=lambda item: (*map(str, item[1:4]), item.kind, str(item)))


def _tell_successors(row: Row, rows: list[Row], days: Sequence[date], tell) -> None:  # type: ignore[no-untyped-def]
    held = [day for day in days if holds(row, day)]
    if not held:
        return
    eve = row[2] - timedelta(days=1)  # type: ignore[operator]
    for other in rows:
        same_pair = tuple(other[:2]) == tuple(row[:2]) and other is not row
        if same_pair and other[3] == eve and holds(other, eve) and other[4] != row[4]:
            tell("indicator_changed", held)
