"""What becomes of each code between two neighbouring loaded releases, date by date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date

from codeset_pipeline.crosswalk.decided import apply_decisions
from codeset_pipeline.crosswalk.endings import Endings
from codeset_pipeline.crosswalk.expand import CodesBefore
from codeset_pipeline.crosswalk.inputs import ConversionEntry, CuratedDecision, ReleaseCodes
from codeset_pipeline.crosswalk.published import add_published
from codeset_pipeline.crosswalk.relation import relation_of
from codeset_pipeline.crosswalk.steps import DatedSteps
from codeset_pipeline.model import Hop, Oddity, Relation


@dataclass(frozen=True, slots=True)
class Window:
    """The time after one loaded release, up to and including the next.

    Attributes:
        dated: the steps by date, ascending. There is a date for each conversion and decision, whether or not a release
            is loaded for it, and one for the later release.
        unresolved: what the conversion table or a decision names that was no code in use.
    """

    dated: list[DatedSteps]
    unresolved: list[Oddity]


def window_between(
    before: ReleaseCodes,
    after: ReleaseCodes,
    old: Set[str],
    kept: Set[str],
    conversions: Iterable[ConversionEntry],
    curated: Iterable[CuratedDecision],
) -> Window:
    """Work out the steps between two neighbouring loaded releases.

    Args:
        old, kept: billable codes of `before` and of `after`.
        conversions, curated: all that is known; what lies outside the window is left alone.
    """

    def inside(day: date) -> bool:
        return before.effective_from < day <= after.effective_from

    entries = [entry for entry in conversions if inside(entry.effective_from)]
    decisions = [decision for decision in curated if inside(decision.effective_from)]
    dates = {entry.effective_from for entry in entries} | {decision.effective_from for decision in decisions}
    by_date = {day: DatedSteps(day) for day in sorted(dates | {after.effective_from})}
    born = _born(entries, decisions, old)
    unresolved = add_published(by_date, entries, CodesBefore(old, born))
    unresolved += apply_decisions(by_date, decisions, old | born.keys())
    endings = Endings(before.effective_from, after.effective_from, by_date, after.billable, sorted(kept - old), born)
    for code in sorted((old | born.keys()) - kept):
        endings.end(code)
    for dated in by_date.values():
        _write_hops(dated, old, born)
    return Window(list(by_date.values()), unresolved)


def _born(entries: list[ConversionEntry], decisions: list[CuratedDecision], old: Set[str]) -> dict[str, date]:
    """The first date of use of each code that the table or a decision brings in."""
    firsts = [(entry.effective_from, entry.current) for entry in entries]
    firsts += [(decision.effective_from, decision.target) for decision in decisions if decision.target]
    return {code: day for day, code in sorted(firsts, reverse=True) if code not in old}


def _write_hops(dated: DatedSteps, old: Set[str], born: Mapping[str, date]) -> None:
    """Put the steps of one date into the words of the crosswalk."""
    day = dated.effective_from
    sources: dict[str, int] = {}
    for steps in dated.steps.values():
        for step in steps:
            if step.target is not None:
                sources[step.target] = sources.get(step.target, 0) + 1
    for source, steps in dated.steps.items():
        for step in steps:
            relation = step.stated or Relation.NONE
            if step.target is not None and step.stated is None:
                in_use_before = step.target in old or born.get(step.target, day) < day
                relation = relation_of(
                    stays=source not in dated.ended,
                    alone=step.alone,
                    targets=len(steps),
                    sources=sources[step.target] + in_use_before,
                )
            dated.hops[source, step.target] = Hop(day, source, step.target, relation, step.evidence, step.reference)
