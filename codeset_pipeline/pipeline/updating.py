"""Update: all the steps for one code set in turn, and which pairs of releases are worth a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from codeset_pipeline.history.releases import latest_revisions
from codeset_pipeline.model import Release, ReleasePair
from codeset_pipeline.pipeline.accepting import accept
from codeset_pipeline.pipeline.access import asking
from codeset_pipeline.pipeline.comparing import compare
from codeset_pipeline.pipeline.discovering import discover
from codeset_pipeline.pipeline.loading import load
from codeset_pipeline.pipeline.progress import Progress, silent
from codeset_pipeline.pipeline.reporting import write_report
from codeset_pipeline.report.run import RunPaths
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptance
from codeset_pipeline.sources.definition import has_crosswalk, source


@dataclass(frozen=True)
class ReportedPair:
    """A pair of releases and where its report is."""

    pair: ReleasePair
    run: RunPaths


@dataclass(frozen=True)
class UpdateResult:
    """What an update of one code set did.

    Attributes:
        acceptances: one for each release that was looked at.
        loaded: the releases that were new to the history.
        reported: the newest release of this update against the one before it; when that changed no code, also the last
            step before it that did; and each corrected revision of a release that was loaded before against the one
            that it corrects. Empty with a single release, or when no report was wanted.
        problems: what could not be had or accepted from a publisher's site, with what to do.
        left_out: what lies behind a licence that nobody accepted, with how to supply it.
    """

    code_set: str
    acceptances: tuple[Acceptance, ...]
    loaded: tuple[Release, ...]
    reported: tuple[ReportedPair, ...]
    problems: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def pairs_to_report(workspace: Workspace, code_set: str, accepted: Sequence[date]) -> list[tuple[str, str]]:
    """The pairs of neighbouring releases that an update should report on, newest first.

    That is the newest accepted release against the one before it, and, where those two list the same codes (a
    mid-year update often changes none), the last step before them that did change codes.
    """
    with asking(workspace) as connection:
        ready = latest_revisions(connection, code_set)
    newest = max(accepted, default=None)
    releases = [r for r in ready if newest is None or r.effective_from <= newest]
    pairs = []
    for new, old in pairwise(reversed(releases)):
        pairs.append((old.effective_from.isoformat(), new.effective_from.isoformat()))
        if not has_crosswalk(code_set) or (old.rows, old.billable_rows) != (new.rows, new.billable_rows):
            break
    return pairs if len(pairs) < 2 else [pairs[0], pairs[-1]]


def corrected_pairs(loaded: Sequence[Release]) -> list[tuple[str, str]]:
    """The revisions that came to releases which were loaded before, each with the one that it corrects."""
    new = {(release.effective_from, release.revision) for release in loaded}
    return [
        (f"{day.isoformat()}@r{revision - 1}", f"{day.isoformat()}@r{revision}")
        for day, revision in sorted(new)
        if revision and (day, 0) not in new
    ]


def update(
    workspace: Workspace,
    code_set: str,
    origin: str | Path,
    *,
    release: str | None = None,
    everything: bool = False,
    report: bool = True,
    checks_to_accept: frozenset[str] = frozenset(),
    published: date | None = None,
    expect: Path | None = None,
    progress: Progress = silent,
) -> UpdateResult:
    """Discover, accept, load, compare with the previous release, prove, map, report."""
    progress(f"{source(code_set).title}: looking at {origin}")
    intake = discover(code_set, origin, release, workspace=workspace, everything=everything, progress=progress)
    acceptances = accept(
        workspace,
        intake,
        release=release,
        everything=everything,
        checks_to_accept=checks_to_accept,
        published=published,
        expect=expect,
        progress=progress,
    )
    loaded = load(workspace, code_set, progress)
    reported = []
    if report:
        pairs = pairs_to_report(workspace, code_set, [item.effective_from for item in acceptances])
        for names in [*pairs, *corrected_pairs(loaded)]:
            progress(f"{source(code_set).title}: comparing {names[0]} with {names[1]}")
            pair = compare(workspace, code_set, *names)
            reported.append(ReportedPair(pair, write_report(workspace, [pair], progress=progress)))
    return UpdateResult(
        code_set,
        tuple(acceptances),
        tuple(loaded),
        tuple(reported),
        tuple(intake.problems),
        tuple(intake.left_out),
    )
