"""`codeset licence`: the click-through licences of files that hold somebody's copyrighted codes."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from typing import Annotated

import typer

from codeset_pipeline.cli.options import DatabaseOption, FormatOption, HomeOption, OutputOption, workspace
from codeset_pipeline.cli.output import emit, say
from codeset_pipeline.errors import UsageError

app = typer.Typer(
    help="Click-through licences: what was accepted, and accepting one.", no_args_is_help=True, rich_markup_mode=None
)
_COLUMNS = ["licence", "title", "terms_url", "accepted", "by", "at"]


def _terms() -> dict[str, tuple[str, str]]:
    """Each licence's title and the address of its terms."""
    from codeset_pipeline.settings import Settings
    from codeset_pipeline.snapshots.offered import base_url
    from codeset_pipeline.sources.link_rules import licences, sites

    settings = Settings()
    return {
        name: (licence.title, f"{base_url(sites()[licence.site], settings)}{licence.path}")
        for name, licence in licences().items()
    }


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise UsageError("Nothing tells who you are; say so with --by, for example --by 'A. Coder'.") from None


@app.command(epilog="Example: codeset licence accept ama --by 'A. Coder'")
def accept(
    name: Annotated[str, typer.Argument(help="The licence: ama.", metavar="LICENCE", show_default=False)],
    by: Annotated[str | None, typer.Option("--by", help="Who accepts (else the name you are logged in by).")] = None,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Accept a licence's terms in this workspace; who did, when and which terms is recorded."""
    from codeset_pipeline import pipeline
    from codeset_pipeline.acquire.licence import LicenceLog

    terms = _terms()
    wanted = name.strip().lower()
    if wanted not in terms:
        raise UsageError(f"{name!r} is no licence of this program; use one of {', '.join(terms)}.")
    who = (by if by is not None else _who()).strip()
    if not who:
        raise UsageError("--by is empty; say who accepts the terms, for example --by 'A. Coder'.")
    title, url = terms[wanted]
    place = workspace(home, database)
    say(f"By this you accept {title}: {url}")
    with pipeline.writing(place):
        accepted = LicenceLog(place.licences).accept(wanted, who, url)
    row = {**asdict(accepted), "title": title, "accepted": True}
    emit(row, [row], _COLUMNS, format=format, output=output, title="Accepted")


@app.command(epilog="Example: codeset licence show")
def show(
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show the licences, where their terms stand, and who accepted them."""
    from codeset_pipeline.acquire.licence import LicenceLog

    log = LicenceLog(workspace(home, database).licences)
    rows = []
    for name, (title, url) in _terms().items():
        given = [each for each in log.all() if each.licence == name]
        acceptances = [{**asdict(each), "title": title, "accepted": True} for each in given]
        rows += acceptances or [
            {"licence": name, "title": title, "terms_url": url, "accepted": False, "by": None, "at": None}
        ]
    emit(rows, rows, _COLUMNS, format=format, output=output, title="Licences")
