"""Two releases that a user names, and all that is loaded beside them."""

from __future__ import annotations

from dataclasses import dataclass

from codeset_pipeline.errors import UsageError
from codeset_pipeline.history.releases import find_release, latest_revisions
from codeset_pipeline.model import Release
from codeset_pipeline.pipeline.access import asking
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.store import Snapshot, SnapshotStore


@dataclass(frozen=True)
class LoadedReleases:
    """Two releases chosen by name, and everything of the code set that is loaded beside them."""

    code_set: str
    old: Release
    new: Release
    releases: tuple[Release, ...]
    store: SnapshotStore

    def snapshot(self, release: Release) -> Snapshot:
        return self.store.at(self.code_set, release.effective_from, release.snapshot_key)

    @property
    def snapshots(self) -> list[Snapshot]:
        """The newest revision of every loaded release, oldest first."""
        return [self.snapshot(release) for release in self.releases]

    def between(self) -> list[Snapshot]:
        """The two releases as they were named, with all loaded ones between them in that order."""
        first, last = sorted((self.old, self.new), key=lambda release: release.effective_from)
        inner = [r for r in self.releases if first.effective_from < r.effective_from < last.effective_from]
        path = [self.snapshot(release) for release in (first, *inner, last)]
        return path if first is self.old else path[::-1]


def choose(workspace: Workspace, code_set: str, from_name: str, to_name: str) -> LoadedReleases:
    """The two releases that a user names.

    Raises:
        UsageError, HistoryError: a name is none, or its release is not loaded; or both name the same.
    """
    with asking(workspace) as connection:
        old = find_release(connection, code_set, from_name)
        new = find_release(connection, code_set, to_name)
        releases = tuple(latest_revisions(connection, code_set))
    if (old.effective_from, old.revision) == (new.effective_from, new.revision):
        raise UsageError(f"{from_name} and {to_name} are the same release of {code_set}; name two different ones.")
    return LoadedReleases(code_set, old, new, releases, SnapshotStore(workspace.snapshots))
