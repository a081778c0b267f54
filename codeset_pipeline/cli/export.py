"""`codeset export`: the effective-dated tables as files for other systems."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from codeset_pipeline.cli.options import (
    CodeSetArgument,
    DatabaseOption,
    HomeOption,
    code_set_named,
    day_named,
    workspace,
)
from codeset_pipeline.cli.output import progress, say


class ExportFormat(StrEnum):
    PARQUET = "parquet"
    CSV = "csv"
    NDJSON = "ndjson"
    FHIR = "fhir"


class FhirVersion(StrEnum):
    R4 = "r4"
    R5 = "r5"


def export(
    code_set: CodeSetArgument,
    out: Annotated[
        Path, typer.Argument(help="A folder for all tables, or a file such as codes.csv for one.", metavar="OUT")
    ],
    format: Annotated[
        ExportFormat | None,
        typer.Option("--as", help="What to write; told by the ending where OUT is a file.", show_default=False),
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", help="Only rows in force on this date; else all.", metavar="DATE")
    ] = None,
    published: Annotated[
        str | None, typer.Option("--published", help="As the publisher had said by this date; by now.", metavar="DATE")
    ] = None,
    table: Annotated[
        str | None, typer.Option("--table", help="The table for a single file, such as icd10_notes.", metavar="NAME")
    ] = None,
    fhir_version: Annotated[FhirVersion, typer.Option("--fhir-version", help="For --as fhir.")] = FhirVersion.R4,
    home: HomeOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write the effective-dated tables and crosswalks of a code set for other systems.

    A folder gets one file a table and a datapackage.json that says what each column means and gives every file's hash;
    'codeset verify --export OUT' checks them. An older export there is replaced, anything else is left alone. The same
    history gives the same bytes.

    These files are for machines: texts stand as they are, and a spreadsheet may take one that begins with = for a
    formula. For people there are the reports of 'codeset report'.
    """
    from codeset_pipeline.serve.export.content import Request
    from codeset_pipeline.serve.export.write import chosen_format, export

    name = code_set_named(code_set)
    place = out.expanduser()
    chosen = chosen_format(format and str(format), place)
    request = Request(workspace(home, database), name, day_named(on, "--on"), day_named(published, "--published"))
    with progress() as show:
        files = export(request, chosen, place, table=table, fhir_version=str(fhir_version), progress=show)
    say(f"codeset: {place} has {', '.join(path.name for path in files)}.")


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: codeset export icd10cm --on 2025-10-01 --as csv icd10cm-tables")(export)
