"""Rows of a HCPCS crosswalk, once it is known what became of every code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from codeset_pipeline import model
from codeset_pipeline.crosswalk.compose import Course, Trail
from codeset_pipeline.crosswalk.hcpcs_lives import Lives, Standing
from codeset_pipeline.crosswalk.hcpcs_wording import same_billing_unit, shown_amounts
from codeset_pipeline.crosswalk.relation import equivalence_of, relation_of, safe_backward, safe_forward
from codeset_pipeline.model import Evidence, Relation

CODE_SET = "hcpcs"


class HcpcsRows:
    """Words the rows of codes, once the courses of all of them are known."""

    def __init__(self, lives: Lives, courses: Mapping[str, Course]) -> None:
        self.lives = lives
        self._courses = courses
        self._reaching: dict[str, list[str]] = defaultdict(list)
        for code, course in courses.items():
            for target, trail in course.reached.items():
                if _is_firm(trail):
                    self._reaching[target].append(code)

    def of(self, source: str) -> Iterator[model.Mapping]:
        """The rows of one code: targets that somebody answers for, in order of the code; then suggestions, the
        likeliest first; or one row without target."""
        course = self._courses[source]
        firm = sorted(target for target in course.reached if _is_firm(course.reached[target]))
        suggested = [target for target in course.reached if not _is_firm(course.reached[target])]
        stays = self.lives.standing(source) is Standing.LIVING and not self.lives.reused(source)
        if not course.reached and not stays:
            yield self._without_target(source, course)
        unknown = bool(course.lost) and not stays
        # What has no known successor, or only suggested ones, is one more place that the source went to.
        fan_out = len(firm) + (unknown or bool(suggested))
        for target in firm:
            yield self._firm(source, target, course, fan_out, stays=stays)
        for target in suggested:
            yield self._suggested(source, target, course, several=len(course.reached) + unknown > 1)

    def _firm(self, source: str, target: str, course: Course, fan_out: int, *, stays: bool) -> model.Mapping:
        trail = course.reached[target]
        fan_in = self._fan_in(source, target)
        relation = trail.stated or relation_of(stays=stays, alone=trail.alone, targets=fan_out, sources=fan_in)
        cautions = self._cautions(source, target, trail)
        exact = not cautions
        return self._row(
            source,
            target,
            trail,
            relation=relation,
            equivalence=equivalence_of(relation, alone=trail.alone) if exact or stays else "related-to",
            automatic_forward=exact and safe_forward(relation, trail.evidence, stays=stays, targets=fan_out),
            automatic_backward=exact and safe_backward(relation, trail.evidence, alone=trail.alone, sources=fan_in),
            ambiguous=not stays and fan_out > 1,
            notes=(*trail.notes, *cautions, *_notes(course.lost)),
        )

    def _fan_in(self, source: str, target: str) -> int:
        """How many codes go into a target, the source and the target's own earlier use included. A code that only
        carried the source on, or was only carried on by it, is no other code."""
        count = 1 + self.lives.in_use_beside(source, target)
        for other in self._reaching[target]:
            if other == source or source in self._courses[other].passed:
                continue
            if other not in self._courses[source].passed or self.lives.in_use_beside(source, other):
                count += 1
        return count

    def _suggested(self, source: str, target: str, course: Course, *, several: bool) -> model.Mapping:
        """Suggestions are alternatives, not parts: each has the relation that it would have if it were accepted."""
        trail = course.reached[target]
        merged = any(hop.target and self.lives.in_use_beside(source, hop.target) for hop in trail.hops)
        return self._row(
            source,
            target,
            trail,
            relation=Relation.MERGED if merged else Relation.RENAMED,
            equivalence="related-to",
            automatic_forward=False,
            automatic_backward=False,
            ambiguous=several,
            notes=(*trail.notes, *self._cautions(source, target, trail), *_notes(course.lost)),
        )

    def _without_target(self, source: str, course: Course) -> model.Mapping:
        trails = iter(course.lost.values())
        trail = next(trails)
        for other in trails:
            trail = trail.joined(other)
        return self._row(
            source,
            None,
            trail,
            relation=Relation.NONE,
            equivalence=equivalence_of(Relation.NONE),
            automatic_forward=False,
            automatic_backward=False,
            ambiguous=False,
            notes=trail.notes,
        )

    def _row(
        self,
        source: str,
        target: str | None,
        trail: Trail,
        *,
        relation: Relation,
        equivalence: str,
        automatic_forward: bool,
        automatic_backward: bool,
        ambiguous: bool,
        notes: tuple[str, ...],
    ) -> model.Mapping:
        row = self.lives.newest.get(target or "")
        return model.Mapping(
            code_set=CODE_SET,
            source=source,
            target=target,
            relation=relation,
            equivalence=equivalence,
            evidence=trail.evidence,
            hops=trail.hops,
            automatic_forward=automatic_forward,
            automatic_backward=automatic_backward,
            together_with=tuple(sorted(trail.companions - {source})),
            ambiguous=ambiguous,
            source_title=self.lives.title_before(source),
            target_title=row.long_description if row else None,
            note=" ".join(dict.fromkeys((*self._earlier(source), *notes))),
        )

    def _earlier(self, source: str) -> list[str]:
        """A code that ended before the first release, though that release may still have stated it as valid."""
        day, start = self.lives.newest[source].terminated, self.lives.first.effective_from
        return [f"{source} had already ended on {day}, before {start}."] if day is not None and day < start else []

    def _cautions(self, source: str, target: str, trail: Trail) -> list[str]:
        """Why nobody may replace the source by the target, or count it as such, without looking."""
        before, row = self.lives.newest[source], self.lives.newest.get(target)
        if row is None:
            if self.lives.standing(target) is Standing.UNKNOWN:
                return [f"{target} is in no loaded release; check it."]
            kind = "CDT" if target[0] == "D" else "CPT"
            return [f"{kind} {'modifier' if len(target) == 2 else 'code'}; not in this code set."]
        found = []
        if row.is_modifier and not before.is_modifier:
            found.append(f"{target} is a modifier; it stands beside a code.")
        arrived = max((hop.effective_from for hop in trail.hops if hop.target == target), default=None)
        if row.added is not None and arrived is not None and row.added > arrived:
            found.append(f"{target} may be used only from {row.added} on.")
        if not same_billing_unit(before.long_description, row.long_description):
            found.append(
                f"The billing units differ: {shown_amounts(before.long_description)} of {source}, "
                f"{shown_amounts(row.long_description)} of {target}; convert the units billed."
            )
        return found


def _is_firm(trail: Trail) -> bool:
    return trail.evidence is not Evidence.SUGGESTED


def _notes(lost: Mapping[str, Trail]) -> list[str]:
    """What is said of the ways that lead nowhere."""
    return [note for trail in lost.values() for note in trail.notes]
