"""`kill -9` in the midst of every answer of a publisher's site, and at moments spread over a run."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from codeset_pipeline.pipeline import silent
from codeset_pipeline.snapshots.verify import verify_files
from tests.integration.test_acquire_failures import SITES, Course, fingerprint, update
from tests.mirror import Fault, Kind, Mirror

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")

MOMENTS = 8
# Children are forked from a process that has imported everything and runs no threads.
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.integration.test_acquire_failures", "duckdb", "pyarrow.parquet", "lxml.html"])


def _update(home: Path, site: str, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    update(home, site)


def start(course: Course, home: Path) -> BaseProcess:
    child = _SERVER.Process(target=_update, args=(home, course.site.name, course.mirror.environment()), daemon=True)
    child.start()
    return child


def shoot(child: BaseProcess) -> None:
    assert child.pid is not None
    with contextlib.suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGKILL)


def kill(child: BaseProcess) -> None:
    shoot(child)
    child.join()


@pytest.fixture(scope="module")
def course(running_mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Course:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in running_mirror.environment().items():
            patch.setenv(name, value)
        return Course(tmp_path_factory.mktemp("kill"), running_mirror, SITES[0])


@pytest.fixture(autouse=True)
def offer(mirror: Mirror, course: Course) -> None:
    """What the course offers, also after another test took it away."""
    mirror.reset()
    course.site.post(mirror)


def test_a_run_that_is_killed_in_the_midst_of_an_answer_is_completed_by_the_next(
    course: Course, tmp_path: Path
) -> None:
    for request in course.requests:
        home = tmp_path / str(request.number)
        course.start(home)
        children: list[BaseProcess] = []
        # Only one thread may wait for the child, so that the mirror's does not.
        strike: Callable[[], None] = lambda: shoot(children[0])  # noqa: B023, E731 - called within this turn of the loop
        fault = course.mirror.fail(Fault(Kind.STALL, number=request.number, then=strike))
        children.append(start(course, home))
        children[0].join(30)
        assert (fault.struck, children[0].exitcode) == (1, -signal.SIGKILL)
        course.examine(home, f"killed during {request}")


def test_a_run_killed_at_any_moment_is_completed_by_the_next(course: Course, tmp_path: Path) -> None:
    course.start(tmp_path / "undisturbed")
    child = start(course, tmp_path / "undisturbed")
    while not course.mirror.requests.all:
        time.sleep(0.001)
    begun = time.monotonic()
    child.join()
    work = time.monotonic() - begun
    assert child.exitcode == 0
    course.check_completed(fingerprint(tmp_path / "undisturbed"), "undisturbed")

    killed = 0
    for number in range(MOMENTS):
        home = tmp_path / str(number)
        course.start(home)
        child = start(course, home)
        while not course.mirror.requests.all:
            time.sleep(0.001)
        time.sleep(work * (number + 0.5) / MOMENTS)
        kill(child)
        killed += child.exitcode == -signal.SIGKILL
        # The crosswalk is loaded after the history, so the database may lack it until the next run.
        what = f"killed after {number + 0.5} of {MOMENTS} parts of the work"
        course.examine(home, what, verify=lambda place: verify_files(place, silent))
    # The machine may be slower or faster than a moment ago, but not so much that none was killed.
    assert killed > 0
