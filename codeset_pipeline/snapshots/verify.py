"""Blobs, acquisition records and snapshots against their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from codeset_pipeline.acquire.blobs import BlobStore
from codeset_pipeline.acquire.records import AcquisitionLog
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.plan import plan_revisions
from codeset_pipeline.snapshots.store import SnapshotStore, verify_snapshot


def _blobs(workspace: Workspace) -> list[str]:
    return [
        f"release file {path.name}: its bytes have changed on disk"
        for path in BlobStore(workspace.blobs)
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name
    ]


def _records(workspace: Workspace) -> list[str]:
    problems = []
    log, blobs, store = (
        AcquisitionLog(workspace.acquisitions),
        BlobStore(workspace.blobs),
        SnapshotStore(workspace.snapshots),
    )
    for code_set in log.code_sets():
        for day in log.releases(code_set):
            try:
                acquisitions = log.of_release(code_set, day)
            except HistoryError as error:
                problems.append(str(error))
                continue
            for acquired in acquisitions:
                if not blobs.path(acquired.sha256).is_file():
                    problems.append(f"{code_set} {day}: the bytes of {acquired.name} ({acquired.sha256}) are missing")
            for plan in plan_revisions(code_set, day, acquisitions):
                if not store.is_there(plan):
                    problems.append(f"{code_set} {day} r{plan.revision}: its snapshot {plan.snapshot_key} is missing")
    return problems


def verify_files(workspace: Workspace, progress: Callable[[str], None]) -> list[str]:
    """One sentence for each file of the workspace that is missing or has changed; empty when all is well."""
    progress("Checking the stored release files")
    problems = [*_blobs(workspace), *_records(workspace)]
    store = SnapshotStore(workspace.snapshots)
    for folder in store.folders():
        progress(f"Checking the snapshot {'/'.join(folder.parts[-3:])}")
        try:
            problems += verify_snapshot(store.in_folder(folder))
        except HistoryError as error:
            problems.append(str(error))
    return problems
