"""`codeset rebuild` and `codeset verify`: the database from its sources, and everything against its hashes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codeset_pipeline.cli.options import DatabaseOption, FormatOption, HomeOption, OutputOption, workspace
from codeset_pipeline.cli.output import emit, progress, say


def _print_problems(problems: list[str], format: FormatOption, output: OutputOption, good: str) -> None:
    document = {"ok": not problems, "problems": problems}
    rows = [{"problem": problem} for problem in problems]
    emit(document, rows, ["problem"], format=format, output=output, title="" if problems else good)
    if problems:
        say(f"codeset: {len(problems)} problems; 'codeset rebuild' makes database and snapshots again from the files.")
        raise typer.Exit(1)


def rebuild(
    check_only: Annotated[bool, typer.Option("--verify", help="Compare with the database, replace nothing.")] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="In PostgreSQL: also drop releases that another workspace has loaded."),
    ] = False,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Make the database again from the snapshots and the curated decisions."""
    from codeset_pipeline import upkeep

    place = workspace(home, database)
    if check_only:
        with progress() as show:
            problems = upkeep.verify_database(place, show)
        _print_problems(problems, format, output, "The database says exactly what the snapshots give.")
        return
    with progress() as show:
        code_sets = upkeep.rebuild(place, show, replace_others=replace)
    rows = [{"code_set": name} for name in code_sets]
    emit({"rebuilt": code_sets}, rows, ["code_set"], format=format, output=output, title="Rebuilt")


def verify(
    export: Annotated[
        Path | None,
        typer.Option("--export", help="Check this folder of 'codeset export' instead.", metavar="DIR"),
    ] = None,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Check release files, snapshots, database and feeds against their hashes; names whatever has changed."""
    if export is not None:
        _verify_export(export, format, output)
        return
    from codeset_pipeline import upkeep

    with progress() as show:
        problems = upkeep.verify(workspace(home, database), show)
    _print_problems(problems, format, output, "Release files, snapshots, database and feeds are what they were.")


def upgrade(home: HomeOption = None, database: DatabaseOption = None) -> None:
    """Bring the tables of a PostgreSQL database to the layout of this version; loading does it too."""
    from codeset_pipeline import upkeep

    layout = upkeep.upgrade(workspace(home, database))
    say(f"The tables of the database have layout {layout}.")


def _verify_export(folder: Path, format: FormatOption, output: OutputOption) -> None:
    from codeset_pipeline.serve.export.verify import verify_export

    problems = verify_export(folder.expanduser())
    rows = [{"problem": problem} for problem in problems]
    title = "" if problems else f"{folder} is what was written."
    emit({"ok": not problems, "problems": problems}, rows, ["problem"], format=format, output=output, title=title)
    if problems:
        say(f"codeset: {len(problems)} problems in {folder}; export it again.")
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: codeset rebuild --verify")(rebuild)
    app.command(epilog="Example: codeset verify")(verify)
    app.command(epilog="Example: codeset upgrade --database postgresql://codeset@dbhost/codeset")(upgrade)
