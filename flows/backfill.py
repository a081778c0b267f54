"""Every release that is on offer into a workspace, parsed side by side by the workers of a Dask cluster.

python -m flows.backfill icd10cm --home work --workers 4
python -m flows.backfill hcpcs --home work --scheduler tcp://dask:8786

Parsing runs in parallel, one revision to a worker. The site is asked for one file at a time, the gate holds each
release against its neighbours, and the workspace has one writer: these parts stay one after the other.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    # Prefect reads its settings when it is imported. The command settles them and then imports this module by name.
    from flows.backfill_command import main

    sys.exit(main())

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import wait

from codeset_pipeline import pipeline
from codeset_pipeline.labels import label_of
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.build import BuiltSnapshot
from codeset_pipeline.snapshots.parse_apart import Unparsed, parse_apart
from flows import course
from flows.site_limit import alone_at


@flow(name="backfill", persist_result=False)
def backfill(code_set: str, home: str, origin: str = "cms", accept: list[str] | None = None) -> dict[str, Any]:
    """Load every release that a site or a folder offers.

    Args:
        code_set: such as `icd10cm`.
        home: the workspace directory.
        origin: `cms`, `cdc`, `pypi`, or a path.
        accept: gate checks whose failure a person has looked at.

    Returns:
        `parsed` (revisions that the workers parsed), `loaded` (labels of what was new), `problems` and `left_out`.

    Raises:
        CodesetError: nothing could be had, or the database cannot take it.
    """
    show, workspace = course.shown(), Workspace.at(Path(home))
    with alone_at(origin):
        named = origin in {"pypi", *pipeline.SITES}
        place = origin if named else Path(origin)
        intake = pipeline.discover(code_set, place, workspace=workspace, everything=True, progress=show)
    waiting = pipeline.unparsed(workspace, intake)
    futures = [parse.with_options(task_run_name=_name(work)).submit(work) for work in waiting]
    show(f"{len(futures)} revisions are parsed by the workers")
    wait(futures)
    # A revision that no worker could parse is parsed again below, where its error names the file.
    built = [future.result() for future in futures if future.state.is_completed()]
    pipeline.accept(
        workspace,
        intake,
        everything=True,
        checks_to_accept=frozenset(accept or ()),
        parsed_apart={item.plan: item for item in built},
        progress=show,
    )
    loaded = pipeline.load(workspace, code_set, show)
    return {
        "parsed": len(built),
        "loaded": [f"{item.label} r{item.revision}" if item.revision else item.label for item in loaded],
        "problems": list(intake.problems),
        "left_out": list(intake.left_out),
    }


def _name(work: Unparsed) -> str:
    return f"parse-{label_of(work.plan.code_set, work.plan.effective_from)}-r{work.plan.revision}"


@task(cache_policy=NO_CACHE, persist_result=False)
def parse(work: Unparsed) -> BuiltSnapshot:
    """One revision, on a worker."""
    return parse_apart(work)
