"""Model objects as plain JSON objects, in the shapes that the command line and the data files share.

Codes are printed as their code set prints them, dates are ISO 8601 texts.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from codeset_pipeline.codes import printed
from codeset_pipeline.impact.risk import DepartmentRisk, amount_at_risk, by_department
from codeset_pipeline.model import (
    Asset,
    Change,
    Difference,
    ExpressionEffect,
    Finding,
    Hop,
    Impact,
    Mapping,
    NcciFacts,
    Oddity,
    Reconciliation,
    Release,
    ReleasePair,
    RuleVerdict,
    Severity,
)

Shape = dict[str, Any]

# `asdict` copies deeply, which takes seconds for a worklist of 50,000 findings.
_FINDING_FIELDS = tuple(each.name for each in fields(Finding))
_VERDICT_FIELDS = tuple(each.name for each in fields(RuleVerdict))
_EFFECT_FIELDS = tuple(each.name for each in fields(ExpressionEffect))
_LISTS = tuple(each.name for each in fields(Finding) if str(each.type).startswith("tuple["))


def change_object(change: Change) -> Shape:
    """`{"code", "kind", "fields": {name: {"old", "new"}}, "effective_from", …}`."""
    changed: Shape = {}
    for name, each in change.fields.items():
        changed[name] = {"old": each.old, "new": each.new}
        if each.text is not None:
            changed[name]["text"] = each.text
    return {
        "code": printed(change.code_set, change.code),
        "kind": str(change.kind),
        "fields": changed,
        "effective_from": change.effective_from.isoformat(),
        "billable_before": change.billable_before,
        "billable_after": change.billable_after,
        "title_before": change.title_before,
        "title_after": change.title_after,
        "chapter": change.chapter,
        "explained": change.explained,
        **({} if change.ncci is None else ncci_object(change.ncci)),
    }


def ncci_object(facts: NcciFacts) -> Shape:
    """Key columns, what the row says now, and how far back the change reaches; see `NcciFacts`."""
    return {
        **facts.keys,
        **facts.attributes,
        "holds_from": _day(facts.holds_from),
        "last_day": _day(facts.last_day),
        "retroactive": facts.retroactive,
        "reach_from": _day(facts.reach_from),
        "reach_to": _day(facts.reach_to),
        "flags": list(facts.flags),
        "counterpart": facts.counterpart,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def hop_object(code_set: str, hop: Hop) -> Shape:
    return {
        "effective_from": hop.effective_from.isoformat(),
        "source": printed(code_set, hop.source),
        "target": None if hop.target is None else printed(code_set, hop.target),
        "relation": str(hop.relation),
        "evidence": str(hop.evidence),
        "reference": hop.reference,
    }


def mapping_object(mapping: Mapping) -> Shape:
    """`{"source", "target", "relation", "equivalence", "evidence", "hops", "automatic_forward", …}`."""
    return {
        "source": printed(mapping.code_set, mapping.source),
        "target": None if mapping.target is None else printed(mapping.code_set, mapping.target),
        "relation": str(mapping.relation),
        "equivalence": mapping.equivalence,
        "evidence": str(mapping.evidence),
        "hops": [hop_object(mapping.code_set, hop) for hop in mapping.hops],
        "automatic_forward": mapping.automatic_forward,
        "automatic_backward": mapping.automatic_backward,
        "ambiguous": mapping.ambiguous,
        "together_with": [printed(mapping.code_set, code) for code in mapping.together_with],
        "source_title": mapping.source_title,
        "target_title": mapping.target_title,
        "note": mapping.note,
    }


def asset_object(asset: Asset) -> Shape:
    """`{"path", "kind", "lines", "lines_with_codes", "columns", …}`."""
    return {
        "path": asset.path,
        "kind": asset.kind,
        "lines": asset.lines,
        "lines_with_codes": asset.lines_with_codes,
        "columns": dict(asset.columns),
        "sha256": asset.sha256,
        "unrecognised": dict(asset.unrecognised),
        "unrecognised_forms": dict(asset.forms),
        "lines_by_code_set": dict(asset.code_sets),
        "blank_lines": asset.blank,
    }


def finding_object(finding: Finding) -> Shape:
    """All fields of the finding; its codes are printed already."""
    found: Shape = {name: getattr(finding, name) for name in _FINDING_FIELDS}
    for name in _LISTS:
        found[name] = list(found[name])
    found["effective_from"] = finding.effective_from.isoformat()
    found["severity"] = str(finding.severity)
    found["kind"] = str(finding.kind)
    return found


def effect_object(effect: ExpressionEffect) -> Shape:
    found: Shape = {name: getattr(effect, name) for name in _EFFECT_FIELDS}
    return {**found, "gained": list(effect.gained), "lost": list(effect.lost)}


def department_object(each: DepartmentRisk) -> Shape:
    """`{"department", "findings", "will_deny", …, "open", "amount_at_risk"}`."""
    return {
        "department": each.department,
        "findings": each.findings,
        **{str(severity): each.by_severity.get(severity, 0) for severity in Severity},
        "open": each.open,
        "amount_at_risk": each.amount_at_risk,
    }


def verdict_object(verdict: RuleVerdict) -> Shape:
    """All fields of a rule's verdict; `rewritten` is a list of `{"line", "column", "expression", "rewritten"}`."""
    found: Shape = {name: getattr(verdict, name) for name in _VERDICT_FIELDS}
    lists = {name: list(found[name]) for name in ("gained", "lost", "reasons", "consider")}
    lists["rewritten"] = [asdict(each) for each in verdict.rewritten]
    return {**found, **lists, "compatibility": str(verdict.compatibility)}


