"""A release revision that is on disk."""

from __future__ import annotations

from dataclasses import dataclass

from codeset_pipeline.labels import label_of
from codeset_pipeline.model import Release
from codeset_pipeline.snapshots.plan import RevisionPlan
from codeset_pipeline.snapshots.store import Snapshot


@dataclass(frozen=True)
class AcceptedRevision:
    """A release revision that is on disk: its plan and its snapshot."""

    plan: RevisionPlan
    snapshot: Snapshot

    @property
    def release(self) -> Release:
        return Release(
            self.plan.code_set,
            self.plan.effective_from,
            label_of(self.plan.code_set, self.plan.effective_from),
            self.plan.revision,
            self.plan.published,
            "ready",
            self.snapshot.rows,
            self.snapshot.billable_rows,
            self.snapshot.content_hash,
            self.snapshot.key,
        )
