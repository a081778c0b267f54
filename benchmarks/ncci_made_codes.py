"""The quarters and the made-up codes of the generated NCCI releases."""

from __future__ import annotations

from datetime import date
from random import Random

_HCPCS_LETTERS = "ABCEGHJKLMPQRSTUV"


def quarter_start(label: str) -> date:
    """`2026Q2` → 2026-04-01."""
    return date(int(label[:4]), 3 * int(label[5]) - 2, 1)


def label_of_quarter(day: date) -> str:
    return f"{day.year}Q{(day.month + 2) // 3}"


def next_quarter(day: date) -> date:
    return date(day.year + day.month // 10, (day.month + 2) % 12 + 1, 1)


def made_codes(count: int, seed: int) -> list[str]:
    """Five-character codes in order: half shaped like HCPCS Level II, half like nothing that anybody publishes.

    `02000`-`09999` lie outside every range of CPT, and no CPT code ends in X, Y or Z.
    """
    rng = Random(f"codes/{seed}")
    codes: set[str] = set()
    while len(codes) < count:
        kind, number = rng.random(), rng.randrange(10_000)
        if kind < 0.5:
            codes.add(f"{rng.choice(_HCPCS_LETTERS)}{number:04}")
        elif kind < 0.75:
            codes.add(f"0{2000 + number % 8000:04}")
        else:
            codes.add(f"{number:04}{rng.choice('XYZ')}")
    return sorted(codes)


def quarters_before(day: date) -> tuple[date, ...]:
    """The first days of all quarters from 1996 to the one that begins on a day."""
    days = [date(1996, 1, 1)]
    while (following := next_quarter(days[-1])) <= day:
        days.append(following)
    return tuple(days)
