"""A made-up ICD-10-CM and HCPCS in which every code ends, so that every reference to one must be a finding.

The codes are dense, much denser than the real ones: nearly every text of the shape of a code is one, so that a decoy
which is taken for a code is seen. No publisher's file is used.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from codeset_pipeline.model import PublishedTotals, Reconciliation, Release, ReleasePair

MODIFIERS = ("JW", "LT", "RT", "GA", "GX", "TC", "QW", "XU", "E1", "F5")
_HCPCS_ALWAYS = ("J1885", "A1234", "G0008", "E1165", "B2000")


@dataclass(frozen=True)
class PlantedCodes:
    """Billable ICD-10-CM codes without dot by length, headers, and HCPCS codes."""

    short: list[str]
    dotted: list[str]
    headers: list[str]
    hcpcs: list[str]

    def pairs(self) -> list[ReleasePair]:
        """The two code sets before and after everything ended."""
        icd = {**dict.fromkeys(self.headers, False), **dict.fromkeys(self.short + self.dotted, True)}
        return [_pair("icd10cm", icd), _pair("hcpcs", dict.fromkeys([*self.hcpcs, *MODIFIERS], True))]


def planted_codes(chance: random.Random) -> PlantedCodes:
    """Two thirds of all categories from A00 to Z99, each with subcategories, and 6,000 HCPCS codes."""
    short, dotted, headers = [], [], []
    for letter in "ABCDEFGHIJKLMNOPQRSTVWXYZ":
        for number in range(100):
            category = f"{letter}{number:02d}"
            if chance.random() < 0.12:
                short.append(category)  # as I10 or B20
                continue
            headers.append(category)
            for digit in chance.sample("0123456789A", 7):
                if chance.random() < 0.75:
                    dotted.append(category + digit)
                    continue
                headers.append(category + digit)
                if letter in "ST":
                    dotted.extend(category + digit + f"{n}1{end}" for n in "01X" for end in "ADS")
                else:
                    dotted.extend(category + digit + n for n in chance.sample("0123456789", 4))
    hcpcs = {f"{letter}{chance.randrange(10000):04d}" for letter in "ACEGHJKLMPQRSTV" for _ in range(420)}
    return PlantedCodes(short, dotted, headers, sorted(hcpcs | set(_HCPCS_ALWAYS)))


def _pair(code_set: str, before: dict[str, bool]) -> ReleasePair:
    def release(day: date, label: str) -> Release:
        return Release(code_set, day, label, 0, day, "ready", 0, 0, "made up", "made up")

    return ReleasePair(
        code_set,
        release(date(2024, 10, 1), "before"),
        release(date(2025, 10, 1), "after"),
        before,
        {},
        (),
        PublishedTotals(0, 0, 0),
        (),
        Reconciliation(False, (), 0, (), (), {}),
        frozenset(before),
    )
