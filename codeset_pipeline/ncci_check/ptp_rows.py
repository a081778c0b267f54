"""The rows of the history of PTP edits, among some codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from codeset_pipeline.ncci_check.asking import Asking, text_or_none

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
    """Every version of the edits whose column 1 and column 2 are both among the codes."""
    places = asking.places(len(codes))
    rows = asking.rows(
        "SELECT column_1, column_2, effective_from, effective_to, modifier_indicator, rationale, published_from, "
        f"published_to FROM ncci_ptp_edit WHERE code_set = ? AND column_1 IN ({places}) AND column_2 IN ({places})",
        [code_set, *codes, *codes],
    )
    return [
        PtpVersion(
            row[0], row[1], str(text_or_none(row[2])), text_or_none(row[3]), row[4], row[5],
            str(text_or_none(row[6])), text_or_none(row[7]),
        )
        for row in rows
    ]  # fmt: skip


def is_listed(asking: Asking, code_set: str, code: str) -> bool:
    """Is a code in any edit of the history, as column 1 or column 2?"""
    return any(
        asking.rows(f"SELECT 1 FROM ncci_ptp_edit WHERE code_set = ? AND {column} = ? LIMIT 1", [code_set, code])
        for column in ("column_1", "column_2")
    )
