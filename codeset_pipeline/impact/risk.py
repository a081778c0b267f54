"""The money at risk behind findings, in all and by department."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from codeset_pipeline.model import Finding, Severity

_AT_RISK = frozenset({Severity.WILL_DENY, Severity.MAY_DENY})


@dataclass(frozen=True, slots=True)
class DepartmentRisk:
    """The findings of one department.

    Attributes:
        department: empty for lines that name none.
        open: findings on which nobody has decided, or which were deferred.
        amount_at_risk: see `amount_at_risk`; of all findings of the department, decided or not.
    """

    department: str
    findings: int
    by_severity: Mapping[Severity, int]
    open: int
    amount_at_risk: float | None


def amount_at_risk(findings: Iterable[Finding]) -> float | None:
    """The money behind findings that deny or may deny claims; None where no amount is known.

    An amount out of a usage file belongs to a code and counts once however many lines name the code; one out of the
    price list belongs to a line and counts once however many findings the line has.
    """
    amounts: dict[tuple[object, ...], float] = {}
    for each in findings:
        if each.amount is None or each.severity not in _AT_RISK:
            continue
        key = (each.asset, each.line) if each.volume is None else (each.code_set, each.code)
        amounts[key] = max(each.amount, amounts.get(key, each.amount))
    return round(sum(amounts.values()), 2) if amounts else None


def by_department(findings: Iterable[Finding]) -> list[DepartmentRisk]:
    """One entry a department, most money at risk first, then most findings; lines without one last."""
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        grouped[each.department].append(each)
    risks = [
        DepartmentRisk(
            name,
            len(found),
            Counter(each.severity for each in found),
            sum(each.state in ("proposed", "deferred") for each in found),
            amount_at_risk(found),
        )
        for name, found in grouped.items()
    ]
    return sorted(
        risks, key=lambda risk: (not risk.department, -(risk.amount_at_risk or 0), -risk.findings, risk.department)
    )
