"""Keeping a workspace honest: the database made again from what is on disk, and everything checked against its hash."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from codeset_pipeline.acquire.records import AcquisitionLog
from codeset_pipeline.errors import CodesetError, UsageError
from codeset_pipeline.feed.extend import extend, is_current, tell
from codeset_pipeline.feed.store import Feed, begun_feeds, open_feed, set_aside
from codeset_pipeline.feed.verify import verify_feeds
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.pipeline import Progress, load, silent, writing
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.sources.definition import source


def rebuild(workspace: Workspace, progress: Progress = silent) -> list[str]:
    """Make the history database again from the snapshots and the curated decisions.

    Snapshots that are missing or have changed are first made again from the stored release files. The old database
    stays until the new one is complete. Returns the code sets that were rebuilt.
    """
    database = HistoryDatabase(workspace.database_url)
    target = database.file
    database.dispose()
    if target is None:
        raise UsageError("'codeset rebuild' makes the workspace's SQLite file; run it without --database.")
    for code_set in AcquisitionLog(workspace.acquisitions).code_sets():
        with writing(workspace):
            made = Acceptor(workspace, source(code_set)).restore_snapshots()
        for name in made:
            progress(f"{name}: snapshot made again from the stored files")
    fresh = target.with_name(f"{target.name}.rebuilding")
    code_sets = _build_database(workspace, fresh, progress, publish=True)
    with writing(workspace):
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        if fresh.exists():
            fresh.replace(target)
            database = HistoryDatabase(workspace.database_url)
            try:
                for code_set in begun_feeds(workspace):
                    tell(workspace, code_set, database)
            finally:
                database.dispose()
    return code_sets


def _build_database(workspace: Workspace, file: Path, progress: Progress, *, publish: bool) -> list[str]:
    """A complete, closed database file made from what is on disk."""
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    other = replace(workspace, database_url=f"sqlite:///{file}")
    code_sets = AcquisitionLog(workspace.acquisitions).code_sets()
    for code_set in code_sets:
        load(other, code_set, progress, publish=publish, feed=False)
    if file.exists():
        _fold_write_ahead_log(file)
    return code_sets


def _fold_write_ahead_log(file: Path) -> None:
    """Bring everything into the one file, so that it can be moved."""
    import sqlite3

    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()


def verify_database(workspace: Workspace, progress: Progress = silent) -> list[str]:
    """What the database says other than the snapshots and curated decisions give; empty when it agrees."""
    from codeset_pipeline.history.compare import differences

    file = workspace.home / f".verify-{os.getpid()}.sqlite"
    current = HistoryDatabase(workspace.database_url)
    try:
        code_sets = _build_database(workspace, file, progress, publish=False)
        if not code_sets and not current.exists():
            return []
        rebuilt = HistoryDatabase(f"sqlite:///{file}")
        rebuilt.prepare()
        try:
            with current.reading() as ours, rebuilt.reading() as theirs:
                return differences(ours, theirs)
        finally:
            rebuilt.dispose()
    finally:
        current.dispose()
        for suffix in ("", "-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)


def current_feed(workspace: Workspace, code_set: str, progress: Progress = silent) -> Feed:
    """The feed of a code set with everything told that is loaded; it begins when it is asked for the first time.

    Raises:
        HistoryError: nothing of the code set is loaded.
        FeedError: a file of the feed is damaged.
    """
    database = HistoryDatabase(workspace.database_url)
    try:
        with database.reading() as connection:
            feed = open_feed(workspace, code_set)
            if is_current(feed, connection):
                return feed
            with writing(workspace):
                progress(f"{source(code_set).title}: telling what is new")
                return extend(open_feed(workspace, code_set), connection)
    finally:
        database.dispose()


def begin_again(workspace: Workspace, code_set: str, progress: Progress = silent) -> tuple[Feed, Path]:
    """Begin a feed anew from what is loaded. The old one is set aside; returns the new one, and where the old one is.

    Cursors of the old feed are good for the new one exactly as far as both tell the same.
    """
    with writing(workspace):
        aside = set_aside(workspace, code_set)
    return current_feed(workspace, code_set, progress), aside


def verify(workspace: Workspace, progress: Progress = silent) -> list[str]:
    """Everything that is wrong with a workspace: blobs, snapshots, database and feeds against their hashes."""
    from codeset_pipeline.snapshots.verify import verify_files

    problems = verify_files(workspace, progress)
    if not problems:
        try:
            problems = verify_database(workspace, progress)
        except CodesetError as error:
            problems = [str(error)]
    return [*problems, *verify_feeds(workspace, progress)]
