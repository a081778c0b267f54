"""Steps that the publisher's conversion table states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from codeset_pipeline.crosswalk.expand import CodesBefore
from codeset_pipeline.crosswalk.inputs import ConversionEntry
from codeset_pipeline.crosswalk.steps import DatedSteps, Step, add_step, not_in_use
from codeset_pipeline.model import Evidence, Oddity


def add_published(
    by_date: Mapping[date, DatedSteps], entries: Iterable[ConversionEntry], codes: CodesBefore
) -> list[Oddity]:
    """Turn rows of the conversion table into steps.

    Returns:
        A record of every previous code that was not in use before (H05.83, named in FY2026, was itself new in
        FY2026).
    """
    unresolved: list[Oddity] = []
    for entry in entries:
        day = entry.effective_from
        groups: list[set[str]] = []
        headers: list[str] = []
        for group in entry.previous:
            found: set[str] = set()
            for term in group:
                expanded = codes.expand(term, day)
                found.update(expanded)
                if codes.names_header(term, day):
                    headers.append(term.first)
                if not expanded:
                    unresolved.append(not_in_use(entry.reference, f"{entry.current}, from {day}", term.first))
            groups.append(found)
        note = f"The table names the header {', '.join(headers)}; read as its billable codes." if headers else ""
        for source in sorted(set[str]().union(*groups) - {entry.current}):
            # A code named in two groups stands with the others of either, never with itself.
            companions = set[str]().union(*(group for group in groups if source not in group))
            step = Step(
                target=entry.current,
                evidence=Evidence.PUBLISHER,
                reference=entry.reference,
                alone=len(groups) == 1,
                companions=tuple(sorted(companions)),
                note=note,
            )
            add_step(by_date[day].steps.setdefault(source, []), step)
    return unresolved