def impact_object(impact: Impact) -> Shape:
    """`{"amount_at_risk", "departments", "assets", "findings", "expressions", "rules", "warnings"}`."""
    return {
        "amount_at_risk": amount_at_risk(impact.findings),
        "departments": [department_object(each) for each in by_department(impact.findings)],
        "assets": [asset_object(asset) for asset in impact.assets],
        "findings": [finding_object(finding) for finding in impact.findings],
        "expressions": [effect_object(effect) for effect in impact.effects],
        "rules": [verdict_object(verdict) for verdict in impact.verdicts],
        "warnings": list(impact.warnings),
    }


def difference_object(code_set: str, difference: Difference) -> Shape:
    return {**asdict(difference), "code": printed(code_set, difference.code)}


def reconciliation_object(code_set: str, found: Reconciliation) -> Shape:
    """`{"matched", "explained", "unexplained", "covered", "lists", "publisher_totals", "note"}`."""
    return {
        "matched": found.matched,
        "explained": [difference_object(code_set, each) for each in found.explained],
        "unexplained": [difference_object(code_set, each) for each in found.unexplained],
        "covered": found.covered,
        "lists": list(found.lists),
        "publisher_totals": {level: dict(counts) for level, counts in found.publisher_totals.items()},
        "note": found.note,
    }


def oddity_object(oddity: Oddity) -> Shape:
    return asdict(oddity)


def release_object(release: Release) -> Shape:
    return {
        **asdict(release),
        "effective_from": release.effective_from.isoformat(),
        "published": release.published.isoformat(),
    }


def diff_object(pair: ReleasePair) -> Shape:
    """`{"code_set", "from", "to", "totals", "published_totals", "changes"}`; from and to are effective dates."""
    return {
        "code_set": pair.code_set,
        "from": pair.from_release.effective_from.isoformat(),
        "to": pair.to_release.effective_from.isoformat(),
        "from_label": pair.from_release.label,
        "to_label": pair.to_release.label,
        "totals": pair.totals,
        "published_totals": asdict(pair.published_totals),
        "changes": [change_object(change) for change in pair.changes],
    }
