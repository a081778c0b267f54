"""PostgreSQL as the home of the history: genuine releases, two loaders at once with kills, and the command line."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from postgresql_rounds import Loader, play, undisturbed_seconds, whole_state
from sqlalchemy import select

from codeset_pipeline.history import schema
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.load import bring_up_to_date
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.sources.definition import source
from tests.integration.command_line import codeset
from tests.postgresql import Server


def rows_of(url: str, code_set: str) -> dict[str, set[tuple[object, ...]]]:
    """What a database has of a code set; when it was stored is its own affair."""
    database = HistoryDatabase(url)
    found = {}
    with database.reading() as connection:
        for table in (schema.release, *schema.VERSIONED):
            columns = [column for column in table.columns if column.name != "stored_at"]
            rows = connection.execute(select(*columns).where(table.c.code_set == code_set))
            found[table.name] = {tuple(row) for row in rows}
    database.dispose()
    return found


@pytest.mark.genuine
def test_the_genuine_icd10cm_releases_say_the_same_as_in_sqlite(postgresql: Server, genuine_home: Path) -> None:
    url = postgresql.database()
    database = HistoryDatabase(url)
    revisions = Acceptor(Workspace.at(genuine_home), source("icd10cm")).revisions()
    bring_up_to_date(database, "icd10cm", revisions, "now")
    database.dispose()
    ours = rows_of(f"sqlite:///{genuine_home / 'codeset.sqlite'}", "icd10cm")
    assert len(ours["icd10_code"]) > 90_000 and len(ours["icd10_note"]) > 10_000
    assert rows_of(url, "icd10cm") == ours


def test_two_loaders_that_are_killed_leave_whole_states_only(
    postgresql: Server, small_home: Path, small_releases: Path, tmp_path: Path
) -> None:
    """The benchmark plays many such rounds, with tables of other kinds."""
    every, fewer = tmp_path / "every", tmp_path / "fewer"
    shutil.copytree(small_home, every)
    done = codeset("update", "icd10cm", "--from", small_releases / "FY2029", "--no-report", "--home", fewer)
    assert done.code == 0, done.err
    pair = (Loader(fewer, "icd10cm"), Loader(every, "icd10cm"))
    folder = tmp_path / "alone"
    folder.mkdir()
    whole = {loader: whole_state(loader, folder) for loader in pair}
    seconds = undisturbed_seconds(pair[1], postgresql.empty_database())
    for kills in ((0,), (2, 0)):
        told = play(postgresql.empty_database(), pair, whole, seconds, random.Random(7), kills)
        assert told.wrong == []
        assert told.looks >= 3
        assert told.kills >= (sum(kills) > 0)


def test_every_command_works_on_postgresql_as_on_the_file(
    postgresql: Server, small_home: Path, small_releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql.empty_database()
    home = tmp_path / "home"
    monkeypatch.setenv("CODESET_DATABASE_URL", url)
    done = codeset("update", "icd10cm", "--from", small_releases, "--all", "--home", home)
    assert done.code == 0, done.err
    assert not (home / "codeset.sqlite").exists()
    for command in (
        ("releases", "icd10cm"),
        ("lookup", "icd10cm", "A00.9", "A01.0", "A03.3", "Z99.9", "--on", "2030-01-01"),
        ("lookup", "icd10cm", "A00.9", "--on", "2030-01-01", "--published", "2029-01-01"),
        ("history", "icd10cm", "A00.9"),
        ("diff", "icd10cm", "FY2029", "FY2030"),
        ("crosswalk", "icd10cm", "previous", "latest"),
    ):
        monkeypatch.setenv("CODESET_DATABASE_URL", url)
        theirs = codeset(*command, "--home", home, "--format", "json")
        monkeypatch.delenv("CODESET_DATABASE_URL")
        ours = codeset(*command, "--home", small_home, "--format", "json")
        assert (theirs.code, theirs.out) == (ours.code, ours.out) == (0, ours.out), (command, theirs.err)
    for words in (["verify"], ["rebuild"], ["rebuild", "--verify"], ["upgrade"]):
        done = codeset(*words, "--home", home, "--database", url)
        assert done.code == 0, (words, done.err)
    assert list(home.glob("*.sqlite*")) == list(home.glob(".verify*")) == []
