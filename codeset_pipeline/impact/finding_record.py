"""A finding as the review log keeps it: JSON, without its review state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from codeset_pipeline.model import Finding, Severity

Told = Mapping[str, Any]

_STATE_FIELDS = frozenset({"state", "state_by", "state_at", "state_note", "state_replacement", "previously"})

# `asdict` copies deeply, which takes seconds for a worklist of 50,000 findings.
_NAMES = tuple(each.name for each in fields(Finding) if each.name not in _STATE_FIELDS)
_LISTS = tuple(each.name for each in fields(Finding) if each.name in _NAMES and str(each.type).startswith("tuple["))
_TURNED = frozenset({"effective_from", "severity", *_LISTS})


def told_of(finding: Finding) -> dict[str, Any]:
    """The finding as a JSON object."""
    told = {name: getattr(finding, name) for name in _NAMES}
    told["kind"] = str(finding.kind)
    told["effective_from"] = finding.effective_from.isoformat()
    told["severity"] = str(finding.severity)
    for name in _LISTS:
        told[name] = list(told[name])
    return told


def finding_of(told: Told) -> Finding:
    """The finding of a JSON object; fields that an older or newer program wrote and this one does not know are left."""
    values = {name: told[name] for name in _NAMES if name in told and name not in _TURNED}
    values.update((name, tuple(told[name])) for name in _LISTS if name in told)
    return Finding(
        **values, effective_from=date.fromisoformat(told["effective_from"]), severity=Severity(told["severity"])
    )
