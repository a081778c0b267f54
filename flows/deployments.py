"""The looks at the publishers' sites as Prefect deployments.

python -m flows.deployments list
python -m flows.deployments serve --home work                    # one machine: server, schedules and runs in one
python -m flows.deployments deploy --pool codesets --home /srv/codesets   # a team: a server and workers of its own

What is looked for and when stands in `deployments.yaml`.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codeset_pipeline.errors import CodesetError, UsageError
from codeset_pipeline.settings import Workspace
from flows.local_prefect import settle
from flows.local_server import prefect_server
from flows.looks import Look, looks_named
from flows.site_limit import ensure_limits

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment


def deployment(look: Look, parameters: dict[str, Any]) -> RunnerDeployment:
    """A look as a deployment; a run is left out while the one before it is still at work."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.look import look as flow

    return RunnerDeployment.from_flow(
        flow,
        name=look.name,
        schedules=[Cron(line, timezone=look.timezone) for line in look.crons],
        parameters={"code_set": look.code_set, "origin": look.origin, **parameters},
        description=f"{look.title} at {look.origin}: {look.in_words()}",
        tags=["codeset", look.origin],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        # Workers import the installed flow by its module, so nothing of the project has to lie on them.
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _serve(chosen: Sequence[Look], parameters: dict[str, Any], port: int) -> None:
    """Run the looks on this machine until stopped, with a server of its own unless PREFECT_API_URL names one."""
    if os.environ.get("PREFECT_API_URL"):
        _serve_here(chosen, parameters)
        return
    _say("Starting the Prefect server; this takes up to half a minute")
    with prefect_server(port) as url:
        os.environ["PREFECT_API_URL"] = url
        _say(f"Prefect's pages: http://127.0.0.1:{port}")
        _serve_here(chosen, parameters)


def _serve_here(chosen: Sequence[Look], parameters: dict[str, Any]) -> None:
    from prefect.flows import serve

    ensure_limits({look.origin for look in chosen})
    for look in chosen:
        _say(f"{look.name}: {look.in_words()}")
    serve(*(deployment(look, parameters) for look in chosen), print_starting_message=False)


def _deploy(chosen: Sequence[Look], parameters: dict[str, Any], pool: str) -> None:
    """Register the looks with the server for the workers of a pool; a pool that is not there is made, for processes."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        try:
            client.read_work_pool(pool)
        except ObjectNotFound:
            client.create_work_pool(WorkPoolCreate(name=pool, type="process"))
            _say(f"Work pool {pool} made; start a worker with: prefect worker start --pool {pool}")
    ensure_limits({look.origin for look in chosen})
    for look in chosen:
        deployment(look, parameters).apply(work_pool_name=pool)
        _say(f"{look.name}: {look.in_words()}")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m flows.deployments",
        description="Looks at the publishers' sites on a schedule.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (
        ("list", "what is looked for, and when"),
        ("serve", "run the looks on this machine until stopped"),
        ("deploy", "register the looks with the server at PREFECT_API_URL for the workers of a pool"),
    ):
        command = commands.add_parser(name, help=about, description=about)
        command.add_argument("names", nargs="*", metavar="NAME", help="such as hcpcs or icd10cm-cms (default: all)")
        if name == "list":
            continue
        where = "on the workers" if name == "deploy" else "(else CODESET_HOME, else the current one)"
        command.add_argument("--home", type=Path, help=f"the workspace directory {where}")
        command.add_argument("--assets", nargs="+", metavar="FILE", help="your rule files, order sets, charge masters")
        command.add_argument("--usage", metavar="FILE", help="CSV of code, count, amount, to rank the findings")
        if name == "serve":
            command.add_argument("--port", type=int, default=4200, help="of the Prefect server that is started")
        else:
            command.add_argument("--pool", required=True, help="the work pool")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command; returns the exit code: 0 success, 1 failure, 2 misuse."""
    given = _arguments(arguments)
    try:
        chosen = looks_named(given.names)
        if given.command == "list":
            for look in chosen:
                print(f"{look.name:<16} {look.in_words()}")
            return 0
        parameters = {name: value for name in ("assets", "usage") if (value := getattr(given, name))}
        if given.command == "serve":
            home = Workspace.at(given.home).home
            settle(home)
            _serve(chosen, {"home": str(home), **parameters}, given.port)
        else:
            if not os.environ.get("PREFECT_API_URL"):
                raise UsageError(
                    "Set PREFECT_API_URL to the server that the workers use, such as http://host:4200/api."
                )
            _deploy(chosen, {**({"home": str(given.home)} if given.home else {}), **parameters}, given.pool)
    except CodesetError as error:
        _say(f"deployments: {error}")
        return error.exit_code
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "prefect":
            raise
        _say("deployments: Prefect is not installed; run pip install 'codeset-pipeline[flows]' and repeat.")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    # Whoever stops the service also stops the server that it started.
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(main())
