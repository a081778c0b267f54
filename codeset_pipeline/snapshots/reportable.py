"""Which codes of a release may be reported on the day it takes effect."""

from __future__ import annotations

from datetime import date

from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_CODES
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.snapshots.tables import CODES
from codeset_pipeline.sources.definition import source


def reportable_codes(snapshot: Snapshot) -> dict[str, bool]:
    """Code → may it be reported. ICD-10 headers are there and may not; HCPCS codes that have ended are not there."""
    if source(snapshot.code_set).layout != "hcpcs":
        return dict(snapshot.read(CODES, ["code", "billable"]))
    day = snapshot.effective_from
    rows = snapshot.read(HCPCS_CODES, ["code", "added_date", "termination_date"])
    return {
        code: True for code, added, last in rows if (added is None or added <= day) and (last is None or last >= day)
    }


def days_of_life(snapshot: Snapshot) -> dict[str, tuple[date | None, date | None]]:
    """Code → first and last valid day as its row states them; empty for code sets whose rows carry no dates."""
    if source(snapshot.code_set).layout != "hcpcs":
        return {}
    rows = snapshot.read(HCPCS_CODES, ["code", "added_date", "termination_date"])
    return {code: (added, last) for code, added, last in rows}
