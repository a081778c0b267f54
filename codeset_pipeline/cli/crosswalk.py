"""`codeset crosswalk`: what replaces what, over any span of releases."""

from __future__ import annotations

from typing import Annotated, Any

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
from codeset_pipeline.cli.output import emit
from codeset_pipeline.errors import UsageError


def crosswalk(
    code_set: CodeSetArgument,
    from_release: FromArgument,
    to_release: ToArgument,
    codes: Annotated[list[str] | None, typer.Argument(help="Only these codes.", metavar="[CODE...]")] = None,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """What became of each code that ended, composed over the releases between."""
    from codeset_pipeline import pipeline
    from codeset_pipeline.codes import normalise
    from codeset_pipeline.report.shapes import mapping_object
    from codeset_pipeline.sources.definition import has_crosswalk

    name = code_set_named(code_set)
    if not has_crosswalk(name):
        raise UsageError(
            f"{name} has no crosswalk, because no edit replaces another; 'codeset diff {name} {from_release} "
            f"{to_release}' shows what changed."
        )
    place = workspace(home, database)
    chosen = pipeline.choose(place, name, from_release, to_release)
    mappings = pipeline.crosswalk(place, chosen, [normalise(code) for code in codes or ()])
    document: list[dict[str, Any]] = [mapping_object(mapping) for mapping in mappings]
    rows = [
        {**row, "hops": [f"{hop['effective_from']} {hop['source']} → {hop['target'] or 'none'}" for hop in row["hops"]]}
        for row in document
    ]
    columns = ["source", "target", "relation", "equivalence", "evidence", "automatic_forward", "hops"]
    title = f"{name} {chosen.old.label} → {chosen.new.label}"
    emit(document, rows, columns, format=format, output=output, title=title, footer=f"{len(rows)} mappings")


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: codeset crosswalk icd10cm FY2017 FY2026 K56.5")(crosswalk)
