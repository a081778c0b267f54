"""The command line of the backfill: settle Prefect, find or start a Dask cluster, run the flow."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from codeset_pipeline.errors import CodesetError
from codeset_pipeline.settings import Workspace
from flows.local_prefect import settle


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m flows.backfill", description="Every release on offer, parsed in parallel with Dask."
    )
    parser.add_argument("code_set", help="such as icd10cm")
    parser.add_argument("--home", type=Path, help="the workspace directory (else CODESET_HOME, else the current one)")
    parser.add_argument("--from", dest="origin", default="cms", metavar="cms|cdc|pypi|PATH", help="default: cms")
    parser.add_argument("--accept", action="append", default=[], metavar="CHECK", help="a gate check you looked at")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=int, default=os.cpu_count(), help="processes on this machine")
    where.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster that runs already: tcp://host:8786")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the backfill; returns the exit code: 0 success, 1 where something could not be had."""
    given = _arguments(arguments)
    try:
        home = Workspace.at(given.home).home
    except CodesetError as error:
        sys.stderr.write(f"backfill: {error}\n")
        return error.exit_code
    settle(home)
    try:
        runner_class = importlib.import_module("prefect_dask").DaskTaskRunner
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in {"prefect", "prefect_dask", "dask", "distributed"}:
            raise
        sys.stderr.write("backfill: Dask is not installed; run pip install 'codeset-pipeline[dask]' and repeat.\n")
        return 1
    if given.scheduler:
        runner = runner_class(address=given.scheduler)
    else:
        runner = runner_class(cluster_kwargs={"n_workers": given.workers, "threads_per_worker": 1})
    flow = importlib.import_module("flows.backfill").backfill.with_options(task_runner=runner)
    try:
        result = flow(code_set=given.code_set, home=str(home), origin=given.origin, accept=given.accept)
    except CodesetError as error:
        sys.stderr.write(f"backfill: {error}\n")
        return error.exit_code
    for sentence in (*result["left_out"], *result["problems"]):
        sys.stderr.write(f"backfill: {sentence}\n")
    print(f"{result['parsed']} revisions parsed by the workers; loaded: {', '.join(result['loaded']) or 'nothing new'}")
    return 1 if result["problems"] else 0
