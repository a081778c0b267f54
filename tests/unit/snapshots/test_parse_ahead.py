"""What is parsed ahead is what would have been parsed, and what is not is parsed as ever."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots import parse_ahead
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.snapshots.parse_ahead import parsed_ahead
from codeset_pipeline.snapshots.parse_apart import Unparsed, parse_apart
from codeset_pipeline.sources.definition import source
from tests.generated_releases import categories, retitled, write_release
from tests.unit.history.loading import ANYTHING

pytestmark = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system starts processes another way"
)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("releases")
    codes = categories(count=12)
    for year in (2028, 2029, 2030, 2031):
        write_release(folder / str(year), year, codes)
        codes = retitled(codes, "A010", f"Words of {year}")
    return folder


class Work:
    """What the releases of a folder need parsed, by day."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.groups = pipeline.discover("icd10cm", folder).releases()
        self.acceptor = Acceptor(Workspace.at(home), source("icd10cm"))

    @property
    def days(self) -> list[date]:
        return list(self.groups)

    def __call__(self, day: date) -> Sequence[Unparsed]:
        return self.acceptor.unparsed(day, self.groups[day])


def test_every_second_release_is_parsed_ahead_as_it_would_be_here(releases: Path, tmp_path: Path) -> None:
    work = Work(releases, tmp_path)
    with parsed_ahead(work.days, work, fork=True) as ahead:
        found = [ahead(day) for day in work.days]
    assert [bool(parsed) for parsed in found] == [False, True, False, True]
    for day, parsed in zip(work.days, found, strict=True):
        assert all(parsed[item.plan] == parse_apart(item) for item in work(day) if parsed)


def test_a_release_that_cannot_be_parsed_there_is_left_to_be_parsed_here(releases: Path, tmp_path: Path) -> None:
    work = Work(releases, tmp_path)
    refused = work.days[1]

    def partly(day: date) -> Sequence[Unparsed]:
        if day == refused:
            raise ValueError("unreadable")
        return work(day)

    with parsed_ahead(work.days, partly, fork=True) as ahead:
        assert [bool(ahead(day)) for day in work.days] == [False, False, False, True]


def test_a_process_that_is_killed_leaves_everything_to_be_parsed_here(releases: Path, tmp_path: Path) -> None:
    work = Work(releases, tmp_path)

    def killed(_: date) -> Sequence[Unparsed]:
        os.kill(os.getpid(), signal.SIGKILL)
        return ()

    with parsed_ahead(work.days, killed, fork=True) as ahead:
        assert [dict(ahead(day)) for day in work.days] == [{}, {}, {}, {}]


@pytest.mark.parametrize("forks", [True, False])
def test_the_snapshots_are_the_same_with_and_without(
    releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forks: bool
) -> None:
    monkeypatch.setattr(parse_ahead, "can_fork", lambda: forks)
    place = Workspace.at(tmp_path)
    intake = pipeline.discover("icd10cm", releases)
    pipeline.accept(place, intake, everything=True, checks_to_accept=ANYTHING)
    hashes = [item.snapshot.content_hash for item in Acceptor(place, source("icd10cm")).revisions()]
    work = Work(releases, tmp_path / "apart")
    plans = [item.plan.snapshot_key for day in work.days for item in work(day)]
    assert [item.plan.snapshot_key for item in Acceptor(place, source("icd10cm")).revisions()] == plans
    assert len(set(hashes)) == 4


def test_a_process_with_another_thread_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_ahead.threading, "active_count", lambda: 2)
    assert not parse_ahead.can_fork()
