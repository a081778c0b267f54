"""What a code-type column says of the codes of its line: `CPT`, `HCPCS`, `ICD-10-CM`, `MS-DRG`, `NDC`, `RC`, …"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from codeset_pipeline.impact.column_content import Column
from codeset_pipeline.impact.column_roles import Role

_PROCEDURE = re.compile(r"(?i)cpt|hcpc|cdt")
_OTHER = re.compile(
    r"(?i)ndc|drg|apc|eapg|hipps|cmg|loinc|snomed|sct|rxnorm|\brc\b|revenue|icd.?9|local|cdm|cvx|\bapg\b|asc|upc|charge"
)


@dataclass(frozen=True, slots=True)
class CodeType:
    """What a line says of its codes.

    Attributes:
        procedure: they are HCPCS, CPT or CDT codes.
        other: they are codes of a kind that no release is loaded of.
        code_set: the ICD-10 code set named.
        text: as written.
    """

    procedure: bool = False
    other: bool = False
    code_set: str | None = None
    text: str = ""


UNSAID = CodeType()


@lru_cache(maxsize=4096)
def code_type(text: str) -> CodeType:
    """The kind of codes that the text of a code-type column names."""
    bare = text.lower().replace("-", "").replace(" ", "")
    if not bare:
        return UNSAID
    shown = " ".join(text.split()).upper()
    if "pcs" in bare and "hcpcs" not in bare:
        return CodeType(code_set="icd10pcs", text=shown)
    if "10cm" in bare:
        return CodeType(code_set="icd10cm", text=shown)
    if _PROCEDURE.search(text):
        return CodeType(procedure=True, text=shown)
    return CodeType(other=True, text=shown) if _OTHER.search(text) else UNSAID


class CodeTypes:
    """Which code-type column speaks of which column of codes.

    A column of types that is numbered like a column of codes (`code|2`, `code|2|type`) speaks of that one; any other
    speaks of all.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        types = [column for column in columns if column.role is Role.CODE_TYPE]
        numbers = {number: column.index for column in types if (number := _number(column.name))}
        self._general = tuple(column.index for column in types if not _number(column.name))
        self._own = {
            column.index: numbers[number]
            for column in columns
            if column.role is not Role.CODE_TYPE and (number := _number(column.name)) in numbers
        }
        self.none = not types

    def of(self, column: int, cells: Sequence[str]) -> CodeType:
        """What the line says of the codes in a column."""
        if self.none:
            return UNSAID
        own = self._own.get(column)
        places = self._general if own is None else (own,)
        return code_type(" ".join(cells[index] for index in places if index < len(cells)))


def _number(name: str) -> str:
    found = re.search(r"\d+", re.sub(r"(?i)icd.?(?:9|10)|cpt.?4", "", name))
    return found[0] if found else ""
