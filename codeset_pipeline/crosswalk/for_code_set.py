"""The crosswalk of any code set over a path of releases, read from their snapshots."""

from __future__ import annotations

from collections.abc import Sequence

from codeset_pipeline.crosswalk.build import build_crosswalk, map_codes, unresolved_previous_codes
from codeset_pipeline.crosswalk.from_snapshots import (
    conversion_entries,
    conversion_source,
    hcpcs_release,
    release_codes,
)
from codeset_pipeline.crosswalk.hcpcs import build_hcpcs_crosswalk, map_hcpcs_codes
from codeset_pipeline.crosswalk.inputs import CuratedDecision
from codeset_pipeline.crosswalk.invert import invert
from codeset_pipeline.model import Mapping, Oddity
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.sources.definition import source

# The last answer: an update maps a pair of releases for the history and then again for its report.
_answered: dict[tuple[tuple[str, ...], ...], list[Mapping]] = {}


def crosswalk_between(
    path: Sequence[Snapshot],
    loaded: Sequence[Snapshot],
    decisions: Sequence[CuratedDecision],
    codes: Sequence[str] = (),
) -> list[Mapping]:
    """The mappings from the first release of a path to its last; of some codes only, if named.

    Args:
        path: the two releases and all loaded ones between them, in the order asked for; backwards it says what codes
            were before.
        loaded: every loaded release, for the conversion table that serves best.
    """
    asked = (
        tuple(snapshot.content_hash for snapshot in (*path, *loaded)),
        tuple(map(repr, decisions)),
        tuple(codes),
    )
    found = _answered.get(asked)
    if found is None:
        found = _mapped(path, loaded, decisions, codes)
        _answered.clear()
        _answered[asked] = found
    return found


def _mapped(
    path: Sequence[Snapshot], loaded: Sequence[Snapshot], decisions: Sequence[CuratedDecision], codes: Sequence[str]
) -> list[Mapping]:
    code_set = path[0].code_set
    if source(code_set).layout == "hcpcs":
        return _hcpcs(path, decisions, codes)
    newest = max(path, key=lambda snapshot: snapshot.effective_from)
    rows = conversion_entries(conversion_source(newest, loaded))
    releases = [release_codes(snapshot) for snapshot in path]
    if codes:
        return map_codes(code_set, releases, rows, decisions, codes)
    return build_crosswalk(code_set, releases, rows, decisions)


def _hcpcs(path: Sequence[Snapshot], decisions: Sequence[CuratedDecision], codes: Sequence[str]) -> list[Mapping]:
    releases = sorted((hcpcs_release(snapshot) for snapshot in path), key=lambda release: release.effective_from)
    if path[0].effective_from < path[-1].effective_from:
        return map_hcpcs_codes(releases, decisions, codes) if codes else build_hcpcs_crosswalk(releases, decisions)
    backward = invert(build_hcpcs_crosswalk(releases, decisions))
    return [mapping for mapping in backward if not codes or mapping.source in codes]


def unresolved_between(
    path: Sequence[Snapshot], loaded: Sequence[Snapshot], decisions: Sequence[CuratedDecision]
) -> list[Oddity]:
    """What the publisher's table or the decisions name as a previous code and no release has."""
    if source(path[0].code_set).layout == "hcpcs":
        return []
    ascending = sorted(path, key=lambda snapshot: snapshot.effective_from)
    rows = conversion_entries(conversion_source(ascending[-1], loaded))
    return unresolved_previous_codes([release_codes(snapshot) for snapshot in ascending], rows, decisions)
