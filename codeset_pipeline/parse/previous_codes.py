r"""The grammar of the conversion table's previous-code cell.

A cell is a conjunction of groups, all of which were reported together; a group is a set of alternatives, one of which
was reported. What each way of writing means was read off the titles of the codes concerned:

* `C1 and C2`, `C1 AND C2`, `C1 & C2`, `C1 and C2 and C3`: together. Both sides became one bilateral code
  (G56.03 ← G56.01 and G56.02), two diagnoses became one (E11.11 diabetes with coma ← E11.69 and R40.20; K82.A2 ←
  K82.2 and K81.9). W23.2XXA ← W23.0XXA & W23.1XXA could also be read as a choice; the publisher's word stands.
* `C1, C2, C3 and C4`: all together. H02.20C, upper and lower eyelids of both eyes, ← the codes of the four eyelids.
* `C1, C2, C3` and `C1; C2; C3`: one of them. M84.750A, atypical fracture of the femur, unspecified, ← S72.8X1A,
  S72.8X2A, S72.8X9A (right, left, unspecified); S20.214A, middle front wall of thorax, ← right, left or unspecified;
  U07.0, vaping-related disorder, ← eight lung codes and one of tobacco use.
* `C1-C2`: one of the codes from C1 to C2 in tabular order, as the publisher's "Order Files" document defines a
  range. `C1-C2; C3`: one of those or C3. `C1-C2 and C3`, `C1-C2 and C4-C5`: one of the range together with the
  other (H44.2A1, degenerative myopia with choroidal neovascularization, ← myopia and neovascularization).
* `I63.-`, `R11-`, `a code from R11-`: one of the codes that begin so.
* `Codes in Categories T15-T19`, `Code from categories T36-T50`: one of the codes in these categories, ends included.
* blank or `None`: there was no previous code.

A code that is only a header (H33.2, a previous code of H44.2C1) stands as `code`, as the publisher wrote it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from codeset_pipeline.codes import has_shape, normalise

_NO_CODE = {"", "none", "n/a", "no previous code"}

_CODE = r"(?=[A-Z0-9.]*[0-9])[A-Z][0-9A-Z]{2}(?:\.?[0-9A-Z]{1,4})?"
_TERM = re.compile(
    rf"""(?P<words>(?:an?\s+)?(?:codes?\s+)?(?:(?:from|in)\s+)?(?P<category>categor(?:y|ies)\s+)?)
    (?P<first>{_CODE})
    (?:\s*(?:-|\bto\b|\bthrough\b)\s*(?P<last>{_CODE})|(?P<prefix>\.?-))?""",
    re.IGNORECASE | re.VERBOSE,
)
_TOGETHER = re.compile(r"\s*,?\s*(?:\band\b|&|\+)\s*", re.IGNORECASE)
_EITHER = re.compile(r"\s*(?:[,;]\s*(?:or\b)?|\bor\b)\s*", re.IGNORECASE)
_REMARK = re.compile(r"\([^()]*\)|[*.,;]+$")


class PreviousTerm(NamedTuple):
    """One alternative.

    Attributes:
        kind: `code`; `range` (codes from first to last in tabular order); `prefix` (codes that begin with first);
            `category_range` (codes of the categories from first to last).
        first, last: without dot; equal for `code` and `prefix`.
    """

    kind: str
    first: str
    last: str


class PreviousCodes(NamedTuple):
    """What a cell says.

    Attributes:
        form: `none`, `single` (one code), `alternatives` (one of several) or `combination` (several together).
        groups: reported together; the terms of one group are alternatives.
        remarks: parts of the cell that were passed over.
    """

    form: str
    groups: tuple[tuple[PreviousTerm, ...], ...]
    remarks: tuple[str, ...] = ()


def parse_previous_codes(text: str) -> PreviousCodes | None:
    """What the cell says, or None where the grammar does not understand it.

    `and` mixed with `or` or with a semicolon is not understood, because what belongs together cannot be told.
    """
    plain = " ".join(re.sub("[\u2010-\u2015\u2212]", "-", text).split())
    if plain.lower() in _NO_CODE:
        return PreviousCodes("none", ())
    remarks = tuple(match[0] for match in _REMARK.finditer(plain))
    plain = " ".join(_REMARK.sub(" ", plain).split())
    parts = _TOGETHER.split(plain)
    if len(parts) == 1:
        groups = [_EITHER.split(plain)]
    elif re.search(r";|\bor\b", plain, re.IGNORECASE) or any("," in part for part in parts[1:]):
        return None
    else:
        groups = [[member] for member in re.split(r"\s*,\s*", parts[0]) + parts[1:]]
    terms = tuple(tuple(term for member in group if (term := _term(member))) for group in groups)
    if any(len(found) < len(group) for found, group in zip(terms, groups, strict=True)):
        return None
    if len(terms) > 1:
        return PreviousCodes("combination", terms, remarks)
    single = len(terms[0]) == 1 and terms[0][0].kind == "code"
    return PreviousCodes("single" if single else "alternatives", terms, remarks)


def _term(text: str) -> PreviousTerm | None:
    match = _TERM.fullmatch(text)
    if match is None:
        return None
    first = normalise(match["first"])
    last = normalise(match["last"] or match["first"])
    if not (has_shape("icd10cm", first) and has_shape("icd10cm", last)):
        return None
    if match["last"]:
        return PreviousTerm("category_range" if len(first) == len(last) == 3 else "range", first, last)
    if match["prefix"] or match["words"].strip():
        return PreviousTerm("prefix", first, first)
    return PreviousTerm("code", first, first)
