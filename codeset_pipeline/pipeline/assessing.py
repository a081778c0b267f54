"""Assess: what the changes between releases do to the user's files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from codeset_pipeline.impact.usage_query import UsageQuery
from codeset_pipeline.model import Impact, ReleasePair
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.store import Snapshot, SnapshotStore


def assess_impact(
    workspace: Workspace,
    assets: Sequence[Path],
    pairs: Sequence[ReleasePair],
    *,
    usage: Path | UsageQuery | None = None,
    columns: Path | None = None,
) -> Impact:
    """What the pairs do to the user's files, with the review states that people have given."""
    from codeset_pipeline.impact.assess import assess
    from codeset_pipeline.impact.ncci_sources import news_of_pairs
    from codeset_pipeline.impact.review import ReviewLog

    store = SnapshotStore(workspace.snapshots)

    def snapshots(pair: ReleasePair) -> tuple[Snapshot, Snapshot]:
        old, new = pair.from_release, pair.to_release
        return (
            store.at(pair.code_set, old.effective_from, old.snapshot_key),
            store.at(pair.code_set, new.effective_from, new.snapshot_key),
        )

    reviews = ReviewLog(workspace.reviews)
    ncci = news_of_pairs(pairs, snapshots)
    impact = assess(assets, pairs, usage=usage, columns=columns, reviews=reviews, ncci=ncci)
    reviews.remember(impact.findings, [asset.path for asset in impact.assets], datetime.now(UTC))
    return impact
