"""Rows of a HCPCS Level II release, as both the ANWEB text and the ANWEB workbook give them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from codeset_pipeline.model import Oddity


class AnwebRow(NamedTuple):
    """One procedure code or modifier. Blank text is "", a blank date or number None, lists hold no blanks.

    Meanings are those of the publisher's record layout.

    Attributes:
        code: five characters (`G0008`), or a modifier's two (`A1`).
        is_modifier: from the record id (7), not from the length of the code.
        long_description: the lines of the description joined by one blank; blanks inside a line as published.
        pricing_indicators: up to 4; `00` is not separately priced by Part B, `51` drugs, …
        multiple_pricing_indicator: `9`, `A` to `G`.
        cim_references, mcm_references: up to 3 sections of the Coverage Issues and the Medicare Carriers Manual.
        statute: reference for coverage or noncoverage.
        lab_certifications: up to 8 specialty codes of three digits.
        cross_references: up to 5 codes that replace a deleted code, or one not valid for Medicare. They may be CPT
            codes, two-character modifiers, or the word `CPT`.
        coverage: C carrier judgment, D special instructions, I not payable, M non-covered, S non-covered by statute.
        asc_group: `YY` where approved for an ambulatory surgical center.
        mog, mog_policy, mog_effective_date: Medicare outpatient group and its payment policy.
        processing_note: number of the processing note, four digits.
        betos: Berenson-Eggers type of service.
        types_of_service: up to 5 of one character.
        anesthesia_units: base units.
        added_date: when the code came into the code set.
        action_effective_date: when the last action took effect. Of a terminated code it is mostly the day after the
            last valid day.
        termination_date: last day on which the code may be used.
        action_code: A add, B coverage and long, C long, D discontinue, F coverage, N none, P payment, R reactivate,
            S short, T miscellaneous.
        lines: 1-based lines or rows of the file.
    """

    code: str
    is_modifier: bool
    long_description: str
    short_description: str
    pricing_indicators: tuple[str, ...]
    multiple_pricing_indicator: str
    cim_references: tuple[str, ...]
    mcm_references: tuple[str, ...]
    statute: str
    lab_certifications: tuple[str, ...]
    cross_references: tuple[str, ...]
    coverage: str
    asc_group: str
    asc_effective_date: date | None
    mog: str
    mog_policy: str
    mog_effective_date: date | None
    processing_note: str
    betos: str
    types_of_service: tuple[str, ...]
    anesthesia_units: int | None
    added_date: date | None
    action_effective_date: date | None
    termination_date: date | None
    action_code: str
    lines: tuple[int, ...]


class Anweb(NamedTuple):
    """A parsed file.

    Attributes:
        file: the file, with its archive.
        rows: in file order, each code once.
        preamble_lines: lines or rows above the first record or the header (disclaimers).
        oddities: what departed from the layout.
        damaged: (code, field) whose value the file provably does not hold as the publisher meant it: an unreadable
            date or number, a description that lacks a line.
    """

    file: str
    rows: list[AnwebRow]
    preamble_lines: int
    oddities: list[Oddity]
    damaged: frozenset[tuple[str, str]] = frozenset()
