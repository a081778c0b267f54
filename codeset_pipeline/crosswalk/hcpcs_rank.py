"""Suggested successors of ended HCPCS codes that the publisher gives no cross-reference for.

A successor mostly says the same in nearly the same words, bills the same or a comparable unit, and was added on the day
after the end. Words count by how rare they are among all descriptions, so that the name of a drug outweighs its form.
The weights were set by hand on half of the cross-references that the releases of 2018 to 2020 state and checked on the
other half (`benchmarks/hcpcs_suggestions.py`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from codeset_pipeline.crosswalk.hcpcs_inputs import HcpcsCode
from codeset_pipeline.crosswalk.hcpcs_wording import Wording, read_wording

LIMIT = 5
"""How many successors are suggested at most."""

FLOOR = 0.65
"""Scores below it are no suggestion: saying nothing is better than a wrong lead."""

_WORDS, _SPELLING, _SHORT = 0.50, 0.17, 0.05
_DATE, _AMOUNT, _KIND, _MOVE = 0.13, 0.06, 0.05, 0.04
_NAMED = 0.25
_LONG_BESIDE = 0.06
_CONTRARY = 0.15
_SHORTLIST = 40
_QUARTER, _YEAR = 92, 366
_DAY = timedelta(days=1)

# From which first letter to which codes usually move: pass-through (C), temporary (Q, K, G, S) and miscellaneous codes
# become permanent ones.
_MOVES = {
    "C": "JQAGL",
    "Q": "JQAPGB",
    "K": "ELAK",
    "G": "GM",
    "S": "JGAQS",
    "J": "JQ",
    "A": "AEQ",
    "E": "EK",
    "L": "L",
    "V": "V",
    "P": "P",
    "M": "GM",
    "B": "B",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A code that may carry on an ended one.

    Attributes:
        score: 0 to 1, comparable between codes.
        reasons: what speaks for it and against it, for people.
    """

    code: str
    score: float
    reasons: tuple[str, ...]


class SuccessorRanker:
    """Ranks the codes of a code set as successors of ended ones.

    Args:
        codes: every code as it was last stated, ended ones too.
    """

    def __init__(self, codes: Iterable[HcpcsCode]) -> None:
        self._codes = sorted(codes, key=lambda code: code.code)
        self._wordings = [read_wording(code.long_description) for code in self._codes]
        self._with_word: dict[str, list[int]] = defaultdict(list)
        for position, wording in enumerate(self._wordings):
            for word in wording.words:
                self._with_word[word].append(position)
        self._weights = {word: self._weight_of(len(having)) for word, having in self._with_word.items()}
        self._totals = [sum(map(self._weight, wording.words)) for wording in self._wordings]

    def _weight_of(self, having: int) -> float:
        """How much a word tells: the logarithm of one over the share of codes that have it."""
        return math.log((len(self._codes) + 1) / (having + 1)) + 0.1

    def _weight(self, word: str) -> float:
        weight = self._weights.get(word)
        return self._weight_of(0) if weight is None else weight

    def successors(
        self,
        ended: HcpcsCode,
        *,
        allowed: Callable[[str], bool] = lambda code: True,
        limit: int = LIMIT,
        floor: float = FLOOR,
    ) -> list[Suggestion]:
        """The likeliest successors, best first, among codes valid on the day after the end; modifiers only for
        modifiers.

        Args:
            ended: a code with its termination date.
            allowed: which codes may be suggested at all.

        Raises:
            ValueError: the code has not ended.
        """
        if ended.terminated is None:
            raise ValueError(f"{ended.code} has not ended, so it has no successors; ask for an ended code")
        after = ended.terminated + _DAY
        wording = read_wording(ended.long_description)
        shared: dict[int, float] = defaultdict(float)
        for word in wording.words:
            weight = self._weight(word)
            for position in self._with_word.get(word, ()):
                shared[position] += weight
        own = sum(map(self._weight, wording.words))
        closeness = []
        for position, common in shared.items():
            code = self._codes[position]
            possible = code.is_modifier == ended.is_modifier and code.valid_on(after) and code.code != ended.code
            if possible and allowed(code.code):
                theirs = self._totals[position]
                # Between the share of all words (Dice) and the share of the fewer: a successor often adds a brand name
                # or a condition of use to the whole of the old description.
                words = common / (own + theirs) + 0.5 * common / min(own, theirs)
                closeness.append((-words - 0.1 * (code.added == after), code.code, position, words))
        closeness.sort()
        ranked = [
            self._judged(ended, wording, self._codes[position], self._wordings[position], words, after)
            for _, _, position, words in closeness[:_SHORTLIST]
        ]
        ranked.sort(key=lambda suggestion: (-suggestion.score, suggestion.code))
        return [suggestion for suggestion in ranked if suggestion.score >= floor][:limit]

    def _judged(
        self, ended: HcpcsCode, wording: Wording, code: HcpcsCode, theirs: Wording, words: float, after: date
    ) -> Suggestion:
        from rapidfuzz import fuzz

        spelling = fuzz.ratio(" ".join(wording.words), " ".join(theirs.words)) / 100
        short = fuzz.token_set_ratio(ended.short_description.lower(), code.short_description.lower()) / 100
        score = _WORDS * words + _SPELLING * spelling + _SHORT * short
        reasons = [f"{round(100 * words)} % of the telling words agree"]
        for value, reason in (
            _dates(code, after),
            _amounts(wording, theirs),
            _kinds(ended, code),
            _move(ended, code),
            _named(ended, code),
        ):
            score += value
            if reason:
                reasons.append(reason)
        if wording.negated != theirs.negated:
            score -= _CONTRARY
            reasons.append("only one of them is negated")
        return Suggestion(code.code, max(0.0, min(1.0, score)), tuple(reasons))


