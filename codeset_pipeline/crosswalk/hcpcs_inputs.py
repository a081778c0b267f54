"""What a HCPCS Level II crosswalk is built from: releases as the publisher states them, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class HcpcsCode:
    """One row of a release. Meanings are those of the publisher's record layout (ANWEB).

    Attributes:
        code: five characters, or a modifier's two.
        cross_references: codes that replace an ended one. They may be CPT codes, modifiers or the word `CPT`. A
            living code may carry some too: then they name codes that it took over from, or alternatives.
        added: first day of the code's present life, None where unknown.
        terminated: last day on which it may be used, None while it is open.
    """

    code: str
    is_modifier: bool
    long_description: str
    short_description: str
    betos: str
    types_of_service: tuple[str, ...]
    pricing_indicators: tuple[str, ...]
    coverage: str
    cross_references: tuple[str, ...]
    added: date | None
    terminated: date | None

    def valid_on(self, day: date) -> bool:
        """May the code be reported for a service on this day?"""
        return (self.added is None or self.added <= day) and (self.terminated is None or day <= self.terminated)


@dataclass(frozen=True, slots=True)
class HcpcsRelease:
    """A release: code → row.

    Attributes:
        reference: name of the file, as hops show it.
    """

    effective_from: date
    codes: Mapping[str, HcpcsCode]
    reference: str
