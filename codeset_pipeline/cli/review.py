"""`codeset review`: people's decisions on findings."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from codeset_pipeline.cli.options import DatabaseOption, FormatOption, HomeOption, OutputOption, workspace
from codeset_pipeline.cli.output import emit, say
from codeset_pipeline.errors import UsageError

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="List findings and record decisions on them.")

ByOption = Annotated[str, typer.Option("--by", help="Who decided.", metavar="WHO")]

_SHOWN = (
    "id", "state", "severity", "department", "asset", "line", "match", "code", "kind", "amount", "action",
    "state_by", "state_replacement", "state_note",
)  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@app.command("list", epilog="Example: codeset review list --state proposed --department Pharmacy")
def list_findings(
    state: Annotated[str | None, typer.Option("--state", help="Only findings in this state.")] = None,
    department: Annotated[
        str | None, typer.Option("--department", help="Only findings of this department; '' for those without one.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also findings that the last run over their file did not find any more.")
    ] = False,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """The findings of the last run over each file, with the state people have given them."""
    from codeset_pipeline.impact.review import ReviewLog
    from codeset_pipeline.impact.review_book import STATES
    from codeset_pipeline.report.shapes import finding_object

    if state is not None and state not in STATES:
        raise UsageError(f"{state!r} is no review state; use one of {', '.join(STATES)}.")
    wanted = None if department is None else department.strip().casefold()
    log = ReviewLog(workspace(home, database).reviews)
    rows = [
        finding_object(item)
        for item in log.worklist(everything=everything)
        if (state is None or item.state == state) and (wanted is None or item.department.casefold() == wanted)
    ]
    emit(rows, rows, _SHOWN, format=format, output=output, title="Worklist", footer=f"{len(rows)} findings")


@app.command("set", epilog="Example: codeset review set 3f9a12c07b44 approved --by 'A. Coder' --note 'agreed with ENT'")
def set_state(
    words: Annotated[
        list[str],
        typer.Argument(help="Ids of findings, then proposed, approved, rejected or deferred.", metavar="ID... STATE"),
    ],
    by: ByOption,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    replacement: Annotated[
        str, typer.Option("--replacement", help="The code that is to stand there instead.", metavar="CODE")
    ] = "",
    home: HomeOption = None,
    database: DatabaseOption = None,
) -> None:
    """Record a decision on findings. The log is append-only, and a decision outlives every later run."""
    from codeset_pipeline.impact.review import Decision, ReviewLog

    *ids, state = words
    if not ids:
        raise UsageError("Name one or more findings and then the state, such as: review set 3f9a12c07b44 approved.")
    log = ReviewLog(workspace(home, database).reviews)
    decisions = [Decision(each, state, note, replacement.strip()) for each in dict.fromkeys(ids)]
    log.decide(decisions, by=by, at=_now())
    for each in decisions:
        say(f"{each.finding_id} is {state} (by {by}).")


@app.command(epilog="Example: codeset review history 3f9a12c07b44")
def history(
    finding: Annotated[str, typer.Argument(help="Id of the finding.", metavar="ID")],
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Everything on record about a finding, and about the same reference in earlier runs and years, oldest first."""
    from codeset_pipeline.impact.review import ReviewLog

    rows = ReviewLog(workspace(home, database).reviews).history(finding)
    columns = ["at", "id", "event", "state", "by", "replacement", "note", "what"]
    emit(rows, rows, columns, format=format, output=output, title=f"History of {finding}")


@app.command("import", epilog="Example: codeset review import reports/RUN/RUN.xlsx --by 'A. Coder'")
def import_workbook(
    workbook: Annotated[Path, typer.Argument(help="A workbook of a run, edited.", metavar="WORKBOOK")],
    by: ByOption,
    keep_newer: Annotated[
        bool, typer.Option("--keep-newer", help="Leave findings on which somebody decided since as they are.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite what somebody decided since the workbook was written.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be recorded, and record nothing.")] = False,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Record the states, notes and chosen replacements of an edited workbook: all of them, or after an error none."""
    from codeset_pipeline.impact.review_import import Newer
    from codeset_pipeline.pipeline import import_decisions

    if keep_newer and force:
        raise UsageError("--keep-newer and --force exclude each other; give one of them.")
    newer = Newer.KEEP if keep_newer else Newer.OVERWRITE if force else Newer.STOP
    place = workspace(home, database)
    plan = import_decisions(place, workbook, by=by, at=_now(), newer=newer, dry_run=dry_run)
    rows = [
        {"id": each.finding_id, "state": each.state, "replacement": each.replacement, "note": each.note}
        for each in plan.decisions
    ]
    for sentence in plan.remarks:
        say(f"codeset: {sentence}")
    kept = "overwritten" if force else "kept"
    for sentence in plan.conflicts:
        say(f"codeset: newer decision {kept}: {sentence}")
    done = "would be recorded" if dry_run else "recorded"
    footer = (
        f"{len(rows)} decisions {done}, {plan.untouched} rows unchanged, {len(plan.conflicts)} newer decisions {kept}."
    )
    document = {
        "recorded": not dry_run,
        "decisions": rows,
        "unchanged": plan.untouched,
        "conflicts": plan.conflicts,
        "remarks": plan.remarks,
    }
    columns = ["id", "state", "replacement", "note"]
    emit(document, rows, columns, format=format, output=output, title="Decisions")
    say(footer)


@app.command("export", epilog="Example: codeset review export OUT --state approved")
def export(
    folder: Annotated[
        Path, typer.Argument(help="Folder to write into; it is made where it is missing.", metavar="OUT")
    ],
    state: Annotated[str, typer.Option("--state", help="proposed, approved, rejected or deferred.")] = "approved",
    home: HomeOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write the findings in a state as CSV and, for approved ones, the new charge-master lines in your own layout."""
    from codeset_pipeline.impact.review_book import STATES
    from codeset_pipeline.pipeline import export_decisions

    if state not in STATES:
        raise UsageError(f"{state!r} is no review state; use one of {', '.join(STATES)}.")
    for path in export_decisions(workspace(home, database), folder, state):
        say(str(path))
