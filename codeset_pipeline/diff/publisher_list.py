"""The publisher's own lists of changes (addenda), as maps from code to its state before and after.

A list leads from one set of codes to another. Both are known only by the year in a file name and by the number of
headers and codes that the list's trailer states, so that is what a list is attached by. Lists can be followed one
after the other, and backwards.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from codeset_pipeline.diff.codes import CodeState
from codeset_pipeline.labels import fiscal_year_of
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.snapshots.tables import ADDENDA, ADDENDA_TOTALS

_YEAR = re.compile(r"20\d\d")

Entries = Mapping[str, tuple[CodeState | None, CodeState | None]]


class CodeCount(NamedTuple):
    """What a set of codes is known by: the fiscal year it belongs to, and its headers and billable codes."""

    fiscal_year: int
    headers: int
    codes: int


@dataclass(frozen=True)
class PublisherList:
    """One list of changes.

    Attributes:
        base, result: the sets of codes it leads from and to; base is None when no trailer states it.
        base_name: the file that the publisher compared with, blank when no trailer names it.
        totals: level → added, deleted, revised, as the trailer states them.
    """

    base: CodeCount | None
    result: CodeCount
    base_name: str
    file: str
    entries: Entries
    totals: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def count_of(snapshot: Snapshot) -> CodeCount:
    """What a release is known by."""
    year = fiscal_year_of(snapshot.effective_from)
    billable = snapshot.billable_rows or 0
    return CodeCount(year, snapshot.rows - billable, billable)


def _entries(snapshot: Snapshot) -> dict[str, tuple[CodeState | None, CodeState | None]]:
    found: dict[str, list[CodeState | None]] = {}
    columns = ["list", "label", "code", "billable", "short_title", "long_title"]
    for listed, label, code, billable, short_title, long_title in snapshot.read(ADDENDA, columns):
        if listed != "order":
            continue
        # The ICD-10-PCS list has no flag: a full code has seven characters.
        state = CodeState(len(code) == 7 if billable is None else billable, short_title, long_title)
        pair = found.setdefault(code, [None, None])
        pair[0 if label in {"delete", "revise_from"} else 1] = state
    return {code: (before, after) for code, (before, after) in found.items()}


def publisher_list(snapshot: Snapshot) -> PublisherList | None:
    """The list that came with a release, None when none did."""
    files = [item for item in snapshot.inputs if item["role"] == "order_addenda"]
    if not files:
        return None
    file = str(files[0]["member"]).rsplit("/", 1)[-1]
    totals = {
        row[1]: dict(zip(ADDENDA_TOTALS.column_names[2:], row[2:], strict=True))
        for row in snapshot.read(ADDENDA_TOTALS)
        if row[0] == "order"
    }
    base, name = None, ""
    if {"headers", "codes"} <= totals.keys():
        name = str(totals["codes"]["from_name"])
        year = _YEAR.search(name)
        if year is not None:
            headers, codes = (int(totals[level]["from_count"]) for level in ("headers", "codes"))
            base = CodeCount(int(year[0]), headers, codes)
    stated = {
        level: {"added": row["additions"], "deleted": row["deletions"], "revised": row["revisions"]}
        for level, row in totals.items()
    }
    return PublisherList(base, count_of(snapshot), name, file, _entries(snapshot), stated)


def followed(first: Entries, second: Entries) -> dict[str, tuple[CodeState | None, CodeState | None]]:
    """The changes of one list and then another; a code that ends as it began drops out."""
    result = {}
    for code in first.keys() | second.keys():
        before = first[code][0] if code in first else second[code][0]
        after = second[code][1] if code in second else first[code][1]
        if before != after:
            result[code] = (before, after)
    return result


def backwards(entries: Entries) -> dict[str, tuple[CodeState | None, CodeState | None]]:
    """The list read from its result to its base."""
    return {code: (after, before) for code, (before, after) in entries.items()}


def path_between(
    lists: Iterable[PublisherList], start: CodeCount, goal: CodeCount
) -> list[tuple[PublisherList, bool]] | None:
    """The shortest way from one set of codes to another over lists: (list, is it read backwards?); None if none."""
    edges: dict[CodeCount, list[tuple[CodeCount, PublisherList, bool]]] = {}
    for item in lists:
        if item.base is None:
            continue
        edges.setdefault(item.base, []).append((item.result, item, False))
        edges.setdefault(item.result, []).append((item.base, item, True))
    waiting: deque[tuple[CodeCount, list[tuple[PublisherList, bool]]]] = deque([(start, [])])
    seen = {start}
    while waiting:
        place, path = waiting.popleft()
        if place == goal and (path or start != goal):
            return path
        for following, item, reverse in edges.get(place, []):
            if following == goal and following == place:
                return [*path, (item, reverse)]
            if following not in seen:
                seen.add(following)
                waiting.append((following, [*path, (item, reverse)]))
    return None


def along(path: Sequence[tuple[PublisherList, bool]]) -> dict[str, tuple[CodeState | None, CodeState | None]]:
    """The changes of all lists of a path."""
    entries: dict[str, tuple[CodeState | None, CodeState | None]] = {}
    for position, (item, reverse) in enumerate(path):
        step = backwards(item.entries) if reverse else dict(item.entries)
        entries = followed(entries, step) if position else step
    return entries
