"""Where a code that ended went: the chain of yearly crosswalks, followed to codes that were valid on a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from codeset_pipeline.history.lookup import CodeLookup


@dataclass(frozen=True, slots=True)
class Replacement:
    """A code that replaces an ended one.

    Attributes:
        code: a code that was valid on the date asked about.
        relation, evidence: of the last step.
        since: first day of the last step.
        through: the codes in between, oldest first.
        automatic: no step left a choice.
    """

    code: str
    relation: str
    evidence: str
    since: str
    through: tuple[str, ...]
    automatic: bool


def replacements(
    lookup: CodeLookup, code_set: str, code: str, ended_on: str, on: date, published: date | None = None
) -> list[Replacement]:
    """The living successors of a code whose last billable day was `ended_on`, for the date `on`.

    Steps that take effect after `on` are not taken. Carved-out codes do not replace their source and are left out.
    """
    day = on.isoformat()
    found: dict[str, Replacement] = {}
    waiting: list[tuple[str, str, tuple[str, ...], bool]] = [(code, ended_on, (), True)]
    seen = {code}
    while waiting:
        source, last_day, through, automatic = waiting.pop(0)
        starts = (date.fromisoformat(last_day) + timedelta(days=1)).isoformat()
        steps = [step for step in lookup.targets(code_set, source, starts) if step[0] == starts and step[0] <= day]
        for since, target, relation, evidence, step_automatic in steps:
            if not target or relation == "carved_out" or target in seen:
                continue
            seen.add(target)
            answer = lookup.lookup(code_set, target, on, published)
            sure = automatic and step_automatic
            if answer.status == "valid":
                found[target] = Replacement(target, relation, evidence, since, through, sure)
            elif answer.version is not None:
                end = last_billable_day(lookup, code_set, target, on, published)
                if end is not None:
                    waiting.append((target, end, (*through, target), sure))
    return [found[target] for target in sorted(found)]


def last_billable_day(lookup: CodeLookup, code_set: str, code: str, on: date, published: date | None) -> str | None:
    """The last day before `on` on which the code could be reported, None when it never could or still can."""
    day = on.isoformat()
    ends = [
        version.effective_to
        for version in lookup.versions(code_set, code, published)
        if version.billable and version.effective_to is not None and version.effective_to < day
    ]
    return max(ends, default=None)
