"""The references of one asset against all release pairs: verdicts tied to lines, with usage and money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from codeset_pipeline.codes import normalise
from codeset_pipeline.impact.expressions import Expression, Form
from codeset_pipeline.impact.identity import Identified
from codeset_pipeline.impact.judge_codes import judge_code, judge_unknown
from codeset_pipeline.impact.judge_expressions import Coverage, as_prefix, coverage_of, judge_expression
from codeset_pipeline.impact.mentions import Mention, Reading
from codeset_pipeline.impact.usage import Usage
from codeset_pipeline.impact.verdicts import CARVED_OUT, Verdict
from codeset_pipeline.impact.vocabulary import PairCodes, Vocabulary
from codeset_pipeline.impact.wording import day
from codeset_pipeline.model import ExpressionEffect, Finding, Severity


@dataclass
class Judged:
    """What release pairs do to one asset, in the order of its lines.

    Attributes:
        unjudged: number of references to a code set for which no release pair was given.
    """

    found: list[Identified] = field(default_factory=list)
    effects: list[ExpressionEffect] = field(default_factory=list)
    unjudged: int = 0


def judge_asset(path: Path, reading: Reading, vocabulary: Vocabulary, used: Usage) -> Judged:
    """Findings and effects of one asset."""
    judge = _Judge(path, reading, vocabulary, used)
    seen: set[tuple[int, str, Expression, bool]] = set()
    for mention in reading.mentions:
        place = (mention.line, mention.column, mention.expression, mention.excluded)
        if place in seen:  # the same reference twice in one cell is one piece of work
            continue
        seen.add(place)
        judge.judge(mention)
    return judge.judged


class _Judge:
    def __init__(self, path: Path, reading: Reading, vocabulary: Vocabulary, used: Usage) -> None:
        self.judged = Judged()
        self._path, self._reading, self._vocabulary, self._used = path, reading, vocabulary, used
        self._codes: dict[tuple[PairCodes, str, bool], list[Verdict]] = {}
        self._rules: dict[str | tuple[str, ...], list[Expression]] = defaultdict(list)
        self._exclusions: dict[tuple[str, ...], dict[Expression, None]] = defaultdict(dict)
        for mention in reading.mentions:
            if mention.excluded:
                self._exclusions[mention.scope][mention.expression] = None

    def judge(self, mention: Mention) -> None:
        expression, vocabulary = mention.expression, self._vocabulary
        if mention.only is not None and mention.only not in vocabulary.code_sets:
            self.judged.unjudged += 1
            return
        pairs = vocabulary.pairs_of(expression, mention.only)
        if not pairs and not mention.sure:
            pairs = vocabulary.pairs_of(expression)
        if not pairs:
            code_set = vocabulary.unknown_in(expression, mention.only) or vocabulary.unknown_in(expression)
            if mention.sure:
                code_set = mention.only
            for codes_of in [found for found in vocabulary.pairs if found.code_set == code_set][-1:]:
                self._add(mention, codes_of, [judge_unknown(codes_of, expression)])
        elif expression.form is not Form.CODE:
            for codes_of in pairs:
                self._covering(mention, codes_of)
        else:
            for codes_of in _speaking(pairs, expression.low):
                told = self._of_code(codes_of, expression.low, mention.excluded)
                self._add(mention, codes_of, [verdict for verdict in told if not self._has_it(mention, verdict)])
                if not self._reading.must_be_billable and _is_header(codes_of, expression.low):
                    self._covering(mention, codes_of)

    def _of_code(self, codes_of: PairCodes, code: str, excluded: bool) -> list[Verdict]:
        key = (codes_of, code, excluded)
        if key not in self._codes:
            billable = self._reading.must_be_billable
            self._codes[key] = judge_code(codes_of, code, excluded=excluded, must_be_billable=billable)
        return self._codes[key]

    def _has_it(self, mention: Mention, verdict: Verdict) -> bool:
        """Does the same rule cover every code already that it is told to consider?"""
        if verdict.kind != CARVED_OUT:
            return False
        if not self._rules:
            for each in self._reading.mentions:
                if each.excluded == mention.excluded:
                    self._rules[each.group or each.scope[:1]].append(each.expression)
        beside = self._rules[mention.group or mention.scope[:1]]
        return all(any(each.covers(normalise(code)) for each in beside) for code in verdict.candidates)

    def _covering(self, mention: Mention, codes_of: PairCodes) -> None:
        """What an expression, or a header read as the codes under it, gains or loses."""
        expression = mention.expression
        covered = coverage_of(codes_of, expression, self._taken_out(mention, codes_of))
        self._add(mention, codes_of, judge_expression(codes_of, expression, covered, excluded=mention.excluded))
        if expression.form is not Form.CODE or covered.gained or covered.lost:
            self.judged.effects.append(self._effect(mention, codes_of, covered))

    def _taken_out(self, mention: Mention, codes_of: PairCodes) -> list[Expression]:
        """The exclusions that hold where the reference stands; an excluded header takes out the codes under it."""
        if mention.excluded or not self._exclusions:
            return []
        scopes = (mention.scope[:length] for length in range(len(mention.scope) + 1))
        found = [expression for scope in scopes for expression in self._exclusions.get(scope, ())]
        return [
            as_prefix(out) if out.form is Form.CODE and _is_header(codes_of, out.low) else out
            for out in found
            if codes_of.could_hold(out)
        ]

    def _effect(self, mention: Mention, codes_of: PairCodes, covered: Coverage) -> ExpressionEffect:
        return ExpressionEffect(
            str(self._path),
            mention.line,
            mention.column,
            mention.rule,
            _written(mention),
            codes_of.code_set,
            covered.before,
            covered.after,
            codes_of.printed(covered.gained),
            codes_of.printed(covered.lost),
        )

    def _add(self, mention: Mention, codes_of: PairCodes, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            if mention.last_day is not None and mention.last_day < verdict.effective_from:
                verdict = _in_time(verdict, mention.last_day)
            self.judged.found.append(self._identified(mention, codes_of, verdict))

    def _identified(self, mention: Mention, codes_of: PairCodes, verdict: Verdict) -> Identified:
        volume, amount = self._used.of(verdict.members, mention.department)
        finding = Finding(
            "",
            str(self._path),
            mention.line,
            mention.column,
            codes_of.code_set,
            verdict.code,
            _written(mention),
            verdict.kind,
            verdict.effective_from,
            verdict.severity,
            verdict.candidates,
            verdict.action,
            volume,
            mention.price if amount is None else amount,
            mention.rule,
            verdict.detail,
            mention.department,
            verdict.automatic,
            verdict.effective_from <= codes_of.pair.from_release.effective_from,
            codes_of.pair.to_release.label,
            suggested=verdict.suggested,
            unit_change=verdict.unit_change,
        )
        expression = mention.expression
        place = (
            self._path.name,
            mention.rule or mention.content,
            mention.place,
            "not" if mention.excluded else "",
            f"{expression.form} {expression.low} {expression.high} {expression.pattern}",
        )
        key = (
            *place,
            verdict.code if expression.form is not Form.CODE else "",
            codes_of.code_set,
            verdict.kind,
            codes_of.pair.to_release.effective_from.isoformat(),
        )
        return Identified(finding, key, mention.content, (*place, codes_of.code_set))


def _in_time(verdict: Verdict, last: date) -> Verdict:
    """What happens to the code after the line's own end denies no claim."""
    detail = f"The line itself ends on {day(last)}, before that. {verdict.detail}".rstrip()
    return replace(verdict, severity=Severity.INFORMATION, detail=detail)


def _written(mention: Mention) -> str:
    return f"!{mention.expression.text}" if mention.excluded else mention.expression.text


def _is_header(codes_of: PairCodes, code: str) -> bool:
    return codes_of.pair.before.get(code) is False and codes_of.pair.after.get(code) is False


def _speaking(pairs: list[PairCodes], code: str) -> list[PairCodes]:
    """The pairs that have the code in one of their two releases; without any, the last pair of each code set."""
    having = [codes_of for codes_of in pairs if code in codes_of.pair.before or code in codes_of.pair.after]
    having_sets = {codes_of.code_set for codes_of in having}
    last = {codes_of.code_set: codes_of for codes_of in pairs if codes_of.code_set not in having_sets}
    return having + list(last.values())
