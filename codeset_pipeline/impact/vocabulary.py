"""The codes of the release pairs, laid out so that a reference can be held against them quickly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from codeset_pipeline import codes
from codeset_pipeline.impact.expressions import Expression, Form
from codeset_pipeline.model import ChangeKind, ReleasePair

if TYPE_CHECKING:
    from codeset_pipeline.impact.replacements import Replacement

_DOTTED_SET = "icd10cm"


class PairCodes:
    """One release pair with its codes as sorted lists.

    Attributes:
        billable_before, billable_after: codes that may be reported, sorted as text.
        gained, lost: billable in only the newer, or only the older release, sorted as text.
        replacements: what `replacement_of` has found so far, since the same codes are asked about over and over.
    """

    def __init__(self, pair: ReleasePair) -> None:
        self.pair = pair
        self.code_set = pair.code_set
        self.billable_before = sorted(code for code, billable in pair.before.items() if billable)
        self.billable_after = sorted(code for code, billable in pair.after.items() if billable)
        before, after = set(self.billable_before), set(self.billable_after)
        self.gained = sorted(after - before)
        self.lost = sorted(before - after)
        self._counts: dict[Expression, tuple[int, int]] = {}
        self.replacements: dict[str, Replacement] = {}

    @cached_property
    def known(self) -> list[str]:
        """Every code of any loaded release of the code set, headers too, sorted as text."""
        return sorted({*self.pair.before, *self.pair.after, *self.pair.ever, *self.pair.days})

    def printed(self, changed: Iterable[str]) -> tuple[str, ...]:
        """Gained or lost codes as printed; wide expressions print the same hundreds of codes over and over."""
        return tuple(map(self._printed.__getitem__, changed))

    @cached_property
    def first_days(self) -> dict[str, date]:
        """The first day on which a code changed."""
        return {code: min(found.effective_from for found in told) for code, told in self.pair.changes_of.items()}

    def as_set(self, codes: list[str]) -> frozenset[str] | set[str]:
        """A list of codes as a set; those of this pair are made once."""
        for mine, found in self._sets:
            if mine is codes:
                return found
        return set(codes)

    @cached_property
    def _sets(self) -> list[tuple[list[str], frozenset[str]]]:
        lists = (self.gained, self.lost, self.billable_before, self.billable_after)
        return [(found, frozenset(found)) for found in lists]

    @cached_property
    def reused(self) -> list[str]:
        """Codes that have another meaning in the newer release, sorted."""
        found = (code for code, told in self.pair.changes_of.items() if any(c.kind is ChangeKind.REUSED for c in told))
        return sorted(found)

    @cached_property
    def _printed(self) -> dict[str, str]:
        return {code: codes.printed(self.code_set, code) for code in (*self.gained, *self.lost)}

    def knows(self, code: str) -> bool:
        pair = self.pair
        return code in pair.before or code in pair.after or code in pair.ever or code in pair.days

    def could_hold(self, expression: Expression) -> bool:
        """May the expression speak of this code set, judged by the way it is written?"""
        if expression.dotted:
            return self.code_set == _DOTTED_SET
        if expression.form is Form.CODE:
            return codes.has_shape(self.code_set, expression.low)
        start = expression.low[:1]
        if self.code_set == "hcpcs":
            return start.isalpha() or not start
        return not (self.code_set == _DOTTED_SET and start.isdigit())

    def has(self, expression: Expression) -> bool:
        """Does the expression name or cover a code that any loaded release of this code set has?"""
        if not self.could_hold(expression):
            return False
        if expression.form is Form.CODE:
            return self.knows(expression.low)
        return expression.any_of(self.known)

    def counts(self, expression: Expression) -> tuple[int, int]:
        """How many billable codes the expression covers before and after; remembered, since rules repeat themselves."""
        found = self._counts.get(expression)
        if found is None:
            found = expression.count(self.billable_before), expression.count(self.billable_after)
            self._counts[expression] = found
        return found


class Vocabulary:
    """All release pairs together: tells what a reference may mean, and whether it means anything at all."""

    def __init__(self, pairs: Sequence[ReleasePair]) -> None:
        self.pairs = [PairCodes(pair) for pair in pairs]
        self.code_sets = tuple(dict.fromkeys(pair.code_set for pair in pairs))
        self._known: dict[Expression, bool] = {}
        self._pairs_of: dict[tuple[Expression, str | None], list[PairCodes]] = {}

    def knows(self, expression: Expression) -> bool:
        """Does the reference name or cover at least one code of a loaded release?"""
        answer = self._known.get(expression)
        if answer is None:
            answer = self._known[expression] = any(codes_of.has(expression) for codes_of in self.pairs)
        return answer

    def plausible(self, expression: Expression) -> bool:
        """Could the reference be meant as a code of one of the code sets, although no loaded release has it?

        Stricter than the shape of a code, since words (`NONE`, `ABDOMEN`) and codes of other code sets have that shape
        too: see `_plausible_cm` and `_plausible_pcs`.
        """
        return bool(self.unknown_in(expression))

    def unknown_in(self, expression: Expression, only: str | None = None) -> str | None:
        """The code set that a reference unknown to every release would belong to; None when it would to none."""
        for code_set, test in (("icd10cm", _plausible_cm), ("icd10pcs", _plausible_pcs)):
            if code_set in self.code_sets and only in (None, code_set) and test(expression):
                return code_set
        # Order numbers and ICD-10-CM codes without their dot look alike, so the place must say that it is HCPCS.
        if only == "hcpcs" and only in self.code_sets and _plausible_hcpcs(expression):
            return only
        return None

    def pairs_of(self, expression: Expression, only: str | None = None) -> list[PairCodes]:
        """The pairs in whose releases the reference means something, of one code set only where that is given."""
        key = expression, only
        found = self._pairs_of.get(key)
        if found is None:
            found = self._pairs_of[key] = self._find_pairs(expression, only) if self.knows(expression) else []
        return found

    def _find_pairs(self, expression: Expression, only: str | None) -> list[PairCodes]:
        return [
            found
            for found in self.pairs
            if only in (None, found.code_set) and (len(self.pairs) == 1 or found.has(expression))
        ]


def _plausible_cm(expression: Expression) -> bool:
    start = expression.low
    if expression.form in (Form.PREFIX, Form.WILDCARD):
        return len(start) >= 3 and start[0].isalpha() and start[1].isdigit()
    if not codes.has_shape("icd10cm", start):
        return False
    if expression.dotted:
        return any(map(str.isdigit, start))
    # No ICD-10-CM code has a Z after its first character, but most seven-character procedure codes have.
    return start[1].isdigit() and not (len(start) == 7 and "Z" in start[1:])


def _plausible_hcpcs(expression: Expression) -> bool:
    # D codes are the ADA's, and not in the files.
    return expression.form is Form.CODE and re.fullmatch(r"[A-CEGHJ-MP-V][0-9]{4}", expression.low) is not None


def _plausible_pcs(expression: Expression) -> bool:
    start = expression.low
    if expression.dotted or not start[0].isdigit():
        return False
    if expression.form in (Form.PREFIX, Form.WILDCARD):
        return len(start) >= 3 and not start.isdigit()
    return re.fullmatch(r"[0-9A-HJ-NP-Z]{7}", start) is not None and not start.isdigit()
