"""What can be known of a date from the releases that are loaded."""

from __future__ import annotations

from datetime import date, timedelta

from codeset_pipeline.ncci_check.asking import Loaded
from codeset_pipeline.ncci_check.findings import Coverage

_DAY = timedelta(days=1)


def coverage_of(code_set: str, releases: list[Loaded], on: date, published: date | None, *, by_row: bool) -> Coverage:
    """Whether anything is known for a date of service, and what is not.

    Args:
        by_row: the rows carry their own dates (PTP, add-on codes), so that a file also speaks of earlier days.
    """
    said = [each for each in releases if published is None or each.published <= published.isoformat()]
    if not releases:
        return Coverage(code_set, None, False, f"No release of {code_set} is loaded; nothing is said about it.")
    ends = (releases[0].label, releases[-1].label)
    if not said:
        first = min(each.published for each in releases)
        note = f"Nothing of {code_set} that was published by {published} is loaded; the first loaded is of {first}."
        return Coverage(code_set, ends, False, note)
    oldest, newest = said[0], said[-1]
    if on.isoformat() < oldest.effective_from:
        if not by_row:
            note = (
                f"{code_set} on {on} cannot be known: the table has no dates, and the oldest loaded is {oldest.label}; "
                "load older ones."
            )
            return Coverage(code_set, ends, False, note)
        note = (
            f"{code_set} on {on} is as later files state it: the oldest loaded is {oldest.label}; what was published "
            "before is not known."
        )
        return Coverage(code_set, ends, True, note)
    last = _last_day(newest)
    if on > last:
        note = f"{code_set} is loaded up to {newest.label} (until {last}); a later release may say otherwise of {on}."
        return Coverage(code_set, ends, True, note)
    return Coverage(code_set, ends, True, None)


def _last_day(release: Loaded) -> date:
    """The last day of the quarter that a release begins."""
    start = date.fromisoformat(release.effective_from)
    month = start.month + 3
    return date(start.year + (month > 12), (month - 1) % 12 + 1, 1) - _DAY
