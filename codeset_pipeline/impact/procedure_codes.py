"""Text of a cell of a CPT/HCPCS column → the procedure codes and modifiers in it, and the texts that are none.

| written | means |
|---|---|
| `J1885`, `99213`, `0042T`, `99213.0` | that code; `99213.0` is a number that a spreadsheet made of it |
| `J1885JW`, `70030TCLT`, `9928325` | a code with one or more modifiers glued on |
| `J1885-JW`, `99213 25`, `J1885/JW`, `99213-25-59`, `J1885 (JW)` | the same, set apart |
| `J1885, J7050`, `99213 80053`, `J1885/J7050` | several codes |
| `J1885 - KETOROLAC`, `HCPCS J1885`, `MOD 25` | what stands around a code is read over |
| `J1885-J1890`, `J18*` | a range or prefix, handed on as it is; of a range of CPT codes the two ends |

What a code belongs to is told by its form: one letter and four digits is HCPCS Level II (with D: CDT), five digits or
four digits and a letter CPT. The letters F, I, N, O and W to Z begin no national code, so local codes such as `Z7514`
are left unrecognised. HCPCS codes never lose a leading zero; CPT codes between 00100 and 01999 do when a spreadsheet
takes them for numbers, so `100` to `1999` are those. Seven digits are a code with a modifier only where the last two
are one of CPT's: in a column that mixes codes with item numbers most numbers are the latter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from codeset_pipeline import codes
from codeset_pipeline.impact.expressions import Expression, Form, parse

HCPCS, CPT, CDT = "hcpcs", "cpt", "cdt"

_CODE = r"[A-Z]\d{4}|\d{4}[0-9A-Z]"
#: Numeric modifiers, performance measure modifiers and physical status of CPT; HCPCS modifiers begin with a letter.
_MODIFIER = r"[A-Z][0-9A-Z]|2[2-9]|3[23]|47|5\d|6[236]|7[346-9]|8[0-2]|9\d|[1238]P"
_CPT_MODIFIER = re.compile(r"\d\d|[1238]P|P[1-6]")
_WHOLE = re.compile(rf"({_CODE})((?:[\s.:/*()\[\]-]*(?:{_MODIFIER}))*)[)\]]?")
_MODIFIERS = re.compile(_MODIFIER)
_FLOAT = re.compile(r"(\d{3,5})\.0*")
_LOST_ZEROS = re.compile(r"[1-9]\d\d|1\d{3}")
_SEPARATOR = re.compile(r"[\s,;|&+()\[\]{}\"'\u2018\u2019\u201c\u201d]+")
_LISTED, _NEXT = re.compile(r"[,;|\n\r]+"), "-"
_JOINING = re.compile(r"(?:AND|OR|WITH|CPT4?|HCPCS?|CODES?|MOD(?:IFIER)?S?|PROC(?:EDURE)?|[-/#*\u2013\u2014])[:=.#-]*")
_CPT_RANGE = re.compile(r"(\d{4}[0-9A-Z])[-\u2013](\d{4}[0-9A-Z])")
_PROSE = re.compile(r"[^\W\d_]{3,}.*|[\d.,]+(?:MG|MCG|ML|GM?|CC|%|UNITS?|IU|MM|CM|IN|FR|HRS?|MIN)")
_NOTHING = frozenset({"NONE", "NULL", "N/A", "NA", "-", "--"})
_SEVERAL = re.compile(rf"(?:{_CODE})(?:/(?:{_CODE}))+")


@dataclass(frozen=True, slots=True)
class ListedCode:
    """One procedure code as a line of a charge master bills it.

    Attributes:
        code: the code in capitals, without modifiers.
        code_set: `hcpcs`, `cpt` or `cdt`, told by its form.
        modifiers: the modifiers glued to it, in their order.
        text: as it is written, with its modifiers.
    """

    code: str
    code_set: str
    modifiers: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class ProcedureCell:
    """What one cell holds.

    Attributes:
        codes: the codes in their order, each once.
        expressions: ranges, prefixes and wildcards.
        unrecognised: the parts that stand where a code was expected and are none; the whole text where nothing is.
    """

    codes: tuple[ListedCode, ...] = ()
    expressions: tuple[Expression, ...] = ()
    unrecognised: tuple[str, ...] = ()


def code_set_of(code: str) -> str | None:
    """The code set that a five-character code belongs to by its form; None for local codes and other texts."""
    if len(code) != 5 or not code[1:4].isdigit():
        return None
    if code[0].isdigit():
        return CPT
    if not code[4].isdigit():
        return None
    if code[0] == "D":
        return CDT
    return HCPCS if codes.has_shape(HCPCS, code) else None


def is_cpt_modifier(modifier: str) -> bool:
    """Is the modifier one of CPT's (`25`, `1P`, `P3`), and none of HCPCS?"""
    return _CPT_MODIFIER.fullmatch(modifier) is not None


