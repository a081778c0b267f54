"""`codeset review`: people's decisions on findings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from codeset_pipeline.cli.options import DatabaseOption, FormatOption, HomeOption, OutputOption, workspace
from codeset_pipeline.cli.output import emit, say

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="List findings and record decisions on them.")


@app.command("list", epilog="Example: codeset review list --state proposed")
def list_findings(
    state: Annotated[str | None, typer.Option("--state", help="Only findings in this state.")] = None,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """The findings of all runs so far, with the state people have given them."""
    from codeset_pipeline.impact.review import ReviewLog
    from codeset_pipeline.report.shapes import finding_object

    log = ReviewLog(workspace(home, database).reviews)
    rows = [finding_object(item) for item in log.worklist() if state is None or item.state == state]
    columns = ["id", "state", "severity", "asset", "line", "match", "code", "kind", "action", "state_by", "state_note"]
    emit(rows, rows, columns, format=format, output=output, title="Worklist", footer=f"{len(rows)} findings")


@app.command("set", epilog="Example: codeset review set 3f9a12c07b44 approved --by 'A. Coder' --note 'agreed with ENT'")
def set_state(
    finding: Annotated[str, typer.Argument(help="Id of the finding.", metavar="ID")],
    state: Annotated[str, typer.Argument(help="proposed, approved, rejected or deferred.", metavar="STATE")],
    by: Annotated[str, typer.Option("--by", help="Who decided.", metavar="WHO")],
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    home: HomeOption = None,
    database: DatabaseOption = None,
) -> None:
    """Record a decision on a finding. The log is append-only, and a decision outlives every later run."""
    from codeset_pipeline.impact.review import ReviewLog

    log = ReviewLog(workspace(home, database).reviews)
    log.set(finding, state, by=by, note=note, at=datetime.now(UTC).replace(microsecond=0))
    say(f"{finding} is {state} (by {by}).")
