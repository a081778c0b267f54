"""All changes between two releases, and their totals in the publisher's terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from codeset_pipeline.diff.codes import diff_codes
from codeset_pipeline.diff.hcpcs_changes import diff_hcpcs
from codeset_pipeline.diff.ncci_add_on import diff_ncci_add_on
from codeset_pipeline.diff.ncci_mue import diff_ncci_mue
from codeset_pipeline.diff.ncci_ptp import diff_ncci_ptp
from codeset_pipeline.diff.notes import diff_notes, diff_poa_exempt
from codeset_pipeline.model import Change, ChangeKind, PublishedTotals, Reconciliation
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.sources.definition import source

_APPEARED = {ChangeKind.ADDED, ChangeKind.REACTIVATED, ChangeKind.REUSED, ChangeKind.BECAME_BILLABLE}
_CAME_BACK = {ChangeKind.REACTIVATED, ChangeKind.REUSED}
_WENT = {ChangeKind.DELETED, ChangeKind.BECAME_HEADER}

# Kinds that the publishers' lists of changes speak of.
LISTED_KINDS = frozenset(
    {
        *_APPEARED,
        *_WENT,
        ChangeKind.REVISED,
        ChangeKind.EDIT_ADDED,
        ChangeKind.EDIT_DELETED,
        ChangeKind.INDICATOR_CHANGED,
        ChangeKind.MUE_VALUE_CHANGED,
        ChangeKind.MAI_CHANGED,
        ChangeKind.PRIMARY_ADDED,
        ChangeKind.PRIMARY_DELETED,
    }
)

_BY_ROW: dict[str, Callable[[Snapshot, Snapshot], list[Change]]] = {
    "ncci_ptp": diff_ncci_ptp,
    "ncci_mue": diff_ncci_mue,
    "ncci_aoc": diff_ncci_add_on,
}


def find_changes(old: Snapshot, new: Snapshot, ended_titles: Mapping[str, str] | None = None) -> list[Change]:
    """Changes of codes, then of the POA-exempt list, then of notes; of edits for NCCI (see the modules for each)."""
    layout = source(new.code_set).layout
    if layout in _BY_ROW:
        return _BY_ROW[layout](old, new)
    if layout == "hcpcs":
        return diff_hcpcs(old, new, ended_titles)
    return [*diff_codes(old, new, ended_titles), *diff_poa_exempt(old, new), *diff_notes(old, new)]


def published_totals(changes: Iterable[Change], reconciliation: Reconciliation | None = None) -> PublishedTotals:
    """The changes as the publisher counts them: among billable codes.

    A code that became a header counts as deleted, one that became billable as added, and only codes that are
    billable in both releases count as revised. Changes that the publisher's list is known to leave out (they are in
    the reconciliation with their cause) are left out here too, so that the totals can be held against the publisher's.
    """
    left_out = set()
    if reconciliation is not None:
        left_out = {(d.code, d.kind) for d in reconciliation.explained if d.side == "ours"}
    added = deleted = revised = 0
    for change in changes:
        listed_as = "added" if change.kind in _CAME_BACK else str(change.kind)
        if change.explained or (change.code, listed_as) in left_out:
            continue
        if change.kind in _APPEARED and change.billable_after:
            added += 1
        elif change.kind in _WENT and change.billable_before:
            deleted += 1
        elif change.kind is ChangeKind.REVISED and change.billable_before and change.billable_after:
            revised += 1
    return PublishedTotals(added, deleted, revised)
