"""Keeping a workspace honest: the database made again from what is on disk, and everything checked against its hash."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from codeset_pipeline.acquire.records import AcquisitionLog
from codeset_pipeline.errors import CodesetError
from codeset_pipeline.feed.extend import extend, is_current, tell
from codeset_pipeline.feed.store import Feed, begun_feeds, open_feed, set_aside
from codeset_pipeline.feed.verify import verify_feeds
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.others_releases import forget_code_set, refuse_others_releases
from codeset_pipeline.history.releases import loaded_releases
from codeset_pipeline.history.schema import SCHEMA_VERSION
from codeset_pipeline.pipeline import Progress, load, load_into, silent, writing
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.sources.definition import source


def rebuild(workspace: Workspace, progress: Progress = silent, *, replace_others: bool = False) -> list[str]:
    """Make the history database again from the snapshots and the curated decisions.

    Snapshots that are missing or have changed are first made again from the stored release files. The old database
    stays until the new one is complete. Returns the code sets that were rebuilt. In PostgreSQL that is one transaction,
    and code sets of which the workspace has nothing stay as they are.

    Args:
        replace_others: in PostgreSQL, also drop releases of these code sets that another workspace has loaded.

    Raises:
        HistoryError: there are such releases, and they were not to be dropped.
    """
    for code_set in AcquisitionLog(workspace.acquisitions).code_sets():
        with writing(workspace):
            made = Acceptor(workspace, source(code_set)).restore_snapshots()
        for name in made:
            progress(f"{name}: snapshot made again from the stored files")
    database = HistoryDatabase(workspace.database_url)
    try:
        if database.file is None:
            return _rebuild_in_place(database, workspace, progress, replace_others)
        target = database.file
    finally:
        database.dispose()
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
                    # What was told before may have come from a database that somebody had changed.
                    tell(workspace, code_set, database, compare=True)
            finally:
                database.dispose()
    return code_sets


def _rebuild_in_place(
    database: HistoryDatabase, workspace: Workspace, progress: Progress, replace_others: bool
) -> list[str]:
    """The code sets of a workspace in a database that others use too: all of them anew in one transaction."""
    code_sets = AcquisitionLog(workspace.acquisitions).code_sets()
    with writing(workspace), database.loading(progress):
        for code_set in code_sets:
            with database.transaction() as connection:
                if not replace_others:
                    accepted = Acceptor(workspace, source(code_set)).revisions()
                    present = {r for r in loaded_releases(connection, code_set) if r.state == "ready"}
                    refuse_others_releases(code_set, present - {item.release for item in accepted}, accepted)
                forget_code_set(connection, code_set)
            load_into(database, workspace, code_set, progress)
    return code_sets


def upgrade(workspace: Workspace) -> str:
    """Bring the tables of the database to the layout of this program; returns the layout's number.

    Raises:
        HistoryError: that cannot be done; the message says what can.
    """
    database = HistoryDatabase(workspace.database_url)
    try:
        if database.exists() or database.file is None:
            database.prepare()
    finally:
        database.dispose()
    return SCHEMA_VERSION


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
                apart = frozenset() if current.is_sqlite else _others_code_sets(ours, code_sets)
                for name in sorted(apart):
                    progress(f"{name} is left out: this workspace has no file of it, another one has loaded it")
                return differences(ours, theirs, apart)
        finally:
            rebuilt.dispose()
    finally:
        current.dispose()
        for suffix in ("", "-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)


def _others_code_sets(connection: Connection, own: Collection[str]) -> frozenset[str]:
    """The code sets that others have loaded into a shared database, and this workspace has no file of."""
    return frozenset(release.code_set for release in loaded_releases(connection)) - set(own)


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
        # Asked anew once the workspace is held: another may have loaded and told meanwhile.
        with writing(workspace), database.reading() as connection:
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
    with writing(workspace):
        return [*problems, *verify_feeds(workspace, progress)]
