"""Steps of a crosswalk: one code going into another on one date."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from codeset_pipeline.model import Evidence, Hop, Oddity, Relation


@dataclass(frozen=True, slots=True)
class Step:
    """One code going into another on one date.

    Attributes:
        target: None when the code is known or decided to have no successor.
        alone: the source stands for the target by itself; False when only together with `companions`.
        stated: the relation that a person's decision states.
    """

    target: str | None
    evidence: Evidence
    reference: str
    alone: bool = True
    companions: tuple[str, ...] = ()
    stated: Relation | None = None
    note: str = ""


@dataclass(slots=True)
class DatedSteps:
    """All steps of one date.

    Attributes:
        steps: source → its steps.
        ended: codes whose last valid day is the day before; each has steps.
        hops: (source, target) → the step as the crosswalk shows it.
    """

    effective_from: date
    steps: dict[str, list[Step]] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    hops: dict[tuple[str, str | None], Hop] = field(default_factory=dict)


def add_step(steps: list[Step], step: Step) -> None:
    """Add a step to those of one source; a repeated row changes nothing, unless it lets the source stand alone."""
    for position, known in enumerate(steps):
        if known.target == step.target:
            if step.alone and not known.alone:
                steps[position] = step
            elif not step.alone and not known.alone:
                together = tuple(sorted({*known.companions, *step.companions}))
                steps[position] = replace(known, companions=together)
            return
    steps.append(step)


def not_in_use(file: str, where: str, text: str) -> Oddity:
    """The record of something that a row or decision names as a previous code, though it was none."""
    return Oddity(
        file=file,
        line=None,
        what=f"{text} is named as a previous code for {where}, but neither it nor a code below it was in use before.",
        text=text,
        decision="No mapping was made from it.",
    )
