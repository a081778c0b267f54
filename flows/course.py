"""The course that every update flow takes: discover, accept, load, compare, assess, report."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import get_run_logger

from codeset_pipeline import pipeline
from codeset_pipeline.demo import DemoSupply
from codeset_pipeline.pipeline import Progress
from codeset_pipeline.settings import Workspace
from codeset_pipeline.sources.definition import source
from flows import artifacts, steps
from flows.comparison import Comparison
from flows.incoming import Incoming


@dataclass(frozen=True)
class Request:
    """What an update flow was asked for.

    Attributes:
        origin: a zip, a file, a folder searched recursively, `pypi`, or a publisher's site (`cms`, `cdc`).
        release: only this release.
        everything: every release found, not only the newest.
        assets: the user's rule files, order sets and charge masters.
        usage: CSV of code, count, amount, to rank the findings.
        accept: gate checks whose failure a person has looked at.
    """

    code_set: str
    origin: str
    release: str | None = None
    everything: bool = True
    assets: Sequence[str] = ()
    usage: str | None = None
    accept: Sequence[str] = ()


def update(workspace: Workspace, asked: Request, show: Progress) -> dict[str, Any]:
    """The course on what a user has; call it within a flow. The answer is that of `annual_icd10cm`."""
    show(f"{source(asked.code_set).title}: looking at {asked.origin}")
    everything = asked.everything and not asked.release
    checks = frozenset(asked.accept)
    incoming = steps.discover(workspace, asked.code_set, asked.origin, asked.release, everything, checks, show)
    files = [Path(path) for path in asked.assets]
    return _follow(incoming, show, [], files, Path(asked.usage) if asked.usage else None)


def demonstrate(
    supplied: DemoSupply, show: Progress, files: Sequence[Path] = (), usage: Path | None = None
) -> dict[str, Any]:
    """The course on the releases of a demonstration, in their own workspace."""
    incoming = Incoming(supplied.workspace, supplied.intake, None, True, supplied.checks_to_accept)
    return _follow(incoming, show, [supplied.releases], files, usage, supplied.sentence())


def _follow(
    incoming: Incoming,
    show: Progress,
    pairs: Sequence[tuple[str, str]],
    files: Sequence[Path],
    usage: Path | None,
    data: str = "",
) -> dict[str, Any]:
    workspace, code_set = incoming.workspace, incoming.intake.code_set
    steps.standing(steps.accept, incoming, show, steps.is_accepted)
    loaded = steps.load(workspace, code_set, show)
    pairs = pairs or [
        *pipeline.pairs_to_report(workspace, code_set, list(incoming.wanted())),
        *pipeline.corrected_pairs(loaded),
    ]
    comparisons = []
    for names in pairs:
        comparison = Comparison(workspace, code_set, names, files, usage)
        answers = {
            "code_set": code_set,
            "compared": steps.standing(steps.compare, comparison, show, steps.follows_from_content),
            "assessed": steps.standing(steps.assess, comparison, show, steps.is_on_worklist),
            "report": steps.standing(steps.report, comparison, show, steps.is_written),
        }
        artifacts.publish(data, answers)
        comparisons.append(answers)
    return {
        "data": data,
        "loaded": [f"{item.label} r{item.revision}" if item.revision else item.label for item in loaded],
        "comparisons": comparisons,
        "problems": list(incoming.intake.problems),
        "left_out": list(incoming.intake.left_out),
    }


def shown() -> Progress:
    """Progress for whoever waits at a terminal, and for Prefect's own record of the run."""
    log = get_run_logger()

    def show(text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
        log.info("%s", text)

    return show
