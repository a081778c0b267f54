"""Options that many commands share, and what they stand for."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from codeset_pipeline.errors import UsageError
from codeset_pipeline.settings import Workspace

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", help="The workspace directory (else CODESET_HOME, else the current one).", show_default=False
    ),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option("--database", help="Database URL instead of the workspace's SQLite file.", show_default=False),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", help="Write to this file instead of standard output.", show_default=False)
]


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="table, json or csv; table on a terminal, json elsewhere.", show_default=False),
]
CodeSetArgument = Annotated[
    str, typer.Argument(help="icd10cm, icd10pcs, hcpcs or ncci-…", metavar="CODE_SET", show_default=False)
]
FromArgument = Annotated[
    str, typer.Argument(help="Older release: FY2025, FY2025-apr, 2024-10-01, previous.", metavar="FROM")
]
ToArgument = Annotated[str, typer.Argument(help="Newer release: FY2026, 2025-10-01, latest.", metavar="TO")]

# What was given before the command's name; options after it win.
_given: dict[str, object] = {}


def remember(home: Path | None, database: str | None) -> None:
    """Keep the options that stand before the command's name."""
    _given.update(home=home, database=database)


def workspace(home: Path | None, database: str | None) -> Workspace:
    """The workspace that the options name."""
    earlier_home, earlier_database = _given.get("home"), _given.get("database")
    return Workspace.at(
        home or (earlier_home if isinstance(earlier_home, Path) else None),
        database or (earlier_database if isinstance(earlier_database, str) else None),
    )


def code_set_named(text: str) -> str:
    """A code set's name, checked.

    Raises:
        UsageError: there is none of that name.
    """
    from codeset_pipeline.sources.definition import code_sets

    name = text.strip().lower()
    if name not in code_sets():
        raise UsageError(f"{text!r} is no code set of this program; use one of {', '.join(code_sets())}.")
    return name


def day_named(text: str | None, option: str) -> date | None:
    """An ISO date.

    Raises:
        UsageError: it is none.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text!r} is no date; write it as 2025-10-01.") from None
