"""The quarterly update of NCCI edits as a Prefect flow: discover, accept, load, compare, assess, report.

python -m flows.quarterly_ncci --home demo --demo
python -m flows.quarterly_ncci --home work --from ~/Downloads/ncci
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    # Prefect reads its settings when it is imported. The command settles them and then imports this module by name.
    from flows.command import main

    sys.exit(main("quarterly_ncci"))

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from codeset_pipeline import demo as demonstration
from codeset_pipeline import pipeline
from codeset_pipeline.pipeline import Progress
from codeset_pipeline.settings import Workspace
from flows import course


@flow(name="quarterly_ncci", persist_result=False)
def quarterly_ncci(
    home: str,
    origin: str = "",
    release: str | None = None,
    everything: bool = True,
    assets: list[str] | None = None,
    usage: str | None = None,
    accept: list[str] | None = None,
    demo: bool = False,
) -> dict[str, Any]:
    """Bring a workspace up to date with every NCCI code set that a folder holds, and report what changed in each.

    Arguments, answer and errors are those of `annual_icd10cm`; releases are named as `2026Q3` or `v322`, `origin` is a
    path or `cms` (which has all code sets of Medicare), and the answer's lists go over all code sets.
    """
    show, workspace = course.shown(), Workspace.at(Path(home))
    if demo:
        return _together(course.demonstrate(each, show) for each in _discover_demo(workspace, show))
    return _together(
        course.update(
            workspace,
            course.Request(code_set, origin, release, everything, assets or [], usage, accept or []),
            show,
        )
        for code_set in _find_code_sets(origin, release)
    )


def _together(answers: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The answers of several code sets as one; what the data are is said once."""
    found = list(answers)
    return {
        "data": found[0]["data"] if found else "",
        "loaded": [label for each in found for label in each["loaded"]],
        "comparisons": [comparison for each in found for comparison in each["comparisons"]],
        "problems": [sentence for each in found for sentence in each["problems"]],
        "left_out": [sentence for each in found for sentence in each["left_out"]],
    }


@task(name="find_code_sets", cache_policy=NO_CACHE, persist_result=False)
def _find_code_sets(origin: str, release: str | None) -> list[str]:
    """The NCCI code sets that a path holds; those of Medicare where it is the publisher's site.

    Raises:
        NothingFound: it holds none.
    """
    if origin in pipeline.SITES:
        return pipeline.medicare_ncci_code_sets()
    return pipeline.ncci_code_sets_at(Path(origin), release)


@task(name="discover_demo", cache_policy=NO_CACHE, persist_result=False)
def _discover_demo(workspace: Workspace, show: Progress) -> list[demonstration.DemoSupply]:
    """The sample of two quarters, a supply for each code set."""
    return demonstration.supply_edits(workspace, show)
