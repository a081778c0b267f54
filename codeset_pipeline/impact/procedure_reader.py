"""Cells of procedure columns against one vocabulary: which codes they hold, and which of those a change touches."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codeset_pipeline.impact.cells import CellReader, Trust
from codeset_pipeline.impact.expressions import Expression, Form, Reference
from codeset_pipeline.impact.procedure_codes import (
    CPT,
    HCPCS,
    ListedCode,
    is_cpt_modifier,
    read_modifiers,
    read_procedures,
)
from codeset_pipeline.impact.replacements import carved_out_of
from codeset_pipeline.impact.vocabulary import PairCodes

#: What is written in claim edits rather than in price lists: exclusions, wildcards, open ends.
_EDIT = re.compile(r"!|[*%?]|-\s*$|\b(?:NOT|EXCEPT\w*|EXCLUD\w+|TO|THRU|THROUGH|BUT)\b", re.IGNORECASE)


#: In a column that only holds codes, `J1885*` is a code with a footnote and `J1885-` one without its modifier.
_FOOTNOTE = re.compile(r"(?<=\b[A-Za-z0-9]\d{3}[A-Za-z0-9])[*%?-]+(?=\s*$)")
_LOCAL = re.compile(r"[A-Z]\d{4}")


@dataclass(frozen=True, slots=True)
class Touched:
    """A code or modifier that a release pair has something to say about.

    Attributes:
        only: the code set it belongs to, None where its form alone does not tell.
        sure: it is a code of that set by its place and form, so that one which no release has never existed.
    """

    reference: Reference
    only: str | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True)
class ReadCell:
    """A cell, read.

    Attributes:
        codes: its procedure codes.
        touched: what is worth a look, in the order of the cell.
        code_sets: the code sets of which the cell holds codes.
        unrecognised: texts that stand where a code was expected and are none.
        modifiers: of a cell of modifiers, those in it.
    """

    codes: tuple[ListedCode, ...] = ()
    touched: tuple[Touched, ...] = ()
    code_sets: frozenset[str] = frozenset()
    unrecognised: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()


class ProcedureReader:
    """Reads cells of procedure and modifier columns and remembers them: charge masters repeat their codes.

    Args:
        everything: hand on every code of a loaded code set, not only those that a change touches. A rule is judged by
            all of its codes, a line of a charge master by each alone.
    """

    def __init__(self, reader: CellReader, everything: bool = False) -> None:
        self._reader, self._everything = reader, everything
        self._loaded = frozenset(reader.vocabulary.code_sets)
        self._by_set: dict[str, list[PairCodes]] = {}
        for pair in reader.vocabulary.pairs:
            self._by_set.setdefault(pair.code_set, []).append(pair)
        self._stays: dict[str, bool] = {}
        self._cells: dict[tuple[str, Trust], ReadCell] = {}
        self._modifiers: dict[str, ReadCell] = {}

    def read(self, text: str, trust: Trust) -> ReadCell:
        """The codes of a cell in a column of procedure codes; MIXED where diagnoses stand in it too."""
        key = (text, trust)
        found = self._cells.get(key)
        if found is None:
            found = self._cells[key] = self._read(text, trust)
        return found

    def read_modifiers(self, text: str) -> ReadCell:
        """The modifiers of a cell in a column of modifiers; modifiers are no codes of the line by themselves."""
        found = self._modifiers.get(text)
        if found is None:
            modifiers, left = read_modifiers(text)
            touched = [self._modifier(modifier, modifier) for modifier in modifiers]
            found = ReadCell((), tuple(one for one in touched if one is not None), frozenset(), left, modifiers)
            self._modifiers[text] = found
        return found

    def _read(self, text: str, trust: Trust) -> ReadCell:
        if trust is not Trust.MIXED:
            text = _FOOTNOTE.sub("", text)
        if _EDIT.search(text):
            read = self._reader.read(text, Trust.CODE)
            if read.references:
                return self._general(read.references, read.unrecognised)
        cell = read_procedures(text)
        touched: list[Touched] = []
        code_sets = {code.code_set for code in cell.codes}
        for code in cell.codes:
            touched += self._code(code)
        for expression in cell.expressions:
            if self._reader.vocabulary.knows(expression):
                touched.append(Touched(Reference(expression), HCPCS if HCPCS in self._loaded else None))
            code_sets.add(HCPCS)
        left: list[str] = []
        for piece in cell.unrecognised:
            references: tuple[Reference, ...] = ()
            if not _LOCAL.fullmatch(piece.strip().upper()):  # `X3908` is a local code, not the diagnosis X39.08
                within = Trust.MIXED if trust is Trust.MIXED else Trust.STRICT
                references = self._reader.read(piece, within).references
            if references:
                general = self._general(references)
                touched += general.touched
                code_sets |= general.code_sets
            else:
                left.append(piece)
        return ReadCell(cell.codes, tuple(touched), frozenset(code_sets), tuple(left))

    def _general(self, references: tuple[Reference, ...], left: tuple[str, ...] = ()) -> ReadCell:
        vocabulary = self._reader.vocabulary
        code_sets = {pair.code_set for one in references for pair in vocabulary.pairs_of(one.expression)}
        return ReadCell((), tuple(map(Touched, references)), frozenset(code_sets or {"icd10cm"}), left)

    def _code(self, code: ListedCode) -> list[Touched]:
        found = []
        touched = self._everything or not self._goes_on(code.code_set, code.code)
        if code.code_set in self._loaded and touched:
            expression = Expression(Form.CODE, code.text, code.code, code.code)
            known = any(pair.knows(code.code) for pair in self._pairs(code.code_set))
            if known or code.code_set == HCPCS:  # which CPT codes there are is the user's to supply
                found.append(Touched(Reference(expression), code.code_set, sure=True))
        return found + [one for each in code.modifiers if (one := self._modifier(each, code.text)) is not None]

    def _modifier(self, modifier: str, text: str) -> Touched | None:
        """A modifier that ended or changed; local ones, which no release has, are nobody's work."""
        for code_set in (CPT,) if is_cpt_modifier(modifier) else (HCPCS,):
            known = any(pair.knows(modifier) for pair in self._pairs(code_set))
            if known and (self._everything or not self._goes_on(code_set, modifier)):
                return Touched(Reference(Expression(Form.CODE, text, modifier, modifier)), code_set)
        return None

    def _goes_on(self, code_set: str, code: str) -> bool:
        """Is the code valid in all releases, unchanged, and is nothing new taken out of it?"""
        found = self._stays.get(code)
        if found is None:
            found = self._stays[code] = self._valid_throughout(code_set, code)
        return found

    def _valid_throughout(self, code_set: str, code: str) -> bool:
        return all(
            pair.pair.before.get(code)
            and pair.pair.after.get(code)
            and code not in pair.pair.changes_of
            and not carved_out_of(pair, code)
            for pair in self._pairs(code_set)
        )

    def _pairs(self, code_set: str) -> list[PairCodes]:
        return self._by_set.get(code_set, [])
