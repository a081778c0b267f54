"""One look at a publisher's site as a Prefect flow: fetch what is new, load it, report it, and tell people.

It runs on the schedules of `flows.deployments`. When nothing is new it makes a few conditional requests and says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.flows import Flow
from prefect.states import Completed, Failed

from codeset_pipeline.settings import Workspace
from codeset_pipeline.sources.definition import source
from flows import course, words
from flows.notify import Notice, tell


def _tell_of_failure(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """A hook of Prefect's: the flow raised, or its process was killed."""
    code_set = str(flow_run.parameters.get("code_set", ""))
    reason = (state.message or "no reason given").removeprefix("Flow run encountered an exception: ")
    event = "crashed" if state.is_crashed() else "failed"
    text = f"{code_set}: the look at the publisher's site {event}. {reason}"
    tell(Notice(event, code_set, text, run=flow_run.name), get_run_logger().warning if FlowRunContext.get() else _drop)


def _drop(_: str) -> None:
    """A process that watches over a killed run has no log of the run."""


@flow(name="look", persist_result=False, on_failure=[_tell_of_failure], on_crashed=[_tell_of_failure])
def look(
    code_set: str,
    home: str | None = None,
    origin: str = "cms",
    assets: list[str] | None = None,
    usage: str | None = None,
    accept: list[str] | None = None,
) -> State[Any]:
    """Bring a workspace up to date with what a site offers of a code set.

    Args:
        code_set: such as `icd10cm`.
        home: the workspace directory; that of CODESET_HOME where it is not given.
        origin: the site, `cms` or `cdc`.
        assets: the user's rule files, order sets and charge masters, to report what a new release breaks in them.
        usage: CSV of code, count, amount, to rank the findings.
        accept: gate checks whose failure a person has looked at.

    Returns:
        A completed state whose message says what is new. Its data are those of `annual_icd10cm`. Where a part could not
        be had the state is a failed one that says which, so that somebody looks; what could be had is loaded.

    Raises:
        CodesetError: a step failed; nothing of what it was doing is kept.
    """
    workspace = Workspace.at(Path(home) if home else None)
    asked = course.Request(code_set, origin, None, True, assets or [], usage, accept or [])
    result = course.update(workspace, asked, get_run_logger().info)
    text = said(code_set, result)
    if result["loaded"]:
        context = FlowRunContext.get()
        name = context.flow_run.name if context and context.flow_run else ""
        notice = Notice("loaded", code_set, text, result["loaded"], result["comparisons"], name)
        tell(notice, get_run_logger().warning)
    if result["problems"]:
        return Failed(message=" ".join(result["problems"]), data=result)
    return Completed(message=text.splitlines()[0], data=result)


def said(code_set: str, result: dict[str, Any]) -> str:
    """What a look found, for people: one line on what is new, then each comparison with its proof and report."""
    title = source(code_set).title
    if not result["loaded"]:
        lines = [f"{title}: nothing new."]
        return "\n".join([*lines, *result["left_out"], *result["problems"]])
    lines = [f"{title}: {', '.join(result['loaded'])} loaded."]
    for answers in result["comparisons"]:
        lines += [words.totals(answers), words.proof(answers["compared"])]
        lines += [text for text in (words.findings(answers["assessed"]),) if text]
        lines.append(f"Workbook: {answers['report']['workbook']}")
    return "\n".join([*lines, *result["left_out"], *result["problems"]])
