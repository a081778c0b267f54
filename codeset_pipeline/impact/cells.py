"""Text of one cell or value → the references in it, and the texts that are none.

How much is believed depends on where the text stands (`Trust`): in a diagnosis column `E99.99` is a code that never
existed, in a remark it is nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from codeset_pipeline.impact.expressions import TOKEN, Expression, Form, Reference, parse
from codeset_pipeline.impact.vocabulary import Vocabulary


class Trust(Enum):
    """How far the place of a text says that it holds codes.

    CODE: a column or key of codes; a code unknown to every release is a code that never existed.
    MIXED: as CODE, but codes of other code sets stand there too, so what could be HCPCS is not taken for ICD-10.
    LIKELY: a place that does not say what it holds; the whole text must be references, known or written with a dot.
    STRICT: a place for something else; the whole text must be known references written with a dot.
    """

    CODE = "code"
    MIXED = "mixed"
    LIKELY = "likely"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class CellReading:
    """References of a text in their order, and the parts that stood where a code was expected but are none."""

    references: tuple[Reference, ...] = ()
    unrecognised: tuple[str, ...] = ()


_NOTHING = CellReading()
_SEPARATOR = re.compile(r"[,;|\t\r\n\v\f]+")
_STOP = r"(?=$|[\s/&+!]|[.:](?:\s|$)|\s*[-\u2013\u2014:=]\s*[A-Z]{4})"
_PIECE = re.compile(
    r"(?P<rest>(?:EXCEPT(?:ING|\s+FOR)?|EXCLUD(?:E|ES|ING)|BUT\s+NOT|NOT\s+IN|WITHOUT)\b:?)"
    r"|(?P<next>!|NOT\b)"
    r"|(?P<joint>(?:AND|OR|IN)\b|[/&+]|(?:ICD-?10(?:-?(?:CM|PCS))?|DX)\b\s*[:=]?)"
    rf"|(?P<reference>(?:{TOKEN})){_STOP}"
    r"|(?P<word>[^\s/&+]+)"
)
_WORD = re.compile(r"[-\u2013\u2014:=]*[^\W\d_]{2,}[.:]*")
_CODELIKE = re.compile(r"[A-Z]\d[\dA-Z].*")
_HCPCS_OR_CPT = re.compile(r"[A-EGHJ-MP-V]\d{4}|\d{4}[\dA-Z]")


def could_be_hcpcs(expression: Expression) -> bool:
    """Is it written like a HCPCS Level II code, which an ICD-10-CM code of five characters without its dot also is?"""
    return (
        expression.form is Form.CODE and not expression.dotted and _HCPCS_OR_CPT.fullmatch(expression.low) is not None
    )


def looks_foreign(text: str, vocabulary: Vocabulary) -> bool:
    """Is the text written like a CPT or HCPCS code, and no code of the release pairs?"""
    capital = text.strip().upper()
    if _HCPCS_OR_CPT.fullmatch(capital) is None:
        return False
    expression = parse(capital)
    return expression is None or not vocabulary.knows(expression)


class CellReader:
    """Reads cells against one vocabulary and remembers what it read: lists repeat the same cells."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._seen: dict[tuple[str, Trust], CellReading] = {}

    def read(self, text: str, trust: Trust) -> CellReading:
        """The references in a text; empty for a place that is not for codes unless all of it is references."""
        key = (text, trust)
        found = self._seen.get(key)
        if found is None:
            found = self._seen[key] = self._read(text, trust)
        return found

    def _read(self, text: str, trust: Trust) -> CellReading:
        if not text.strip() or (trust in (Trust.LIKELY, Trust.STRICT) and len(text) > 20_000):
            return _NOTHING
        pieces = [self._word_or_reference(piece) for piece in _pieces(text)]
        if trust in (Trust.CODE, Trust.MIXED):
            return self._from_code_column(text.strip(), pieces, trust)
        references = tuple(piece for piece in pieces if isinstance(piece, Reference))
        if len(references) < len(pieces) or not all(self._believed(piece, trust) for piece in references):
            return _NOTHING
        return CellReading(references)

    def _from_code_column(self, text: str, pieces: list[Reference | str], trust: Trust) -> CellReading:
        prose_from = next(
            (at for at, piece in enumerate(pieces) if isinstance(piece, str) and _WORD.fullmatch(piece)), len(pieces)
        )
        taken: list[Reference] = []
        left: list[str] = []
        for at, piece in enumerate(pieces):
            if isinstance(piece, Reference):
                believed = self._believed(piece, trust)
                if at > prose_from:  # in a description, `B12` is a vitamin
                    believed = believed and self.vocabulary.knows(piece.expression)
                if believed:
                    taken.append(piece)
                elif at < prose_from:
                    left.append(piece.expression.text)
            elif at < prose_from or _CODELIKE.fullmatch(piece.upper()):
                left.append(piece)
        if not taken:
            return CellReading((), (text,))
        return CellReading(tuple(taken), tuple(left))

    def _word_or_reference(self, piece: Reference | str) -> Reference | str:
        """Words such as `Leg` have the shape of a code; without a digit they are one only if a release has it."""
        if isinstance(piece, str) or piece.expression.form is not Form.CODE:
            return piece
        lettered = piece.expression.low.isalpha() and not self.vocabulary.knows(piece.expression)
        return piece.expression.text if lettered else piece

    def _believed(self, reference: Reference, trust: Trust) -> bool:
        expression = reference.expression
        known = self.vocabulary.knows(expression)
        if trust is Trust.STRICT:
            return known and expression.dotted
        if expression.low.isdigit() and (len(expression.low) < 7 or not known):
            return False
        if trust is Trust.LIKELY:
            if expression.form in (Form.PREFIX, Form.WILDCARD) and len(expression.low) < 3:
                return False
            return known or (expression.dotted and self.vocabulary.plausible(expression))
        if trust is Trust.MIXED:
            if could_be_hcpcs(expression):
                return False
            return known or (expression.dotted and self.vocabulary.plausible(expression))
        return known or self.vocabulary.plausible(expression)


def _pieces(text: str) -> list[Reference | str]:
    """References and other words of a text in their order, with exclusions resolved and joining words left out.

    `!` and `NOT` exclude what follows them directly; `except`, `excluding`, `not in` everything to the end of the text.
    """
    found: list[Reference | str] = []
    rest_excluded = False
    for item in _SEPARATOR.split(text):
        written = item.replace("(", " ").replace(")", " ").strip().strip("\"'`[]{}\u2018\u2019\u201c\u201d").strip()
        capital = written.upper() if len(written.upper()) == len(written) else written
        next_excluded = False
        at = 0
        while at < len(written):
            piece = _PIECE.match(capital, at)
            if piece is None:  # a blank
                at += 1
                continue
            at = piece.end()
            word = written[piece.start() : at].strip("\"'")
            if piece.lastgroup == "rest":
                rest_excluded = True
            elif piece.lastgroup == "next":
                next_excluded = True
            elif piece.lastgroup != "joint":
                if not any(map(str.isalnum, word)):
                    continue  # a dash or dot between a code and its description
                expression = parse(word.rstrip(".:") if piece.lastgroup == "word" else word)
                excluded = rest_excluded or next_excluded
                found.append(word if expression is None else Reference(expression, excluded))
                next_excluded = False
    return found
