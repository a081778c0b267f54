"""What the words in a file, archive or folder name say about the release it belongs to.

Names seen in genuine files are listed in the tests. A name may give a fiscal year, a month (mid-year releases name
theirs), the date on which the file was posted, or only the mark that it was updated at some time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTH_NUMBERS = {"january": 1, "jan": 1, "april": 4, "apr": 4, "october": 10, "oct": 10}
_MONTH = r"(january|jan|april|apr|october|oct)"
_YEAR = r"(20[1-4]\d)"
# \b does not separate letters from underscores, so edges are spelled out.
_EDGE_BEFORE, _EDGE_AFTER = r"(?<![a-z0-9])", r"(?![a-z0-9])"

_LABEL = re.compile(rf"{_EDGE_BEFORE}fy[-_ ]?(20[1-4]\d)-(jan|apr){_EDGE_AFTER}")
_FISCAL = re.compile(r"(?<![a-z])(?:ord)?fy[-_ ]?(20[1-4]\d|\d\d)(?!\d)|(?<=codes)fy(\d\d)(?!\d)")
_EFFECTIVE = re.compile(r"effective[-_ ](\d{1,2})[-_/](\d{1,2})[-_/](20\d\d)")
_POSTED = re.compile(r"updated?[-_ ]*(\d{1,2})[-_/.](\d{1,2})[-_/.](20\d\d)|updated?[-_ ]*(\d{2})(\d{2})(20\d{2})")
_MONTH_DAY_YEAR = re.compile(rf"{_EDGE_BEFORE}{_MONTH}[-_ ]*(?:1[-_ ,]+)?{_YEAR}(?!\d)")
_MONTH_ALONE = re.compile(rf"{_EDGE_BEFORE}{_MONTH}{_EDGE_AFTER}")
_CALENDAR_YEAR = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
_UPDATED = re.compile(rf"{_EDGE_BEFORE}updated?{_EDGE_AFTER}")


@dataclass(frozen=True, slots=True)
class Hint:
    """What one name says. Every part may be unknown.

    Attributes:
        fiscal_year: federal fiscal year.
        month: month in which the release takes effect: 10, or 1 or 4 for mid-year releases.
        posted: date on which the publisher posted the file.
        updated: the name says that the file replaces an earlier one, without saying for which release.
    """

    fiscal_year: int | None = None
    month: int | None = None
    posted: date | None = None
    updated: bool = False


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _posted(text: str) -> date | None:
    match = _POSTED.search(text)
    if not match:
        return None
    month, day, year = (int(part) for part in match.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def hint(name: str) -> Hint:
    """Read one name (a file's, an archive's or a folder's)."""
    text = name.lower()
    posted = _posted(text)
    updated = posted is not None or _UPDATED.search(text) is not None
    rest = _POSTED.sub(" ", text)
    label = _LABEL.search(rest)
    if label:
        return Hint(int(label[1]), _MONTH_NUMBERS[label[2]], posted, updated)
    effective = _EFFECTIVE.search(rest)
    if effective:
        month, year = int(effective[1]), int(effective[3])
        return Hint(year + 1 if month >= 10 else year, month, posted, updated)
    dated = _MONTH_DAY_YEAR.search(rest)
    if dated:
        month, year = _MONTH_NUMBERS[dated[1]], int(dated[2])
        return Hint(year + 1 if month >= 10 else year, month, posted, updated)
    fiscal = _FISCAL.search(rest)
    fiscal_year = _full_year(fiscal[1] or fiscal[2]) if fiscal else None
    if fiscal_year is None:
        calendar = _CALENDAR_YEAR.search(rest)
        fiscal_year = int(calendar[1]) if calendar else None
    month_alone = _MONTH_ALONE.search(rest)
    return Hint(fiscal_year, _MONTH_NUMBERS[month_alone[1]] if month_alone else None, posted, updated)


_RELEASE_FOLDER = re.compile(
    rf"fy[-_ ]?\d{{2,4}}(-(jan|apr))?|{_YEAR}([-_ ]updated?)?|{_MONTH}[-_ ]*(1[-_ ,]+)?{_YEAR}|{_YEAR}[-_ ]{_MONTH}"
)


def folder_hint(name: str) -> Hint | None:
    """Read a folder's name, only where the whole of it names a release (`FY2024-apr`, `2025-Update`, `2026`)."""
    text = name.lower().strip()
    return hint(text) if _RELEASE_FOLDER.fullmatch(text) else None
