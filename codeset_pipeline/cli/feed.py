"""`codeset feed` and `codeset sync`: the change feed, and another database that follows it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from codeset_pipeline.cli.options import (
    CodeSetArgument,
    DatabaseOption,
    FormatOption,
    HomeOption,
    OutputOption,
    code_set_named,
    workspace,
)
from codeset_pipeline.cli.output import emit, progress, say
from codeset_pipeline.errors import UsageError


def feed(
    code_set: CodeSetArgument,
    since: Annotated[
        str, typer.Option("--since", help="Only events after this cursor.", metavar="CURSOR", show_default=False)
    ] = "",
    limit: Annotated[int | None, typer.Option("--limit", help="Events at most.", min=1, show_default=False)] = None,
    head: Annotated[bool, typer.Option("--head", help="The newest cursor and the hashes of the tables.")] = False,
    begin_again: Annotated[
        bool,
        typer.Option(
            "--begin-again", help="Set the feed aside and tell everything anew; consumers may have to be repaired."
        ),
    ] = False,
    home: HomeOption = None,
    database: DatabaseOption = None,
    output: OutputOption = None,
) -> None:
    """Print the change events of a code set, one JSON object a line, oldest first."""
    from codeset_pipeline import upkeep

    name, place = code_set_named(code_set), workspace(home, database)
    if begin_again:
        with progress() as show:
            found, aside = upkeep.begin_again(place, name, show)
        say(f"The feed of {name} was begun again; the old one is kept in {aside}.")
        head = True
    else:
        with progress() as show:
            found = upkeep.current_feed(place, name, show)
    if head:
        tables = [{"table": table, **said} for table, said in found.tables.items()]
        emit(found.head(), tables, ["table", "rows", "hash"], format=None, output=output, title=found.cursor)
        return
    lines = found.lines(since, limit)
    if output is None:
        stream = getattr(sys.stdout, "buffer", None)
        for line in lines:
            if stream is None:
                sys.stdout.write(line.decode() + "\n")
            else:
                stream.write(line + b"\n")
        sys.stdout.flush()
        return
    try:
        with output.open("wb") as file:
            file.writelines(line + b"\n" for line in lines)
    except OSError as error:
        raise UsageError(f"{output} cannot be written ({error.strerror}); give --output another file.") from error


def sync(
    code_sets: Annotated[
        list[str] | None, typer.Argument(help="Only these code sets.", metavar="[CODE_SET]...", show_default=False)
    ] = None,
    to: Annotated[str, typer.Option("--to", help="Database to bring up to date.", metavar="URL")] = "",
    origin: Annotated[
        str | None,
        typer.Option("--from", help="Follow what another installation serves, such as http://codes:8080.",
                     metavar="URL", show_default=False),
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Only compare the target with the feed.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Replace the rows by those of the feed.")] = False,
    batch: Annotated[int, typer.Option("--batch", help="Events in one transaction.", min=1)] = 5_000,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:  # fmt: skip
    """Bring the effective-dated tables of another database up to date; run it again to go on."""
    from dataclasses import asdict

    from codeset_pipeline.sync.origins import HttpOrigin, Origin, WorkspaceOrigin
    from codeset_pipeline.sync.run import sync as bring_up_to_date
    from codeset_pipeline.sync.run import unlike_tables
    from codeset_pipeline.sync.target import Target

    if not to:
        raise UsageError(
            "--to is missing; name the database to bring up to date, such as sqlite:////data/codes.sqlite."
        )
    if origin is not None and not origin.startswith(("http://", "https://")):
        raise UsageError(f"--from {origin!r} is no address; write it as http://codes:8080, or name a --home.")
    named = [code_set_named(name) for name in code_sets or ()]
    target = Target(to)
    try:
        with progress() as show:
            source: Origin = HttpOrigin(origin) if origin else WorkspaceOrigin(workspace(home, database), show)
            wanted = named or source.code_sets()
            if verify:
                unlike = [line for name in wanted for line in unlike_tables(source, target, name)]
            else:
                done = [
                    bring_up_to_date(source, target, name, repair=repair, size=batch, progress=show) for name in wanted
                ]
    finally:
        target.dispose()
    if verify:
        rows = [{"problem": line} for line in unlike]
        title = "" if unlike else "The target says what the feed says."
        emit({"ok": not unlike, "problems": unlike}, rows, ["problem"], format=format, output=output, title=title)
        if unlike:
            raise typer.Exit(1)
        return
    columns = ["code_set", "events", "replaced", "cursor"]
    found = [asdict(each) for each in done]
    emit({"to": target.name, "synced": found}, found, columns, format=format, output=output, title=target.name)


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: codeset feed icd10cm --since CURSOR --limit 1000")(feed)
    app.command(epilog="Example: codeset sync icd10cm hcpcs --to postgresql://me@db/warehouse")(sync)
