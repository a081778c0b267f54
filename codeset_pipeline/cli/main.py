"""The `codeset` command: its groups, and how errors reach the user."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from codeset_pipeline import __version__
from codeset_pipeline.cli import (
    changes,
    check,
    crosswalk,
    demo,
    export,
    feed,
    impact,
    licence,
    lookup,
    releases,
    report,
    review,
    serve,
    update,
    upkeep,
)
from codeset_pipeline.cli.options import DatabaseOption, HomeOption, remember
from codeset_pipeline.cli.output import say
from codeset_pipeline.errors import CodesetError, UsageError

app = typer.Typer(
    name="codeset",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"codeset {__version__}")
        raise typer.Exit


@app.callback()
def _start(
    home: HomeOption = None,
    database: DatabaseOption = None,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Code-set updates for US healthcare billing: what changed, what replaces it, what it breaks.

    Begin with 'codeset demo', or with 'codeset update icd10cm --all', which asks cms.gov; --from FOLDER takes your own
    files instead. Add --debug to any command to see where an error comes from.
    """
    remember(home, database)


for module in (update, demo, releases, changes, lookup, check, crosswalk, impact, report, export, feed, serve, upkeep):
    module.register(app)
app.add_typer(review.app, name="review")
app.add_typer(licence.app, name="licence")


def joined_code_sets(arguments: list[str]) -> list[str]:
    """`--code-set SET FROM TO` as one argument `--code-set=SET,FROM,TO`, as the option parser wants it.

    Raises:
        UsageError: fewer than three words follow.
    """
    joined: list[str] = []
    position = 0
    while position < len(arguments):
        if arguments[position] != "--code-set":
            joined.append(arguments[position])
            position += 1
            continue
        words = arguments[position + 1 : position + 4]
        if len(words) < 3 or any(word.startswith("-") for word in words):
            raise UsageError("--code-set takes three words, such as: --code-set icd10cm FY2025 FY2026.")
        joined.append(f"--code-set={','.join(words)}")
        position += 4
    return joined


def run(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code: 0 success, 1 a failed run, 2 misuse."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    given = [argument for argument in given if argument != "--debug"]
    # A command handles millions of plain rows and ends; looking for cycles among them would take a fifth of its time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        app(joined_code_sets(given))
    except CodesetError as error:
        if debug:
            raise
        say(f"codeset: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        say("codeset: stopped; nothing was left half done.")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        say(f"codeset: an unexpected error ({type(error).__name__}: {error}); repeat with --debug and report it.")
        sys.exit(1)
    finally:
        if collecting:
            gc.enable()
