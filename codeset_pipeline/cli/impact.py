"""`codeset impact`: which lines of the user's files a change breaks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codeset_pipeline.cli.options import (
    DatabaseOption,
    FormatOption,
    HomeOption,
    OutputOption,
    code_set_named,
    workspace,
)
from codeset_pipeline.cli.output import emit, progress, say
from codeset_pipeline.errors import UsageError

if TYPE_CHECKING:
    from codeset_pipeline.impact.usage_query import UsageQuery


def _pairs(texts: list[str]) -> list[tuple[str, str, str]]:
    pairs = []
    for text in texts:
        words = [word.strip() for word in text.split(",")]
        if len(words) != 3:
            raise UsageError("--code-set takes three words, such as: --code-set icd10cm FY2025 FY2026.")
        pairs.append((code_set_named(words[0]), words[1], words[2]))
    return pairs


def _usage(file: Path | None, url: str | None, query: str | None) -> Path | UsageQuery | None:
    from codeset_pipeline.impact.usage_query import UsageQuery

    if (url is None) != (query is None):
        raise UsageError("--usage-sql and --usage-query belong together; give the database's URL and the SELECT.")
    if file is not None and url is not None:
        raise UsageError("Give the usage as a file (--usage) or as a query (--usage-sql, --usage-query), not as both.")
    return file if url is None or query is None else UsageQuery(url, query)


def impact(
    assets: Annotated[
        list[Path], typer.Argument(help="Rules, order sets, charge masters, or folders of them.", metavar="ASSET...")
    ],
    code_set: Annotated[
        list[str], typer.Option("--code-set", help="Code set and releases; repeat for more.", metavar="SET FROM TO")
    ],
    usage: Annotated[
        Path | None, typer.Option("--usage", help="CSV of code, count, amount; or YAML of a query.")
    ] = None,
    usage_sql: Annotated[
        str | None, typer.Option("--usage-sql", help="Database with the usage: a SQLAlchemy URL.", metavar="URL")
    ] = None,
    usage_query: Annotated[
        str | None, typer.Option("--usage-query", help="SELECT of code, count, amount.", metavar="SELECT")
    ] = None,
    columns: Annotated[Path | None, typer.Option("--columns", help="YAML that says which column is what.")] = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="Print findings without writing a report.")] = False,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Find the lines of your own files that the changes between releases break, and report them."""
    from codeset_pipeline import pipeline
    from codeset_pipeline.report.shapes import impact_object

    place = workspace(home, database)
    with progress() as show:
        pairs = []
        for name, old, new in _pairs(code_set):
            show(f"Comparing {name} {old} with {new}")
            pairs.append(pipeline.compare(place, name, old, new, ever=True))
        show("Reading your files")
        used = _usage(usage, usage_sql, usage_query)
        found = pipeline.assess_impact(place, assets, pairs, usage=used, columns=columns)
        run = None if no_report else pipeline.write_report(place, pairs, found, show)
    document = impact_object(found)
    for warning in found.warnings:
        say(f"codeset: {warning}")
    if run is not None:
        say(f"Workbook: {run.workbook}")
        say(f"Page:     {run.page}")
        for path in sorted(run.folder.glob("drafts_*.xlsx")):
            say(f"Drafts:   {path}")
        document["report"] = {"folder": str(run.folder), "workbook": str(run.workbook), "page": str(run.page)}
    shown = [
        "id",
        "severity",
        "asset",
        "line",
        "rule",
        "match",
        "code",
        "kind",
        "effective_from",
        "candidates",
        "action",
    ]
    lines = sum(asset.lines for asset in found.assets)
    with_codes = sum(asset.lines_with_codes for asset in found.assets)
    footer = (
        f"{len(found.findings)} findings; {with_codes:,} of {lines:,} lines in {len(found.assets)} files hold codes."
    )
    emit(document, document["findings"], shown, format=format, output=output, title="Findings", footer=footer)


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: codeset impact rules.csv cdm.xlsx --code-set icd10cm FY2025 FY2026")(impact)
