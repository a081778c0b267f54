"""What a crosswalk is built from: releases, the publisher's conversion table, people's decisions.

Codes are written without a dot and in capitals throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from codeset_pipeline.model import Relation


@dataclass(frozen=True, slots=True)
class ReleaseCodes:
    """The codes of one loaded release.

    Attributes:
        billable: code → may it be reported. Headers are present and False.
        titles: code → long title.
    """

    effective_from: date
    billable: Mapping[str, bool]
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Term:
    """One item of a previous-code cell of the publisher's conversion table.

    Attributes:
        kind: `code` (`first` equals `last`), `range` (both ends belong to it), `prefix` (every code that begins with
            `first`) or `category_range` (every code whose first three characters lie between the two).
    """

    kind: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class ConversionEntry:
    """One row of the publisher's conversion table: a new code and how it was coded before.

    Attributes:
        current: the new code.
        effective_from: the date from which it is used.
        previous: groups that were used *together*, each a set of *alternative* terms. `H44.20-H44.23 and
            H33.2` is two groups of one term. Empty when the publisher names no previous code.
        reference: where it stands, such as `ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx row 57`.
    """

    current: str
    effective_from: date
    previous: tuple[tuple[Term, ...], ...]
    reference: str


@dataclass(frozen=True, slots=True)
class CuratedDecision:
    """A person's decision on one source code, which wins over everything else said about it on that date.

    Attributes:
        target: the code to use instead, None when the decision is that there is none.
        effective_from: the date on which the step takes effect.
        relation: the relation that the person states; None leaves it to be worked out.
        by, decided_on: who decided, and when.
        reference: file and line.
    """

    source: str
    target: str | None
    effective_from: date
    relation: Relation | None
    note: str
    by: str
    decided_on: date
    reference: str
