"""The codes below a code that was subdivided: what the tabular list itself says about its successors."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence


def successors_below(code: str, new: Sequence[str], after: Mapping[str, bool]) -> list[str]:
    """The new billable codes that an ended code was subdivided into, in code order.

    Two forms occur. The code became a header (C83.39 in FY2025: C83.390, C83.398). Or the code ended in a 7th
    character, with placeholders before it, and the stem before the placeholders was subdivided (V29.81XA in FY2023:
    V29.811A, V29.818A); then only the codes with the same 7th character follow it.

    Args:
        new: codes billable in the later release and not in the earlier one, sorted.
        after: the later release, code → billable.
    """
    if after.get(code) is False:
        return _beginning_with(code, new)
    stem = code[:6].rstrip("X")
    if len(code) == 7 and len(stem) < 6 and after.get(stem) is False:
        return [found for found in _beginning_with(stem, new) if len(found) == 7 and found[6] == code[6]]
    return []


def _beginning_with(stem: str, ordered: Sequence[str]) -> list[str]:
    found = []
    for position in range(bisect_left(ordered, stem), len(ordered)):
        if not ordered[position].startswith(stem):
            break
        found.append(ordered[position])
    return found
