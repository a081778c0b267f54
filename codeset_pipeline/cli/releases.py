"""`codeset releases`: what is loaded."""

from __future__ import annotations

from typing import Annotated

import typer

from codeset_pipeline.cli.options import (
    DatabaseOption,
    FormatOption,
    HomeOption,
    OutputOption,
    code_set_named,
    workspace,
)
from codeset_pipeline.cli.output import emit
from codeset_pipeline.errors import UsageError

_EXAMPLE = "Example: codeset releases icd10cm"


def releases(
    code_set: Annotated[str | None, typer.Argument(help="Only this code set.", show_default=False)] = None,
    remote: Annotated[bool, typer.Option("--remote", help="What the publisher offers.")] = False,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """List the loaded releases and their revisions."""
    from codeset_pipeline.history.database import HistoryDatabase
    from codeset_pipeline.history.releases import loaded_releases
    from codeset_pipeline.report.shapes import release_object

    if remote:
        raise UsageError("--remote is not built yet; look at the publisher's page and import files with --from PATH.")
    name = code_set_named(code_set) if code_set else None
    store = HistoryDatabase(workspace(home, database).database_url)
    with store.reading() as connection:
        rows = [{**release_object(r), "sha256": r.snapshot_hash} for r in loaded_releases(connection, name)]
    columns = [
        "code_set", "effective_from", "label", "revision", "state", "rows", "billable_rows", "published", "sha256",
    ]  # fmt: skip
    emit(rows, rows, columns, format=format, output=output, title="Loaded releases")


def register(app: typer.Typer) -> None:
    app.command(epilog=_EXAMPLE)(releases)
