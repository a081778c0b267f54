"""When codes ended, and what the hierarchy adds to what is said about them.

Between two loaded releases there may be dates that no loaded release belongs to (FY2018 to January 2021 spans three
years). A code that was there before and is gone after is then taken to have ended on the last date on which it is
named as a previous code, or, if later, on the first on which codes below it arrive; what was said on earlier dates was
carved out of it while it stayed valid. Where that is inferred, the reference of the step says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from codeset_pipeline.crosswalk.hierarchy import successors_below
from codeset_pipeline.crosswalk.steps import DatedSteps, Step
from codeset_pipeline.model import Evidence, Relation


@dataclass(frozen=True, slots=True)
class Endings:
    """What is needed to end codes between two neighbouring loaded releases.

    Attributes:
        opened, closed: effective dates of the two releases.
        by_date: the steps between them, by ascending date; the last date is `closed`.
        after: the later release, code → billable.
        new: codes billable in the later release and not in the earlier one, sorted.
        born: code → date, for codes that came after the earlier release.
    """

    opened: date
    closed: date
    by_date: Mapping[date, DatedSteps]
    after: Mapping[str, bool]
    new: list[str]
    born: Mapping[str, date]

    def end(self, code: str) -> None:
        """Find the date on which a code ended, and complete its steps of that date.

        The new billable codes below it are added where the publisher's table does not lead from it to them, even
        if the table takes them from another code: C86.0 became a header in FY2025, and its child for lymphoma in
        remission, C86.01, is taken from Z85.72 alone. Whoever still uses C86.0 has to choose between both children.
        """
        below = successors_below(code, self.new, self.after)
        named = [day for day, dated in self.by_date.items() if code in dated.steps]
        decided = [day for day in named if self._is_decided(code, day)]
        arrivals = self._arrivals(code, below)
        day = decided[-1] if decided else max([*named[-1:], *arrivals[:1]], default=self.closed)
        dated = self.by_date[day]
        dated.ended.add(code)
        steps = dated.steps.setdefault(code, [])
        if not decided:
            led_to = {step.target for one in self.by_date.values() for step in one.steps.get(code, ())}
            steps += [
                Step(child, Evidence.HIERARCHY, f"{child} stands below {code} in the code set")
                for child in below
                if child not in led_to
            ]
        if not steps:
            reason = f"{code} is named by no row of the conversion table and has no new billable codes below it"
            steps.append(Step(None, Evidence.PUBLISHER, reason))
        if doubt := self._doubt(code, day, certain=bool(named or arrivals)):
            steps[:] = [replace(step, reference=f"{step.reference}; {doubt}") for step in steps]

    def _is_decided(self, code: str, day: date) -> bool:
        """Does a person's decision say what the code ended in? One on a part carved out of it does not."""
        return any(
            step.evidence is Evidence.CURATED and step.stated is not Relation.CARVED_OUT
            for step in self.by_date[day].steps[code]
        )

    def _arrivals(self, code: str, below: list[str]) -> list[date]:
        since = self.born.get(code, self.opened)
        return sorted(self.born[child] for child in below if self.born.get(child, since) > since)

    def _doubt(self, code: str, day: date, *, certain: bool) -> str:
        unseen = f"no release between {self.opened} and {self.closed} is loaded"
        if day < self.closed:
            return f"that {code} ended on {day} is inferred, {unseen}"
        if not certain and len(self.by_date) > 1:
            return f"{code} ended on or before {day}, {unseen}"
        return ""
