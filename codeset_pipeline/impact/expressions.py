"""The grammar of a reference to codes in a rule: one code, a range, a prefix, a wildcard, or the exclusion of one.

| written | means |
|---|---|
| `E11.9`, `e119` | that code |
| `E11.0-E11.9`, `A00 to B99`, `E11.0..E11.9` | range: from the first end to the last end and all codes under that |
| `S72.`, `I63.-`, `S72.0-`, `J13%`, `S72.*`, `E*` | prefix: the code itself and every code that starts with it |
| `E11.?`, `S72.0*A`, `E11._` | wildcard: `?`, `_` are one character, `*`, `%` any number of them, also none |
| `!E11.9`, `NOT E11.9` | exclusion: the expression is taken out of its neighbours |

Ranges compare the text of the codes without the dot, digits before letters, which is what a range in a claim edit or an
SQL `BETWEEN` does. Inside a chapter this is the tabular order; across chapters it differs for the U codes, which the
tabular list prints last and which here stand between T and V. `E11.0-E11.9` holds `E11.65` and all codes under `E11.9`.
The dot has no meaning of its own, except that the part of a wildcard before it stands for the first three characters.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

#: Sorts after every character that a code may have, so that `prefix + AFTER` ends the codes that start with `prefix`.
AFTER = "\x7f"

_CM = r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4}|[0-9A-Z]{1,4})?"
_PCS = r"[0-9][0-9A-HJ-NP-Z]{6}|[0-9][0-9A-HJ-NP-Z]{2}"
_CODE = rf"(?:{_CM}|{_PCS})"
_DASH = "[-\u2010\u2011\u2012\u2013\u2014\u2212]"
_TO = rf"(?:\s*(?:{_DASH}|\.\.+)\s*|\s+(?:TO|THRU|THROUGH)\s+)"
# Every category so far has a digit; without asking for one, `APR-DEC` and `E11.9 - Old` would be ranges.
_END = rf"(?=[A-Z.]*[0-9]){_CODE}"
_RANGE = rf"{_END}{_TO}{_END}"
_HANGING = rf"[A-Z0-9][0-9A-Z]{{2}}(?:\.[0-9A-Z]{{0,4}}|[0-9A-Z]{{0,4}}){_DASH}+|[A-Z][0-9A-Z]{{2}}\."
_WILD = r"[A-Z0-9][0-9A-Z.]{0,7}[*%?_][0-9A-Z.*%?_]{0,12}"

#: One reference without exclusion, in capitals; a range comes before the code it starts with.
TOKEN = rf"{_RANGE}|{_WILD}|{_HANGING}|{_CODE}"

_SPLIT = re.compile(rf"({_END}){_TO}({_END})")
_NOT = re.compile(r"(?:!|NOT\s+|EXCEPT\s+|EXCLUDING\s+)\s*(.+)", re.DOTALL)
_FULL = {name: re.compile(form) for name, form in (("range", _RANGE), ("wild", _WILD), ("hanging", _HANGING))}
_FULL_CODE = re.compile(_CODE)


class Form(StrEnum):
    """What an expression is."""

    CODE = "code"
    RANGE = "range"
    PREFIX = "prefix"
    WILDCARD = "wildcard"


@dataclass(frozen=True, slots=True)
class Expression:
    """A code, range, prefix or wildcard.

    Attributes:
        text: as the asset writes it.
        low: the code, the first end of a range, or the characters that a prefix or wildcard starts with; no dot.
        high: the last end of a range, otherwise as `low`.
        pattern: a wildcard with `*` and `?`, with its dot where it has one; empty for other forms.
        dotted: written with a dot, so no code of a code set that has none.
    """

    form: Form
    text: str
    low: str
    high: str
    pattern: str = ""
    dotted: bool = False

    def members(self, codes: Sequence[str]) -> list[str]:
        """The codes that the expression covers, of a list sorted as text, in that order."""
        start, end = self.span(codes)
        found = list(codes[start:end])
        if self.form is Form.WILDCARD:
            matches = _matcher(self.pattern)
            return [code for code in found if matches(code)]
        return found

    def count(self, codes: Sequence[str]) -> int:
        """How many codes of a sorted list the expression covers."""
        if self.form is Form.WILDCARD:
            return len(self.members(codes))
        start, end = self.span(codes)
        return end - start

    def any_of(self, codes: Sequence[str]) -> bool:
        """Does the expression cover any code of a sorted list?"""
        start, end = self.span(codes)
        if self.form is not Form.WILDCARD:
            return start < end
        return any(map(_matcher(self.pattern), codes[start:end]))

    def span(self, codes: Sequence[str]) -> tuple[int, int]:
        """Where in a sorted list the covered codes stand; for a wildcard, the codes that share its beginning."""
        start = bisect_left(codes, self.low)
        last = self.low if self.form is Form.CODE else self.high + AFTER
        end = bisect_left(codes, last, start)
        if self.form is Form.CODE and end < len(codes) and codes[end] == self.low:
            end += 1
        return start, end

    def covers(self, code: str) -> bool:
        """Is the code, written without dot, one of those that the expression stands for?"""
        if self.form is Form.CODE:
            return code == self.low
        if self.form is Form.WILDCARD:
            return _matcher(self.pattern)(code)
        return self.low <= code < self.high + AFTER


@dataclass(frozen=True, slots=True)
class Reference:
    """An expression together with whether it is taken out (`!E11.9`) instead of put in."""

    expression: Expression
    excluded: bool = False


def parse_reference(text: str) -> Reference | None:
    """One expression or the exclusion of one; None when the text is neither."""
    negated = _NOT.fullmatch(text.strip().upper())
    expression = parse(text.strip()[-len(negated[1]) :] if negated else text)
    return None if expression is None else Reference(expression, excluded=negated is not None)


@lru_cache(maxsize=65536)
def parse(text: str) -> Expression | None:
    """One code, range, prefix or wildcard in any case; None when the text is none of them.

    A range whose last end sorts before its first is none: nobody can tell what it was meant to hold.
    """
    written = text.strip()
    capital = written.upper()
    dotted = "." in capital.replace("..", "")
    if _FULL_CODE.fullmatch(capital):
        code = capital.replace(".", "")
        return Expression(Form.CODE, written, code, code, dotted=dotted)
    if _FULL["range"].fullmatch(capital):
        return _range(written, capital)
    if _FULL["hanging"].fullmatch(capital):
        start = re.sub(rf"\.|{_DASH}", "", capital)
        return Expression(Form.PREFIX, written, start, start, dotted=dotted) if len(start) <= 7 else None
    if _FULL["wild"].fullmatch(capital):
        return _wildcard(written, capital.replace("%", "*").replace("_", "?"), dotted)
    return None


def _range(written: str, capital: str) -> Expression | None:
    ends = _SPLIT.fullmatch(capital)
    if ends is None:
        return None
    low, high = ends[1].replace(".", ""), ends[2].replace(".", "")
    if low > high:
        return None
    return Expression(Form.RANGE, written, low, high, dotted="." in ends[1] or "." in ends[2])


def _wildcard(written: str, pattern: str, dotted: bool) -> Expression | None:
    head, dot, tail = pattern.partition(".")
    if "." in tail or (dot and "*" not in head and len(head) != 3):
        return None
    if dot and "*" not in head:
        pattern = head + tail  # the dot stands where it always stands, so it says nothing more
    start = re.split(r"[*?.]", pattern, maxsplit=1)[0]
    if len(pattern.replace("*", "").replace(".", "")) > 7:
        return None
    if set(pattern[len(start) :]) == {"*"}:
        return Expression(Form.PREFIX, written, start, start, dotted=dotted)
    return Expression(Form.WILDCARD, written, start, start, pattern, dotted)


@lru_cache(maxsize=4096)
def _matcher(pattern: str) -> Callable[[str], bool]:
    """A test of codes against a wildcard; a dot that is left in it parts the first three characters from the rest."""
    head, _, tail = (
        re.compile("".join({"*": ".*", "?": "."}.get(char, char) for char in part)).fullmatch
        for part in pattern.partition(".")
    )
    if "." not in pattern:
        return lambda code: head(code) is not None
    return lambda code: head(code[:3]) is not None and tail(code[3:]) is not None
