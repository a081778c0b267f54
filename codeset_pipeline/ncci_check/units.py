"""The MUE of each code on a date, and whether given units exceed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from codeset_pipeline.history.ncci_mue_answer import MAI_MEANINGS
from codeset_pipeline.ncci_check.asking import Asking, said, text_or_none
from codeset_pipeline.ncci_check.findings import UnitsFinding


def units_findings(
    asking: Asking,
    setting: str,
    code_set: str,
    codes: Sequence[str],
    on: date,
    published: date | None,
    units: Mapping[str, int],
) -> list[UnitsFinding]:
    """One finding for each code with a published value, in the order of the codes."""
    by_then, values = said(published)
    day = on.isoformat()
    rows = asking.rows(
        "SELECT code, mue_value, mai, rationale, effective_from, effective_to FROM ncci_mue_value "
        f"WHERE code_set = ? AND code IN ({asking.places(len(codes))}) AND effective_from <= ? "
        f"AND (effective_to IS NULL OR effective_to >= ?) AND {by_then}",
        [code_set, *codes, day, day, *values],
    )
    found = []
    for code, value, mai, rationale, start, end in sorted(rows, key=lambda row: codes.index(row[0])):
        given = units.get(code)
        meaning = MAI_MEANINGS[mai] if value else f"none is paid in this setting ({MAI_MEANINGS[mai]})"
        found.append(
            UnitsFinding(
                setting,
                code_set,
                code,
                value,
                mai,
                meaning,
                rationale,
                given,
                None if given is None else given > value,
                str(text_or_none(start)),
                text_or_none(end),
            )
        )
    return found
