"""The annual ICD-10-CM update as a Prefect flow: discover, accept, load, compare, assess, report.

python -m flows.annual_icd10cm --home demo --demo
python -m flows.annual_icd10cm --home work --from ~/Downloads/icd10cm --assets rules.csv cdm.xlsx
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    # Prefect reads its settings when it is imported. The command settles them and then imports this module by name.
    from flows.command import main

    sys.exit(main())

from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from codeset_pipeline import demo as demonstration
from codeset_pipeline import pipeline
from codeset_pipeline.pipeline import Progress
from codeset_pipeline.settings import Workspace
from flows import artifacts, steps
from flows.comparison import Comparison
from flows.incoming import Incoming

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
        origin: a zip, a file, a folder searched recursively, or `pypi`.
        release: only this release, such as `FY2026`.
        everything: every release found, not only the newest.
        assets: the user's rule files, order sets and charge masters.
        usage: CSV of code, count, amount, to rank the findings.
        accept: gate checks whose failure a person has looked at.
        demo: the demonstration's releases and files instead of all the above but `home`.

    Returns:
        `data` (for a demonstration, what the releases are), `loaded` (labels of the releases that were new) and
        `comparisons`: the answers of the tasks `compared`, `assessed` and `report` for each pair of releases, as
        `codeset update` chooses them; none where only one release is loaded.

    Raises:
        CodesetError: a step failed; nothing of what it was doing is kept.
    """
    show, workspace, data = _shown(), Workspace.at(Path(home)), ""
    if demo:
        incoming, pairs, files, volumes, data = _discover_demo(workspace, show)
        workspace = incoming.workspace
    else:
        show(f"ICD-10-CM: looking at {origin}")
        checks = frozenset(accept or ())
        incoming = steps.discover(workspace, CODE_SET, origin, release, everything and not release, checks)
        pairs, files, volumes = [], [Path(path) for path in assets or ()], Path(usage) if usage else None
    steps.standing(steps.accept, incoming, show, steps.is_accepted)
    loaded = steps.load(workspace, CODE_SET, show)
    pairs = pairs or pipeline.pairs_to_report(workspace, CODE_SET, list(incoming.wanted()))
    comparisons = []
    for names in pairs:
        comparison = Comparison(workspace, CODE_SET, names, files, volumes)
        answers = {
            "compared": steps.standing(steps.compare, comparison, show, steps.follows_from_content),
            "assessed": steps.standing(steps.assess, comparison, show, steps.is_on_worklist),
            "report": steps.standing(steps.report, comparison, show, steps.is_written),
        }
        artifacts.publish(data, answers)
        comparisons.append(answers)
    return {"data": data, "loaded": loaded, "comparisons": comparisons}


@task(name="discover_demo", cache_policy=NO_CACHE, persist_result=False)
def _discover_demo(
    workspace: Workspace, show: Progress
) -> tuple[Incoming, list[tuple[str, str]], list[Path], Path | None, str]:
    """The demonstration's releases, the pair to compare, its files, and what the data are."""
    found = demonstration.supply(workspace, show)
    files = demonstration.write_assets(found.workspace.home)
    incoming = Incoming(found.workspace, found.intake, None, True, found.checks_to_accept)
    return incoming, [found.releases], list(files.assets), files.usage, found.sentence()


def _shown() -> Progress:
    """Progress for whoever waits at a terminal, and for Prefect's own record of the run."""
    log = get_run_logger()

    def show(text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
        log.info("%s", text)

    return show
