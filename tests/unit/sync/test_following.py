"""A target follows a workspace: it holds what the export says, after whatever was loaded, cut off anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from codeset_pipeline.errors import DatabaseUnavailable
from codeset_pipeline.feed.store import open_feed
from codeset_pipeline.history.published_tables import published_tables
from codeset_pipeline.sync.origins import WorkspaceOrigin
from codeset_pipeline.sync.run import Synced, sync, unlike_tables
from codeset_pipeline.sync.target import Target
from codeset_pipeline.sync.target_tables import metadata
from tests.integration.command_line import codeset
from tests.unit.history.loading import workspace
from tests.unit.sync.conftest import CODE_SETS
from tests.unit.sync.reading import ask, exported, held


def _origin(home: Path) -> WorkspaceOrigin:
    return WorkspaceOrigin(workspace(home), lambda _: None)


def _sync(home: Path, url: str, code_set: str = "icd10cm", **given: Any) -> Synced:
    target = Target(url)
    try:
        return sync(_origin(home), target, code_set, **given)
    finally:
        target.dispose()


def test_the_world_has_what_a_target_may_get_wrong(stages: list[Path]) -> None:
    """Else the tests here would show less than they seem to."""
    events = [json.loads(line) for line in open_feed(workspace(stages[-1]), "icd10cm").lines()]
    assert {each["kind"] for each in events} == {"insert", "update", "delete"}
    assert {each["cause"] for each in events} >= {"published", "arrived_late"}
    rows = [json.loads(line) for line in exported(stages[0], "hcpcs")["hcpcs_codes"]]
    values = [value for row in rows for value in row.values()]
    assert None in values
    assert "" in values
    assert ["A1011", "A1010"] in values or any(isinstance(value, list) and value for value in values)
    assert all(any(exported(stages[0], code_set).values()) for code_set in CODE_SETS)


def test_every_code_set_is_what_the_export_says(stages: list[Path], target_url: str) -> None:
    home = stages[0]
    done = codeset("sync", "--to", target_url, "--home", home, "--format", "json")
    assert (done.code, {each["code_set"] for each in done.json["synced"]}) == (0, set(CODE_SETS))
    for code_set in CODE_SETS:
        assert held(target_url, code_set) == exported(home, code_set)
    again = codeset("sync", "--to", target_url, "--home", home, "--format", "json")
    assert [each["events"] for each in again.json["synced"]] == [0] * len(CODE_SETS)
    assert [each["cursor"] for each in again.json["synced"]] == [each["cursor"] for each in done.json["synced"]]
    agreed = codeset("sync", "--verify", "--to", target_url, "--home", home, "--format", "json")
    assert (agreed.code, agreed.json) == (0, {"ok": True, "problems": []})


def test_it_follows_a_load_a_late_release_and_a_correction(stages: list[Path], target_url: str) -> None:
    for home in stages:
        done = _sync(home, target_url, size=17)
        assert done.events > 0
        assert held(target_url, "icd10cm") == exported(home, "icd10cm")
        assert _sync(home, target_url).events == 0
        cursor = ask(target_url, "SELECT feed_cursor, events FROM codeset_sync WHERE code_set = 'icd10cm'")
        feed = open_feed(workspace(home), "icd10cm")
        assert cursor == [(feed.cursor, feed.count)]


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_the_size_of_a_batch_makes_no_difference(stages: list[Path], tmp_path: Path, size: int) -> None:
    url = f"sqlite:///{tmp_path / 'target.sqlite'}"
    _sync(stages[-1], url, size=size)
    assert held(url, "icd10cm") == exported(stages[-1], "icd10cm")


@contextmanager
def _cut_at(target: Target, number: int) -> Iterator[list[str]]:
    """The connection breaks at the statement or commit of this number; what it was is told."""
    told: list[str] = []
    count = 0

    def look(what: str) -> None:
        nonlocal count
        count += 1
        if count == number:
            told.append(what)
            raise OperationalError(what, {}, Exception("the connection was cut"))

    def statement(_: Any, __: Any, text: str, *___: Any) -> None:
        # Looking which tables there are takes PostgreSQL many questions; SQLite is cut off at each of its own.
        if "pg_catalog" not in text:
            look(text)

    def commit(_: Any) -> None:
        look("COMMIT")

    event.listen(target.engine, "before_cursor_execute", statement)
    event.listen(target.engine, "commit", commit)
    try:
        yield told
    finally:
        event.remove(target.engine, "before_cursor_execute", statement)
        event.remove(target.engine, "commit", commit)


def _empty(url: str) -> None:
    for table in ("codeset_sync", *(table.name for table in published_tables("icd10cm"))):
        ask(url, f"DELETE FROM {table}", rows=False)


@pytest.mark.parametrize("repair", [False, True])
def test_cut_off_at_any_statement_it_goes_on(stages: list[Path], target_url: str, repair: bool) -> None:
    """Of a first sync in three batches, and of a repair of a target that stands in the middle."""
    home, before, number = stages[-1], stages[0], 0
    wanted, begun = exported(home, "icd10cm"), exported(before, "icd10cm")
    target, origin, seen = Target(target_url), _origin(home), set()
    size = -(-open_feed(workspace(home), "icd10cm").count // 3)
    while True:
        number += 1
        if "postgresql" not in target_url or number == 1:
            metadata.drop_all(target.engine)
            if "postgresql" in target_url:
                target.prepare("icd10cm")
        else:
            # Making tables takes it far longer than all else.
            _empty(target_url)
        if repair:
            sync(_origin(before), target, "icd10cm")
        with _cut_at(target, number) as told:
            try:
                sync(origin, target, "icd10cm", size=size, repair=repair)
            except DatabaseUnavailable as error:
                assert "the connection was cut" in str(error)
        if not told:
            break
        seen.add(told[0].split()[0])
        if repair:
            # Another state than the one before or after is never seen.
            assert held(target_url, "icd10cm") in (begun, wanted)
        sync(origin, target, "icd10cm", size=size)
        assert held(target_url, "icd10cm") == wanted, told
    target.dispose()
    assert seen >= {"UPDATE", "INSERT", "SELECT", "SAVEPOINT", "COMMIT"} | ({"DELETE"} if repair else set())
    assert number > 15


def test_verify_changes_nothing(stages: list[Path], tmp_path: Path) -> None:
    target = Target(f"sqlite:///{tmp_path / 'target.sqlite'}")
    assert "at event 0 " in unlike_tables(_origin(stages[0]), target, "icd10cm")[0]
    target.dispose()
    assert ask(f"sqlite:///{tmp_path / 'target.sqlite'}", "SELECT name FROM sqlite_master") == []
