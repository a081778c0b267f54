"""The sentences that the command prints and the artifacts show."""

from __future__ import annotations

from typing import Any

from codeset_pipeline.sources.definition import source


def counted(code_set: str) -> str:
    """What the publisher counts: billable codes where the code set has headers, edits for NCCI, else codes."""
    layout = source(code_set).layout
    if layout in {"ncci_ptp", "ncci_aoc"}:
        return "edits"
    return "billable codes" if layout == "icd10" else "codes"


def totals(answers: dict[str, Any]) -> str:
    """The changes in the publisher's terms."""
    code_set, compared = answers["code_set"], answers["compared"]
    counts = compared["published_totals"]
    return (
        f"{source(code_set).title} {compared['from']} → {compared['to']}: {counts['added']} added, "
        f"{counts['deleted']} deleted, {counts['revised']} revised {counted(code_set)}."
    )


def proof(compared: dict[str, Any]) -> str:
    """How far the changes are proven."""
    if compared["proven"]:
        return f"{compared['unexplained']} unexplained differences from the publisher's list."
    return f"Not proven: {compared['note']}"


def findings(assessed: dict[str, Any]) -> str:
    """What the changes do to the user's files; empty when none were given."""
    if not assessed["files"]:
        return ""
    return (
        f"{len(assessed['findings'])} findings in {assessed['files']} files; {assessed['effects']} ranges and "
        "wildcards silently gain or lose codes."
    )
