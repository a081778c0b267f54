"""What Prefect shows of a run: the totals in the publisher's terms, the proof, and links to the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from codeset_pipeline.sources.definition import source
from flows.words import counted, findings, proof


def publish(data: str, answers: dict[str, Any]) -> None:
    """Create the artifacts of one comparison: summary, totals and a link to the page; call it within the flow.

    Args:
        data: one sentence on where the releases came from; empty when there is nothing to say.
        answers: `code_set`, and the answers of the tasks that compare, assess and report by the names `compared`,
            `assessed`, `report`.
    """
    code_set, compared, report = answers["code_set"], answers["compared"], answers["report"]
    title = f"{source(code_set).title} {compared['from']} to {compared['to']}"
    key = f"{code_set}-{compared['from']}-to-{compared['to']}".lower()
    page = Path(report["page"]).as_uri()
    create_markdown_artifact(_summary(title, data, answers), key=f"{key}-summary", description=title)
    create_table_artifact(_totals(compared), key=f"{key}-totals", description=title)
    create_link_artifact(page, link_text=title, key=f"{key}-page", description="The report as a page")


def _summary(title: str, data: str, answers: dict[str, Any]) -> str:
    compared, report = answers["compared"], answers["report"]
    rows = [f"| {name} | {count:,} |" for name, count in compared["published_totals"].items()]
    links = [
        f"[{name}]({Path(report[place]).as_uri()})"
        for name, place in (("Page", "page"), ("Workbook", "workbook"), ("Folder", "folder"))
    ]
    parts = [
        f"# {title}",
        f"**{data}**" if data else "",
        "\n".join([f"| {counted(answers['code_set'])} | |", "|---|---:|", *rows]),
    ]
    parts += [proof(compared), findings(answers["assessed"]), " · ".join(links)]
    return "\n\n".join(part for part in parts if part)


def _totals(compared: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [{"change": f"{name} (published)", "codes": count} for name, count in compared["published_totals"].items()]
    rows += [{"change": kind.replace("_", " "), "codes": count} for kind, count in compared["totals"].items()]
    unexplained = compared["unexplained"] if compared["proven"] else "not proven"
    return [*rows, {"change": "unexplained", "codes": unexplained}]
