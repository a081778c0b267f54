"""The proof of any code set's changes against its publisher's own list, and its totals in the publisher's terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codeset_pipeline.diff.changes import published_totals
from codeset_pipeline.diff.hcpcs_reconcile import hcpcs_published_totals, reconcile_hcpcs
from codeset_pipeline.diff.ncci_reconcile import ncci_published_totals, reconcile_ncci
from codeset_pipeline.diff.reconcile import reconcile
from codeset_pipeline.model import Change, PublishedTotals, Reconciliation
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.sources.definition import source


def prove(
    old: Snapshot, new: Snapshot, loaded: Iterable[Snapshot], changes: Sequence[Change] | None = None
) -> Reconciliation:
    """Our changes held against the publisher's list: addenda, action codes and transaction report, or NCCI's lists.

    Args:
        changes: the changes between the two, where the caller has them already.
    """
    if new.code_set.startswith("ncci-"):
        return reconcile_ncci(old, new, changes)
    if source(new.code_set).layout == "hcpcs":
        return reconcile_hcpcs(old, new)
    return reconcile(old, new, loaded)


def totals_as_published(code_set: str, changes: Sequence[Change], proof: Reconciliation) -> PublishedTotals:
    """The changes counted as the code set's publisher counts them."""
    if code_set.startswith("ncci-"):
        return ncci_published_totals(code_set, changes, proof)
    if source(code_set).layout == "hcpcs":
        return hcpcs_published_totals(changes, proof)
    return published_totals(changes, proof)
