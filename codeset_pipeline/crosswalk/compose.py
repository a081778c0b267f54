"""Follow one code through all dates of a span, to the codes that carry it on at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from codeset_pipeline.crosswalk.steps import DatedSteps, Step
from codeset_pipeline.model import Evidence, Hop, Relation

_STRENGTH = {evidence: rank for rank, evidence in enumerate(Evidence)}


@dataclass(frozen=True, slots=True)
class Trail:
    """The ways by which a code goes into another.

    Attributes:
        hops: all steps of all ways, by date, source and target. Empty for the code itself.
        evidence: of each way the weakest step, of several ways the strongest.
        alone: on one way at least, no step needs another code beside it.
        companions: the codes that stood beside it otherwise.
        stated: the relation that a person stated, on a way of one step.
        notes: what the steps have to say for themselves.
    """

    hops: tuple[Hop, ...] = ()
    evidence: Evidence = Evidence.CURATED
    alone: bool = True
    companions: frozenset[str] = frozenset()
    stated: Relation | None = None
    notes: tuple[str, ...] = ()

    def then(self, step: Step, hop: Hop) -> Trail:
        """This trail, one step longer."""
        return Trail(
            hops=(*self.hops, hop),
            evidence=max(self.evidence, step.evidence, key=_STRENGTH.__getitem__),
            alone=self.alone and step.alone,
            companions=self.companions | frozenset(step.companions),
            stated=None if self.hops else step.stated,
            notes=(*self.notes, step.note) if step.note and step.note not in self.notes else self.notes,
        )

    def joined(self, other: Trail) -> Trail:
        """This trail and another one to the same code."""
        alone = self.alone or other.alone
        return Trail(
            hops=tuple(sorted({*self.hops, *other.hops}, key=hop_order)),
            evidence=min(self.evidence, other.evidence, key=_STRENGTH.__getitem__),
            alone=alone,
            companions=frozenset() if alone else self.companions | other.companions,
            stated=self.stated if self.stated == other.stated else None,
            notes=tuple(dict.fromkeys((*self.notes, *other.notes))),
        )


@dataclass(slots=True)
class Course:
    """What became of one code over a span.

    Attributes:
        reached: code → trail, for the codes that carry it on at the end (itself too, where it stays).
        lost: the trails that end in a code without successor, by that code.
        passed: every code that carried it on at some time.
    """

    reached: dict[str, Trail] = field(default_factory=dict)
    lost: dict[str, Trail] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)


def follow(code: str, span: Sequence[DatedSteps]) -> Course:
    """Follow a code through the dates of a span, ascending.

    All steps of a date leave from the codes in use the day before, and dates only go forward, so a pair of codes that
    swap their places, or a code that comes back, cannot make it run in circles.
    """
    course = Course(reached={code: Trail()}, passed={code})
    for dated in span:
        moving = [current for current in course.reached if current in dated.steps]
        if not moving:
            continue
        reached = {current: trail for current, trail in course.reached.items() if current not in dated.ended}
        for current in moving:
            for step in dated.steps[current]:
                trail = course.reached[current].then(step, dated.hops[current, step.target])
                if step.target is not None:
                    known = reached.get(step.target)
                    reached[step.target] = trail if known is None else known.joined(trail)
                    course.passed.add(step.target)
                elif current in dated.ended:
                    course.lost[current] = trail
        course.reached = reached
    return course


def hop_order(hop: Hop) -> tuple[object, ...]:
    """Order of hops: by date, source, target."""
    return hop.effective_from, hop.source, hop.target or ""
