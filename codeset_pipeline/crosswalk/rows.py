"""Rows of a crosswalk, once it is known what became of every code over the span."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from codeset_pipeline import model
from codeset_pipeline.crosswalk.compose import Course, Trail
from codeset_pipeline.crosswalk.inputs import ReleaseCodes
from codeset_pipeline.crosswalk.relation import equivalence_of, relation_of, safe_backward, safe_forward
from codeset_pipeline.model import Evidence, Hop, Relation


@dataclass(frozen=True, slots=True)
class Span:
    """The two releases of a crosswalk, and what must be known of all codes to word the rows of one.

    Attributes:
        begun, still: billable codes of the first and of the last release.
        fan_in: target → how many codes go into it, itself included where it was in use before.
        origins: code in use at some time in the span → codes that went into it.
    """

    code_set: str
    first: ReleaseCodes
    last: ReleaseCodes
    begun: Set[str]
    still: Set[str]
    fan_in: Mapping[str, int]
    origins: Mapping[str, Set[str]]

    def rows(self, source: str, course: Course) -> Iterator[model.Mapping]:
        """The rows of one code of the first release, sorted by target."""
        targets = sorted(target for target in course.reached if target != source and target in self.still)
        lost = self._lost(course)
        if source in self.still:
            lost = {}
        elif not targets:
            yield self._without_target(source, lost)
        for target in targets:
            yield self._row(source, target, course.reached[target], len(targets), sorted(lost))

    def _row(self, source: str, target: str, trail: Trail, targets: int, lost: list[str]) -> model.Mapping:
        stays = source in self.still
        # What ended without a known successor is one more place that the source went to.
        fan_out, fan_in = targets + bool(lost), self.fan_in[target]
        relation = trail.stated or relation_of(stays=stays, alone=trail.alone, targets=fan_out, sources=fan_in)
        ended = f"Part of it ended without a known successor, in {', '.join(lost)}."
        return model.Mapping(
            code_set=self.code_set,
            source=source,
            target=target,
            relation=relation,
            equivalence=equivalence_of(relation, alone=trail.alone),
            evidence=trail.evidence,
            hops=trail.hops,
            automatic_forward=safe_forward(relation, trail.evidence, stays=stays, targets=fan_out),
            automatic_backward=safe_backward(relation, trail.evidence, alone=trail.alone, sources=fan_in),
            together_with=self._at_first(trail.companions, source),
            ambiguous=not stays and fan_out > 1,
            source_title=self.first.titles.get(source),
            target_title=self.last.titles.get(target),
            note=" ".join((*trail.notes, *([ended] if lost else []))),
        )

    def _without_target(self, source: str, lost: Mapping[str, Trail]) -> model.Mapping:
        trails = iter(lost.values())
        trail = next(trails)
        for other in trails:
            trail = trail.joined(other)
        ends = [hop.reference for hop in trail.hops if hop.target is None and hop.evidence is not Evidence.CURATED]
        return model.Mapping(
            code_set=self.code_set,
            source=source,
            target=None,
            relation=Relation.NONE,
            equivalence=equivalence_of(Relation.NONE),
            evidence=trail.evidence,
            hops=trail.hops,
            source_title=self.first.titles.get(source),
            note=" ".join((*trail.notes, *(f"No successor is known: {reason}." for reason in ends))),
        )

    def _lost(self, course: Course) -> dict[str, Trail]:
        """The trails that lead nowhere: into a code that ended without successor, or one that was never issued."""
        lost = dict(course.lost)
        for code, trail in course.reached.items():
            if code not in self.still:
                reason = f"{code} is not billable in the release of {self.last.effective_from}"
                hop = Hop(self.last.effective_from, code, None, Relation.NONE, trail.evidence, reason)
                lost[code] = Trail((*trail.hops, hop), trail.evidence, notes=(*trail.notes, f"{reason}."))
        return lost

    def _at_first(self, companions: Set[str], source: str) -> tuple[str, ...]:
        """Codes that stood beside the source on its way, as the codes of the first release that they came from."""
        found: set[str] = set()
        for code in companions:
            found |= {code} if code in self.begun else self.origins.get(code, {code})
        return tuple(sorted(found - {source}))


def as_it_is(code_set: str, code: str, first: ReleaseCodes, last: ReleaseCodes) -> model.Mapping:
    """The row of a code that goes on as it is, or of a header, which is never mapped itself."""
    before, after = first.titles.get(code), last.titles.get(code)
    gone = code not in last.billable
    note = ""
    if not first.billable[code]:
        note = "It is a header and is not reported itself; ask for the billable codes below it."
    elif before != after:
        note = "Its title was reworded."
    relation = Relation.NONE if gone else Relation.UNCHANGED
    return model.Mapping(
        code_set=code_set,
        source=code,
        target=None if gone else code,
        relation=relation,
        equivalence=equivalence_of(relation),
        evidence=Evidence.PUBLISHER,
        automatic_forward=not gone,
        automatic_backward=not gone,
        source_title=before,
        target_title=after,
        note=note,
    )


def without_previous(code_set: str, code: str, release: ReleaseCodes) -> model.Mapping:
    """The row of a code, read backwards, of which nobody says how it was coded before."""
    return model.Mapping(
        code_set=code_set,
        source=code,
        target=None,
        relation=Relation.NONE,
        equivalence=equivalence_of(Relation.NONE),
        evidence=Evidence.PUBLISHER,
        source_title=release.titles.get(code),
        note="No previous code is known: the conversion table names none that was in use.",
    )
