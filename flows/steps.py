"""The tasks: the steps of `codeset_pipeline.pipeline`, each with the hash of all that its answer depends on.

Accepting, comparing, assessing and reporting are remembered by these hashes. What is remembered is small JSON, never
a table, and before it is believed `standing` checks that what it speaks of is still there. Discovering and loading are
not remembered: the first finds out what the hashes are, and the second compares database and snapshots itself.
No task is retried: the transports retry what may pass, and everything else fails the same way again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.context import TaskRunContext

from codeset_pipeline import pipeline
from codeset_pipeline.impact.review import ReviewLog
from codeset_pipeline.labels import effective_date, label_of
from codeset_pipeline.model import Release
from codeset_pipeline.pipeline import Progress
from codeset_pipeline.settings import Workspace
from flows.comparison import Comparison
from flows.incoming import Incoming
from flows.site_limit import alone_at

Answer = dict[str, Any]
Given = TypeVar("Given", Incoming, Comparison)


def standing(
    step: Task[[Given, Progress], Answer], given: Given, show: Progress, holds: Callable[[Given, Answer], bool]
) -> Answer:
    """A step's answer, remembered or new; a remembered one that no longer holds is worked out again."""
    answer = step(given, show)
    return answer if holds(given, answer) else step.with_options(refresh_cache=True)(given, show)


@task(cache_policy=NO_CACHE, persist_result=False)
def discover(
    workspace: Workspace,
    code_set: str,
    origin: str,
    release: str | None,
    everything: bool,
    checks: frozenset[str],
    show: Progress,
) -> Incoming:
    """Find the release files at a path, on the package index (`pypi`) or on a publisher's site (`cms`, `cdc`)."""
    with alone_at(origin):
        named = origin in {"pypi", *pipeline.SITES}
        intake = pipeline.discover(
            code_set,
            origin if named else Path(origin),
            release,
            workspace=workspace,
            everything=everything,
            progress=show,
        )
    wanted = effective_date(release) if release else None
    return Incoming(workspace, intake, wanted, everything, checks)


def _accept_key(_: TaskRunContext, parameters: dict[str, Any]) -> str:
    incoming: Incoming = parameters["incoming"]
    return f"accept-{incoming.key}"


@task(cache_key_fn=_accept_key, persist_result=True, result_serializer="json")
def accept(incoming: Incoming, show: Progress) -> Answer:
    """Parse, gate and store the wanted releases; answers with what the gate found, by release."""
    acceptances = pipeline.accept(
        incoming.workspace,
        incoming.intake,
        release=incoming.release.isoformat() if incoming.release else None,
        everything=incoming.everything,
        checks_to_accept=incoming.checks_to_accept,
        progress=show,
    )
    return {
        label_of(item.code_set, item.effective_from): [f"{check.name}: {check.message}" for check in item.checks]
        for item in acceptances
    }


def is_accepted(incoming: Incoming, _: Answer) -> bool:
    """Are the files and snapshots in the workspace?"""
    return incoming.is_accepted()


@task(cache_policy=NO_CACHE, persist_result=False)
def load(workspace: Workspace, code_set: str, show: Progress) -> list[Release]:
    """Bring history and crosswalks up to date; answers with the releases that were new."""
    return pipeline.load(workspace, code_set, show)


def _compare_key(_: TaskRunContext, parameters: dict[str, Any]) -> str:
    comparison: Comparison = parameters["comparison"]
    return f"compare-{comparison.key}"


@task(cache_key_fn=_compare_key, persist_result=True, result_serializer="json")
def compare(comparison: Comparison, show: Progress) -> Answer:
    """Changes, proof and crosswalk between the two releases; answers with their numbers."""
    show(f"{comparison.title}: comparing")
    pair = comparison.pair
    totals, proof = pair.published_totals, pair.reconciliation
    return {
        "from": pair.from_release.label,
        "to": pair.to_release.label,
        "rows": pair.rows_after,
        "published_totals": {"added": totals.added, "deleted": totals.deleted, "revised": totals.revised},
        "totals": pair.totals,
        "proven": proof.covered,
        "unexplained": len(proof.unexplained) if proof.covered else None,
        "note": proof.note,
    }


def follows_from_content(_: Comparison, __: Answer) -> bool:
    """For answers that depend on the hashed content alone."""
    return True


def _assess_key(_: TaskRunContext, parameters: dict[str, Any]) -> str:
    comparison: Comparison = parameters["comparison"]
    return f"assess-{comparison.key_with_assets}"


@task(cache_key_fn=_assess_key, persist_result=True, result_serializer="json")
def assess(comparison: Comparison, show: Progress) -> Answer:
    """What the changes do to the user's files; the findings are put on the worklist for review."""
    if comparison.assets:
        show(f"{comparison.title}: checking {len(comparison.assets)} of your files")
    impact = comparison.impact
    if impact is None:
        return {"files": 0, "findings": [], "effects": 0, "warnings": []}
    return {
        "files": len(impact.assets),
        "findings": [finding.id for finding in impact.findings],
        "effects": len(impact.effects),
        "warnings": list(impact.warnings),
    }


def is_on_worklist(comparison: Comparison, answer: Answer) -> bool:
    """Nobody could decide on findings that the review log has lost."""
    return set(answer["findings"]) <= {finding.id for finding in ReviewLog(comparison.workspace.reviews).worklist()}


def _report_key(_: TaskRunContext, parameters: dict[str, Any]) -> str:
    comparison: Comparison = parameters["comparison"]
    return f"report-{comparison.key_with_assets}"


@task(cache_key_fn=_report_key, persist_result=True, result_serializer="json")
def report(comparison: Comparison, show: Progress) -> Answer:
    """Write the run directory; one that exists is left as it is."""
    run = pipeline.write_report(comparison.workspace, [comparison.pair], comparison.impact, show)
    return {
        "folder": str(run.folder),
        "workbook": str(run.workbook),
        "page": str(run.page),
        "manifest": str(run.manifest),
    }


def is_written(_: Comparison, answer: Answer) -> bool:
    """Is every file of the run directory there, with the content that its manifest states?"""
    manifest = Path(answer["manifest"])
    try:
        files = json.loads(manifest.read_text("utf-8"))["files"]
        return all(_sha256(manifest.with_name(file["name"])) == file["sha256"] for file in files)
    except (OSError, ValueError, KeyError):
        return False


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
