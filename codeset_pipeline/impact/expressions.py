"""The grammar of a reference to codes in a rule: one code, a range, a prefix, a wildcard, or the exclusion of one.

| written | means |
|---|---|
| `E11.9`, `e119` | that code |
| `E11.0-E11.9`, `A00 to B99`, `E11.0..E11.9` | range: from the first end to the last end and all codes under that |
| `S72.`, `I63.-`, `S72.0-`, `J13%`, `S72.*`, `E*` | prefix: the code itself and every code that starts with it |
| `E11.?`, `S72.0*A`, `E11._` | wildcard: `?`, `_` are one character, `*`, `%` any number of them, also none |
| `!E11.9`, `NOT E11.9` | exclusion: the expression is taken out of its neighbours |
| `^E11\\.(0|9)`, only where the place says that it is one | regular expression on the code with or without its dot |

Ranges compare the text of the codes without the dot, digits before letters, which is what a range in a claim edit or an
SQL `BETWEEN` does. Inside a chapter this is the tabular order; across chapters it differs for the U codes, which the
tabular list prints last and which here stand between T and V. `E11.0-E11.9` holds `E11.65` and all codes under `E11.9`.
A comparison of a query ends where its text ends: `BETWEEN 'E11' AND 'E11.9'` holds nothing under `E11.9`.
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
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Expression:
    """A code, range, prefix or wildcard.

    Attributes:
        text: as the asset writes it.
        low: the code, the first end of a range, or the characters that a prefix or wildcard starts with; no dot.
        high: the last end of a range, otherwise as `low`.
        pattern: a wildcard with `*` and `?`, with its dot where it has one, or a regular expression; else empty.
        dotted: written with a dot, so no code of a code set that has none.
        end: first text after the last one covered, for the comparisons of a query; empty: what starts with `high`.
    """

    form: Form
    text: str
    low: str
    high: str
    pattern: str = ""
    dotted: bool = False
    end: str = ""

    def members(self, codes: Sequence[str]) -> list[str]:
        """The codes that the expression covers, of a list sorted as text, in that order."""
        start, end = self.span(codes)
        found = list(codes[start:end])
        if self.form in _TESTED:
            return list(filter(self._test, found))
        return found

    def count(self, codes: Sequence[str]) -> int:
        """How many codes of a sorted list the expression covers."""
        if self.form in _TESTED:
            return len(self.members(codes))
        start, end = self.span(codes)
        return end - start

    def any_of(self, codes: Sequence[str]) -> bool:
        """Does the expression cover any code of a sorted list?"""
        start, end = self.span(codes)
        if self.form not in _TESTED:
            return start < end
        return any(map(self._test, codes[start:end]))

    def span(self, codes: Sequence[str]) -> tuple[int, int]:
        """Where in a sorted list the covered codes stand; for a wildcard, the codes that share its beginning."""
        start = bisect_left(codes, self.low)
        last = self.low if self.form is Form.CODE else self.end or self.high + AFTER
        end = bisect_left(codes, last, start)
        if self.form is Form.CODE and end < len(codes) and codes[end] == self.low:
            end += 1
        return start, end

    def covers(self, code: str) -> bool:
        """Is the code, written without dot, one of those that the expression stands for?"""
        if self.form is Form.CODE:
            return code == self.low
        if self.form in _TESTED:
            return self._test(code)
        return self.low <= code < (self.end or self.high + AFTER)

    @property
    def _test(self) -> Callable[[str], bool]:
        return _regex_matcher(self.pattern) if self.form is Form.REGEX else _matcher(self.pattern)


#: Forms of which a code is a member when it passes a test, not by its place in the order of codes.
_TESTED = frozenset({Form.WILDCARD, Form.REGEX})


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


def modifier(text: str) -> Expression | None:
    """A modifier of two characters, which only a place that says so can hold: `25` is a number elsewhere."""
    written = text.strip()
    capital = written.upper()
    return Expression(Form.CODE, written, capital, capital) if re.fullmatch(r"[0-9A-Z]{2}", capital) else None


def compared(low: str, high: str, written: str, *, below: bool = False) -> Expression | None:
    """What a query's `BETWEEN low AND high` covers; below: the last end is not part of it (`<`)."""
    ends = low.strip().upper(), high.strip().upper()
    if not all(re.fullmatch(r"[A-Z0-9]{1,7}|[A-Z0-9]{3}\.[A-Z0-9]{0,4}", end) for end in ends):
        return None
    first, last = (end.replace(".", "") for end in ends)
    if first > last:
        return None
    dotted = "." in low or "." in high
    return Expression(Form.RANGE, written, first, last, dotted=dotted, end=last if below else last + "\0")


def prefixed(text: str, written: str = "") -> Expression | None:
    """The codes that start with a text, and the code that it is."""
    start = text.strip().upper().replace(".", "")
    if not re.fullmatch(r"[A-Z0-9]{1,7}", start):
        return None
    return Expression(Form.PREFIX, written or text.strip(), start, start, dotted="." in text)


_SIMPLE_REGEX = re.compile(r"(?:[A-Za-z0-9^$.?*+|()\[\]{},-]|\\[.dwb-])+")


def regular(text: str, *, whole: bool = False) -> Expression | None:
    """A regular expression that starts with the letter of its codes; None for one that is not simple.

    A letter with two digits after it begins a code and stands nowhere within one, so `E11.*` needs no `^`.

    Args:
        whole: it must match the whole code, as in FHIR; otherwise its beginning, as `^…` in a query.
    """
    written = text.strip()
    if not _SIMPLE_REGEX.fullmatch(written) or not (whole or re.match(r"\^|[A-Za-z]\d\d", written)):
        return None
    pattern = written.upper().replace("\\D", "\\d").replace("\\W", "\\w").replace("\\B", "\\b").removeprefix("^")
    start = re.match(r"[A-Z0-9]*", pattern)[0]  # type: ignore[index]
    if re.match(r"[?*{]", pattern[len(start) :]):
        start = start[:-1]
    if "|" in re.sub(r"\([^()]*\)", "", pattern):
        start = ""
    if not re.match(r"\(?(?:\?:)?[A-Z]|\[[A-Z]|[0-9]", pattern):
        return None
    try:
        re.compile(pattern)
    except re.error:
        return None
    if whole:
        pattern = f"(?:{pattern})$"
    return Expression(Form.REGEX, written, start, start, pattern, dotted=False)


@lru_cache(maxsize=4096)
def _regex_matcher(pattern: str) -> Callable[[str], bool]:
    """A test of codes, written with or without their dot, against a regular expression."""
    match = re.compile(pattern).match
    return lambda code: match(code) is not None or (len(code) > 3 and match(f"{code[:3]}.{code[3:]}") is not None)


#: Why a text that is written like a range is none.
REVERSED = "a range whose last end sorts before its first"


def why_none(text: str) -> str:
    """Why a text that stands where a code should is none, in a few words."""
    ends = re.split(rf"\s*(?:{_DASH}|\.\.)\s*", text.strip().upper())
    if len(ends) == 2 and all(map(_FULL_CODE.fullmatch, ends)) and ends[0].replace(".", "") > ends[1].replace(".", ""):
        return REVERSED
    return "no code of a known code set"


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
