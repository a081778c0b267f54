"""Release labels that people type, and the effective dates they stand for.

ICD-10 releases are named after the federal fiscal year, which begins on 1 October of the year before: FY2026 takes
effect on 2025-10-01, FY2026-apr on 2026-04-01, FY2021-jan on 2021-01-01. HCPCS releases are named after the calendar
quarter in which they take effect: 2020Q2 on 2020-04-01; a year alone is its annual release of 1 January. NCCI releases
are named in the same way, and after the version in their files: v322 is 2026Q3 (the first two digits count the years
since 1994, the third the quarters after the first).
"""

from __future__ import annotations

import re
from datetime import date

from codeset_pipeline.errors import UsageError

_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9}
_FISCAL = re.compile(r"FY(\d{4})(?:-(jan|feb|mar|apr|may|jun|jul|aug|sep))?", re.IGNORECASE)
_QUARTER = re.compile(r"(\d{4})(?:-?Q([1-4]))?", re.IGNORECASE)

_NCCI_VERSION = re.compile(r"v(\d{2})([0-3])(?:r\d+)?", re.IGNORECASE)
_NCCI_YEAR_ZERO = 1994


def _quarterly(code_set: str) -> bool:
    """Do the code set's releases follow the calendar's quarters?"""
    return code_set == "hcpcs" or code_set.startswith("ncci-")


def ncci_version_start(version: str) -> date | None:
    """First day of the quarter that an NCCI version (`v322`, `v322r0`) holds for; None when the text is none."""
    found = _NCCI_VERSION.fullmatch(version)
    return date(_NCCI_YEAR_ZERO + int(found[1]), 3 * int(found[2]) + 1, 1) if found else None


def ncci_version(effective_from: date) -> str:
    """The version in the names of a quarter's PTP files: `v322` for 1 July 2026."""
    return f"v{effective_from.year - _NCCI_YEAR_ZERO:02d}{(effective_from.month - 1) // 3}"


def fiscal_year_start(fiscal_year: int) -> date:
    """First day of a federal fiscal year: 1 October of the calendar year before."""
    return date(fiscal_year - 1, 10, 1)


def fiscal_year_of(day: date) -> int:
    """The federal fiscal year that a day falls in: from 1 October on it is the next calendar year."""
    return day.year + 1 if day.month >= 10 else day.year


def effective_date(label: str) -> date:
    """The effective date that a label or an ISO date stands for.

    Raises:
        UsageError: the text is neither.
    """
    text = label.strip()
    fiscal = _FISCAL.fullmatch(text)
    if fiscal:
        year = int(fiscal[1])
        return date(year, _MONTHS[fiscal[2].lower()], 1) if fiscal[2] else fiscal_year_start(year)
    quarter = _QUARTER.fullmatch(text)
    if quarter:
        return date(int(quarter[1]), 3 * int(quarter[2] or 1) - 2, 1)
    version = ncci_version_start(text)
    if version:
        return version
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{label!r} names no release; use an effective date such as 2025-10-01 or a label such as FY2026, "
            "FY2026-apr, 2020Q2 or v322 ('codeset releases' lists those that are loaded)."
        ) from None


def label_of(code_set: str, effective_from: date) -> str:
    """The label of the release of a code set that takes effect on a date."""
    if _quarterly(code_set):
        if effective_from.day == 1 and effective_from.month in {1, 4, 7, 10}:
            return f"{effective_from.year}Q{(effective_from.month + 2) // 3}"
        return effective_from.isoformat()
    if (effective_from.month, effective_from.day) == (10, 1):
        return f"FY{effective_from.year + 1}"
    for name, month in _MONTHS.items():
        if effective_from.month == month and effective_from.day == 1:
            return f"FY{effective_from.year}-{name}"
    return effective_from.isoformat()
