"""Compare: the changes between two releases, their proof and the crosswalk from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codeset_pipeline.crosswalk.curated import read_curated
from codeset_pipeline.crosswalk.for_code_set import crosswalk_between, unresolved_between
from codeset_pipeline.diff.changes import LISTED_KINDS, find_changes
from codeset_pipeline.diff.proof import prove, totals_as_published
from codeset_pipeline.history.known_codes import codes_before, short_descriptions, titles_of_ended
from codeset_pipeline.model import Change, Mapping, Oddity, PublishedTotals, Reconciliation, Release, ReleasePair
from codeset_pipeline.pipeline.access import asking
from codeset_pipeline.pipeline.choosing import LoadedReleases, choose
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.reportable import days_of_life, reportable_codes
from codeset_pipeline.sources.definition import has_crosswalk


def crosswalk(workspace: Workspace, chosen: LoadedReleases, codes: Sequence[str] = ()) -> list[Mapping]:
    """The crosswalk between two releases, composed over those loaded between them; of some codes only, if named.

    From a newer release to an older one it says what the codes were before. Two revisions of one release have none, and
    edits have none at all.
    """
    if not has_crosswalk(chosen.code_set) or chosen.old.effective_from == chosen.new.effective_from:
        return []
    decisions = read_curated(workspace.curated, chosen.code_set)
    return crosswalk_between(chosen.between(), chosen.snapshots, decisions, codes)


@dataclass(frozen=True)
class Differences:
    """The changes between two releases and their proof.

    Attributes:
        unproven: changes of codes for which no list of the publisher's was at hand; 0 where one was.
    """

    old: Release
    new: Release
    changes: Sequence[Change]
    reconciliation: Reconciliation
    published_totals: PublishedTotals
    unproven: int


def differences_between(workspace: Workspace, chosen: LoadedReleases) -> Differences:
    """Changes, proof and totals for two chosen releases."""
    old, new = chosen.snapshot(chosen.old), chosen.snapshot(chosen.new)
    ended: dict[str, str] = {}
    if has_crosswalk(chosen.code_set):
        with asking(workspace) as connection:
            ended = titles_of_ended(connection, chosen.code_set, chosen.old.effective_from)
    # Asked backwards, a code that was deleted is one that the older release has, not one that came back.
    forward = chosen.old.effective_from < chosen.new.effective_from
    changes = find_changes(old, new, ended if forward else None)
    proof = prove(old, new, chosen.snapshots, changes)
    listed = [c for c in changes if c.kind in LISTED_KINDS and not c.explained]
    unproven = 0 if proof.covered else len(listed)
    return Differences(
        chosen.old, chosen.new, changes, proof, totals_as_published(chosen.code_set, changes, proof), unproven
    )


def differences(workspace: Workspace, code_set: str, from_name: str, to_name: str) -> Differences:
    """Changes, proof and totals for two releases named by a user."""
    return differences_between(workspace, choose(workspace, code_set, from_name, to_name))


def compare(workspace: Workspace, code_set: str, from_name: str, to_name: str, *, ever: bool = False) -> ReleasePair:
    """Everything about going from one release to another: changes, proof, crosswalk.

    Args:
        ever: also gather every code that a release before the two had (for impact).
    """
    chosen = choose(workspace, code_set, from_name, to_name)
    old, new = chosen.snapshot(chosen.old), chosen.snapshot(chosen.new)
    found = differences_between(workspace, chosen)
    all_codes: frozenset[str] = frozenset()
    if ever and has_crosswalk(code_set):
        with asking(workspace) as connection:
            all_codes = codes_before(connection, code_set, chosen.old.effective_from)
    unresolved: list[Oddity] = []
    if has_crosswalk(code_set) and chosen.old.effective_from != chosen.new.effective_from:
        decisions = read_curated(workspace.curated, code_set)
        unresolved = unresolved_between(chosen.between(), chosen.snapshots, decisions)
    return ReleasePair(
        code_set=code_set,
        from_release=chosen.old,
        to_release=chosen.new,
        before=reportable_codes(old) if has_crosswalk(code_set) else {},
        after=reportable_codes(new) if has_crosswalk(code_set) else {},
        changes=found.changes,
        published_totals=found.published_totals,
        mappings=crosswalk(workspace, chosen),
        reconciliation=found.reconciliation,
        ever=all_codes,
        days={**days_of_life(chosen.snapshots[-1]), **days_of_life(old), **days_of_life(new)} if ever else {},
        oddities=[*old.oddities, *new.oddities, *unresolved],
        rows_before=old.rows,
        rows_after=new.rows,
        descriptions=_descriptions(workspace, found.changes),
    )


def _descriptions(workspace: Workspace, changes: Sequence[Change]) -> dict[str, str]:
    """Short descriptions of the codes that changes of NCCI edits name, from HCPCS Level II where it is loaded."""
    codes = {code for change in changes if change.ncci for code in change.ncci.keys.values()}
    if not codes:
        return {}
    with asking(workspace) as connection:
        return short_descriptions(connection, codes)
