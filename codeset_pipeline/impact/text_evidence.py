"""What is believed of the literals of a text: which are codes, and of which code set.

How much a literal must show for itself depends on the name it stands under (`code_set_words`). Where the place

- says a code set (`dx_code IN (…)`, `Dx:`, `from "ICD10CM"`), every known code of it is believed, dot or none, three
  characters too; one that no release knows, if it is written like a code, is a code that never existed;
- says codes (`code = …`, `valueset`), known codes; three characters or a bare modifier only in company;
- says nothing, known codes with a dot; without one from four characters on, if the line speaks of their code set, and
  in lists of nothing but known codes (two in quotes, else three);
- says something else (`order_no`, `room`, `version`), nothing;
- is prose (`description`, a longer quoted text), known codes with a dot.

Company is another literal of the same run that is believed by itself. A modifier is believed only where modifiers are
spoken of or glued to a HCPCS code (`J1885-JW`). Codes in small letters are believed only where a code set is said.

`G8911` is a HCPCS code and, without its dot, an ICD-10-CM code: the place decides, then the rest of the run, then the
words of the line; if all are silent it is held against both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from codeset_pipeline.impact import code_set_words as said_words
from codeset_pipeline.impact.code_set_words import CODES, CPT, HCPCS, ICD, MODIFIER, OTHER, PCS, PROSE
from codeset_pipeline.impact.expressions import (
    REVERSED,
    Expression,
    Form,
    compared,
    modifier,
    parse,
    parse_reference,
    prefixed,
    regular,
    why_none,
)
from codeset_pipeline.impact.text_runs import Literal, Run
from codeset_pipeline.impact.vocabulary import Vocabulary

_SPEAKS = {
    ICD: re.compile(r"(?i)\b(?:icd|dx|diagnos\w*|icd-?10\w*)\b|\bdx_|_dx\b|diag"),
    PCS: re.compile(r"(?i)\bpcs\b|procedure"),
    HCPCS: re.compile(
        r"(?i)hcpcs|\bcpt\b|j-?codes?\b|\bmodifiers?\b|\bbill(?:ed|ing|able|s)?\b|\binjection|\binfusion"
    ),
}
_HCPCS_SHAPE = re.compile(r"[A-CEGHJ-MP-V]\d{4}")
_NUMBER = re.compile(r"\d{5}|\d{4}[A-Z]")
_GLUED = re.compile(r"([A-Z]\d{4})((?:-[0-9A-Z]{2}){1,4}|[0-9A-Z]{2})")
_MATCHES = frozenset({"matches", "rlike", "regexp", "!~"})


@dataclass(frozen=True, slots=True)
class Believed:
    """A reference of a run.

    Attributes:
        only: the code set that it is of, where that is known.
    """

    expression: Expression
    start: int
    excluded: bool
    only: str | None


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that stood where codes are said to be and is none; why, in a few words."""

    text: str
    start: int
    why: str = "no code of a loaded release"


@dataclass(frozen=True, slots=True)
class _Candidate:
    expression: Expression
    start: int
    excluded: bool
    quoted: bool
    certain: bool = False


