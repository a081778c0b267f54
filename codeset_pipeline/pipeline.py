"""The way of the data, step by step (DESIGN section 3): discover, accept, load, compare, assess, report.

Every step is a function of a workspace that can be called by itself; `update` calls them in turn. Nothing here knows
of Prefect or of the command line.
"""

from __future__ import annotations

import collections.abc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from codeset_pipeline import __version__
from codeset_pipeline.crosswalk.curated import read_curated
from codeset_pipeline.crosswalk.for_code_set import crosswalk_between, unresolved_between
from codeset_pipeline.crosswalk.from_snapshots import conversion_source
from codeset_pipeline.crosswalk.inputs import CuratedDecision
from codeset_pipeline.crosswalk.publish import write_crosswalk
from codeset_pipeline.diff.changes import LISTED_KINDS, find_changes
from codeset_pipeline.diff.proof import prove, totals_as_published
from codeset_pipeline.errors import GateError, NothingFound, ParseError, SourceError, UsageError
from codeset_pipeline.feed.extend import tell
from codeset_pipeline.history.crosswalk_rows import drop_pair, stored_pairs, write_pair
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.known_codes import codes_before, short_descriptions, titles_of_ended
from codeset_pipeline.history.load import bring_up_to_date
from codeset_pipeline.history.releases import find_release, latest_revisions
from codeset_pipeline.impact.draft_sources import draft_sources
from codeset_pipeline.impact.usage_query import UsageQuery
from codeset_pipeline.labels import effective_date, label_of
from codeset_pipeline.model import (
    Change,
    Impact,
    Mapping,
    Oddity,
    PublishedTotals,
    Reconciliation,
    Release,
    ReleasePair,
)
from codeset_pipeline.report import specialties
from codeset_pipeline.report.model import InputFile, Provenance, Report
from codeset_pipeline.report.run import RunPaths, write_run
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptance, Acceptor
from codeset_pipeline.snapshots.build import BuiltSnapshot
from codeset_pipeline.snapshots.intake import (
    Intake,
    SuppliedFile,
    chosen_releases,
    intake_from_index,
    intake_from_path,
)
from codeset_pipeline.snapshots.intake_site import intake_from_site
from codeset_pipeline.snapshots.ncci_ptp_expected import read_expected
from codeset_pipeline.snapshots.parse_ahead import parsed_ahead
from codeset_pipeline.snapshots.parse_apart import Unparsed
from codeset_pipeline.snapshots.plan import RevisionPlan, parser_version
from codeset_pipeline.snapshots.reportable import days_of_life, reportable_codes
from codeset_pipeline.snapshots.revision import AcceptedRevision
from codeset_pipeline.snapshots.store import Snapshot, SnapshotStore
from codeset_pipeline.sources.definition import code_sets, has_crosswalk, source

if TYPE_CHECKING:
    from codeset_pipeline.impact.review import Decision
    from codeset_pipeline.impact.review_book import Book
    from codeset_pipeline.impact.review_import import ImportPlan, Newer

Progress = Callable[[str], None]

# Origins that are a publisher's own site.
SITES = ("cms", "cdc")


def silent(_: str) -> None:
    """The progress of callers that do not want any."""


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


