"""Follow ended HCPCS codes, over ended codes if need be, to what carries them on when the last release takes effect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from codeset_pipeline.crosswalk.compose import Course, Trail
from codeset_pipeline.crosswalk.hcpcs_lives import Lives, Standing
from codeset_pipeline.crosswalk.hcpcs_steps import HcpcsSteps
from codeset_pipeline.crosswalk.relation import relation_of
from codeset_pipeline.crosswalk.steps import Step
from codeset_pipeline.model import Evidence, Hop, Relation


def courses_of(sources: Sequence[str], lives: Lives, steps: HcpcsSteps) -> dict[str, Course]:
    """Follow each code through ended codes to what carries it on."""
    moving = _reached_by(sources, lives, steps)
    fan_in: dict[str, int] = defaultdict(int)
    for code in moving:
        for step in steps.of(code):
            if step.target is not None and step.evidence is not Evidence.SUGGESTED:
                fan_in[step.target] += 1
    return {code: _follow(code, lives, steps, fan_in) for code in sources}


def _moves_on(code: str, lives: Lives) -> bool:
    return lives.standing(code) in (Standing.ENDED, Standing.WITHDRAWN)


def _reached_by(sources: Sequence[str], lives: Lives, steps: HcpcsSteps) -> list[str]:
    """The sources, and every ended code on their ways."""
    found = dict.fromkeys(sources)
    waiting = list(found)
    while waiting:
        for step in steps.of(waiting.pop()):
            if step.target is not None and step.target not in found and _moves_on(step.target, lives):
                found[step.target] = None
                waiting.append(step.target)
    return sorted(found)


def _follow(source: str, lives: Lives, steps: HcpcsSteps, fan_in: dict[str, int]) -> Course:
    course = Course(passed={source})
    waiting: list[tuple[str, Trail, frozenset[str]]] = [(source, Trail(), frozenset({source}))]
    while waiting:
        current, trail, seen = waiting.pop()
        for step in steps.of(current):
            longer = trail.then(step, _hop(current, step, lives, steps, fan_in))
            target = step.target
            if target is None:
                known = course.lost.get(current)
                course.lost[current] = longer if known is None else known.joined(longer)
            elif target in seen:
                why = Step(None, step.evidence, step.reference, note=f"Its cross-references lead back to {target}.")
                course.lost[current] = trail.then(why, _hop(current, why, lives, steps, fan_in))
            elif _moves_on(target, lives):
                course.passed.add(target)
                waiting.append((target, longer, seen | {target}))
            else:
                known = course.reached.get(target)
                course.reached[target] = longer if known is None else known.joined(longer)
    return course


def _hop(source: str, step: Step, lives: Lives, steps: HcpcsSteps, fan_in: dict[str, int]) -> Hop:
    relation = step.stated or Relation.NONE
    if step.target is not None and step.stated is None:
        suggested = step.evidence is Evidence.SUGGESTED
        relation = relation_of(
            stays=not _moves_on(source, lives) and not lives.reused(source),
            alone=step.alone,
            targets=1 if suggested else len(steps.of(source)),
            sources=max(fan_in.get(step.target, 0), 1) + lives.in_use_beside(source, step.target),
        )
    return Hop(steps.day_of(source), source, step.target, relation, step.evidence, step.reference)
