"""Random questions about generated releases of every code set, loaded in any order, against the brute-force oracle."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from brute_force.asking import listed, put, put_at_once
from brute_force.oracle import Oracle

from codeset_pipeline.asking.history import History
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.load import bring_up_to_date
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.snapshots.revision import AcceptedRevision
from codeset_pipeline.sources.definition import source
from tests.unit.history.loading import workspace

CODE_SETS = ("icd10cm", "hcpcs", "ncci-ptp-practitioner", "ncci-mue-practitioner", "ncci-aoc")


def _agree(home: Path, url: str, questions: int, seed: int) -> None:
    with History(home, url) as history:
        oracle = Oracle(history.workspace.snapshots, listed(history))
        outcome = put(history, oracle, oracle.questions(questions, seed))
        assert outcome.disagreements == []
        assert outcome.questions == questions


@pytest.mark.parametrize(("seed", "kind"), [(1, "sqlite"), (2, "sqlite"), (3, "postgresql")])
def test_after_each_release_in_any_order_every_answer_is_the_oracles(
    served_home: Path, tmp_path: Path, request: pytest.FixtureRequest, seed: int, kind: str
) -> None:
    """Each question knows of the releases that are loaded so far, and of no other."""
    chance = random.Random(seed)
    url = f"sqlite:///{tmp_path / 'other.sqlite'}"
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    place = workspace(served_home)
    accepted = {name: Acceptor(place, source(name)).revisions() for name in CODE_SETS}
    arriving = [(name, revision) for name, revisions in accepted.items() for revision in revisions]
    assert len(arriving) >= 14
    chance.shuffle(arriving)
    here: dict[str, list[AcceptedRevision]] = {}
    database = HistoryDatabase(url)
    for number, (name, revision) in enumerate(arriving, 1):
        here.setdefault(name, []).append(revision)
        bring_up_to_date(database, name, here[name], "2030-01-01T00:00:00+00:00")
        if number % 3 == 0:
            _agree(served_home, url, 300, seed * 100 + number)
    database.dispose()
    _agree(served_home, url, 1_500, seed)


def test_lists_are_answered_as_the_oracle_answers_each_code(served_home: Path) -> None:
    with History(served_home, workspace(served_home).database_url) as history:
        oracle = Oracle(history.workspace.snapshots, listed(history))
        for code_set in ("icd10cm", "hcpcs", "ncci-mue-practitioner"):
            days = [(q.on, q.published) for q in oracle.questions(400, 5) if q.code_set == code_set][:25]
            outcome = put_at_once(history, oracle, code_set, days)
            assert outcome.disagreements == []
            assert len(days) > 3
            assert outcome.questions == len(days) * len(oracle.codes(code_set))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE icd10_code SET effective_to = date(effective_to, '+1 day') WHERE effective_to IS NOT NULL",
        "UPDATE icd10_code SET published_to = NULL WHERE published_to IS NOT NULL",
        "UPDATE hcpcs_code SET coverage = 'X' WHERE code = (SELECT max(code) FROM hcpcs_code)",
        "UPDATE ncci_mue_value SET mue_value = mue_value + 1 WHERE code = (SELECT max(code) FROM ncci_mue_value)",
        "UPDATE ncci_ptp_edit SET modifier_indicator = 9 WHERE modifier_indicator = 1",
        "UPDATE ncci_add_on_edit SET missing_from = NULL, effective_to = NULL WHERE effective_to IS NOT NULL",
    ],
)
def test_the_oracle_sees_a_wrong_row(served_home: Path, tmp_path: Path, change: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "snapshots").symlink_to(served_home / "snapshots")
    shutil.copy(served_home / "codeset.sqlite", home)
    with sqlite3.connect(home / "codeset.sqlite") as connection:
        assert connection.execute(change).rowcount > 0
    connection.close()
    with History(home, f"sqlite:///{home / 'codeset.sqlite'}") as history:
        oracle = Oracle(history.workspace.snapshots, listed(history))
        assert put(history, oracle, oracle.questions(6_000, 3)).disagreements
