"""What the cells of a column look like: how many of a sample are codes of which kind, numbers, or money."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from codeset_pipeline.impact.amounts import amount_of
from codeset_pipeline.impact.cells import CellReader, Trust, could_be_hcpcs, looks_foreign
from codeset_pipeline.impact.procedure_codes import HCPCS, is_procedure, read_procedures
from codeset_pipeline.impact.table_rows import Row

#: So many filled cells of a column, spread over the table, tell what it holds.
_SAMPLE = 1000
#: The part of them from which on a column is one of that kind.
MOST = 0.5


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the sampled cells of a column are what.

    Attributes:
        references, known: hold references, and such that a release has.
        foreign: are written like CPT or HCPCS and are in no release.
        numbers: are numbers; amounts: those that are written as money or with decimals.
        procedures: are nothing but procedure codes; lettered: those with a HCPCS code; hcpcs: such as a release has.
        diagnoses: are known, but not as procedure codes; alike: are known diagnoses written like a HCPCS code.
    """

    cells: int = 0
    references: int = 0
    known: int = 0
    foreign: int = 0
    numbers: int = 0
    amounts: int = 0
    procedures: int = 0
    lettered: int = 0
    hcpcs: int = 0
    diagnoses: int = 0
    alike: int = 0

    @property
    def surely_procedures(self) -> bool:
        """Hospitals have numbers such as `L0123` of their own; of HCPCS codes a release has most."""
        return self.lettered > 0.3 * self.cells and 2 * self.hcpcs >= self.lettered

    @property
    def mostly_procedures(self) -> bool:
        """`E1165` is written like a HCPCS code and is a diagnosis; its neighbours tell which is meant."""
        if self.procedures < MOST * self.cells or not self.procedures or self.diagnoses * 4 > self.procedures:
            return False
        return self.procedures - self.lettered + self.hcpcs > self.alike or self.foreign > self.known


def sample_of(rows: Sequence[Row], index: int) -> list[str]:
    """Filled cells of a column, spread over the table; of a column that is seldom filled, the first ones."""
    step = max(len(rows) // (2 * _SAMPLE), 1)
    found = [row.cells[index] for row in rows[::step] if index < len(row.cells) and row.cells[index]]
    if step > 1 and len(found) < _SAMPLE // 10:
        return list(islice((row.cells[index] for row in rows if index < len(row.cells) and row.cells[index]), _SAMPLE))
    return found[:: max(len(found) // _SAMPLE, 1)]


def share_of(cells: Sequence[str], reader: CellReader) -> Share:
    references = known = foreign = numbers = amounts = procedures = lettered = hcpcs = diagnoses = alike = 0
    knows: Callable[..., bool] = reader.vocabulary.knows
    in_hcpcs = [codes_of for codes_of in reader.vocabulary.pairs if codes_of.code_set == HCPCS]
    for cell in cells:
        if amount_of(cell) is not None:
            numbers += 1
            if not cell.isalnum():
                amounts += 1
                continue  # `12.50` is no code of any code set
        if is_procedure(cell):
            procedures += 1
            letters = [code.code for code in read_procedures(cell).codes if code.code_set == HCPCS]
            lettered += bool(letters)
            hcpcs += any(codes_of.knows(code) for codes_of in in_hcpcs for code in letters)
        read = reader.read(cell, Trust.LIKELY).references
        references += bool(read)
        known += any(knows(reference.expression) for reference in read)
        diagnoses += any(knows(one.expression) and not could_be_hcpcs(one.expression) for one in read)
        alike += any(
            could_be_hcpcs(one.expression) and codes_of.code_set == "icd10cm" and codes_of.has(one.expression)
            for one in read
            for codes_of in reader.vocabulary.pairs
        )
        foreign += looks_foreign(cell, reader.vocabulary)
    return Share(
        len(cells), references, known, foreign, numbers, amounts, procedures, lettered, hcpcs, diagnoses, alike
    )
