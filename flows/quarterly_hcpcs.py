"""The quarterly HCPCS Level II update as a Prefect flow: discover, accept, load, compare, assess, report.

python -m flows.quarterly_hcpcs --home demo --demo
python -m flows.quarterly_hcpcs --home work --from ~/Downloads/hcpcs --assets rules.csv
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    # Prefect reads its settings when it is imported. The command settles them and then imports this module by name.
    from flows.command import main

    sys.exit(main("quarterly_hcpcs"))

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from codeset_pipeline import demo as demonstration
from codeset_pipeline.pipeline import Progress
from codeset_pipeline.settings import Workspace
from flows import course

CODE_SET = "hcpcs"


@flow(name="quarterly_hcpcs", persist_result=False)
def quarterly_hcpcs(
    home: str,
    origin: str = "",
    release: str | None = None,
    everything: bool = True,
    assets: list[str] | None = None,
    usage: str | None = None,
    accept: list[str] | None = None,
    demo: bool = False,
) -> dict[str, Any]:
    """Bring a workspace up to date with HCPCS Level II quarters and their corrections, and report what changed.

    Arguments, answer and errors are those of `annual_icd10cm`; releases are named as `2020Q2`, and `origin` is a path
    or `cms`.
    """
    show, workspace = course.shown(), Workspace.at(Path(home))
    if demo:
        return course.demonstrate(_discover_demo(workspace, show), show)
    asked = course.Request(CODE_SET, origin, release, everything, assets or [], usage, accept or [])
    return course.update(workspace, asked, show)


@task(name="discover_demo", cache_policy=NO_CACHE, persist_result=False)
def _discover_demo(workspace: Workspace, show: Progress) -> demonstration.DemoSupply:
    """The sample of two quarters."""
    return demonstration.supply_quarters(workspace, show)
