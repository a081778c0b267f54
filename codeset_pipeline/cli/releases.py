"""`codeset releases`: what is loaded, and what is on offer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codeset_pipeline.cli.options import (
    DatabaseOption,
    Format,
    FormatOption,
    HomeOption,
    OutputOption,
    code_set_named,
    workspace,
)
from codeset_pipeline.cli.output import emit, progress, say
from codeset_pipeline.errors import RefusedBySite, SourceError, TransientSourceError, UsageError

_EXAMPLE = "Example: codeset releases icd10cm --remote"


def releases(
    code_set: Annotated[str | None, typer.Argument(help="Only this code set.", show_default=False)] = None,
    remote: Annotated[bool, typer.Option("--remote", help="What the publisher's site offers.")] = False,
    origin: Annotated[
        str, typer.Option("--from", help="Which site to look at with --remote.", metavar="cms|cdc")
    ] = "cms",
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """List the loaded releases and their revisions; with --remote, what the publisher's site offers."""
    from codeset_pipeline.history.database import HistoryDatabase
    from codeset_pipeline.history.releases import loaded_releases
    from codeset_pipeline.report.shapes import release_object

    if remote:
        _remote(code_set, origin, home, database, format, output)
        return
    name = code_set_named(code_set) if code_set else None
    store = HistoryDatabase(workspace(home, database).database_url)
    with store.reading() as connection:
        rows = [{**release_object(r), "sha256": r.snapshot_hash} for r in loaded_releases(connection, name)]
    columns = [
        "code_set", "effective_from", "label", "revision", "state", "rows", "billable_rows", "published", "sha256",
    ]  # fmt: skip
    emit(rows, rows, columns, format=format, output=output, title="Loaded releases")


def _remote(
    code_set: str | None,
    origin: str,
    home: Path | None,
    database: str | None,
    format: Format | None,
    output: Path | None,
) -> None:
    """What a site offers of one code set, or of all that it publishes."""
    from codeset_pipeline.snapshots.remote_releases import remote_releases
    from codeset_pipeline.sources.definition import code_sets
    from codeset_pipeline.sources.link_rules import offered_code_sets, rules_for

    if origin not in {"cms", "cdc"}:
        raise UsageError(f"--from {origin!r} is no publisher's site; use --from cms or --from cdc.")
    if code_set is not None and code_set.strip().lower() not in offered_code_sets():
        raise UsageError(f"{code_set!r} is offered nowhere; use one of {', '.join(offered_code_sets())}.")
    names = [code_set.strip().lower()] if code_set else [n for n in code_sets() if rules_for(n, origin)]
    place = workspace(home, database)
    found, failed = [], False
    for name in names:
        try:
            with progress() as show:
                found += remote_releases(place, name, origin, show)
        except SourceError as error:
            # One that cannot be read does not hide the others.
            if len(names) == 1 or isinstance(error, (TransientSourceError, RefusedBySite)):
                raise
            failed = True
            say(f"codeset: {error}")
    rows = [
        {
            **{key: each[key] for key in ("code_set", "release", "effective_from", "state")},
            **file,
            "component": f"{file['component']} {file['part']}".strip(),
        }
        for each in found
        for file in each["files"]
    ]
    columns = ["code_set", "release", "state", "component", "published", "gated", "here", "url"]
    emit(found, rows, columns, format=format, output=output, title="On offer")
    if failed:
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    app.command(epilog=_EXAMPLE)(releases)
