"""Accept: parse, gate and store the releases that were found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from codeset_pipeline.errors import GateError, ParseError, SourceError
from codeset_pipeline.labels import effective_date, label_of
from codeset_pipeline.pipeline.access import writing
from codeset_pipeline.pipeline.progress import Progress, silent
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptance, Acceptor
from codeset_pipeline.snapshots.build import BuiltSnapshot
from codeset_pipeline.snapshots.intake import Intake, SuppliedFile, chosen_releases
from codeset_pipeline.snapshots.ncci_ptp_expected import read_expected
from codeset_pipeline.snapshots.parse_ahead import parsed_ahead
from codeset_pipeline.snapshots.parse_apart import Unparsed
from codeset_pipeline.snapshots.plan import RevisionPlan
from codeset_pipeline.sources.definition import source


def accept(
    workspace: Workspace,
    intake: Intake,
    *,
    release: str | None = None,
    everything: bool = False,
    checks_to_accept: frozenset[str] = frozenset(),
    published: date | None = None,
    parsed_apart: Mapping[RevisionPlan, BuiltSnapshot] | None = None,
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
