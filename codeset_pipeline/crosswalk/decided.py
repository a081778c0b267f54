"""Steps that a person decided."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date

from codeset_pipeline.crosswalk.inputs import CuratedDecision
from codeset_pipeline.crosswalk.steps import DatedSteps, Step, add_step, not_in_use
from codeset_pipeline.model import Evidence, Oddity, Relation


def apply_decisions(
    by_date: Mapping[date, DatedSteps], decisions: Sequence[CuratedDecision], in_use: Container[str]
) -> list[Oddity]:
    """Let decisions replace everything else that is said about their source on their date.

    Args:
        in_use: the codes that were in use before one of the dates.

    Returns:
        A record of every decision on a code that was not in use.
    """
    decided: dict[tuple[date, str], list[Step]] = {}
    unresolved = []
    for decision in decisions:
        if decision.source not in in_use:
            where = f"the decision from {decision.effective_from}"
            unresolved.append(not_in_use(decision.reference, where, decision.source))
        note = f"Decided by {decision.by} on {decision.decided_on}" + (f": {decision.note}" if decision.note else ".")
        step = Step(
            target=decision.target,
            evidence=Evidence.CURATED,
            reference=decision.reference,
            alone=decision.relation is not Relation.COMBINATION,
            companions=_companions(decision, decisions),
            stated=decision.relation,
            note=note,
        )
        add_step(decided.setdefault((decision.effective_from, decision.source), []), step)
    for (day, source), steps in decided.items():
        by_date[day].steps[source] = steps
    return unresolved


def _companions(decision: CuratedDecision, decisions: Sequence[CuratedDecision]) -> tuple[str, ...]:
    if decision.relation is not Relation.COMBINATION:
        return ()
    beside = {
        other.source
        for other in decisions
        if (other.target, other.effective_from, other.relation)
        == (decision.target, decision.effective_from, decision.relation)
    }
    return tuple(sorted(beside - {decision.source}))
