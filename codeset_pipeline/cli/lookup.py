"""`codeset lookup` and `codeset history`: a code on a date, and its life."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from codeset_pipeline.cli.options import (
    CodeSetArgument,
    DatabaseOption,
    FormatOption,
    HomeOption,
    OutputOption,
    code_set_named,
    day_named,
    workspace,
)
from codeset_pipeline.cli.output import emit


def lookup(
    code_set: CodeSetArgument,
    codes: Annotated[list[str], typer.Argument(help="Codes, with or without the dot.", metavar="CODE...")],
    on: Annotated[str | None, typer.Option("--on", help="The date asked about; today.", metavar="DATE")] = None,
    published: Annotated[
        str | None, typer.Option("--published", help="As the publisher had said by this date; by now.", metavar="DATE")
    ] = None,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """What was in force for codes on a date, as published by a date."""
    from codeset_pipeline.history.answer import full_answer
    from codeset_pipeline.history.database import HistoryDatabase
    from codeset_pipeline.history.documents import LOOKUP_COLUMNS
    from codeset_pipeline.history.lookup import open_lookup
    from codeset_pipeline.sources.definition import source

    name = code_set_named(code_set)
    day = day_named(on, "--on") or date.today()
    said = day_named(published, "--published")
    with open_lookup(HistoryDatabase(workspace(home, database).database_url)) as looker:
        answers = [full_answer(looker, name, code, day, said) for code in codes]
    columns = list(LOOKUP_COLUMNS[source(name).layout])
    emit(answers, answers, columns, format=format, output=output, title=f"{name} on {day.isoformat()}")


def history(
    code_set: CodeSetArgument,
    code: Annotated[str, typer.Argument(help="A code, with or without the dot.")],
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Every version and change of a code, oldest first."""
    from codeset_pipeline.history.database import HistoryDatabase
    from codeset_pipeline.history.documents import history_document
    from codeset_pipeline.history.lookup import open_lookup

    name = code_set_named(code_set)
    with open_lookup(HistoryDatabase(workspace(home, database).database_url)) as looker:
        found = history_document(looker, name, code)
    title = f"{name} {found.document['code']}"
    emit(found.document, found.rows, found.columns, format=format, output=output, title=title)


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: codeset lookup icd10cm H05.89 b88.0 --on 2025-09-30")(lookup)
    app.command(epilog="Example: codeset history icd10cm B88.0")(history)
