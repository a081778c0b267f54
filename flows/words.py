"""The sentences that the command prints and the artifacts show."""

from __future__ import annotations

from typing import Any


def totals(compared: dict[str, Any]) -> str:
    """The changes in the publisher's terms."""
    counts = compared["published_totals"]
    return (
        f"ICD-10-CM {compared['from']} → {compared['to']}: {counts['added']} added, {counts['deleted']} deleted, "
        f"{counts['revised']} revised billable codes."
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
