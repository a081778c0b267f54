"""The rows of the history of PTP edits, among some codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from codeset_pipeline.history.ncci_ptp_rows import set_id
from codeset_pipeline.ncci_check.asking import Asking

_NEVER = "9"


class PtpVersion(NamedTuple):
    """One version of an edit, dates as ISO texts."""

    column_1: str
    column_2: str
    effective_from: str
    deleted_on: str | None
    modifier_indicator: str
    rationale: str
    published_from: str
    published_to: str | None

    def said(self, published: date | None) -> bool:
        """Did the publisher say so by a date (None: by now)?"""
        if published is None:
            return self.published_to is None
        day = published.isoformat()
        return self.published_from <= day and (self.published_to is None or self.published_to >= day)

    def in_force(self, day: str) -> bool:
        """Does it hold on a day? Deleted as of its effective date with indicator 9, an edit was never in force."""
        if self.modifier_indicator == _NEVER and self.deleted_on == self.effective_from:
            return False
        return self.effective_from <= day and (self.deleted_on is None or self.deleted_on >= day)


def versions_among(asking: Asking, code_set: str, codes: Sequence[str]) -> list[PtpVersion]:
    """Every version of the edits whose column 1 and column 2 are both among the codes.

    The table is clustered on code set, column 1 and column 2, so that this is one short look-up for each pair.
    """
    places = asking.places(len(codes))
    rows = asking.rows(
        "SELECT e.column_1, e.column_2, e.effective_from, e.effective_to, e.modifier_indicator, r.rationale, "
        "e.published_from, e.published_to FROM ncci_ptp_edit e JOIN ncci_ptp_rationale r USING (rationale_id) "
        f"WHERE e.set_id = ? AND e.column_1 IN ({places}) AND e.column_2 IN ({places})",
        [set_id(code_set), *codes, *codes],
    )
    return [
        PtpVersion(one, two, _day(since), _day_or_none(until), str(indicator), why, _day(said), _day_or_none(replaced))
        for one, two, since, until, indicator, why, said, replaced in rows
    ]


def _day(number: int) -> str:
    """`20260701` as `2026-07-01`."""
    text = str(number)
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


def _day_or_none(number: int | None) -> str | None:
    return None if number is None else _day(number)


def missing_among(
    asking: Asking, code_set: str, codes: Sequence[str], published: date | None
) -> dict[tuple[str, str, str], str]:
    """Key of each edit that later files leave out → effective date of the first of them, as known by a date."""
    places = asking.places(len(codes))
    rows = asking.rows(
        "SELECT column_1, column_2, effective_from, missing_from, published_from, published_to FROM ncci_ptp_missing "
        f"WHERE set_id = ? AND column_1 IN ({places}) AND column_2 IN ({places})",
        [set_id(code_set), *codes, *codes],
    )
    day = None if published is None else published.isoformat()
    return {
        (one, two, _day(since)): _day(missing)
        for one, two, since, missing, said, replaced in rows
        if (replaced is None if day is None else _day(said) <= day and (replaced is None or _day(replaced) >= day))
    }


def listed_codes(asking: Asking, code_set: str, codes: Sequence[str]) -> set[str]:
    """Those of the codes that stand in any edit of the history, as column 1 or column 2."""
    rows = asking.rows(
        f"SELECT code FROM ncci_ptp_code WHERE set_id = ? AND code IN ({asking.places(len(codes))})",
        [set_id(code_set), *codes],
    )
    return {row[0] for row in rows}
