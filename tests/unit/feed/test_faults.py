"""A run that dies or fails at any moment leaves what was told, and the next one completes it to the same bytes."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from codeset_pipeline import upkeep
from codeset_pipeline.feed import steps_on_disk
from codeset_pipeline.feed.state import state_problems
from codeset_pipeline.feed.store import open_feed
from codeset_pipeline.feed.verify import verify_feeds
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.revision import AcceptedRevision
from tests.unit.feed.arriving import Arrivals
from tests.unit.history.loading import workspace

# Of everything that Python reports to audit hooks, what changes files and folders, and what only reads them.
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}
_READS = {"os.scandir", "os.listdir"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_NOT_REACHED = 7

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are copies of this one")


@pytest.fixture(scope="module")
def waiting(revisions: dict[str, list[AcceptedRevision]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose feed has begun, and in which a late and a new release have been loaded and not yet told."""
    arrivals = Arrivals(tmp_path_factory.mktemp("waiting"), "hcpcs")
    first, second, again, third = revisions["hcpcs"]
    arrivals.load(first, third)
    arrivals.tell()
    arrivals.load(second, again)
    return arrivals.place.home


def content(place: Workspace) -> dict[str, bytes]:
    folder = place.home / "feed" / "hcpcs"
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def undisturbed(waiting: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    place = copied(waiting, tmp_path_factory.mktemp("undisturbed") / "home")
    upkeep.current_feed(place, "hcpcs")
    found = content(place)
    causes = [step.said["cause"] for step in open_feed(place, "hcpcs").steps]
    assert causes == ["published", "published", "arrived_late", "published"]
    return found


def copied(home: Path, to: Path) -> Workspace:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(home, to)
    return workspace(to)


def in_copy(work: Callable[[], None]) -> int:
    """Start work in a copy of this process, which leaves at once when the work is done or has failed."""
    process = os.fork()
    if process:
        return process
    signal.alarm(60)
    try:
        work()
    except BaseException:
        os._exit(3)
    os._exit(0)


def ended(process: int) -> int:
    """The exit code, or the negative number of the signal."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def disturbed(place: Workspace, number: int, how: str) -> None:
    """Tell what is new; at one operation on files the process dies there, or the operation fails as on a full disk."""
    left = [number]

    def one(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            if how == "dies":
                os._exit(9)
            raise OSError(28, "No space left on device")

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        changes = event in _CHANGES or (event == "open" and arguments[2] & _WRITING)
        # A death before something is read leaves the same as one before the next change.
        if not changes and (how == "dies" or event not in {*_READS, "open"}):
            return
        # Folders are removed by their descriptors, with names that say nothing of where they are.
        if f"{place.home}/feed" in str(arguments[0]) or (event in {"os.remove", "os.rmdir"} and arguments[1] != -1):
            one()

    real_fsync = os.fsync
    os.fsync = lambda file: (one(), real_fsync(file))[1]
    real_pack = steps_on_disk.StepWriter._pack
    steps_on_disk.StepWriter._pack = lambda self: (one(), real_pack(self))[1]  # type: ignore[method-assign]
    sys.addaudithook(audit)
    upkeep.current_feed(place, "hcpcs")
    if left[0] > 0:
        os._exit(_NOT_REACHED)


def is_prefix_and_completes(place: Workspace, undisturbed: dict[str, bytes]) -> int:
    """What is there is the beginning of the undisturbed feed, and the next command makes it that; returns its steps."""
    feed = open_feed(place, "hcpcs")
    there = content(place)
    for step in feed.steps:
        for path in (step.path, step.events_path):
            assert there.get(path.name) == undisturbed.get(path.name)
    lines, steps = list(feed.lines()), len(feed.steps)
    finished = upkeep.current_feed(place, "hcpcs")
    assert content(place) == undisturbed
    assert list(finished.lines())[: len(lines)] == lines
    assert state_problems(finished) == []
    # Nothing that was abandoned is left.
    assert [path for path in finished.folder.iterdir() if path.name.startswith(".")] == []
    return steps


@pytest.mark.parametrize("how", ["dies", "fails"])
def test_every_operation_on_files(waiting: Path, undisturbed: dict[str, bytes], how: str, tmp_path: Path) -> None:
    seen, known, number, codes = set(), set(), 0, []
    while _NOT_REACHED not in codes:
        # Failures go through the same places as deaths, so every fourth of them is enough.
        number += 1 if how == "dies" else 4
        place = copied(waiting, tmp_path / "home")
        codes.append(ended(in_copy(partial(disturbed, place, number, how))))
        # Many operations only read, and leave on disk what the one before left.
        left = frozenset((re.sub(r"\.scratch-\w+|\.\d+\.tmp", "", name), c) for name, c in content(place).items())
        if left not in known:
            seen.add(is_prefix_and_completes(place, undisturbed))
            known.add(left)
        assert number < 400
    # What cannot be removed stays for the next run, and is no failure.
    assert set(codes[:-1]) <= ({9} if how == "dies" else {0, 3})
    assert len(codes) > 12
    assert len(known) > 7
    assert codes.count(0) <= 5
    assert seen == {2, 3, 4}


def test_killed_at_any_moment(waiting: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    place = copied(waiting, tmp_path / "home")
    begun = time.monotonic()
    assert ended(in_copy(partial(_tell, place))) == 0
    work = time.monotonic() - begun
    moments, killed = random.Random(7), 0
    for number in range(8):
        place = copied(waiting, tmp_path / "home")
        process = in_copy(partial(_tell, place))
        time.sleep(work * (number + moments.random()) / 8)
        os.kill(process, signal.SIGKILL)
        killed += ended(process) == -signal.SIGKILL
        is_prefix_and_completes(place, undisturbed)
    assert killed > 2


def _tell(place: Workspace) -> None:
    upkeep.current_feed(place, "hcpcs")


def test_two_processes_that_ask_at_once_tell_once(waiting: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    for _ in range(4):
        place = copied(waiting, tmp_path / "home")
        # This one also reads while the others write, and sees a feed that is whole at any moment.
        processes = [in_copy(partial(_tell, place)) for _ in range(3)]
        seen = [len(open_feed(place, "hcpcs").steps) for _ in range(50)]
        assert [ended(process) for process in processes] == [0, 0, 0]
        assert seen == sorted(seen)
        assert content(place) == undisturbed


def test_two_processes_that_begin_it_at_once(waiting: Path, tmp_path: Path) -> None:
    found = []
    for count in (1, 2):
        place = copied(waiting, tmp_path / "home")
        shutil.rmtree(place.home / "feed")
        processes = [in_copy(partial(_tell, place)) for _ in range(count)]
        assert [ended(process) for process in processes] == [0] * count
        assert verify_feeds(place, lambda _: None) == []
        found.append(content(place))
    assert found[0] == found[1]
