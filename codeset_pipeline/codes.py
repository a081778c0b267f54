"""How codes are written: accepted with or without the dot and in any case, printed as their code set prints them."""

from __future__ import annotations

import re

_DOTTED = {"icd10cm"}

_SHAPES = {
    "icd10cm": re.compile(r"[A-Z][0-9A-Z][0-9A-Z][0-9A-Z]{0,4}"),
    "hcpcs": re.compile(r"[A-CEGHJ-MP-V][0-9]{4}|[0-9A-Z]{2}"),
    "icd10pcs": re.compile(r"[0-9A-HJ-NP-Z]{3}(?:[0-9A-HJ-NP-Z]{4})?"),
}

# NCCI edits name CPT and HCPCS Level II codes.
_NCCI_SHAPE = re.compile(r"[0-9A-Z]{5}")


def normalise(code: str) -> str:
    """The code in capitals, without dots and blanks: `e11.9` → `E119`."""
    # Capitals of other alphabets are no business of codes: `ß` would become the modifier SS.
    shown = code.upper() if code.isascii() else code
    return shown.strip().replace(".", "").replace(" ", "")


def printed(code_set: str, code: str) -> str:
    """The code as its code set prints it: `E119` → `E11.9` in ICD-10-CM; other sets have no dot.

    Owners of notes that are no codes (`chapter 1`, `A00-A09`) come back as they are.
    """
    if code_set in _DOTTED and len(code) > 3 and code.isalnum():
        return f"{code[:3]}.{code[3:]}"
    return code


def has_shape(code_set: str, code: str) -> bool:
    """Could this normalised text be a code of the set, whether or not it ever was one?"""
    shape = _NCCI_SHAPE if code_set.startswith("ncci-") else _SHAPES.get(code_set)
    return shape is not None and shape.fullmatch(code) is not None
