"""Small code sets to try the crosswalk on, written down as a person would."""

from __future__ import annotations

import re
from datetime import date

from codeset_pipeline.crosswalk.inputs import ConversionEntry, CuratedDecision, ReleaseCodes, Term
from codeset_pipeline.model import Mapping, Relation


def day(year: int) -> date:
    return date(year, 10, 1)


def release(year: int, billable: str, headers: str = "") -> ReleaseCodes:
    codes = dict.fromkeys(billable.split(), True) | dict.fromkeys(headers.split(), False)
    return ReleaseCodes(day(year), codes, {code: f"{code} as of {year}" for code in codes})


def row(year: int, current: str, previous: str = "") -> ConversionEntry:
    """A conversion row: `A B + C` is (A or B) together with C, `A-C` a range, `A-` a prefix, `T15~T19` categories."""
    groups = tuple(tuple(map(_term, group.split())) for group in previous.split("+") if group.strip())
    return ConversionEntry(current, day(year), groups, f"table, {current} {year}")


def decision(year: int, source: str, target: str | None, relation: Relation | None = None) -> CuratedDecision:
    return CuratedDecision(
        source, target, day(year), relation, "Seen by coding.", "R. Roe", date(2025, 8, 1), "c.csv 2"
    )


def pairs(mappings: list[Mapping]) -> set[tuple[str, str | None]]:
    return {(mapping.source, mapping.target) for mapping in mappings}


def words(mappings: list[Mapping]) -> dict[tuple[str, str | None], str]:
    return {(mapping.source, mapping.target): str(mapping.relation) for mapping in mappings}


def _term(text: str) -> Term:
    if match := re.fullmatch(r"(\w+)~(\w+)", text):
        return Term("category_range", match[1], match[2])
    if match := re.fullmatch(r"(\w+)-(\w+)", text):
        return Term("range", match[1], match[2])
    if text.endswith("-"):
        return Term("prefix", text[:-1], text[:-1])
    return Term("code", text, text)