def read_modifiers(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The modifiers of a cell (`JW`, `25, 59`, `26.0`, `RT/LT`, `TCLT`), and the texts that are none."""
    found: dict[str, None] = {}
    left: list[str] = []
    capital = text.strip().upper()
    for piece in () if capital in _NOTHING else re.split(r"[\s,;|/&+:-]+", capital):
        bare = piece.removesuffix(".0").strip(".'\"()[]")
        if not bare:
            continue
        if len(bare) % 2 == 0 and re.fullmatch(r"(?:[0-9A-Z]{2}){1,5}", bare) and not _JOINING.fullmatch(bare):
            found.update(dict.fromkeys(bare[at : at + 2] for at in range(0, len(bare), 2)))
        elif not _JOINING.fullmatch(bare):
            left.append(piece)
    return tuple(found), tuple(left)


def read_procedures(text: str) -> ProcedureCell:
    """The codes of a cell in a CPT/HCPCS column."""
    written = text.strip().strip("'\u2019`")
    capital = written.upper()
    if not capital:
        return ProcedureCell()
    found = _whole(capital, written)
    if found is not None:
        return ProcedureCell((found,))
    return _taken_apart(capital, text.strip())


def is_procedure(text: str) -> bool:
    """Is the text nothing but procedure codes, with or without modifiers?"""
    if not 3 <= len(text) <= 200:
        return False
    cell = read_procedures(text)
    return bool(cell.codes) and not cell.unrecognised


def _whole(capital: str, written: str) -> ListedCode | None:
    """One code, with or without modifiers; None when the text is anything else."""
    number = _FLOAT.fullmatch(capital)
    if number is not None:
        capital = number[1]
    if _LOST_ZEROS.fullmatch(capital):
        return ListedCode(capital.zfill(5), CPT, (), written)
    match = _WHOLE.fullmatch(capital)
    if match is None:
        return None
    code_set = code_set_of(match[1])
    if code_set is None:
        return None
    return ListedCode(match[1], code_set, tuple(_MODIFIERS.findall(match[2])), written)


def _taken_apart(capital: str, written: str) -> ProcedureCell:
    found: list[ListedCode] = []
    expressions: list[Expression] = []
    left: list[str] = []
    described = False
    for piece in _pieces(capital):
        if piece == _NEXT:
            described = False
        if described or not piece or _JOINING.fullmatch(piece):
            continue
        bare = piece.strip(".:=#*-/")
        code = _whole(bare, bare) if not bare.isdigit() or len(bare) >= 5 else None
        if code is not None:
            found.append(code)
        elif found and (modifiers := _only_modifiers(bare)):
            last = found[-1]
            found[-1] = ListedCode(last.code, last.code_set, (*last.modifiers, *modifiers), f"{last.text} {bare}")
        elif ends := _CPT_RANGE.fullmatch(bare):
            found += [ListedCode(end, CPT, (), bare) for end in ends.groups()]
        elif (expression := _expression(piece)) is not None:
            expressions.append(expression)
        elif (found or expressions) and _PROSE.fullmatch(bare):
            described = True  # what follows, up to the next comma, describes the code
        elif bare:
            left.append(bare)
    if not found and not expressions:
        return ProcedureCell((), (), (written,))
    return ProcedureCell(tuple(_each_once(found)), tuple(expressions), tuple(left))


def _pieces(capital: str) -> Iterable[str]:
    for part in _LISTED.split(capital):
        yield _NEXT
        for piece in _SEPARATOR.split(part):
            if _SEVERAL.fullmatch(piece):
                yield from piece.split("/")
            else:
                yield piece


def _only_modifiers(text: str) -> tuple[str, ...]:
    parts = re.split(r"[-/:.]+", text)
    return tuple(parts) if all(re.fullmatch(_MODIFIER, part) for part in parts) else ()


def _expression(text: str) -> Expression | None:
    """A range, prefix or wildcard among HCPCS codes."""
    found = parse(text)
    if found is None or found.form is Form.CODE or found.dotted or not found.low[:1].isalpha():
        return None
    return found


def _each_once(found: Iterable[ListedCode]) -> Iterable[ListedCode]:
    return {(code.code, code.modifiers): code for code in found}.values()
