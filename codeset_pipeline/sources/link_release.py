"""Which release a link belongs to, told from its file name, its own text, and the headings above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from codeset_pipeline.labels import fiscal_year_start
from codeset_pipeline.sources.hints import folder_hint, hint
from codeset_pipeline.sources.link_rules import LinkRules
from codeset_pipeline.sources.quarters import quarter_hint, version_hint

_DATE = re.compile(r"(?<!\d)(\d{2})[-_/]?(\d{2})[-_/]?(20\d{2})(?!\d)")
# Not `update`: a "version update summary" is posted once.
_UPDATED = re.compile(r"(?<![a-z])updated(?![a-z])")
Told = tuple[date | None, str]


def told_release(rules: LinkRules, name: str, folders: Sequence[str], text: str, headings: Sequence[str]) -> Told:
    """The effective date of the release that a link belongs to, or None and the reason why nothing tells it.

    The file's name counts first, then its folder, the link's text, and the headings from the nearest outwards.
    """
    known = rules.known.get("/".join([*folders, name]).lower())
    if known:
        return known, ""
    if rules.calendar == "fiscal_year":
        return _fiscal(rules, name, folders, text, headings)
    if rules.calendar == "quarter":
        return _quarter([name, text, *headings])
    if rules.calendar == "quarter_of_date":
        return _quarter_of_date([name, text])
    return None, "its page belongs to no release"


def _quarter(words: Sequence[str]) -> Told:
    year = month = None
    for each in words:
        found = quarter_hint(each)
        year, month = year or found.year, month or found.month
        if year and month:
            return date(year, month, 1), ""
    version = version_hint(words[0])
    if version.year and version.month and not year:
        return date(version.year, version.month, 1), ""
    # A year alone is the annual file of 1 January.
    return (date(year, 1, 1), "") if year else (None, "no name around the link tells a year")


def _quarter_of_date(words: Sequence[str]) -> Told:
    for each in words:
        found = _DATE.search(each)
        if not found:
            continue
        try:
            day = date(int(found[3]), int(found[1]), int(found[2]))
        except ValueError:
            return None, f"{found[0]} is no date"
        if day.day == 1 and day.month in {1, 4, 7, 10}:
            return day, ""
        following = 3 * ((day.month - 1) // 3) + 4
        return (date(day.year, following, 1) if following <= 12 else date(day.year + 1, 1, 1)), ""
    return _quarter(words)


def _fiscal(rules: LinkRules, name: str, folders: Sequence[str], text: str, headings: Sequence[str]) -> Told:
    own = hint(name)
    said = hint(text)
    folder = next((found for found in map(folder_hint, reversed(folders)) if found), None)
    around = [hint(heading) for heading in headings]
    outer = [*([folder] if folder else []), said, *around]
    year = own.fiscal_year or next((each.fiscal_year for each in outer if each.fiscal_year), None)
    if year is None:
        return None, "no name around the link tells a year"
    # Only what speaks of the same fiscal year can tell the month.
    month = next((each.month for each in (own, *outer) if each.month and each.fiscal_year in {None, year}), None)
    if month:
        return _on(year, month), ""
    posted = next((each.posted for each in (own, said) if each.posted), None)
    if posted and posted >= fiscal_year_start(year):
        later = rules.updates.get(posted.month) if posted < fiscal_year_start(year + 1) else None
        if later is None:
            return None, f"it was posted on {posted}, and no update of FY{year} followed that day"
        return _on(year, later), ""
    if folder and folder.updated and rules.update_directory_month:
        return _on(year, rules.update_directory_month), ""
    if own.posted is None and _UPDATED.search(name.lower()):
        return None, "its name says that it was updated, and not when"
    return fiscal_year_start(year), ""


def _on(fiscal_year: int, month: int) -> date:
    return date(fiscal_year, month, 1) if month < 10 else date(fiscal_year - 1, month, 1)
