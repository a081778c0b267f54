"""`codeset serve`: the HTTP API, FHIR and the search page."""

from __future__ import annotations

from typing import Annotated

import typer

from codeset_pipeline.cli.options import DatabaseOption, HomeOption, workspace
from codeset_pipeline.cli.output import say


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port; 0 takes a free one.", min=0, max=65535)] = 8080,
    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            help="Processes that answer. Each counts CODESET_RATE_LIMIT for itself, so that a client on several "
            "connections may ask up to that many times as often.",
            min=1,
            max=64,
        ),
    ] = 1,
    home: HomeOption = None,
    database: DatabaseOption = None,
) -> None:
    """Answer questions over HTTP: JSON, FHIR and a search page. Read-only."""
    from codeset_pipeline.serve.run import serve as run

    run(workspace(home, database), host, port, workers, say)


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: codeset serve --port 8080 --workers 2")(serve)
