"""`codeset report`: the run directory for a pair of releases, without loading anything."""

from __future__ import annotations

import typer

from codeset_pipeline.cli.options import (
    CodeSetArgument,
    DatabaseOption,
    FormatOption,
    FromArgument,
    HomeOption,
    OutputOption,
    ToArgument,
    code_set_named,
    workspace,
)
from codeset_pipeline.cli.output import emit, progress


def report(
    code_set: CodeSetArgument,
    from_release: FromArgument,
    to_release: ToArgument,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Write workbook, page and data files on the changes between two loaded releases."""
    from codeset_pipeline import pipeline

    name = code_set_named(code_set)
    place = workspace(home, database)
    with progress() as show:
        show(f"Comparing {name} {from_release} with {to_release}")
        pair = pipeline.compare(place, name, from_release, to_release)
        run = pipeline.write_report(place, [pair], progress=show)
    document = {
        "folder": str(run.folder),
        "workbook": str(run.workbook),
        "page": str(run.page),
        "data": str(run.data),
        "created": run.created,
    }
    rows = [{"file": what, "path": path} for what, path in document.items() if what != "created"]
    emit(document, rows, ["file", "path"], format=format, output=output, title="Report")


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: codeset report icd10cm FY2025 FY2026")(report)
