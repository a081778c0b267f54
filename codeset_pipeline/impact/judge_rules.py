"""Each rule as a whole against a release pair: the set of codes before and after, and whether it may roll forward.

Rolling forward means: every billable code that the rule covered in the older release, replaced by its successor where
the crosswalk has an automatic one, and kept where it goes on. A rule is

- `unchanged` when, as it stands, it covers just that in the newer release and names no code that ended. A code that
  ended without an automatic successor counts as carried on when the rule covers all its candidates (the children of a
  code that became a header under a prefix, say), and its candidates are then no gain.
- `safe_to_roll_forward` when exchanging the codes it names for their automatic successors, and adding those that it
  does not cover, gives just that. The rewritten text is read back and evaluated before the verdict is given.
- `needs_a_person` otherwise: a choice among successors, no successor, a meaning that changed, codes gained that come
  from nothing it covered.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codeset_pipeline.codes import normalise, printed
from codeset_pipeline.impact.cells import CellReader
from codeset_pipeline.impact.expressions import Expression, Form, Reference
from codeset_pipeline.impact.judge_expressions import as_prefix
from codeset_pipeline.impact.mentions import Clause, Mention, Reading, Syntax
from codeset_pipeline.impact.replacements import Replacement, carved_out_of, replacement_of
from codeset_pipeline.impact.rewrite import clause_of, key_of, references_in, shown, written_anew
from codeset_pipeline.impact.vocabulary import PairCodes
from codeset_pipeline.impact.wording import listed
from codeset_pipeline.model import Compatibility, Rewrite, RuleVerdict

_MOST_SHOWN = 40
#: Groups that have no name of their own.
_NUMBERED = re.compile(r"(?:statement|quoted|element|message|segment|ValueSet|line|document)\b")


def judge_rules(path: Path, reading: Reading, reader: CellReader) -> list[RuleVerdict]:
    """One verdict for each rule and each release pair that it speaks of, in the order of the asset."""
    if reading.kind != "rules":
        return []
    vocabulary = reader.vocabulary
    groups: dict[str, dict[PairCodes, list[Mention]]] = defaultdict(lambda: defaultdict(list))
    for mention in reading.mentions:
        if mention.only is not None and mention.only not in vocabulary.code_sets:
            continue
        key = mention.group or (mention.scope[0] if mention.scope else "")
        for codes_of in vocabulary.pairs_of(mention.expression, mention.only):
            groups[key][codes_of].append(mention)
    return [
        _Rule(path, key, codes_of, mentions, reading.must_be_billable, reader).verdict()
        for key, by_pair in groups.items()
        for codes_of, mentions in by_pair.items()
    ]


@dataclass
class _Term:
    """A mention with what it covers: of a header the codes under it, unless it goes on claims or is a concept."""

    mention: Mention
    expression: Expression
    exchanged: str | None = None


@dataclass
class _Rolled:
    """What became of the codes that a rule no longer covers, or that may no longer be reported."""

    exchange: dict[str, str] = field(default_factory=dict)
    carried: set[str] = field(default_factory=set)
    reasons: list[str] = field(default_factory=list)


class _Rule:
    def __init__(
        self, path: Path, key: str, codes_of: PairCodes, mentions: list[Mention], billable: bool, reader: CellReader
    ) -> None:
        self._path, self._key, self._codes_of, self._reader = path, key, codes_of, reader
        self._terms = [_Term(mention, self._meant(mention, billable)) for mention in dict.fromkeys(mentions)]
        if all(term.mention.excluded for term in self._terms):
            # A rule of nothing but exclusions is judged as the set that it takes out.
            self._includes, self._excludes = self._terms, list[_Term]()
        else:
            self._includes = [term for term in self._terms if not term.mention.excluded]
            self._excludes = [term for term in self._terms if term.mention.excluded]

    def _meant(self, mention: Mention, billable: bool) -> Expression:
        expression, pair = mention.expression, self._codes_of.pair
        header = pair.before.get(expression.low) is False or (
            expression.low not in pair.before and pair.after.get(expression.low) is False
        )
        exact = mention.clause is not None and mention.clause.syntax is Syntax.VALUE_SET
        if expression.form is Form.CODE and header and not billable and not exact:
            return as_prefix(expression)
        return expression

    def verdict(self) -> RuleVerdict:
        codes_of = self._codes_of
        gained = self._covered(codes_of.gained)
        lost = self._covered(codes_of.lost)
        rolled = self._rolled(lost, set(gained))
        named = {code for code in self._named() if codes_of.pair.after.get(code) is None}
        # A new code that the rule names is there because somebody wanted it.
        targets = set(rolled.exchange.values()) | rolled.carried | set(self._wanted(gained))
        extra = [code for code in gained if code not in targets]
        missing = [code for code in sorted(set(rolled.exchange.values())) if not self._covers(code)]
        reasons = [*rolled.reasons, *self._dead(), *self._changed_meaning()]
        rewrites: tuple[Rewrite, ...] = ()
        if reasons or (extra and not self._excluded_successors(extra)):
            reasons += self._gains(extra)
            outcome = Compatibility.PERSON
        elif not missing and not extra and not (named & rolled.exchange.keys()):
            outcome = Compatibility.UNCHANGED
        else:
            found = self._rewritten(rolled.exchange, lost)
            if found is None:
                outcome = Compatibility.PERSON
                reasons.append(self._by_hand(missing))
            else:
                outcome, rewrites = Compatibility.SAFE, found
        first = self._terms[0].mention
        before, after = self._count(codes_of.billable_before), 0
        after = before - len(lost) + len(gained)
        return RuleVerdict(
            str(self._path),
            first.line,
            first.rule or (f"line {first.line}" if _NUMBERED.match(self._key) else self._key),
            codes_of.code_set,
            outcome,
            self._expression(),
            before,
            after,
            codes_of.printed(gained),
            codes_of.printed(lost),
            rewrites,
            tuple(reasons),
            self._consider(),
        )

    # what the rule covers

    def _taking_out(self, term: _Term) -> list[Expression]:
        scope = term.mention.scope
        return [
            out.expression
            for out in self._excludes
            if out.mention.scope == scope[: len(out.mention.scope)] or len(self._includes) == 0
        ]

    def _covered(self, codes: list[str]) -> list[str]:
        """Which codes of a sorted list the rule covers, sorted."""
        found: set[str] = set()
        wide = self._includes
        if not self._excludes:
            named = {term.expression.low for term in wide if term.expression.form is Form.CODE}
            wide = [term for term in wide if term.expression.form is not Form.CODE]
            found = {code for code in named if code in self._codes_of.as_set(codes)} if named else found
        for term in wide:
            members = term.expression.members(codes)
            if members and self._excludes:
                outs = self._taking_out(term)
                members = [code for code in members if not any(out.covers(code) for out in outs)]
            found.update(members)
        return sorted(found)

    def _count(self, codes: list[str]) -> int:
        if len(self._includes) == 1 and not self._excludes:
            return self._codes_of.counts(self._includes[0].expression)[0]
        return len(self._covered(codes))

    def _covers(self, code: str) -> bool:
        return bool(self._covered([code]))

    def _named(self) -> Iterator[str]:
        for term in self._terms:
            if term.mention.expression.form is Form.CODE:
                yield term.mention.expression.low

    def _wanted(self, gained: Sequence[str]) -> list[str]:
        """New codes that the rule names, itself or by a header that is new too."""
        before = self._codes_of.pair.before
        new = [
            term.expression
            for term in self._includes
            if term.mention.expression.form is Form.CODE and term.mention.expression.low not in before
        ]
        return [code for code in gained if any(each.covers(code) for each in new)]

    # what became of its codes

    def _rolled(self, lost: list[str], gained: set[str]) -> _Rolled:
        rolled = _Rolled()
        excluded = [code for term in self._excludes for code in term.expression.members(self._codes_of.lost)]
        for code in dict.fromkeys([*lost, *excluded]):
            found = replacement_of(self._codes_of, code)
            targets = [normalise(target) for target in found.candidates]
            if found.automatic:
                rolled.exchange[code] = targets[0]
            elif code in lost:
                whole = targets and not found.together_with and all(map(self._covers, targets))
                if whole and not self._names(code):
                    rolled.carried.update(targets)
                else:
                    rolled.reasons.append(self._why(code, found))
            elif targets and not all(map(self._takes_out, targets)):
                rolled.reasons.append(self._why(code, found))
        return rolled

    def _names(self, code: str) -> bool:
        return any(term.expression.form is Form.CODE and term.expression.low == code for term in self._terms)

    def _takes_out(self, code: str) -> bool:
        return any(term.expression.covers(code) for term in self._excludes)

    def _excluded_successors(self, extra: Sequence[str]) -> bool:
        """Are all gains the successors of codes that the rule takes out by name, and so to be taken out too?"""
        successors = set()
        for term in self._excludes:
            if term.expression.form is Form.CODE:
                found = replacement_of(self._codes_of, term.expression.low)
                if found.automatic:
                    successors.add(normalise(found.candidates[0]))
        return set(extra) <= successors

    # sentences

    def _why(self, code: str, found: Replacement) -> str:
        (name,) = self._codes_of.printed([code])
        if not found.candidates:
            return f"{name} ended and no replacement is published."
        if found.together_with:
            return f"{name} is replaced only together with {listed(found.together_with, 'and')}."
        if self._codes_of.pair.after.get(code) is False:
            return f"{name} became a header; a person chooses among {listed(found.candidates, 'and')}."
        if len(found.candidates) > 1:
            return f"{name} is replaced by {listed(found.candidates)}; a person must choose."
        return f"{name} is replaced by {found.candidates[0]}, but not without a person looking."

    def _dead(self) -> Iterator[str]:
        pair = self._codes_of.pair
        for code in dict.fromkeys(self._named()):
            if code not in pair.before and code not in pair.after:
                by = replacement_of(self._codes_of, code).candidates
                instead = f"; replace it by {listed(by)}" if by else ""
                yield f"{_print(self._codes_of, code)} is in neither release{instead}."

    def _changed_meaning(self) -> Iterator[str]:
        for code in self._covered(self._codes_of.reused):
            label = self._codes_of.pair.to_release.label
            yield f"{_print(self._codes_of, code)} has another meaning in {label}."

    def _gains(self, extra: Sequence[str]) -> Iterator[str]:
        if extra:
            names = self._codes_of.printed(extra)
            verb = "comes" if len(names) == 1 else "come"
            yield f"It gains {listed(names, 'and')}, which {verb} from nothing that it covered."

    def _by_hand(self, missing: Sequence[str]) -> str:
        names = [_print(self._codes_of, code) for code in missing]
        what = f"add {listed(names, 'and')}" if names else "exchange its codes"
        return f"It cannot be written anew by itself; {what} by hand."

    def _expression(self) -> str:
        texts = list(
            dict.fromkeys(
                f"!{term.mention.expression.text}" if term.mention.excluded else term.mention.expression.text
                for term in self._terms
            )
        )
        more = f", and {len(texts) - _MOST_SHOWN} more" if len(texts) > _MOST_SHOWN else ""
        return ", ".join(texts[:_MOST_SHOWN]) + more

    def _consider(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for term in self._includes:
            if term.expression.form is Form.CODE:
                for code in carved_out_of(self._codes_of, term.expression.low):
                    if not self._covers(normalise(code)):
                        found[code] = None
        return tuple(found)

    # rewriting

    def _rewritten(self, exchange: dict[str, str], lost: Sequence[str]) -> tuple[Rewrite, ...] | None:
        """The clauses to exchange, tried: the new texts read back cover exactly what the old codes became."""
        clauses: dict[tuple[str, str, Clause], list[_Term]] = defaultdict(list)
        for term in self._terms:
            place = term.mention.clause or Clause("", Syntax.LIST, f"{term.mention.line}")
            key = (
                "" if term.mention.clause else str(term.mention.line),
                term.mention.column if not term.mention.clause else "",
                place,
            )
            clauses[key].append(term)
        rewrites: list[Rewrite] = []
        terms: list[_Term] = []
        added: set[str] = set()
        for parts in clauses.values():
            clause = clause_of(parts[0].mention, [term.mention for term in parts])
            names = {
                term.mention.expression.text: exchange[term.mention.expression.low]
                for term in parts
                if term.mention.expression.form is Form.CODE and term.mention.expression.low in exchange
            }
            wanted = self._to_add(parts, exchange, lost, set(names.values()) | added)
            if not names and not wanted:
                terms += parts
                continue
            added.update(wanted)
            text = written_anew(clause, names, wanted, self._codes_of.code_set)
            if text is None:
                return None
            fresh = [_with_code(term, exchange) for term in parts]
            fresh += [_Term(parts[0].mention, code) for code in map(_code, wanted)]
            if not self._reads_back(clause, text, fresh):
                return None
            terms += fresh
            first = parts[0].mention
            rewrites.append(Rewrite(first.line, first.column, shown(clause), text))
        return tuple(rewrites) if self._rolls(terms, exchange) else None

    def _to_add(
        self, parts: Sequence[_Term], exchange: dict[str, str], lost: Sequence[str], there: set[str]
    ) -> list[str]:
        """Successors of what the clause's ranges and wildcards lose that the rule does not cover."""
        found: dict[str, None] = {}
        for term in parts:
            if term.mention.excluded and term not in self._includes:
                continue
            if term.expression.form is not Form.CODE:
                for code in term.expression.members(sorted(set(lost) & exchange.keys())):
                    if not self._covers(exchange[code]) and exchange[code] not in there:
                        found[exchange[code]] = None
        return list(found)

    def _reads_back(self, clause: Clause, text: str, terms: Sequence[_Term]) -> bool:
        expected = {key_of(Reference(_raw(term), term.mention.excluded)) for term in terms}
        return {key_of(found) for found in references_in(clause, text, self._reader)} >= expected

    def _rolls(self, terms: list[_Term], exchange: dict[str, str]) -> bool:
        """Do the terms cover in the newer release exactly what the rule's codes became?"""
        after = self._codes_of.pair.after
        wanted = {exchange.get(code, code) for code in self._covered(self._codes_of.billable_before)}
        wanted = {code for code in wanted if after.get(code)}
        wanted |= set(self._wanted(self._covered(self._codes_of.gained)))
        old = self._includes, self._excludes
        alone = not self._excludes
        self._includes = terms if alone else [term for term in terms if not term.mention.excluded]
        self._excludes = [] if alone else [term for term in terms if term.mention.excluded]
        try:
            return set(self._covered(self._codes_of.billable_after)) == wanted
        finally:
            self._includes, self._excludes = old


def _with_code(term: _Term, exchange: dict[str, str]) -> _Term:
    expression = term.mention.expression
    if expression.form is Form.CODE and expression.low in exchange:
        return _Term(term.mention, _code(exchange[expression.low]))
    return term


def _raw(term: _Term) -> Expression:
    """The expression as it is written, before a header was read as the codes under it."""
    original = term.mention.expression
    return original if original.low == term.expression.low and original.form is Form.CODE else term.expression


def _code(code: str) -> Expression:
    return Expression(Form.CODE, code, code, code)


def _print(codes_of: PairCodes, code: str) -> str:
    return printed(codes_of.code_set, code)
