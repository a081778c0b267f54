"""Where each ended HCPCS code goes: a person's decision, else the publisher's cross-references, else suggestions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from codeset_pipeline.crosswalk.decided import apply_decisions
from codeset_pipeline.crosswalk.hcpcs_lives import Lives, Standing
from codeset_pipeline.crosswalk.hcpcs_rank import SuccessorRanker, Suggestion
from codeset_pipeline.crosswalk.inputs import CuratedDecision
from codeset_pipeline.crosswalk.steps import DatedSteps, Step
from codeset_pipeline.model import Evidence, Oddity

_CPT_WORD = "CPT"


class HcpcsSteps:
    """The steps of every code, worked out when they are asked for.

    Attributes:
        unresolved: decisions on codes that are in no release.
    """

    def __init__(self, lives: Lives, curated: Sequence[CuratedDecision], *, suggest: bool) -> None:
        self._lives = lives
        self._suggest = suggest
        self._known: dict[str, list[Step]] = {}
        self._leading: dict[str, bool] = {}
        self._ranker: SuccessorRanker | None = None
        by_date: dict[date, DatedSteps] = defaultdict(lambda: DatedSteps(date.min))
        known = [decision for decision in curated if decision.effective_from <= lives.last.effective_from]
        self.unresolved: list[Oddity] = apply_decisions(by_date, known, lives.newest)
        self._decided: dict[str, tuple[date, list[Step]]] = {}
        for day in sorted(by_date):
            for source, steps in by_date[day].steps.items():
                self._decided[source] = day, steps

    def decided(self) -> list[str]:
        """Known codes on which a decision takes effect within the span; sorted."""
        start = self._lives.first.effective_from
        return sorted(code for code, (day, _) in self._decided.items() if day > start and code in self._lives.newest)

    def day_of(self, code: str) -> date:
        """The date on which the steps of a code take effect: a decision's own, else the day after the end."""
        return self._decided[code][0] if self._is_decided(code) else self._lives.day_after(code)

    def of(self, code: str) -> list[Step]:
        """The steps of a code of the releases; one step without target where it is known to have no successor."""
        if code not in self._known:
            self._known[code] = self._stated(code) or self._suggested(code)
        return self._known[code]

    def _is_decided(self, code: str) -> bool:
        """A decision from before the span speaks of a code that ended before it, not of the one that came back."""
        if code not in self._decided:
            return False
        start = self._lives.first.effective_from
        return self._decided[code][0] > start or not self._lives.begun(code)

    def _stated(self, code: str) -> list[Step]:
        if self._is_decided(code):
            return self._decided[code][1]
        if self._lives.standing(code) is Standing.LIVING:
            return []
        reference = self._lives.cross_reference(code)
        named = dict.fromkeys(self._lives.newest[code].cross_references)
        usable = [target for target in named if target != code and self._is_usable(target)]
        steps = [Step(target, Evidence.PUBLISHER, reference) for target in usable]
        notes = [self._unusable(code)] if usable else []
        if _CPT_WORD in named:
            notes.append("The publisher refers to CPT without naming a code; look for it in CPT.")
        if any(notes):
            steps.append(Step(None, Evidence.PUBLISHER, reference, note=" ".join(filter(None, notes))))
        return steps

    def _is_usable(self, target: str) -> bool:
        return target != _CPT_WORD and self._lives.standing(target) is not Standing.UNKNOWN

    def _unusable(self, code: str) -> str:
        """The cross-references that lead nowhere: a misprint (J7023 of C9468 in 2019), or a code that aged out."""
        named = dict.fromkeys(self._lives.newest[code].cross_references)
        lost = [target for target in named if target not in (_CPT_WORD, code) and not self._is_usable(target)]
        if not lost:
            return ""
        return f"The cross-reference of {code} to {', '.join(lost)} leads nowhere: no loaded release has such a code."

    def _suggested(self, code: str) -> list[Step]:
        row = self._lives.newest[code]
        found: list[Suggestion] = []
        if self._suggest and row.terminated is not None and self._lives.standing(code) is Standing.ENDED:
            if self._ranker is None:
                self._ranker = SuccessorRanker(self._lives.newest.values())
            found = self._ranker.successors(row, allowed=self._leads_on)
        steps = []
        for rank, suggestion in enumerate(found, 1):
            what = f"{rank} of {len(found)} for {code}, score {suggestion.score:.2f}"
            note = f"Suggestion {what}: {'; '.join(suggestion.reasons)}."
            note = " ".join(filter(None, (self._unusable(code), note)))
            steps.append(Step(suggestion.code, Evidence.SUGGESTED, f"suggestion {what}", note=note))
        return steps or [self._nothing(code)]

    def _nothing(self, code: str) -> Step:
        standing = self._lives.standing(code)
        if standing is Standing.WITHDRAWN:
            note = (
                f"The release of {self._lives.last.effective_from} leaves {code} out, though no release gives it an "
                "end; ask the publisher before using it."
            )
        elif standing is Standing.LIVING:
            note = f"{code} has another meaning since {self._lives.day_after(code)}; it does not carry on the old one."
        else:
            looked = ", and no code is alike enough to be suggested" if self._suggest else ""
            note = f"The publisher names no successor of {code}{looked}."
        note = " ".join(filter(None, (self._unusable(code), note)))
        return Step(None, Evidence.PUBLISHER, self._lives.reference(code), note=note)

    def _leads_on(self, code: str) -> bool:
        """A code may be suggested that is still living, or that the publisher or a person lets go on."""
        leads = self._leading.get(code)
        if leads is None:
            standing = self._lives.standing(code)
            leads = standing is Standing.LIVING or (standing is Standing.ENDED and bool(self._stated(code)))
            self._leading[code] = leads
        return leads
