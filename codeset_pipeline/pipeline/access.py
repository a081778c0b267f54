"""The workspace held for writing, and its history opened for questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.settings import Workspace


@contextmanager
def writing(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace for writing; others wait their turn. A killed process lets go by itself."""
    from filelock import FileLock

    workspace.home.mkdir(parents=True, exist_ok=True)
    with FileLock(workspace.lock):
        yield


@contextmanager
def asking(workspace: Workspace) -> Iterator[Connection]:
    """A connection to the workspace's history for questions, closed with its pool at the end of the block."""
    database = HistoryDatabase(workspace.database_url)
    try:
        with database.reading() as connection:
            yield connection
    finally:
        database.dispose()
