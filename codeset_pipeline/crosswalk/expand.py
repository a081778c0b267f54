"""The codes that a previous-code term of the conversion table stands for, just before a date."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Set
from datetime import date

from codeset_pipeline.crosswalk.inputs import Term
from codeset_pipeline.errors import UsageError


class CodesBefore:
    """The codes that could be reported between two loaded releases: those of the older one, and those that the
    conversion table brings in since, each from its own date.

    Args:
        billable: billable codes of the older release.
        born: code → date of its first use, for codes that came after the older release.
    """

    def __init__(self, billable: Set[str], born: Mapping[str, date]) -> None:
        self._billable = billable
        self._born = born
        self._ordered = sorted(billable | born.keys())
        self._known: dict[tuple[Term, date], tuple[str, ...]] = {}

    def expand(self, term: Term, on: date) -> tuple[str, ...]:
        """The codes that the term stands for among those in use on the day before `on`, in code order.

        A term that names a header (`H33.2` in the row of H44.2C1, effective 2017-10-01) stands for the header's
        billable codes, since those are what was reported. Empty when no code in use answers to the term.

        Raises:
            UsageError: the kind of the term is unknown.
        """
        key = (term, on)
        if key not in self._known:
            self._known[key] = tuple(code for code in self._candidates(term, on) if self._in_use(code, on))
        return self._known[key]

    def names_header(self, term: Term, on: date) -> bool:
        """Is this a single code that could not be reported itself, but had billable codes below it?"""
        return term.kind == "code" and bool(found := self.expand(term, on)) and found != (term.first,)

    def _in_use(self, code: str, on: date) -> bool:
        return code in self._billable or self._born[code] < on

    def _candidates(self, term: Term, on: date) -> Iterator[str]:
        match term.kind:
            case "code":
                exact = term.first in self._billable or (term.first in self._born and self._in_use(term.first, on))
                yield from (term.first,) if exact else self._between(term.first, term.first)
            case "prefix":
                yield from self._between(term.first, term.first)
            case "range" | "category_range":
                yield from self._between(term.first, term.last)
            case unknown:
                raise UsageError(
                    f"{unknown!r} is no kind of previous-code term; use code, range, prefix or category_range."
                )

    def _between(self, first: str, last: str) -> Iterator[str]:
        """Codes from `first` up to `last` and everything below `last`: `Y93.01-Y93.9` holds Y93.9 and Y93.99."""
        for position in range(bisect_left(self._ordered, first), len(self._ordered)):
            code = self._ordered[position]
            if code > last and not code.startswith(last):
                return
            yield code
