"""Load: the history and the crosswalks of the workspace brought up to date with what is accepted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from codeset_pipeline import __version__
from codeset_pipeline.crosswalk.curated import read_curated
from codeset_pipeline.crosswalk.for_code_set import crosswalk_between
from codeset_pipeline.crosswalk.from_snapshots import conversion_source
from codeset_pipeline.crosswalk.inputs import CuratedDecision
from codeset_pipeline.crosswalk.publish import crosswalk_file, write_crosswalk
from codeset_pipeline.feed.extend import tell
from codeset_pipeline.history.crosswalk_rows import drop_pair, stored_pairs, write_pair
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.load import bring_up_to_date
from codeset_pipeline.labels import label_of
from codeset_pipeline.model import Release
from codeset_pipeline.pipeline.access import writing
from codeset_pipeline.pipeline.progress import Progress, silent
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.snapshots.revision import AcceptedRevision
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.sources.definition import has_crosswalk, source


def load(
    workspace: Workspace, code_set: str, progress: Progress = silent, *, publish: bool = True, feed: bool = True
) -> list[Release]:
    """Bring history and crosswalks up to date with what is accepted; returns the releases that were new.

    Args:
        publish: also write the crosswalk tables of the workspace; False when the database is one made for checking.
        feed: also extend the feed that has begun; False when the database is not yet the workspace's.
    """
    database = HistoryDatabase(workspace.database_url)
    try:
        with writing(workspace):
            loaded = load_into(database, workspace, code_set, progress, publish=publish)
            if feed:
                tell(workspace, code_set, database)
        return loaded
    finally:
        database.dispose()


def load_into(
    database: HistoryDatabase, workspace: Workspace, code_set: str, progress: Progress = silent, *, publish: bool = True
) -> list[Release]:
    """As `load`, into an open database, by somebody who holds the workspace for writing."""
    with database.loading(progress):
        progress(f"{source(code_set).title}: loading the history")
        revisions = Acceptor(workspace, source(code_set)).revisions()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        loaded = bring_up_to_date(database, code_set, revisions, now)
        _load_crosswalks(workspace, database, code_set, revisions, progress, publish)
    return loaded


def _newest(revisions: Iterable[AcceptedRevision]) -> list[Snapshot]:
    """The newest revision of each release, oldest release first."""
    newest = {item.plan.effective_from: item.snapshot for item in revisions}
    return [newest[day] for day in sorted(newest)]


def _crosswalk_key(parts: Sequence[Snapshot | None], decisions: Sequence[CuratedDecision]) -> str:
    lines = [part.content_hash if part else "-" for part in parts]
    lines += [repr((d.source, d.target, d.effective_from, d.relation, d.note)) for d in decisions]
    return hashlib.sha256("\n".join([__version__, *lines]).encode()).hexdigest()


def _load_crosswalks(
    workspace: Workspace,
    database: HistoryDatabase,
    code_set: str,
    revisions: Sequence[AcceptedRevision],
    progress: Progress,
    publish: bool,
) -> None:
    """Map each release to the next, where anything that the mappings are made from has changed, and publish them."""
    if not has_crosswalk(code_set):
        return
    snapshots = _newest(revisions)
    decisions = read_curated(workspace.curated, code_set)
    with database.reading() as connection:
        stored = stored_pairs(connection, code_set)
    wanted = {}
    for old, new in pairwise(snapshots):
        table = conversion_source(new, snapshots)
        pair = (old.effective_from, new.effective_from)
        path = crosswalk_file(workspace.crosswalks, code_set, pair)
        wanted[pair] = _crosswalk_key((old, new, table), decisions)
        if stored.get(pair) == wanted[pair] and path.exists():
            continue
        progress(f"{source(code_set).title}: mapping {label_of(code_set, pair[0])} to {label_of(code_set, pair[1])}")
        mappings = crosswalk_between([old, new], snapshots, decisions)
        # The table first: a run that is killed before the database says so does it again.
        if publish:
            write_crosswalk(path, mappings)
        with database.transaction() as connection:
            write_pair(connection, code_set, pair, wanted[pair], mappings)
    for pair in stored.keys() - wanted.keys():
        # A release came between the two.
        if publish:
            crosswalk_file(workspace.crosswalks, code_set, pair).unlink(missing_ok=True)
        if not any(kept[1] == pair[1] for kept in wanted):
            with database.transaction() as connection:
                drop_pair(connection, code_set, pair[1])