@contextmanager
def writing(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace for writing; others wait their turn. A killed process lets go by itself."""
    from filelock import FileLock

    workspace.home.mkdir(parents=True, exist_ok=True)
    with FileLock(workspace.lock):
        yield


@contextmanager
def _asking(workspace: Workspace) -> Iterator[Connection]:
    """A connection to the workspace's history for questions, closed with its pool at the end of the block."""
    database = HistoryDatabase(workspace.database_url)
    try:
        with database.reading() as connection:
            yield connection
    finally:
        database.dispose()


def discover(
    code_set: str,
    origin: str | Path,
    release: str | None = None,
    *,
    workspace: Workspace | None = None,
    everything: bool = False,
    progress: Progress = silent,
) -> Intake:
    """Find the release files of a code set: on a publisher's site (`cms`, `cdc`), on the package index (`pypi`), or at
    a path.

    Args:
        workspace: where downloads are kept; needed for the publishers' sites.
        everything: of a site every release, not only the newest.

    Raises:
        SourceError: nothing is there, or something there cannot be what it says.
    """
    wanted = effective_date(release) if release else None
    if origin in SITES:
        place = workspace or Workspace.at()
        return intake_from_site(place, source(code_set), str(origin), wanted, everything, progress)
    if origin == "pypi":
        return intake_from_index(source(code_set), wanted)
    return intake_from_path(source(code_set), Path(origin), wanted)


def ncci_code_sets_at(path: Path, release: str | None = None) -> list[str]:
    """The NCCI code sets that a path holds files of.

    Raises:
        NothingFound: it holds none.
        SourceError: a file cannot be what it says.
    """
    found = []
    for code_set in code_sets():
        if not has_crosswalk(code_set):
            with suppress(NothingFound):
                discover(code_set, path, release)
                found.append(code_set)
    if not found:
        raise NothingFound(
            f"{path} holds no NCCI file; give the publisher's zips of PTP edits, MUE tables or add-on codes."
        )
    return found


def medicare_ncci_code_sets() -> list[str]:
    """The NCCI code sets of Medicare, which all are on the publisher's site."""
    return [code_set for code_set in code_sets() if not has_crosswalk(code_set) and "-medicaid-" not in code_set]


def accept(
    workspace: Workspace,
    intake: Intake,
    *,
    release: str | None = None,
    everything: bool = False,
    checks_to_accept: frozenset[str] = frozenset(),
    published: date | None = None,
    parsed_apart: collections.abc.Mapping[RevisionPlan, BuiltSnapshot] | None = None,
    expect: Path | None = None,
    progress: Progress = silent,
) -> list[Acceptance]:
    """Parse, gate and store the releases that were asked for; nothing of a release is kept when it fails.

    A release from a publisher's site that fails is named in the intake's problems, and the others are accepted.

    Args:
        parsed_apart: what came of `unparsed`, if somebody parsed that beforehand.
        expect: a file of link texts from the download page, for releases that come in parts.
    """
    expected = read_expected(expect) if expect else ()
    acceptor = Acceptor(workspace, source(intake.code_set), expected)
    wanted = effective_date(release) if release else None
    found = intake.releases()
    groups = chosen_releases(found, wanted, everything)
    done = []

    def dated(day: date) -> list[SuppliedFile]:
        return [replace(item, published=published) if published else item for item in groups[day]]

    # The other process starts before the workspace is held, or it would hold it too.
    with (
        parsed_ahead([] if parsed_apart else list(groups), lambda day: acceptor.unparsed(day, dated(day))) as ahead,
        writing(workspace),
    ):
        for day, files in groups.items():
            progress(f"{acceptor.source.title} {label_of(intake.code_set, day)}: reading {len(files)} files")
            beside = [item.recognised.name for other in found if other != day for item in found[other]]
            try:
                parsed = {**ahead(day), **(parsed_apart or {})}
                done.append(acceptor.accept(day, dated(day), checks_to_accept, parsed, beside))
            except (ParseError, GateError, SourceError) as error:
                if not _settle(files, accepted=False):
                    raise
                intake.problems.append(str(error))
            else:
                _settle(files, accepted=True)
    if groups and not done:
        raise GateError(" ".join(intake.problems))
    return done


def unparsed(workspace: Workspace, intake: Intake) -> list[Unparsed]:
    """What accepting everything of an intake would have to parse: work that needs no workspace.

    Releases whose files cannot be brought together are left out here; `accept` says what is wrong with them.
    """
    acceptor = Acceptor(workspace, source(intake.code_set))
    found = []
    for day, files in intake.releases().items():
        with suppress(GateError, ParseError, SourceError):
            found += acceptor.unparsed(day, files)
    return found


def _settle(files: Iterable[SuppliedFile], *, accepted: bool) -> bool:
    """Tell the downloads what became of them; False when the files are no downloads."""
    deliveries = [item.delivery for item in files if item.delivery]
    for delivery in deliveries:
        delivery.settle(accepted)
    return bool(deliveries)


def load(
    workspace: Workspace, code_set: str, progress: Progress = silent, *, publish: bool = True, feed: bool = True
) -> list[Release]:
    """Bring history and crosswalks up to date with what is accepted; returns the releases that were new.

    Args:
        publish: also write the crosswalk tables of the workspace; False when the database is one made for checking.
        feed: also extend the feed that has begun; False when the database is not yet the workspace's.
    """
    database = HistoryDatabase(workspace.database_url)
    try:
        with writing(workspace):
            progress(f"{source(code_set).title}: loading the history")
            revisions = Acceptor(workspace, source(code_set)).revisions()
            now = datetime.now(UTC).isoformat(timespec="seconds")
            loaded = bring_up_to_date(database, code_set, revisions, now)
            _load_crosswalks(workspace, database, code_set, revisions, progress, publish)
            if feed:
                tell(workspace, code_set, database)
        return loaded
    finally:
        database.dispose()


def _newest(revisions: Iterable[AcceptedRevision]) -> list[Snapshot]:
    """The newest revision of each release, oldest release first."""
    newest = {item.plan.effective_from: item.snapshot for item in revisions}
    return [newest[day] for day in sorted(newest)]


def _crosswalk_key(parts: Sequence[Snapshot | None], decisions: Sequence[CuratedDecision]) -> str:
    lines = [part.content_hash if part else "-" for part in parts]
    lines += [repr((d.source, d.target, d.effective_from, d.relation, d.note)) for d in decisions]
    return hashlib.sha256("\n".join([__version__, *lines]).encode()).hexdigest()


def _published_crosswalk(workspace: Workspace, code_set: str, pair: tuple[date, date]) -> Path:
    return workspace.crosswalks / code_set / f"{label_of(code_set, pair[0])}_to_{label_of(code_set, pair[1])}.csv"


def _load_crosswalks(
    workspace: Workspace,
    database: HistoryDatabase,
    code_set: str,
    revisions: Sequence[AcceptedRevision],
    progress: Progress,
    publish: bool,
) -> None:
    """Map each release to the next, where anything that the mappings are made from has changed, and publish them."""
    if not has_crosswalk(code_set):
        return
    snapshots = _newest(revisions)
    decisions = read_curated(workspace.curated, code_set)
    with database.reading() as connection:
        stored = stored_pairs(connection, code_set)
    wanted = {}
    for old, new in pairwise(snapshots):
        table = conversion_source(new, snapshots)
        pair = (old.effective_from, new.effective_from)
        path = _published_crosswalk(workspace, code_set, pair)
        wanted[pair] = _crosswalk_key((old, new, table), decisions)
        if stored.get(pair) == wanted[pair] and path.exists():
            continue
        progress(f"{source(code_set).title}: mapping {label_of(code_set, pair[0])} to {label_of(code_set, pair[1])}")
        mappings = crosswalk_between([old, new], snapshots, decisions)
        # The table first: a run that is killed before the database says so does it again.
        if publish:
            write_crosswalk(path, mappings)
        with database.transaction() as connection:
            write_pair(connection, code_set, pair, wanted[pair], mappings)
    for pair in stored.keys() - wanted.keys():
        # A release came between the two.
        if publish:
            _published_crosswalk(workspace, code_set, pair).unlink(missing_ok=True)
        if not any(kept[1] == pair[1] for kept in wanted):
            with database.transaction() as connection:
                drop_pair(connection, code_set, pair[1])


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
    with _asking(workspace) as connection:
        old = find_release(connection, code_set, from_name)
        new = find_release(connection, code_set, to_name)
        releases = tuple(latest_revisions(connection, code_set))
    if (old.effective_from, old.revision) == (new.effective_from, new.revision):
        raise UsageError(f"{from_name} and {to_name} are the same release of {code_set}; name two different ones.")
    return LoadedReleases(code_set, old, new, releases, SnapshotStore(workspace.snapshots))


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
        with _asking(workspace) as connection:
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
        with _asking(workspace) as connection:
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
    with _asking(workspace) as connection:
        return short_descriptions(connection, codes)


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


def import_decisions(
    workspace: Workspace,
    workbook: Path,
    *,
    by: str,
    at: datetime,
    newer: Newer,
    dry_run: bool = False,
) -> ImportPlan:
    """Record the decisions of an edited workbook, all of them or none.

    Raises:
        AssetError: the workbook cannot be read back, a row of it cannot be used, or the log has newer decisions.
    """
    from codeset_pipeline.impact.review import ReviewLog
    from codeset_pipeline.impact.review_import import checked, plan_import
    from codeset_pipeline.report.worklist_reading import read_worklist

    rows, sha256 = read_worklist(workbook)
    reviews = ReviewLog(workspace.reviews)
    if dry_run:
        return checked(plan_import(rows, reviews.book(), newer), workbook.name, newer)
    made: list[ImportPlan] = []

    def decisions(book: Book) -> list[Decision]:
        made.append(checked(plan_import(rows, book, newer), workbook.name, newer))
        return made[0].decisions

    reviews.apply(decisions, by=by, at=at, source={"workbook": workbook.name, "sha256": sha256})
    return made[0]


def export_decisions(workspace: Workspace, folder: Path, state: str = "approved") -> list[Path]:
    """Write the findings in a state and, for approved ones, the new charge-master lines; returns the paths.

    Raises:
        UsageError: the folder cannot be written.
    """
    from codeset_pipeline.impact.review import ReviewLog
    from codeset_pipeline.report.worklist_export import export_worklist

    return export_worklist(ReviewLog(workspace.reviews).worklist(), state, workspace.reports, folder)


def _provenance(workspace: Workspace, pairs: Sequence[ReleasePair], impact: Impact | None) -> Provenance:
    store = SnapshotStore(workspace.snapshots)
    inputs = []
    for pair in pairs:
        for release in (pair.from_release, pair.to_release):
            for item in store.at(pair.code_set, release.effective_from, release.snapshot_key).inputs:
                inputs.append(
                    InputFile(
                        f"{source(pair.code_set).title} {release.label}",
                        str(item["role"]).replace("_", " "),
                        str(item["member"]),
                        str(item["archive"]),
                        str(item["sha256"]),
                        int(item["bytes"]),
                        date.fromisoformat(str(item["published"])),
                    )
                )
    for asset in impact.assets if impact else ():
        path = Path(asset.path)
        inputs.append(
            InputFile(
                "",
                asset.kind.replace("_", " "),
                path.name,
                path.name,
                asset.sha256,
                path.stat().st_size if path.exists() else 0,
            )
        )
    written_at = datetime.now(UTC).isoformat(timespec="seconds")
    versions = ", ".join(sorted({parser_version(pair.code_set) for pair in pairs}))
    return Provenance(tuple(inputs), versions, __version__, written_at)


def _run_name(
    pairs: Sequence[ReleasePair], impact: Impact | None, curated: Path, chosen: Sequence[specialties.Specialty]
) -> str:
    parts = [__version__, *map(repr, chosen)]
    for pair in pairs:
        parts += [pair.from_release.snapshot_hash, pair.to_release.snapshot_hash]
        parts += [repr(decision) for decision in read_curated(curated, pair.code_set)]
        parts += [f"{code} {text}" for code, text in sorted(pair.descriptions.items())]
    for asset in impact.assets if impact else ():
        parts += [Path(asset.path).name, asset.sha256]
    for finding in impact.findings if impact else ():
        parts += [finding.id, finding.state, str(finding.volume), str(finding.amount), finding.department]
        parts += [finding.state_replacement or "", finding.state_note or "", *finding.previously]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
    names = [f"{pair.code_set}_{pair.from_release.label}_to_{pair.to_release.label}" for pair in pairs]
    return f"{'_and_'.join(names)}_{digest}"


def write_report(
    workspace: Workspace, pairs: Sequence[ReleasePair], impact: Impact | None = None, progress: Progress = silent
) -> RunPaths:
    """Write the run directory; one that was written from the same inputs before is left as it is."""
    progress("Writing the report")
    titles = [f"{source(p.code_set).title} {p.from_release.label} to {p.to_release.label}" for p in pairs]
    provenance = _provenance(workspace, pairs, impact)
    # Made-up releases are named so; a user's file may be called a sample without making the releases one.
    sample = any(item.release_label and item.url_or_path_name.startswith("SAMPLE") for item in provenance.inputs)
    drafts = tuple(draft_sources(impact, pairs)) if impact else ()
    own = workspace.home / specialties.FILE
    chosen = specialties.specialties(own if own.exists() else None)
    report = Report(" and ".join(titles), tuple(pairs), impact, provenance, sample, drafts, chosen)
    return write_run(report, workspace.reports, _run_name(pairs, impact, workspace.curated, chosen))


def pairs_to_report(workspace: Workspace, code_set: str, accepted: Sequence[date]) -> list[tuple[str, str]]:
    """The pairs of neighbouring releases that an update should report on, newest first.

    That is the newest accepted release against the one before it, and, where those two list the same codes (a
    mid-year update often changes none), the last step before them that did change codes.
    """
    with _asking(workspace) as connection:
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
