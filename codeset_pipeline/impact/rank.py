"""The order of the worklist: what denies claims first, and within that where most money and volume hang."""

from __future__ import annotations

from collections.abc import Iterable

from codeset_pipeline.model import Finding, Severity

_WORST_FIRST = {severity: rank for rank, severity in enumerate(Severity)}


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """By severity, then amount and volume (largest first, unknown last), then asset, line, column and code."""
    return sorted(
        findings,
        key=lambda finding: (
            _WORST_FIRST[finding.severity],
            -(finding.amount or 0.0),
            -(finding.volume or 0.0),
            finding.asset,
            finding.line,
            finding.column,
            finding.code,
            finding.kind,
        ),
    )
