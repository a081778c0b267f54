"""The quarter of an add-on code file, whose names do not always agree.

The files inside name their version (`AOC_V2026Q3-MCR.xlsx`), the archive the day on which they take effect
(`add-code-edits-medicare-effective-07012026.zip`). That day is not always the first of the version's quarter: CMS has
named a third quarter's archive after 1 June, and a replacement may name the day from which it counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from codeset_pipeline.errors import SourceError
from codeset_pipeline.labels import label_of
from codeset_pipeline.sources.quarters import quarter_hint

_VERSION = re.compile(r"(?<![a-z0-9])v?(20[1-4]\d)[-_ ]?q([1-4])(?!\d)")
_DAY = re.compile(r"eff(?:ective)?[-_ ]+(\d{1,2})[-_]?(\d{1,2})[-_]?(20[1-4]\d)(?!\d)")
# A quarter's files are posted about a month before it begins.
_EARLY = timedelta(days=31)


def _version(name: str) -> date | None:
    found = _VERSION.search(name.lower())
    return date(int(found[1]), 3 * int(found[2]) - 2, 1) if found else None


def effective_day(name: str) -> date | None:
    """The day on which a file takes effect, as its name says (`…effective-06012026.zip`); None where it says none."""
    found = _DAY.search(name.lower())
    if not found:
        return None
    try:
        return date(int(found[3]), int(found[1]), int(found[2]))
    except ValueError:
        return None


def _quarter_of(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _next_quarter(start: date) -> date:
    return _quarter_of(start + timedelta(days=100))


def _fits(day: date, start: date) -> bool:
    """Can a file that takes effect on a day be of the quarter that begins on `start`?"""
    return start - _EARLY <= day < _next_quarter(start)


def told_add_on_quarter(
    code_set: str, names: Sequence[str], folders: Sequence[str], name: str, release: date | None
) -> tuple[date | None, str]:
    """The effective date of an add-on code file's release, or None and the reason why only the user can tell.

    Args:
        names: names of the release files and of their archive.
        name: what to call the file in messages.
        release: the release that the user named.

    Raises:
        SourceError: the names contradict each other or the user.
    """
    versions = {found for found in map(_version, names) if found}
    days = {found for found in map(effective_day, names) if found}
    if len(versions) > 1:
        both = " and ".join(label_of(code_set, start) for start in sorted(versions))
        raise SourceError(f"{name}: the file names name {both} at once; sort the files into one folder per release.")
    version = next(iter(versions), None)
    if release is not None:
        told = [*versions, *days]
        if told and not any(_fits(day, release) for day in told):
            raise SourceError(
                f"{name} holds files named for another quarter than {label_of(code_set, release)}; check which file "
                "belongs to which release."
            )
        return release, ""
    hints = (quarter_hint(folder) for folder in reversed(folders))
    folder = next((date(h.year, 3 * ((h.month + 2) // 3) - 2, 1) for h in hints if h.year and h.month), None)
    if version is not None:
        if folder is not None and folder != version:
            raise SourceError(
                f"{name}: its names and its folder name different quarters; move it to the right folder or name its "
                "release with --release."
            )
        apart = [day for day in days if not _fits(day, version)]
        if apart and folder is None:
            label = label_of(code_set, version)
            return None, f"its name says that it takes effect on {apart[0]}, and its files are those of {label}"
        return version, ""
    day = max(days, default=None)
    if folder is not None:
        if day is not None and not _fits(day, folder):
            raise SourceError(
                f"{name} takes effect on {day}, which is not in the quarter of its folder; move it to the right folder "
                "or name its release with --release."
            )
        return folder, ""
    if day is None:
        return None, "no name in it tells a quarter"
    following = _next_quarter(day)
    if _fits(day, following):
        labels = f"{label_of(code_set, _quarter_of(day))} or {label_of(code_set, following)}"
        return None, f"its name says that it takes effect on {day}, which may be of {labels}"
    return _quarter_of(day), ""
