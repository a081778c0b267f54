"""When a file was posted, from what the user, its names, its members and its site say; and whether it was posted again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from codeset_pipeline.acquire.records import Acquisition
from codeset_pipeline.snapshots.intake import SuppliedFile
from codeset_pipeline.snapshots.plan import ACCUMULATING
from codeset_pipeline.sources.definition import Source


def first_posted(item: SuppliedFile, source: Source, effective_from: date) -> date:
    """When an archive was first posted: as the user says, as a name says, as its members' dates say, as its site says,
    else its effective date.

    The dates of corrections tell when each of them came, not when the release did. A site that gives a date after the
    effective one has moved its files: the release was there before.
    """
    if item.published or item.recognised.posted:
        return item.published or item.recognised.posted or effective_from
    written = [file.written for file in item.recognised.files if file.written and file.role not in ACCUMULATING]
    if written and source.published == "member_dates":
        return min(written)
    if item.delivery is None:
        return effective_from
    return item.delivery.updated or min(item.delivery.posted, effective_from)


def posted_before(item: SuppliedFile, known: Sequence[Acquisition]) -> date | None:
    """When the file that the same address delivered before was posted; None where it never delivered another.

    A file of the same name that somebody saved from the site counts as one that the address delivered.
    """
    if item.delivery is None:
        return None
    place, name = urlsplit(item.url).path, item.recognised.name
    earlier = [
        each.published
        for each in known
        if (each.transport == item.transport and urlsplit(each.url).path == place)
        or (each.transport == "path" and each.name == name)
    ]
    return max(earlier, default=None)


def posted_again(item: SuppliedFile, before: date) -> date:
    """When a file was posted under the address of an earlier one: not before that one.

    Where the site gives it no later date than the earlier file, it was posted by the day on which it was fetched.
    """
    if item.published or item.delivery is None:
        return item.published or before
    said = [day for day in (item.delivery.updated, item.delivery.posted) if day and day > before]
    return said[0] if said else max(before, datetime.now(UTC).date())
