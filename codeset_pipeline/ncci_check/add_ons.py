"""Add-on codes among the codes, and whether one of their primary codes stands beside them.

The publisher tells three types apart: type 1 lists all primary codes, type 2 none (the contractor defines them, which
the table writes as primary `CCCCC`), type 3 some, to which the contractor may add.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from codeset_pipeline.ncci_check.asking import Asking, said
from codeset_pipeline.ncci_check.findings import AddOnFinding

CONTRACTOR_DEFINED = "CCCCC"

_PRESENT = "paid beside {primaries}"
_MISSING = "an add-on code is not paid alone, and none of its {count} primary codes is among the codes"
_TYPE_2 = "the contractor defines its primary codes; the table cannot tell whether one is among the codes"
_TYPE_3 = "none of its {count} listed primary codes is among the codes; the contractor may accept others"


def add_on_findings(
    asking: Asking, setting: str, code_set: str, codes: Sequence[str], on: date, published: date | None
) -> list[AddOnFinding]:
    """One finding for each code that is an add-on code on the date, in the order of the codes."""
    by_then, values = said(published)
    day = on.isoformat()
    rows = asking.rows(
        "SELECT add_on_code, primary_code, edit_type, notes FROM ncci_add_on_edit "
        f"WHERE code_set = ? AND add_on_code IN ({asking.places(len(codes))}) AND effective_from <= ? "
        f"AND (effective_to IS NULL OR effective_to >= ?) AND {by_then}",
        [code_set, *codes, day, day, *values],
    )
    found = []
    for code in codes:
        own = [row for row in rows if row[0] == code]
        if not own:
            continue
        types = tuple(sorted({row[2] for row in own}))
        listed = {row[1] for row in own} - {CONTRACTOR_DEFINED, ""}
        present = tuple(each for each in codes if each in listed and each != code)
        open_ended = any(row[1] == CONTRACTOR_DEFINED for row in own) or {"2", "3"} & set(types)
        if present:
            status, meaning = "primary_present", _PRESENT.format(primaries=", ".join(present))
        elif open_ended:
            text = _TYPE_3 if listed else _TYPE_2
            status, meaning = "cannot_be_proven", text.format(count=len(listed))
        else:
            status, meaning = "primary_missing", _MISSING.format(count=len(listed))
        notes = tuple(sorted({row[3] for row in own if row[3]}))
        found.append(AddOnFinding(setting, code_set, code, types, status, meaning, present, len(listed), notes))
    return found
