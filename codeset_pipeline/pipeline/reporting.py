"""Report: the run directory of release pairs, with where everything in it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from codeset_pipeline import __version__
from codeset_pipeline.crosswalk.curated import read_curated
from codeset_pipeline.impact.draft_sources import draft_sources
from codeset_pipeline.model import Impact, ReleasePair
from codeset_pipeline.pipeline.progress import Progress, silent
from codeset_pipeline.report import specialties
from codeset_pipeline.report.model import InputFile, Provenance, Report
from codeset_pipeline.report.run import RunPaths, write_run
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.plan import parser_version
from codeset_pipeline.snapshots.store import SnapshotStore
from codeset_pipeline.sources.definition import source


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
