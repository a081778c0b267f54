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
        steps = _steps_after(lookup, code_set, source, starts, day)
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


def _steps_after(
    lookup: CodeLookup, code_set: str, source: str, starts: str, day: str
) -> list[tuple[str, str, str, str, bool]]:
    """The steps of a code from the day after its end, or from the next release that is loaded after it.

    A release may be missing between the end and the crosswalk that says what followed; steps after the code came back
    belong to its next end.
    """
    steps = lookup.targets(code_set, source, starts)
    first = steps[0][0] if steps else day
    if first > starts and any(
        starts <= v.effective_from < first and v.billable for v in lookup.versions(code_set, source)
    ):
        return []
    return [step for step in steps if step[0] == first and step[0] <= day]


def last_billable_day(lookup: CodeLookup, code_set: str, code: str, on: date, published: date | None) -> str | None:
    """The last day before `on` on which the code could be reported, None when it never could or still can."""
    day = on.isoformat()
    ends = [
        version.effective_to
        for version in lookup.versions(code_set, code, published)
        if version.billable and version.effective_to is not None and version.effective_to < day
    ]
    return max(ends, default=None)
