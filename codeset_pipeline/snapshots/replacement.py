"""When a replacement of a quarterly file was posted, where only the dates of its members may tell."""

from __future__ import annotations

from datetime import date, timedelta

from codeset_pipeline.acquire.records import Acquisition
from codeset_pipeline.sources.told_add_on import effective_day

# A quarter's files are written at most this long before it begins, and replaced before it has passed; other dates in an
# archive tell when somebody packed it.
_BEFORE, _AFTER = timedelta(days=120), timedelta(days=100)
_ONE_DAY = timedelta(days=1)


def says_replacement(name: str) -> bool:
    """Does the name of an archive say that it replaces another (`…-replacement-file-…`)?"""
    return "replac" in name.lower()


def posted_as_replacement(acquired: Acquisition) -> date:
    """The day on which an archive was posted if it replaces an earlier one of its release.

    The newest date of its members tells, where it lies about the quarter, else a day in its name. A file that calls
    itself a replacement came after the original, so that without such a date it counts from the second day on.
    """
    start = acquired.effective_from
    if acquired.published != start:
        return acquired.published
    written = [m.written for m in acquired.members if m.written and start - _BEFORE <= m.written <= start + _AFTER]
    posted = max(written, default=effective_day(acquired.name) or start)
    if says_replacement(acquired.name) and posted <= start:
        return start + _ONE_DAY
    return posted
