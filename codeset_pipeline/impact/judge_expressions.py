"""A range, prefix or wildcard against one release pair: the billable codes that it silently gains or loses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from codeset_pipeline.codes import normalise, printed
from codeset_pipeline.impact.expressions import Expression, Form
from codeset_pipeline.impact.replacements import replacement_of
from codeset_pipeline.impact.verdicts import GAINED, HEADER, LOST, Verdict
from codeset_pipeline.impact.vocabulary import PairCodes
from codeset_pipeline.impact.wording import day, listed
from codeset_pipeline.model import ChangeKind, Severity


@dataclass(frozen=True, slots=True)
class Coverage:
    """Billable codes that an expression covers less its exclusions: how many before and after, and which differ."""

    before: int
    after: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def as_prefix(expression: Expression) -> Expression:
    """A header as the prefix that it stands for."""
    return Expression(Form.PREFIX, expression.text, expression.low, expression.low, dotted=expression.dotted)


def coverage_of(codes_of: PairCodes, expression: Expression, exclusions: Sequence[Expression] = ()) -> Coverage:
    """What an expression covers in either release. A plain header stands for the codes under it."""
    if expression.form is Form.CODE:
        expression = as_prefix(expression)

    def left(codes: list[str]) -> tuple[str, ...]:
        found = expression.members(codes)
        if exclusions:
            found = [code for code in found if not any(out.covers(code) for out in exclusions)]
        return tuple(found)

    def taken_out(codes: list[str]) -> int:
        # Exclusions are few and small beside what they are taken from: counting them is cheaper than the rest.
        return len({code for out in exclusions for code in out.members(codes) if expression.covers(code)})

    before, after = codes_of.counts(expression)
    return Coverage(
        before - taken_out(codes_of.billable_before),
        after - taken_out(codes_of.billable_after),
        left(codes_of.gained),
        left(codes_of.lost),
    )


def judge_expression(
    codes_of: PairCodes, expression: Expression, covered: Coverage, *, excluded: bool = False
) -> list[Verdict]:
    """At most one verdict each for what is gained and what is lost, and for each end of a range that no longer exists.

    For a plain header, which a rule may mean to stand for its codes or not, gains and losses are for information.
    """
    found = []
    header = expression.form is Form.CODE
    pair = codes_of.pair
    shown = printed(codes_of.code_set, expression.low) if header else expression.text
    counts = (
        f"Billable codes covered: {covered.before} in {pair.from_release.label}, {covered.after} in "
        f"{pair.to_release.label}"
    )
    if header:
        counts = f"It is a header, read as the codes under it. {counts}"
    if covered.gained:
        codes = codes_of.printed(covered.gained)
        since = _since(codes_of, covered.gained)
        verb = "exclude" if excluded else "cover"
        action = f"Confirm that {shown} should {verb} {_number(codes)} it gains from {day(since)}, or rewrite it."
        severity = Severity.INFORMATION if header else Severity.MAY_DENY
        detail = f"{counts}; gained: {listed(codes, 'and')}."
        found.append(Verdict(shown, GAINED, since, severity, action, (), detail, covered.gained))
    if covered.lost:
        found.append(_lost(codes_of, expression, shown, covered, counts))
    if not header and not any(codes_of.counts(expression)):
        since = pair.from_release.effective_from
        action = f"Correct or remove {shown}; it covers no billable code in either release."
        found.append(
            Verdict(shown, _why_empty(codes_of, expression), since, Severity.MAY_DENY, action, detail=f"{counts}.")
        )
    return found + _ended_ends(codes_of, expression)


def _lost(codes_of: PairCodes, expression: Expression, shown: str, covered: Coverage, counts: str) -> Verdict:
    codes, since = codes_of.printed(covered.lost), _since(codes_of, covered.lost)
    header = expression.form is Form.CODE
    reach = as_prefix(expression) if header else expression
    outside: dict[str, None] = {}
    for code in covered.lost:
        for candidate in replacement_of(codes_of, code).candidates:
            if not reach.covers(normalise(candidate)):
                outside[candidate] = None
    detail = f"{counts}; lost: {listed(codes, 'and')}."
    if outside:
        action = f"Add {listed(tuple(outside))} beside {shown} from {day(since)}; a person must choose."
        detail += f" Replacements that it does not cover: {listed(tuple(outside), 'and')}."
    else:
        action = f"Check that {shown} still covers what it should from {day(since)}, when it loses {_number(codes)}."
    severity = Severity.MAY_DENY if outside and not header else Severity.INFORMATION
    return Verdict(shown, LOST, since, severity, action, tuple(outside), detail, covered.lost)


def _ended_ends(codes_of: PairCodes, expression: Expression) -> list[Verdict]:
    """An end of a range that is in the older but not in the newer release: engines that look ends up reject it."""
    if expression.form is not Form.RANGE:
        return []
    found = []
    pair = codes_of.pair
    for end in dict.fromkeys((expression.low, expression.high)):
        if end in pair.before and end not in pair.after:
            since = _since(codes_of, (end,))
            shown = printed(codes_of.code_set, end)
            candidates = replacement_of(codes_of, end).candidates
            action = f"Give {expression.text} another end than {shown}, which is no code from {day(since)} on."
            detail = f"{shown}, an end of the range, is no longer a code."
            found.append(
                Verdict(shown, str(ChangeKind.DELETED), since, Severity.MAY_DENY, action, candidates, detail, (end,))
            )
    return found


def _why_empty(codes_of: PairCodes, expression: Expression) -> str:
    """Only headers are covered, or only codes of other releases than the two."""
    pair = codes_of.pair
    headers = any(code in pair.before or code in pair.after for code in expression.members(codes_of.known))
    return HEADER if headers else str(ChangeKind.DELETED)


def _number(codes: Sequence[str]) -> str:
    return f"the code {codes[0]}" if len(codes) == 1 else f"the {len(codes)} codes"


def _since(codes_of: PairCodes, found: Sequence[str]) -> date:
    """The first day on which one of the codes changed."""
    days = {since for code in found if (since := codes_of.first_days.get(code))}
    return min(days, default=codes_of.pair.to_release.effective_from)
