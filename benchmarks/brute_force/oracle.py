"""The oracle over all code sets of a workspace, and the questions to put to it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from brute_force.beside import Beside
from brute_force.by_release import ByRelease
from brute_force.by_row import ByRow
from brute_force.edits import AddOn, Ptp
from brute_force.questions import Question, Questions
from brute_force.releases import publications

_SHAPES = {
    "icd10cm": ["A9X", "A9X9", "A9X9X", "A9X99XA", "X", "A", "A99999999999"],
    "icd10pcs": ["XXXXXXX", "9XX", "0A99AAA"],
    "hcpcs": ["A9999", "XX", "99999"],
    "ncci-ptp": ["A9999/A9999", "A9999", "99999/A9999"],
    "ncci": ["A9999", "99999", "9999A"],
}
# Of all questions; what is not loaded leaves its share to the others.
_SHARES = {"icd10cm": 45, "icd10pcs": 15, "hcpcs": 30}
_SMALL_SHARE = 3
# The program looks for a single code of PTP edits through the whole set, so that few of these questions are asked.
_SINGLE_CODES = 0.002


class Oracle:
    """The answers to all questions, by going through the releases."""

    def __init__(self, snapshots: Path, listed: Iterable[tuple[Any, ...]]) -> None:
        """Read every release.

        Args:
            listed: see `brute_force.releases.publications`.
        """
        rows = list(listed)
        self.beside = Beside([])
        self.sets: dict[str, ByRelease | ByRow | Ptp | AddOn] = {}
        self.releases: dict[str, int] = {}
        self._days: dict[str, tuple[list[date], list[date]]] = {}
        for name in sorted({row[0] for row in rows}):
            said = publications(snapshots, name, rows)
            kind = Ptp if "-ptp-" in name else AddOn if name == "ncci-aoc" else ByRow if name == "hcpcs" else ByRelease
            self.sets[name] = kind(name, said)
            self.releases[name] = len(said)
            if name == "icd10cm":
                self.beside = Beside(said)
            self._days[name] = ([p.effective_from for p in said], [p.published for p in said])

    def codes(self, code_set: str) -> dict[str, bool]:
        """Every code or pair that was ever stated, and whether it was ever stated otherwise."""
        found = self.sets[code_set]
        return found.pairs() if isinstance(found, Ptp) else found.codes()

    def answer(self, question: Question, *, beside: bool = False) -> dict[str, Any]:
        """What the program must answer; it may say more. With `beside` also notes and POA exemption of a known code."""
        asked = question.code, question.on, question.published
        found = self.sets[question.code_set].answer(*asked)
        return found | self.beside.answer(*asked) if beside and found["effective_from"] else found

    def questions(self, count: int, seed: int) -> Iterator[Question]:
        """Random questions over all code sets; the same seed gives the same ones."""
        chance = random.Random(seed)
        names = sorted(self.sets)
        shares = [_SHARES.get(name, _SMALL_SHARE) for name in names]
        made, own = {}, {}
        for name in names:
            codes = self.codes(name)
            shapes = next(shape for start, shape in _SHAPES.items() if name.startswith(start))
            made[name] = Questions(name, codes, *self._days[name], shapes, chance)
            own[name] = self._own_days(name, codes)
        for name in chance.choices(names, shares, k=count):
            question = made[name].question(own[name])
            if "-ptp-" in name and "/" in question.code and chance.random() < _SINGLE_CODES:
                code = question.code.split("/")[chance.randrange(2)]
                question = question._replace(asked=code, code=code)
            yield question

    def _own_days(self, name: str, codes: dict[str, bool]) -> dict[str, list[date]]:
        """Code → dates that its rows state."""
        found = self.sets[name]
        if isinstance(found, ByRow):
            return {code: found.days_of(code) for code in codes}
        if isinstance(found, ByRelease):
            return {}
        days: dict[str, set[date]] = {}
        for content in found.stated():
            for edit in content:
                both = "/".join(edit.key[:2])
                for code in (both, *edit.key[:2]) if "-ptp-" not in name else (both,):
                    days.setdefault(code, set()).update(day for day in (edit.first, edit.last) if day)
        return {code: sorted(its) for code, its in days.items()}
