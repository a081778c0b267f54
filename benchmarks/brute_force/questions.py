"""Random questions: codes that exist, nearly exist and never existed; days on, before and after every boundary."""

from __future__ import annotations

import random
import string
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

_FIRST, _DAYS = date(1985, 1, 1), 17_000
_LETTERS = string.ascii_uppercase + string.digits


class Question(NamedTuple):
    """`asked` is the code as somebody typed it, `code` the code that is meant."""

    code_set: str
    asked: str
    code: str
    on: date
    published: date | None


def around(days: Sequence[date]) -> list[date]:
    """Each day with the one before and the one after it."""
    return sorted({day + timedelta(days=step) for day in days for step in (-1, 0, 1)})


class Questions:
    """Questions about one code set.

    Args:
        codes: every code, pair or edit that was ever stated, and whether it was ever stated otherwise.
        effective, published: those of the releases.
        shapes: patterns of codes that may never have existed; `A` stands for a letter, `9` for a digit, `X` for either.
    """

    def __init__(
        self,
        code_set: str,
        codes: dict[str, bool],
        effective: Sequence[date],
        published: Sequence[date],
        shapes: Sequence[str],
        chance: random.Random,
    ) -> None:
        self._code_set, self._chance, self._shapes = code_set, chance, shapes
        self._all = sorted(codes)
        self._changed = sorted(code for code, changed in codes.items() if changed) or self._all
        self._effective, self._published = around(effective), around(published)

    def code(self) -> str:
        """A code: one in three is known to have changed, one in eight nearly exists or never did."""
        chance = self._chance.random()
        if chance < 0.08:
            return self._near_miss(self._chance.choice(self._all))
        if chance < 0.125:
            return "".join(self._character(each) for each in self._chance.choice(self._shapes))
        return self._chance.choice(self._changed if chance < 0.45 else self._all)

    def _character(self, shape: str) -> str:
        pool = {"A": string.ascii_uppercase, "9": string.digits, "X": _LETTERS}.get(shape, shape)
        return self._chance.choice(pool)

    def _near_miss(self, code: str) -> str:
        """A code with one character more, less, other, or two of them exchanged."""
        place = self._chance.randrange(len(code))
        way = self._chance.randrange(4)
        if way == 0:
            return code[:place] + self._chance.choice(_LETTERS) + code[place + 1 :]
        if way == 1:
            return code + self._chance.choice(_LETTERS)
        if way == 2:
            return code[:-1] or code
        return code[:place] + code[place : place + 2][::-1] + code[place + 2 :]

    def days(self, own: Sequence[date]) -> tuple[date, date | None]:
        """The day asked about, and by when it was published; None for now."""
        chance = self._chance
        which = chance.random()
        if own and which < 0.25:
            on = chance.choice(own) + timedelta(days=chance.choice((-1, 0, 1)))
        elif which < 0.65:
            on = chance.choice(self._effective)
        elif which < 0.75:
            on = chance.choice(self._published)
        else:
            on = _FIRST + timedelta(days=chance.randrange(_DAYS))
        which = chance.random()
        if which < 0.35:
            return on, None
        if which < 0.75:
            return on, chance.choice(self._published)
        if which < 0.85:
            return on, chance.choice(self._effective)
        return on, _FIRST + timedelta(days=chance.randrange(_DAYS))

    def spelling(self, code: str) -> str:
        """One of the ways in which people write a code."""
        way = self._chance.randrange(6)
        if "/" in code:
            first, second = code.split("/")
            return (code, code.lower(), f"{first},{second}", f"{first} / {second}", f" {code}", code)[way]
        dotted = f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
        return (code, code.lower(), dotted, dotted.lower(), f" {code} ", f"{code[:3]} {code[3:]}")[way]

    def question(self, own_days: dict[str, list[date]]) -> Question:
        code = self.code()
        on, published = self.days(own_days.get(code, []))
        return Question(self._code_set, self.spelling(code), code, on, published)
