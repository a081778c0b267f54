"""Two workspaces that load one code set into one PostgreSQL database (decision record 20).

A load makes the database hold what its workspace has accepted. Where the database holds what another workspace brought,
that would undo the other's work, and the other's next load would undo this one's; so it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import Connection, delete

from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history import schema
from codeset_pipeline.history.ncci_ptp_fold import forget_ptp
from codeset_pipeline.model import Release
from codeset_pipeline.snapshots.revision import AcceptedRevision
from codeset_pipeline.sources.definition import source


def refuse_others_releases(code_set: str, vanishing: AbstractSet[Release], wanted: Sequence[AcceptedRevision]) -> None:
    """Stop a load that would remove what another workspace has loaded.

    What this workspace has loaded itself and since made otherwise, from more files or by a newer parser, may go: its
    earlier snapshot is still among this workspace's.

    Args:
        vanishing: ready releases of the database that are not among those wanted as they are.
        wanted: everything that the workspace has accepted.

    Raises:
        HistoryError: some are another's; the message names them and says what to do.
    """
    others = sorted((r.effective_from, r.revision, _named(r)) for r in vanishing if _is_anothers(r, wanted))
    if others:
        names = ", ".join(name for *_, name in others)
        raise HistoryError(
            f"The database holds {names} of {code_set}, which another workspace has loaded from files that this one "
            f"does not have; accept them here too ('codeset update {code_set} --from PATH --all'), or make the "
            f"database hold what this workspace has with 'codeset rebuild --replace'."
        )


def _named(release: Release) -> str:
    return f"{release.label} r{release.revision}" if release.revision else release.label


def _is_anothers(release: Release, wanted: Iterable[AcceptedRevision]) -> bool:
    for item in wanted:
        ours = item.release
        if (ours.effective_from, ours.revision) == (release.effective_from, release.revision):
            if ours.snapshot_key == release.snapshot_key:
                # The same files. A date of publication only ever becomes earlier, as more copies of a file are found.
                return ours.published > release.published
            if ours.snapshot_hash == release.snapshot_hash:
                return False
        folder = item.snapshot.folder.parent.parent / release.effective_from.isoformat() / release.snapshot_key
        if folder.is_dir():
            return False
    return True


def forget_code_set(connection: Connection, code_set: str) -> None:
    """Remove everything that the history has of a code set."""
    for table in (schema.release, *schema.VERSIONED, schema.crosswalk_pair, schema.crosswalk_row):
        connection.execute(delete(table).where(table.c.code_set == code_set))
    if source(code_set).layout == "ncci_ptp":
        forget_ptp(connection, code_set)