def _dates(code: HcpcsCode, after: date) -> tuple[float, str]:
    if code.added is None:
        return 0.0, ""
    before = (after - code.added).days
    if before == 0:
        return _DATE, f"added on {code.added}, the day after the end"
    if before <= _QUARTER:
        return 0.6 * _DATE, f"added on {code.added}, within the quarter before the end"
    # Two codes that long stood side by side mostly mean different things, however alike they sound.
    beside = f"in use since {code.added}, beside the ended code"
    return (-_LONG_BESIDE if before > _YEAR else 0.0), beside


def _amounts(one: Wording, other: Wording) -> tuple[float, str]:
    if one.amounts == other.amounts:
        return _AMOUNT, "same billing unit" if one.amounts else ""
    units, theirs = ({unit for unit, _ in wording.amounts} for wording in (one, other))
    if units & theirs:
        return 0.6 * _AMOUNT, "another amount in the same unit"
    if units and theirs:
        return 0.0, "another unit"
    return 0.3 * _AMOUNT, "only one of them states an amount"


def _kinds(ended: HcpcsCode, code: HcpcsCode) -> tuple[float, str]:
    """Type of service, BETOS and pricing. F says only that the service is approved for a surgical center."""
    if ended.is_modifier:
        return _KIND, ""
    service = bool((set(ended.types_of_service) & set(code.types_of_service)) - {"F"})
    betos = ended.betos == code.betos
    same_kind = betos or ended.betos[:2] == code.betos[:2]
    priced = bool(set(ended.pricing_indicators) & set(code.pricing_indicators))
    value = _KIND * (0.3 * service + 0.3 * same_kind + 0.2 * betos + 0.2 * priced)
    agreeing = [name for name, agree in (("type of service", service), ("BETOS", betos), ("pricing", priced)) if agree]
    return value, f"same {', '.join(agreeing)}" if agreeing else ""


def _move(ended: HcpcsCode, code: HcpcsCode) -> tuple[float, str]:
    if ended.is_modifier:
        return _MOVE, ""
    return (_MOVE, "") if code.code[0] in _MOVES.get(ended.code[0], ended.code[0]) else (0.0, "an unusual move")


def _named(ended: HcpcsCode, code: HcpcsCode) -> tuple[float, str]:
    """Some codes carry a cross-reference back to the code that they took over from (B4105 to Q9994)."""
    return (_NAMED, f"its own cross-reference names {ended.code}") if ended.code in code.cross_references else (0.0, "")
