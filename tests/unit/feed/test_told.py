"""Hand-made cases: what is told of a correction, of a late release, and of files that are read otherwise."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codeset_pipeline import upkeep
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.feed.state import state_problems
from codeset_pipeline.feed.store import Feed, open_feed
from codeset_pipeline.snapshots.revision import AcceptedRevision
from tests.unit.feed.arriving import Arrivals, events
from tests.unit.feed.stranger import follow

Revisions = dict[str, list[AcceptedRevision]]


def found(revisions: Revisions, start: date, revision: int = 0) -> AcceptedRevision:
    return next(
        item for item in revisions["icd10cm"] if (item.plan.effective_from, item.plan.revision) == (start, revision)
    )


FY2028, FY2029, APRIL, FY2030 = date(2027, 10, 1), date(2028, 10, 1), date(2029, 4, 1), date(2029, 10, 1)


@pytest.fixture
def arrivals(tmp_path: Path) -> Arrivals:
    return Arrivals(tmp_path / "home", "icd10cm")


def told(feed: Feed, since: str = "") -> list[tuple[Any, ...]]:
    """Cause, release and revision, day of publication, kind, code and first day, of the events of the codes."""
    return [
        (
            event["cause"],
            event["release"] and (event["release"]["label"], event["release"]["revision"]),
            event["published"],
            event["kind"],
            event["key"]["code"],
            event["key"]["effective_from"],
        )
        for event in events(feed, since=since)
        if event["table"] == "icd10_codes"
    ]


def test_what_is_newer_than_all_that_was_told_goes_day_by_day(revisions: Revisions, arrivals: Arrivals) -> None:
    arrivals.load(found(revisions, FY2028))
    start = arrivals.tell().cursor
    # FY2028 corrected on 10 November 2028, after FY2029 was out on 1 October 2028; both are loaded at once.
    arrivals.load(found(revisions, FY2029), found(revisions, FY2028, 1))
    feed = arrivals.tell()
    second = ("published", ("FY2029", 0), "2028-10-01")
    third = ("published", ("FY2028", 1), "2028-11-10")
    assert told(feed, start) == [
        # A02.1 ended, A03.0 became a header with two codes below.
        (*second, "update", "A02.1", "2027-10-01"),
        (*second, "update", "A03.0", "2027-10-01"),
        (*second, "insert", "A03.0", "2028-10-01"),
        (*second, "insert", "A03.0A", "2028-10-01"),
        (*second, "insert", "A03.0B", "2028-10-01"),
        # The correction of A05.0 holds for FY2028 alone, as FY2029 still says the old title.
        (*third, "update", "A05.0", "2027-10-01"),
        (*third, "insert", "A05.0", "2028-10-01"),
    ]
    assert [step.said["cause"] for step in feed.steps] == ["published"] * 3
    (ended,) = [event for event in events(feed, since=start) if event["key"].get("code") == "A02.1"]
    assert (ended["before"]["effective_to"], ended["after"]["effective_to"]) == (None, "2028-09-30")
    assert {n for n in ended["before"] if ended["before"][n] != ended["after"][n]} == {"effective_to", "published_from"}


def test_a_release_that_arrives_late_is_one_step_that_names_it(revisions: Revisions, arrivals: Arrivals) -> None:
    arrivals.load(found(revisions, FY2028), found(revisions, FY2029))
    arrivals.load(found(revisions, FY2030))
    start = arrivals.tell().cursor
    arrivals.load(found(revisions, FY2028, 1))
    feed = arrivals.tell()
    late = ("arrived_late", ("FY2028", 1), "2028-11-10")
    assert told(feed, start) == [
        (*late, "update", "A05.0", "2027-10-01"),
        (*late, "insert", "A05.0", "2028-10-01"),
    ]
    # One that is late and one that is new: first the late one, and then the new one as published.
    (arrivals.place.home / "feed" / "icd10cm").rename(arrivals.place.home / "old")
    other = Arrivals(arrivals.place.home / "other", "icd10cm")
    other.load(found(revisions, FY2029))
    other.tell()
    other.load(found(revisions, FY2028), found(revisions, FY2030))
    steps = other.tell().steps[1:]
    assert [(step.said["cause"], [r["label"] for r in step.said["releases"]]) for step in steps] == [
        ("arrived_late", ["FY2028"]),
        ("published", ["FY2030"]),
    ]


def test_the_original_that_arrives_after_its_correction_is_what_is_named(
    revisions: Revisions, arrivals: Arrivals
) -> None:
    """The correction was the only revision, number 0; now it is number 1, and yet nothing new."""
    arrivals.load(found(revisions, FY2028, 1))
    first = arrivals.tell()
    assert {event["release"]["revision"] for event in events(first)} == {0}
    arrivals.load(found(revisions, FY2028))
    feed = arrivals.tell()
    (step,) = feed.steps[1:]
    assert [(r["published"], r["revision"]) for r in step.said["releases"]] == [("2027-10-01", 0)]
    assert step.said["cause"] == "arrived_late"
    assert [(r["published"], r["revision"]) for r in feed.known] == [("2027-10-01", 0), ("2028-11-10", 1)]


def test_files_that_are_read_otherwise_are_restated(revisions: Revisions, arrivals: Arrivals) -> None:
    """The same revision with another snapshot, as a newer version of the program would make it."""
    first, second = found(revisions, FY2028), found(revisions, FY2029)
    arrivals.load(first, second)
    start = arrivals.tell().cursor
    # Read so that FY2029 says what its correction says: without A06.0.
    arrivals.there.remove(second)
    arrivals.load(replace(second, snapshot=found(revisions, FY2029, 1).snapshot))
    feed = arrivals.tell()
    assert told(feed, start) == [("restated", None, None, "update", "A06.0", "2027-10-01")]
    assert feed.steps[-1].said["releases"] == []
    assert follow(feed.lines())[0]["icd10_codes"].keys()


def test_a_release_without_a_change_is_a_step_without_events(revisions: Revisions, arrivals: Arrivals) -> None:
    first = found(revisions, FY2028)
    arrivals.load(first)
    cursor = arrivals.tell().cursor
    same = replace(first, plan=replace(first.plan, effective_from=FY2029, published=FY2029))
    arrivals.load(same)
    # A run that was killed before it knew that there is nothing to tell.
    (arrivals.place.home / "feed" / "icd10cm" / "000002.ndjson.gz").write_bytes(b"left")
    feed = arrivals.tell()
    assert (feed.cursor, feed.steps[-1].said["events"], len(feed.known)) == (cursor, 0, 2)
    assert "000002.ndjson.gz" not in arrivals.content()
    assert list(feed.lines(cursor)) == []
    arrivals.load(found(revisions, FY2030))
    assert events(arrivals.tell(), since=cursor)[0]["release"]["label"] == "FY2030"


def test_a_lost_database_is_not_told_as_a_deletion(revisions: Revisions, arrivals: Arrivals) -> None:
    arrivals.load(found(revisions, FY2028))
    cursor = arrivals.tell().cursor
    there, arrivals.there = arrivals.there, []
    for file in arrivals.place.home.glob("codeset.sqlite*"):
        file.unlink()
    arrivals.load()
    with pytest.raises(HistoryError, match="codeset rebuild"):
        arrivals.tell()
    arrivals.load(*there)
    assert arrivals.tell().cursor == cursor


def test_rebuilding_takes_back_what_a_changed_database_made_us_tell(own_home: Path) -> None:
    """Somebody changed a row; the next load told of it; rebuilding makes the database right, and tells that too."""
    place = upkeep.Workspace.at(own_home, f"sqlite:///{own_home / 'codeset.sqlite'}")
    feed = open_feed(place, "icd10cm")
    upkeep.rebuild(place)
    assert open_feed(place, "icd10cm").step_hash == feed.step_hash
    with sqlite3.connect(own_home / "codeset.sqlite") as connection:
        connection.execute("UPDATE icd10_code SET long_title = 'mine' WHERE code = 'A020' AND published_to IS NULL")
    connection.close()
    shutil.rmtree(own_home / "feed" / "icd10cm" / "state")
    wrong = upkeep.current_feed(place, "icd10cm")
    assert {(e["cause"], e["after"]["long_title"]) for e in events(wrong, since=feed.cursor)} == {("restated", "mine")}
    assert any("mine" in problem for problem in upkeep.verify(place))
    upkeep.rebuild(place)
    right = open_feed(place, "icd10cm")
    assert right.tables == feed.tables
    assert {event["before"]["long_title"] for event in events(right, since=wrong.cursor)} == {"mine"}
    assert state_problems(right) == []
    assert upkeep.verify(place) == []
