"""Release labels that people type, and the effective dates they stand for.

ICD-10 releases are named after the federal fiscal year, which begins on 1 October of the year before: FY2026 takes
effect on 2025-10-01, FY2026-apr on 2026-04-01, FY2021-jan on 2021-01-01.
"""

from __future__ import annotations

import re
from datetime import date

from codeset_pipeline.errors import UsageError

_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9}
_FISCAL = re.compile(r"FY(\d{4})(?:-(jan|feb|mar|apr|may|jun|jul|aug|sep))?", re.IGNORECASE)


def fiscal_year_start(fiscal_year: int) -> date:
    """First day of a federal fiscal year: 1 October of the calendar year before."""
    return date(fiscal_year - 1, 10, 1)


def effective_date(label: str) -> date:
    """The effective date that a label or an ISO date stands for.

    Raises:
        UsageError: the text is neither.
    """
    text = label.strip()
    match = _FISCAL.fullmatch(text)
    if match:
        year = int(match[1])
        month = _MONTHS[match[2].lower()] if match[2] else 0
        return date(year, month, 1) if month else fiscal_year_start(year)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{label!r} names no release; use an effective date such as 2025-10-01 or a label such as FY2026 "
            "or FY2026-apr ('codeset releases' lists those that are loaded)."
        ) from None


def label_of(effective_from: date) -> str:
    """The label of an ICD-10 release that takes effect on the date."""
    if (effective_from.month, effective_from.day) == (10, 1):
        return f"FY{effective_from.year + 1}"
    for name, month in _MONTHS.items():
        if effective_from.month == month and effective_from.day == 1:
            return f"FY{effective_from.year}-{name}"
    return effective_from.isoformat()


def fiscal_year_of(day: date) -> int:
    """The federal fiscal year that a day falls in: from 1 October on it is the next calendar year."""
    return day.year + 1 if day.month >= 10 else day.year
