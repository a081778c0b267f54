"""What the names of HCPCS and NCCI files say about the quarter they belong to.

A name may give a year and a month (`HCPC2026_APR_ANWEB.txt`, `july-2026-alpha-numeric-hcpcs-file.zip`), a year and a
quarter (a folder `2020-q2`), or a year alone, which is the annual file of 1 January
(`2018-Alpha-Numeric-HCPCS-File.zip`). NCCI names give year and quarter in either order (`2026q3`, `q1-2026`), the
version of the edits (`ccipra-v322r0-f1.TXT`), or the day on which they take effect (`…_Eff_07-01-2026.csv`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from codeset_pipeline.labels import ncci_version_start

_MONTHS = {
    "january": 1, "jan": 1, "april": 4, "apr": 4, "july": 7, "jul": 7, "october": 10, "oct": 10,
}  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_SHORT_YEAR = re.compile(r"hcpcs?(\d\d)(?!\d)")
_MONTH = re.compile(rf"(?<![a-z])({'|'.join(_MONTHS)})(?![a-z])")
_QUARTER = re.compile(r"(?<![a-z0-9])q([1-4])(?!\d)|(?<=\d)q([1-4])(?!\d)")
_VERSION = re.compile(r"(?<![a-z0-9])(v\d\d[0-3])r\d+(?![a-z0-9])")
_EFFECTIVE = re.compile(r"(?<![a-z])eff(?:ective)?[-_ ]+(\d{1,2})[-_](\d{1,2})[-_](20\d\d)(?!\d)")
_ANNUAL = re.compile(r"(?<![a-z])annual(?![a-z])")


@dataclass(frozen=True, slots=True)
class QuarterHint:
    """The calendar year and the first month of the quarter that a name gives; either may be unknown."""

    year: int | None = None
    month: int | None = None


def version_hint(name: str) -> QuarterHint:
    """Read the version of the edits in one name, such as `v322r0`."""
    version = _VERSION.search(name.lower())
    start = ncci_version_start(version[1]) if version else None
    return QuarterHint(start.year, start.month) if start else QuarterHint(None, None)


def quarter_hint(name: str) -> QuarterHint:
    """Read one name (a file's, an archive's or a folder's)."""
    text = name.lower()
    effective = _EFFECTIVE.search(text)
    if effective and 1 <= int(effective[1]) <= 12:
        return QuarterHint(int(effective[3]), int(effective[1]))
    year = _YEAR.search(text)
    short = None if year else _SHORT_YEAR.search(text)
    found = int(year[1]) if year else (2000 + int(short[1]) if short else None)
    month = _MONTH.search(text)
    if month:
        return QuarterHint(found, _MONTHS[month[1]])
    quarter = _QUARTER.search(text)
    if quarter:
        return QuarterHint(found, 3 * int(quarter[1] or quarter[2]) - 2)
    return QuarterHint(found, 1 if _ANNUAL.search(text) else None)
