"""Targets that cannot be used, two runs at once, and processes that are killed."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from codeset_pipeline.errors import CodesetError, FeedError, UsageError
from codeset_pipeline.feed.consumer import verified_events
from codeset_pipeline.feed.store import open_feed
from codeset_pipeline.sync.origins import WorkspaceOrigin
from codeset_pipeline.sync.run import sync
from codeset_pipeline.sync.target import Target
from tests.integration.command_line import codeset
from tests.unit.history.loading import workspace
from tests.unit.sync.reading import ask, exported, held

SECRET = "hunter2"


def _refused(outcome: tuple[int, str, str], code: int, *words: str) -> None:
    found, out, err = outcome
    said = [line for line in err.splitlines() if line.startswith("codeset: ")]
    assert (found, len(said), out) == (code, 1, ""), err
    assert "unexpected" not in err
    assert "Traceback" not in err
    assert SECRET not in err
    for word in words:
        assert word in said[0]


@pytest.mark.parametrize(
    ("url", "code", "word"),
    [
        ("", 2, "--to is missing"),
        ("nonsense", 2, "'nonsense' cannot be used"),
        (f"carrier+pigeon://me:{SECRET}@coop/db", 2, "cannot be used"),
        (f"postgresql://me:{SECRET}@127.0.0.1:port/db", 2, "cannot be used"),
        (f"postgresql://me:{SECRET}@127.0.0.1:1/db", 1, "127.0.0.1"),
        ("sqlite:////nowhere/at/all/codes.sqlite", 1, "unable to open database file"),
    ],
)
def test_a_target_that_cannot_be_used_is_one_sentence(stages: list[Path], url: str, code: int, word: str) -> None:
    for options in ([], ["--verify"]):
        _refused(codeset("sync", "icd10cm", "--to", url, "--home", stages[0], *options), code, word)


def test_a_file_that_may_not_be_written_or_is_no_database(stages: list[Path], tmp_path: Path) -> None:
    file = tmp_path / "target.sqlite"
    options = ("sync", "icd10cm", "--home")
    codeset(*options, stages[0], "--to", f"sqlite:///{file}")
    reading = f"sqlite:///file:{file}?mode=ro&uri=true"
    _refused(codeset(*options, stages[1], "--to", reading), 1, "readonly database", "nothing of the batch")
    assert codeset(*options, stages[0], "--to", reading, "--verify").code == 0
    assert held(f"sqlite:///{file}", "icd10cm") == exported(stages[0], "icd10cm")
    file.write_bytes(b"no database at all" * 100)
    _refused(codeset(*options, stages[0], "--to", f"sqlite:///{file}"), 1, "not a database")


def test_a_driver_that_is_missing_is_named_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match=r"needs psycopg; install it with: pip install 'codeset-pipeline\[postgres\]'"):
        Target("postgresql://me:secret@db/warehouse")


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TABLE icd10_codes (code VARCHAR(7) PRIMARY KEY, colour TEXT)",
        "CREATE TABLE codeset_sync (code_set VARCHAR(9) PRIMARY KEY)",
        "CREATE VIEW icd10_notes AS SELECT 1 AS code_set",
        "CREATE TABLE icd10_codes AS SELECT 'icd10cm' AS code_set, 'A00' AS code, 'A00' AS code_without_dot, 1 AS "
        "billable, '' AS short_title, '' AS long_title, '' AS effective_from, '' AS effective_to, 1 AS on_or_before, "
        "'' AS published_from",
    ],
)
def test_another_table_of_that_name_is_refused_and_left_alone(stages: list[Path], target_url: str, made: str) -> None:
    ask(target_url, made, rows=False)
    name = made.split()[2]
    _refused(codeset("sync", "icd10cm", "--to", target_url, "--home", stages[0]), 2, f"has another {name} already")
    assert len(ask(target_url, f"SELECT * FROM {name}")) == int(" AS SELECT" in made)


def test_the_database_of_a_workspace_is_no_target(stages: list[Path]) -> None:
    url = workspace(stages[0]).database_url
    _refused(codeset("sync", "icd10cm", "--to", url, "--home", stages[0]), 2, "as the history of a workspace has")


def test_what_is_not_loaded_is_said(stages: list[Path], tmp_path: Path) -> None:
    to = ("--to", f"sqlite:///{tmp_path / 'target.sqlite'}", "--home", stages[0])
    _refused(codeset("sync", "icd10pcs", *to), 1, "No release of icd10pcs is loaded")
    _refused(codeset("sync", "icd9", *to), 2, "icd9")
    assert codeset("sync", "icd10cm", "--batch", 0, *to).code == 2


def test_two_runs_at_once_are_never_wrong(stages: list[Path], target_url: str) -> None:
    wanted, told = exported(stages[-1], "icd10cm"), []
    begin = threading.Barrier(3)

    def run() -> None:
        target = Target(target_url)
        begin.wait()
        try:
            sync(WorkspaceOrigin(workspace(stages[-1]), lambda _: None), target, "icd10cm", size=11)
        except CodesetError as error:
            told.append(str(error))
        finally:
            target.dispose()

    running = [threading.Thread(target=run) for _ in range(3)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    assert all("Another run" in each or "run the same command again" in each for each in told), told
    assert len(told) < 3
    assert codeset("sync", "icd10cm", "--to", target_url, "--home", stages[-1]).code == 0
    assert held(target_url, "icd10cm") == wanted


def test_another_run_may_begin_a_moment_earlier(stages: list[Path], tmp_path: Path) -> None:
    url, home = f"sqlite:///{tmp_path / 'target.sqlite'}", stages[0]

    class Overtaken(Target):
        """Another run does all between the look at the cursor and the look at the rows."""

        def is_empty(self, code_set: str) -> bool:
            assert codeset("sync", code_set, "--to", url, "--home", home).code == 0
            return super().is_empty(code_set)

    target = Overtaken(url)
    assert sync(WorkspaceOrigin(workspace(home), lambda _: None), target, "icd10cm").events == 0
    target.dispose()
    assert held(url, "icd10cm") == exported(home, "icd10cm")


def test_a_run_that_holds_the_target_makes_another_one_wait_and_refuses_it(stages: list[Path], target_url: str) -> None:
    """The first is in the middle of its batch when the second one comes."""
    first, second, told = Target(target_url), Target(target_url), []
    events = [*open_feed(workspace(stages[0]), "icd10cm").lines()]
    first.prepare("icd10cm")
    batch = list(verified_events(events, "icd10cm"))

    def other() -> None:
        try:
            second.apply("icd10cm", "", batch)
        except FeedError as error:
            told.append(str(error))

    with first.engine.begin() as connection:
        first._apply(connection, "icd10cm", "", batch)
        waiting = threading.Thread(target=other)
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(20)
    assert ["Another run" in each for each in told] == [True]
    for each in (first, second):
        each.dispose()
    assert held(target_url, "icd10cm") == exported(stages[0], "icd10cm")


def test_killed_again_and_again_it_ends_alike(stages: list[Path], tmp_path: Path) -> None:
    """Real processes, each killed a moment after it said that it had applied some more."""
    file, chance, kills = tmp_path / "target.sqlite", random.Random(7), 0
    words = ["icd10cm", "--to", f"sqlite:///{file}", "--home", str(stages[-1]), "--batch", "1"]
    total = open_feed(workspace(stages[-1]), "icd10cm").count
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-m", "codeset_pipeline", "sync", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        for _ in range(chance.randrange(total // 16)):
            process.stderr.readline()
        try:
            process.wait(chance.random() / 100)
        except subprocess.TimeoutExpired:
            process.kill()
            kills += 1
        process.communicate()
        with sqlite3.connect(file) as reading:
            assert reading.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert kills == 8
    between = ask(f"sqlite:///{file}", "SELECT events FROM codeset_sync")[0][0]
    assert 0 < between < total
    done = codeset("sync", *words, "--format", "json").json["synced"][0]
    assert done["events"] == total - between
    assert held(f"sqlite:///{file}", "icd10cm") == exported(stages[-1], "icd10cm")