class Evidence:
    """Judges runs against one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def of(self, run: Run, text: str, line: str) -> tuple[list[Believed], list[Unread]]:
        """The references of a run, and what could not be read where codes are said to stand.

        Args:
            text: the whole text; line: the line on which the run begins.
        """
        said = said_words.said_by(run.name)
        if said == OTHER or run.system == OTHER:
            return [], []
        said = run.system or said
        if run.prose and said is not None:
            said = PROSE
        if said == MODIFIER:
            return self._modifiers(run)
        unread: list[Unread] = []
        candidates = list(self._candidates(run, text, said, unread))
        if said in (None, CODES, PROSE):  # `s390` is a machine; people write codes small only where codes are spoken of
            candidates = [each for each in candidates if not each.expression.text.islower()]
        only = self._set_of(candidates, run, said, line)
        believed = self._believed(candidates, said, only, line, unread)
        if said not in (ICD, PCS, HCPCS):
            unread = [missed for missed in unread if missed.why == REVERSED]
        return believed, unread

    def _modifiers(self, run: Run) -> tuple[list[Believed], list[Unread]]:
        believed, unread = [], []
        for literal in run.literals:
            expression = modifier(literal.text)
            if literal.text.islower():
                continue  # `int_mod = "ll"`
            if expression is None:
                unread.append(Unread(literal.text, literal.start, "no modifier of two characters"))
            elif self._vocabulary.knows(expression):
                believed.append(Believed(expression, literal.start, literal.excluded, HCPCS))
        return believed, unread

    # literals to expressions

    def _candidates(self, run: Run, text: str, said: str | None, unread: list[Unread]) -> Iterator[_Candidate]:
        literals, skip = run.literals, 0
        if run.compared is not None:
            yield _Candidate(run.compared, literals[0].start, literals[0].excluded, literals[0].quoted)
            return
        cut = re.match(r"(?i)(?:left|substr|substring)\s*\(", text[run.start : run.start + 14]) is not None
        joined = dict(run.joined)
        for at, literal in enumerate(literals):
            if skip:
                skip -= 1
                continue
            following = literals[at + 1] if at + 1 < len(literals) else None
            both = self._pair(literal, following, joined.get(at + 1))
            if both is not None:
                skip = 1
                yield _Candidate(both, literal.start, literal.excluded, literal.quoted)
                continue
            found = list(self._one(literal, cut, said))
            if not found and not (said in (HCPCS, CPT) and _NUMBER.fullmatch(literal.text)):
                unread.append(Unread(literal.text, literal.start, _why(literal)))
            yield from found

    def _pair(self, literal: Literal, following: Literal | None, joint: int | None) -> Expression | None:
        """A range out of two literals: `BETWEEN x AND y`, `>= x AND … <= y`, `x to y`."""
        if following is None:
            return None
        if literal.operator == "between" and following.operator == "between":
            return compared(literal.text, following.text, f"BETWEEN {literal.text} AND {following.text}")
        if joint == 1:
            return parse(f"{literal.text}-{following.text}")
        return None

    def _one(self, literal: Literal, cut: bool, said: str | None) -> Iterator[_Candidate]:
        text, operator = literal.text, literal.operator
        expression: Expression | None
        if operator in _MATCHES and re.search(r"[\^\[(|*+\\]", text):
            expression = regular(text)
        elif operator == "startswith":
            expression = prefixed(text)
        elif operator in ("like", "ilike", "similar"):
            expression = parse(text)
            if expression is None and re.fullmatch(r"[A-Za-z]%", text):
                expression = prefixed(text[:-1], text)
        else:
            reference = parse_reference(text)
            glued = (
                None if reference is not None and self._vocabulary.knows(reference.expression) else self._glued(literal)
            )
            if glued:
                yield from glued
                return
            expression = None if reference is None else reference.expression
            if reference is not None and reference.excluded:
                yield _Candidate(reference.expression, literal.start, True, literal.quoted)
                return
            if cut and expression is not None and expression.form is Form.CODE:
                expression = prefixed(text)
        if expression is not None:
            yield _Candidate(expression, literal.start, literal.excluded, literal.quoted)

    def _glued(self, literal: Literal) -> list[_Candidate]:
        """`J1885-JW` as its code and modifiers, where both are known."""
        match = _GLUED.fullmatch(literal.text.upper())
        if match is None or HCPCS not in self._vocabulary.code_sets:
            return []
        code = parse(literal.text[:5])
        found = []
        if code is None or not self._vocabulary.knows(code):
            return []
        found.append(_Candidate(code, literal.start, literal.excluded, literal.quoted, certain=True))
        for part in re.finditer(r"[0-9A-Za-z]{2}", literal.text[5:]):
            glued = modifier(part[0])
            if glued is not None and self._vocabulary.knows(glued):
                start = literal.start + 5 + part.start()
                found.append(_Candidate(glued, start, literal.excluded, literal.quoted, certain=True))
            elif not part[0].isdigit():  # 25 and 59 are CPT modifiers
                return []
        return found

    # which code set

    def _set_of(self, candidates: list[_Candidate], run: Run, said: str | None, line: str) -> str | None:
        """The code set of the run as a whole, None when nothing tells."""
        if said in (ICD, PCS, HCPCS):
            return said
        if said == CPT:
            return HCPCS
        votes: Counter[str] = Counter(HCPCS for literal in run.literals if _NUMBER.fullmatch(literal.text))
        for candidate in candidates:
            sets = self._sets(candidate.expression)
            if candidate.expression.dotted:
                votes[ICD] += 1
            elif len(sets) == 1 and not self._like_hcpcs(candidate.expression):
                votes[sets[0]] += 1
            elif (HCPCS in sets and len(sets) == 1) or (not sets and self._like_hcpcs(candidate.expression)):
                votes[HCPCS] += 1
        if votes:
            (first, count), *rest = votes.most_common(2)
            return first if not rest or rest[0][1] < count else None
        speaking = [code_set for code_set in (ICD, HCPCS) if _SPEAKS[code_set].search(line)]
        return speaking[0] if len(speaking) == 1 else None

    def _sets(self, expression: Expression) -> list[str]:
        return list(dict.fromkeys(found.code_set for found in self._vocabulary.pairs_of(expression)))

    @staticmethod
    def _like_hcpcs(expression: Expression) -> bool:
        return (
            expression.form is Form.CODE
            and not expression.dotted
            and _HCPCS_SHAPE.fullmatch(expression.low) is not None
        )

    # belief

    def _believed(
        self, candidates: list[_Candidate], said: str | None, only: str | None, line: str, unread: list[Unread]
    ) -> list[Believed]:
        strong = [self._strong(candidate, said, line) for candidate in candidates]
        if not any(strong) and said not in (PROSE, CPT):
            least = 2 if all(candidate.quoted for candidate in candidates) else 3
            alike = [self._vocabulary.knows(each.expression) and len(each.expression.low) >= 3 for each in candidates]
            if len(candidates) >= least and all(alike) and not all(c.expression.low.isdigit() for c in candidates):
                strong = alike
        company = any(strong) and said != PROSE
        found = []
        for candidate, sure in zip(candidates, strong, strict=True):
            expression = candidate.expression
            known = self._vocabulary.knows(expression)
            of = HCPCS if len(expression.low) == 2 and candidate.certain else self._only(expression, only)
            if expression.low.isdigit() and not (said == PCS or (known and len(expression.low) == 7 and company)):
                continue
            if sure or (company and known):
                found.append(Believed(expression, candidate.start, candidate.excluded, of))
            elif said in (ICD, PCS, HCPCS):
                if self._vocabulary.unknown_in(expression, said) and not known:
                    found.append(Believed(expression, candidate.start, candidate.excluded, said))
                else:
                    unread.append(Unread(expression.text, candidate.start))
        return found

    def _only(self, expression: Expression, only: str | None) -> str | None:
        """The run's code set where the reference may be of it; a run may name others beside."""
        if expression.dotted and ICD in self._vocabulary.code_sets:
            return ICD
        sets = self._sets(expression)
        if only in sets or (only == HCPCS and self._like_hcpcs(expression)):
            return only
        return sets[0] if len(sets) == 1 else only

    def _strong(self, candidate: _Candidate, said: str | None, line: str) -> bool:
        """Is the reference believed by itself?"""
        expression = candidate.expression
        sets = self._sets(expression)
        if said in (ICD, PCS, HCPCS):
            # What the place says comes first; a code of another set only there is still that code.
            return bool(sets) or (self._like_hcpcs(expression) and said == HCPCS)
        if not sets:
            return False
        if expression.dotted or candidate.certain:
            return len(expression.low) >= 3
        if said == PROSE:
            return False
        if said == CPT:
            return HCPCS in sets
        long = len(expression.low) >= 4 or (expression.form is not Form.CODE and len(expression.low) >= 3)
        if said == CODES:
            return long
        return long and any(_SPEAKS[code_set].search(line) for code_set in sets if code_set in _SPEAKS)


def _why(literal: Literal) -> str:
    if literal.operator in _MATCHES or re.match(r"\(?\^|.*\[", literal.text):
        return "a regular expression that is not simple"
    if literal.operator in ("like", "ilike", "similar"):
        return "a pattern that does not begin with a code"
    if why_none(literal.text) == REVERSED:
        return REVERSED
    return "not written like a code"
