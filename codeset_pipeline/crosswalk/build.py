"""The crosswalk between two releases, composed over everything known between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from codeset_pipeline import codes as written
from codeset_pipeline.crosswalk.compose import follow
from codeset_pipeline.crosswalk.inputs import ConversionEntry, CuratedDecision, ReleaseCodes
from codeset_pipeline.crosswalk.invert import invert
from codeset_pipeline.crosswalk.rows import Span, as_it_is, without_previous
from codeset_pipeline.crosswalk.window import Window, window_between
from codeset_pipeline.errors import UsageError
from codeset_pipeline.model import Mapping, Oddity

__all__ = ["build_crosswalk", "invert", "map_codes", "unresolved_previous_codes"]


def build_crosswalk(
    code_set: str,
    releases: Sequence[ReleaseCodes],
    conversions: Sequence[ConversionEntry],
    curated: Sequence[CuratedDecision],
) -> list[Mapping]:
    """Every code of the first release that is not carried on unchanged to the last.

    A code billable in the first release and not in the last has one row per target, or one row without target. A
    code that stays has a row for each code carved out of it. Rows are sorted by source and target.

    Args:
        releases: at least two: the one to map from, the one to map to, and every loaded one between them, which tell
            when codes ended; ascending by effective date, or descending for the question what codes were before.
        conversions: the publisher's conversion table; rows outside the span are left alone.
        curated: people's decisions; those outside the span are left alone.

    Raises:
        UsageError: fewer than two releases, or in no order.
    """
    if releases and releases[0].effective_from > releases[-1].effective_from:
        return _backward(code_set, list(reversed(releases)), conversions, curated)
    dated = [one for window in _windows(releases, conversions, curated) for one in window.dated]
    first, last = releases[0], releases[-1]
    begun = _billable(first)
    still = _billable(last)
    named = set[str]().union(*(one.steps for one in dated))
    courses = {code: follow(code, dated) for code in sorted((begun - still) | (begun & named))}
    # A code that came between the two releases from nowhere brings cases into its successors that no code of the
    # first release accounts for. It gets no row, but it counts as a source.
    arrived = {step.target for one in dated for steps in one.steps.values() for step in steps}
    unaccounted = {code: follow(code, dated) for code in named - begun - arrived}

    sources: dict[str, int] = {}
    origins: dict[str, set[str]] = {}
    for code, course in (*courses.items(), *unaccounted.items()):
        for target in course.reached:
            if target != code:
                sources[target] = sources.get(target, 0) + 1
        for passed in course.passed:
            origins.setdefault(passed, set()).add(code)

    fan_in = {target: count + (target in begun) for target, count in sources.items()}
    span = Span(code_set, first, last, begun, still, fan_in, origins)
    return [row for code, course in courses.items() for row in span.rows(code, course)]


def map_codes(
    code_set: str,
    releases: Sequence[ReleaseCodes],
    conversions: Sequence[ConversionEntry],
    curated: Sequence[CuratedDecision],
    codes: Sequence[str],
) -> list[Mapping]:
    """The rows of these source codes, in the order asked for; see `build_crosswalk`.

    A code that goes on as it is has one row of relation `unchanged`. Codes are accepted with or without dot.

    Raises:
        UsageError: as `build_crosswalk`, or a code is not in the first release.
    """
    first, last = releases[0], releases[-1]
    wanted = list(dict.fromkeys(written.normalise(code) for code in codes))
    for code in wanted:
        if code not in first.billable:
            raise UsageError(
                f"{written.printed(code_set, code)} is not in the release of {first.effective_from}; check the code, "
                "or map from a release that has it."
            )
    found: dict[str, list[Mapping]] = {}
    for mapping in build_crosswalk(code_set, releases, conversions, curated):
        found.setdefault(mapping.source, []).append(mapping)
    return [row for code in wanted for row in found.get(code) or [as_it_is(code_set, code, first, last)]]


def unresolved_previous_codes(
    releases: Sequence[ReleaseCodes],
    conversions: Sequence[ConversionEntry],
    curated: Sequence[CuratedDecision],
) -> list[Oddity]:
    """What the conversion table and the decisions name within the span as a previous code that was not in use
    before, so that no row could be made of it."""
    return [oddity for window in _windows(releases, conversions, curated) for oddity in window.unresolved]


def _backward(
    code_set: str,
    releases: Sequence[ReleaseCodes],
    conversions: Sequence[ConversionEntry],
    curated: Sequence[CuratedDecision],
) -> list[Mapping]:
    """The inverted crosswalk, with a row without target for every new code of which no previous code is known."""
    rows = invert(build_crosswalk(code_set, releases, conversions, curated))
    first, last = releases[0], releases[-1]
    unknown = _billable(last) - _billable(first) - {row.source for row in rows}
    rows += [without_previous(code_set, code, last) for code in unknown]
    return sorted(rows, key=lambda row: (row.source, row.target or ""))


def _windows(
    releases: Sequence[ReleaseCodes], conversions: Sequence[ConversionEntry], curated: Sequence[CuratedDecision]
) -> list[Window]:
    dates = [release.effective_from for release in releases]
    if len(dates) < 2 or dates != sorted(set(dates)):
        raise UsageError("A crosswalk needs two or more releases in order of their dates; name two different ones.")
    billable = [_billable(release) for release in releases]
    return [
        window_between(before, after, old, kept, conversions, curated)
        for (before, old), (after, kept) in pairwise(zip(releases, billable, strict=True))
    ]


def _billable(release: ReleaseCodes) -> frozenset[str]:
    return frozenset(code for code, billable in release.billable.items() if billable)
