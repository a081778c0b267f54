"""Whatever the order in which releases arrive: what was told stays, and leads to the tables as they are now."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from codeset_pipeline.feed.store import Feed
from codeset_pipeline.snapshots.revision import AcceptedRevision
from tests.unit.feed.arriving import Arrivals, events
from tests.unit.feed.stranger import canonical, follow, table_hash

Revisions = dict[str, list[AcceptedRevision]]


def agrees(arrivals: Arrivals, feed: Feed) -> None:
    """The events of a feed lead a stranger to the tables of the history, and to the hashes that the feed promises."""
    reached, cursor = follow(feed.lines())
    now = arrivals.tables()
    assert reached.keys() <= now.keys() == feed.tables.keys()
    for name, rows in now.items():
        found = reached.get(name, {}).values()
        assert sorted(map(canonical, found)) == sorted(map(canonical, rows))
        assert feed.tables[name] == {"hash": table_hash(rows), "rows": len(rows)}
    assert cursor == feed.cursor


def batches(revisions: Sequence[AcceptedRevision], seed: int) -> list[list[AcceptedRevision]]:
    """The revisions in any order, one or two at a time."""
    rng = random.Random(seed)
    order, found = list(revisions), []
    rng.shuffle(order)
    while order:
        count = rng.choice([1, 1, 2])
        found.append(order[:count])
        order = order[count:]
    return found


@pytest.mark.parametrize("seed", range(2))
def test_every_load_only_appends_and_leads_to_the_tables(revisions: Revisions, arrivals: Arrivals, seed: int) -> None:
    before: dict[str, bytes] = {}
    told: list[bytes] = []
    known: dict[str, str] = {}
    for batch in batches(revisions[arrivals.code_set], seed):
        arrivals.load(*batch)
        feed = arrivals.tell()
        agrees(arrivals, feed)
        content, lines = arrivals.content(), list(feed.lines())
        assert {name: content[name] for name in before} == before
        assert lines[: len(told)] == told
        new = [item.snapshot.content_hash for item in batch]
        for step in feed.steps[sum(name.endswith(".json") for name in before) :]:
            assert step.said["cause"] in {"published", "arrived_late"}
            caused = [release["snapshot"] for release in step.said["releases"]]
            assert caused
            assert set(caused) <= set(new)
            known |= dict.fromkeys(caused, step.said["cause"])
        before, told = content, lines
        # Asked again, it tells nothing.
        assert arrivals.tell().cursor == feed.cursor
        assert arrivals.content() == content
    assert set(known) == {item.snapshot.content_hash for item in revisions[arrivals.code_set]}


def test_the_same_loads_give_the_same_bytes(revisions: Revisions, code_set: str, tmp_path: Path) -> None:
    found = []
    for place in ("one", "other"):
        arrivals = Arrivals(tmp_path / place, code_set)
        for batch in batches(revisions[code_set], 11):
            arrivals.load(*batch)
            arrivals.tell()
        found.append(arrivals.content())
    assert found[0] == found[1]


def test_from_any_cursor_on(revisions: Revisions, arrivals: Arrivals) -> None:
    """Whoever stopped at a cursor, with the tables as they were there, reaches the same tables as all others."""
    for batch in batches(revisions[arrivals.code_set], 2):
        arrivals.load(*batch)
        arrivals.tell()
    feed = arrivals.tell()
    lines = list(feed.lines())
    whole, _ = follow(lines)
    every = max(1, len(lines) // 40)
    tables, cursor = follow([])
    for start in range(0, len(lines), every):
        rest = list(feed.lines(cursor))
        assert rest == lines[start:]
        assert list(feed.lines(cursor, limit=3)) == lines[start : start + 3]
        if start % (7 * every) == 0:
            assert follow(rest, tables, cursor) == (whole, feed.cursor)
        tables, cursor = follow(lines[start : start + every], tables, cursor)
    assert cursor == feed.cursor
    assert list(feed.lines(cursor)) == []
    assert events(feed)[-1]["cursor"] == cursor
