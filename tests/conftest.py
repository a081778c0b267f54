"""Fixtures that all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mirror import Mirror
from tests.postgresql import Server, running_server


def pytest_configure() -> None:
    """Look for cycles seldom: among the millions of objects that tests keep it took a sixth of all processor time.

    The command itself does not look for any.
    """
    gc.set_threshold(50_000, 20, 20)


_PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def published_files() -> Path:
    """The folder of the publishers' own files beside the project; tests that ask for it are marked `genuine`."""
    if not _PUBLISHED.is_dir():
        pytest.skip(f"the publishers' files are not here; put them into {_PUBLISHED} to run this test")
    return _PUBLISHED


@pytest.fixture(scope="session")
def running_mirror() -> Iterator[Mirror]:
    """One mirror of the publishers' sites for all tests of a process."""
    with Mirror() as mirror:
        yield mirror


@pytest.fixture
def mirror(running_mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """The mirror with nothing posted, and settings that lead there without a pause."""
    for name, value in running_mirror.environment().items():
        monkeypatch.setenv(name, value)
    yield running_mirror
    running_mirror.reset()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One PostgreSQL server for all test processes; every test makes databases of its own on it."""
    base = tmp_path_factory.getbasetemp()
    with running_server(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql: Server) -> str:
    """An empty database of a test's own."""
    return postgresql.empty_database()
