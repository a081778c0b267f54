"""`codeset demo`: the main job on what any machine can have."""

from __future__ import annotations

import typer

from codeset_pipeline.cli.options import DatabaseOption, FormatOption, HomeOption, OutputOption, workspace
from codeset_pipeline.cli.output import emit, progress, say


def demo(
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Run an October update on genuine ICD-10-CM releases of the package index; HCPCS and NCCI updates on samples."""
    from codeset_pipeline.demo import run_demo

    with progress() as show:
        result = run_demo(workspace(home, database), show)
    for line in result.sentences():
        say(line)
    rows = [{"file": name, "path": path} for name, path in result.paths().items()]
    emit(result.document(), rows, ["file", "path"], format=format, output=output, title="Where to look")


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: codeset demo --home demo")(demo)
