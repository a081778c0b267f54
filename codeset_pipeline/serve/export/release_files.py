"""The release files that an export goes back to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from codeset_pipeline.acquire.records import Acquisition, AcquisitionLog
from codeset_pipeline.model import Release
from codeset_pipeline.serve.export.content import Request
from codeset_pipeline.snapshots.store import Snapshot, SnapshotStore


def sources_of(request: Request, releases: Sequence[Release]) -> list[dict[str, Any]]:
    """The release files that the snapshots were made from, in order of release and hash."""
    store, log = SnapshotStore(request.workspace.snapshots), AcquisitionLog(request.workspace.acquisitions)
    used: dict[tuple[str, str], dict[str, Any]] = {}
    for release in releases:
        day = release.effective_from
        known = {each.sha256: each for each in log.of_release(release.code_set, day)}
        snapshot = store.at(release.code_set, day, release.snapshot_key)
        for name, sha256, members in _archives(snapshot):
            found = used.setdefault((day.isoformat(), sha256), _source(name, sha256, known.get(sha256), release))
            found["files"] = sorted({*found["files"], *members})
    return [used[key] for key in sorted(used)]


def _archives(snapshot: Snapshot) -> Iterable[tuple[str, str, list[str]]]:
    members: dict[tuple[str, str], list[str]] = {}
    for each in snapshot.inputs:
        archive = str(each["archive"]), str(each["archive_sha256"])
        members.setdefault(archive, []).append(f"{each['member']} sha256:{each['sha256']}")
    return [(name, sha256, found) for (name, sha256), found in members.items()]


def _source(name: str, sha256: str, acquired: Acquisition | None, release: Release) -> dict[str, Any]:
    described: dict[str, Any] = {"title": name, "version": release.label, "hash": f"sha256:{sha256}", "files": []}
    if acquired is not None:
        described |= {"bytes": acquired.bytes, "origin": acquired.transport}
        if acquired.url.startswith(("https://", "http://")):
            described["path"] = acquired.url
    return described
