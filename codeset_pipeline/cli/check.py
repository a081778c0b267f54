"""`codeset check`: may these codes be billed together on this date?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from codeset_pipeline.cli.options import DatabaseOption, FormatOption, HomeOption, OutputOption, day_named, workspace
from codeset_pipeline.cli.output import emit
from codeset_pipeline.errors import UsageError

if TYPE_CHECKING:
    from codeset_pipeline.ncci_check.findings import Check

_COLUMNS = ["setting", "finding", "codes", "what", "since", "until", "note"]


def check(
    ncci: Annotated[
        str,
        typer.Argument(
            help="ncci (every Medicare setting that is loaded), practitioner, hospital, dme, medicaid-practitioner, … "
            "or a code set, which stands for its setting.",
            metavar="NCCI",
            show_default=False,
        ),
    ],
    codes: Annotated[
        list[str], typer.Argument(help="CPT or HCPCS Level II codes of one patient and day.", metavar="CODE...")
    ],
    on: Annotated[str | None, typer.Option("--on", help="The date of service; today.", metavar="DATE")] = None,
    published: Annotated[
        str | None, typer.Option("--published", help="As the publisher had said by this date; by now.", metavar="DATE")
    ] = None,
    units: Annotated[
        list[str] | None,
        typer.Option("--units", help="Units of a code, to hold against its MUE; repeat for more.", metavar="CODE=N"),
    ] = None,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """PTP edits, MUE and add-on rules among codes on a date of service."""
    from codeset_pipeline.history.database import HistoryDatabase
    from codeset_pipeline.ncci_check.check import check_codes
    from codeset_pipeline.ncci_check.document import check_document

    day = day_named(on, "--on") or date.today()
    said = day_named(published, "--published")
    store = HistoryDatabase(workspace(home, database).database_url)
    try:
        with store.reading() as connection:
            found = check_codes(connection, codes, day, setting=ncci, published=said, units=_units(units))
    finally:
        store.dispose()
    title = f"NCCI ({', '.join(found.settings)}) on {found.on}" + (f", as published by {said}" if said else "")
    emit(
        check_document(found),
        _rows(found),
        _COLUMNS,
        format=format,
        output=output,
        title=title,
        footer="\n".join(_notes(found)),
    )


def _units(given: list[str] | None) -> dict[str, int]:
    found = {}
    for text in given or ():
        code, _, count = text.partition("=")
        if not code.strip() or not count.strip().isdecimal():
            raise UsageError(f"--units {text!r} is none; write the code and its units as A4216=3.")
        found[code.strip()] = int(count)
    return found


def _rows(found: Check) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []

    def row(setting: str, finding: str, codes: str, what: str, **more: object) -> None:
        rows.append({"setting": setting, "finding": finding, "codes": codes, "what": what, **more})

    for edit in found.edits:
        row(
            edit.setting,
            "PTP edit",
            f"{edit.column_1}/{edit.column_2}",
            f"{edit.modifier_indicator}: {edit.meaning}",
            since=edit.effective_from,
            until=edit.effective_to,
            note=edit.rationale
            + (" (retroactive)" if edit.retroactive else "")
            + (f" (not in the file since {edit.missing_from}: ask the publisher)" if edit.missing_from else ""),
        )
    for limit in found.mue:
        over = f"{limit.units} units EXCEED it" if limit.exceeded else f"{limit.units} units are within it"
        row(
            limit.setting,
            "MUE",
            limit.code,
            f"{limit.mue_value} units" + ("" if limit.units is None else f"; {over}"),
            since=limit.effective_from,
            until=limit.effective_to,
            note=limit.meaning,
        )
    for rule in found.add_on:
        row(
            rule.setting,
            "add-on code",
            rule.add_on_code,
            f"type {', '.join(rule.edit_types)}: {rule.meaning}",
            note=" ".join(rule.notes),
        )
    for code in found.unknown:
        row("", "unknown", code, "in no loaded NCCI table of these settings; check the code")
    return rows


def _notes(found: Check) -> list[str]:
    lines = []
    if not found.edits and any("-ptp-" in item.code_set and item.known for item in found.coverage):
        lines.append("No PTP edit between any two of these codes is in force on the date.")
    for setting, codes in found.without_mue.items():
        if codes:
            lines.append(f"No MUE value is published ({setting}) for {', '.join(codes)}; some values are confidential.")
    return [*lines, *(item.note for item in found.coverage if item.note)]


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: codeset check practitioner A4216 J7050 --on 2026-07-15 --units J7050=4")(check)
