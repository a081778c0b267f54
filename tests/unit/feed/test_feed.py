"""What the feed tells leads to the published tables, whatever the order of loads; whatever is changed is found."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codeset_pipeline import pipeline, upkeep
from codeset_pipeline.errors import FeedError, UsageError
from codeset_pipeline.feed.consumer import verified_events
from codeset_pipeline.feed.store import open_feed
from codeset_pipeline.feed.verify import verify_feeds
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.published_tables import published_tables, rows
from codeset_pipeline.sync.origins import WorkspaceOrigin
from codeset_pipeline.sync.run import sync, unlike_tables
from codeset_pipeline.sync.target import Target
from tests.generated_releases import categories, retitled, split, without, write_release
from tests.unit.history.loading import accept, take, workspace

ONE = categories(count=6)
TWO = split(without(ONE, "A021"), "A030")
THREE = retitled({**TWO, "A021": ONE["A021"]}, "A040", "Ménière, another title")


def _silent(_: str) -> None:
    pass


@pytest.fixture(scope="module")
def supplies(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, date | None]]:
    """Three Octobers and a correction of the first."""
    folder = tmp_path_factory.mktemp("supplies")
    return [
        (write_release(folder / "1", 2028, ONE), None),
        (write_release(folder / "1b", 2028, retitled(ONE, "A050", "A corrected title")), date(2028, 1, 10)),
        (write_release(folder / "2", 2029, TWO), None),
        (write_release(folder / "3", 2030, THREE), None),
    ]


@pytest.fixture(scope="module")
def home(supplies: list[tuple[Path, date | None]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("feed") / "home"
    for path, published in supplies:
        accept(home, path, published)
    pipeline.load(workspace(home), "icd10cm")
    upkeep.current_feed(workspace(home), "icd10cm")
    return home


def _events(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in open_feed(workspace(home), "icd10cm").lines()]


def _applied(events: list[dict[str, Any]]) -> list[str]:
    """The rows that events lead to, applied one by one without any code of the program."""
    held: dict[str, Any] = {}
    for event in events:
        key = json.dumps([event["table"], event["key"]], sort_keys=True)
        assert held.get(key) == event["before"]
        held[key] = event["after"]
    return sorted(json.dumps(row, sort_keys=True) for row in held.values() if row is not None)


def _loaded(home: Path) -> list[str]:
    database = HistoryDatabase(workspace(home).database_url)
    found = []
    with database.reading() as connection:
        for table in published_tables("icd10cm"):
            for row in rows(connection, table, "icd10cm"):
                values = dict(zip(table.column_names, row, strict=True))
                if "texts" in values:
                    values["texts"] = json.loads(str(values["texts"]))
                found.append(json.dumps(values, sort_keys=True))
    database.dispose()
    return sorted(found)


def test_a_stranger_recomputes_every_hash(home: Path) -> None:
    previous, sequence = "0" * 64, 0
    for event in _events(home):
        cursor, hash = event.pop("cursor"), event.pop("hash")
        text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        sequence += 1
        assert (event["previous"], event["sequence"]) == (previous, sequence)
        assert hash == hashlib.sha256(text.encode()).hexdigest()
        assert cursor == f"{sequence}-{hash}"
        previous = hash
    assert sequence > len(ONE)


def test_all_events_lead_to_the_published_tables(home: Path) -> None:
    assert _applied(_events(home)) == _loaded(home)
    causes = {(event["release"]["label"], event["release"]["revision"]) for event in _events(home)}
    assert causes == {("FY2028", 0), ("FY2028", 1), ("FY2029", 0), ("FY2030", 0)}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 0, 3, 1), (3, 2, 1, 0)])
def test_whatever_the_order_of_loads_the_feed_only_grows(
    supplies: list[tuple[Path, date | None]], home: Path, order: tuple[int, ...], tmp_path: Path
) -> None:
    place = workspace(tmp_path / "home")
    before: list[dict[str, Any]] = []
    for number in order:
        take(place.home, *supplies[number])
        upkeep.current_feed(place, "icd10cm")
        told = _events(place.home)
        assert told[: len(before)] == before
        assert _applied(told) == _loaded(place.home)
        before = told
    assert verify_feeds(place, _silent) == []
    late = any(event["cause"] == "arrived_late" for event in before)
    assert late == (order != (0, 1, 2, 3))
    if not late:
        assert before == _events(home)


def test_a_rebuild_tells_nothing(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "home")
    place = workspace(tmp_path / "home")
    upkeep.rebuild(place)
    assert open_feed(place, "icd10cm").cursor == open_feed(workspace(home), "icd10cm").cursor
    assert len(open_feed(place, "icd10cm").steps) == len(open_feed(workspace(home), "icd10cm").steps)


def test_a_flipped_byte_is_found_and_its_file_named(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "home")
    place = workspace(tmp_path / "home")
    for path in sorted(path for path in (place.home / "feed").rglob("*") if path.is_file()):
        content = path.read_bytes()
        for at in itertools.chain(range(0, len(content), max(1, len(content) // 3)), [len(content) - 1]):
            path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            found = verify_feeds(place, _silent)
            assert any(path.name in problem for problem in found), (path, at, found)
        path.write_bytes(content)
    assert verify_feeds(place, _silent) == []


def test_a_cursor_of_another_feed_is_refused(home: Path) -> None:
    feed = open_feed(workspace(home), "icd10cm")
    for cursor in (f"5-{'1' * 64}", f"999999-{feed.hash}", f"1-{feed.hash}"):
        with pytest.raises(UsageError, match=cursor):
            feed.lines(cursor)
    with pytest.raises(UsageError, match="no cursor"):
        feed.lines("five")
    assert list(feed.lines(feed.cursor)) == []


def test_a_tampered_event_is_refused_with_its_cursor_and_nothing_is_applied(home: Path, tmp_path: Path) -> None:
    events = _events(home)
    events[7]["after"]["long_title"] += "!"
    with pytest.raises(FeedError, match=events[7]["cursor"]):
        list(verified_events(events, "icd10cm"))
    with pytest.raises(FeedError, match=events[2]["cursor"]):
        list(verified_events([*events[:1], events[2]], "icd10cm"))

    class Tampered(WorkspaceOrigin):
        def batches(self, code_set: str, since: str, size: int) -> Any:
            yield events

    target = Target(f"sqlite:///{tmp_path / 't.sqlite'}")
    with pytest.raises(FeedError, match=events[7]["cursor"]):
        sync(Tampered(workspace(home), _silent), target, "icd10cm")
    assert target.is_empty("icd10cm")
    target.dispose()


def _syncs(home: Path, url: str) -> None:
    origin, target = WorkspaceOrigin(workspace(home), _silent), Target(url)
    done = sync(origin, target, "icd10cm", size=7)
    assert done.events == len(_events(home))
    assert sync(origin, target, "icd10cm").events == 0
    assert unlike_tables(origin, target, "icd10cm") == []
    target.dispose()


def test_a_synced_sqlite_database_says_what_the_feed_says(home: Path, tmp_path: Path) -> None:
    _syncs(home, f"sqlite:///{tmp_path / 't.sqlite'}")


def test_a_row_that_somebody_changed_is_named_and_repaired(home: Path, tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 't.sqlite'}", tmp_path / "t.sqlite"
    origin, target = WorkspaceOrigin(workspace(home), _silent), Target(url)
    target.prepare("icd10cm")
    first = [event for event in _events(home) if event["release"] == _events(home)[0]["release"]]
    target.apply("icd10cm", "", first)
    connection = sqlite3.connect(file)
    connection.execute("UPDATE icd10_codes SET long_title = 'mine' WHERE code = 'A05.0'")
    connection.commit()
    with pytest.raises(FeedError, match=r"A05\.0.*--repair"):
        sync(origin, target, "icd10cm")
    assert target.prepare("icd10cm") == first[-1]["cursor"]
    sync(origin, target, "icd10cm", repair=True)
    assert unlike_tables(origin, target, "icd10cm") == []
    connection.execute("DELETE FROM icd10_codes WHERE code = 'A01'")
    connection.commit()
    connection.close()
    assert "icd10_codes" in unlike_tables(origin, target, "icd10cm")[0]
    target.dispose()


def test_a_synced_postgresql_database_says_what_the_feed_says(home: Path, request: pytest.FixtureRequest) -> None:
    try:
        url = request.getfixturevalue("postgresql_url")
    except pytest.FixtureLookupError:
        pytest.skip("no PostgreSQL server is set up for the tests")
    _syncs(home, url)
