"""HCPCS Level II descriptions taken apart: the words that name the thing, and the amounts that make a billing unit.

The publisher writes the same drug as `Injection, avelumab, 10 mg`, `per 10 mg` or `1 microgram` for `1 mcg`, and the
same unit as `i.u.`, `iu` and `international units`. The words and amounts here are free of such spellings.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

# Spelling → (unit, how many of it). Mass is counted in mg, volume in ml, activity in millicuries.
_UNITS: dict[str, tuple[str, Decimal]] = {
    **dict.fromkeys(("mcg", "ug", "microgram", "micrograms"), ("mg", Decimal("0.001"))),
    **dict.fromkeys(("mg", "mgs", "milligram", "milligrams"), ("mg", Decimal(1))),
    **dict.fromkeys(("g", "gm", "gms", "gram", "grams"), ("mg", Decimal(1000))),
    **dict.fromkeys(("ml", "cc", "milliliter", "milliliters"), ("ml", Decimal(1))),
    **dict.fromkeys(("l", "liter", "liters"), ("ml", Decimal(1000))),
    **dict.fromkeys(("mci", "millicurie", "millicuries"), ("millicurie", Decimal(1))),
    **dict.fromkeys(("uci", "microcurie", "microcuries"), ("millicurie", Decimal("0.001"))),
    **dict.fromkeys(("iu", "unit", "units"), ("unit", Decimal(1))),
    **dict.fromkeys(("meq", "milliequivalent", "milliequivalents"), ("milliequivalent", Decimal(1))),
    **dict.fromkeys(("pfu", "plaque forming units"), ("plaque forming unit", Decimal(1))),
    **dict.fromkeys(("square centimeter", "square centimeters", "sq cm"), ("square centimeter", Decimal(1))),
    **dict.fromkeys(("cubic centimeter", "cubic centimeters"), ("cubic centimeter", Decimal(1))),
    **dict.fromkeys(("square inch", "square inches", "sq inch", "sq in"), ("square inch", Decimal(1))),
    **dict.fromkeys(("vector genome", "vector genomes"), ("vector genome", Decimal(1))),
    **dict.fromkeys(("dose", "doses", "study dose", "treatment dose", "therapeutic dose"), ("dose", Decimal(1))),
    **dict.fromkeys(("minute", "minutes", "min"), ("minute", Decimal(1))),
    **dict.fromkeys(("hour", "hours"), ("minute", Decimal(60))),
    **dict.fromkeys(("vial", "vials"), ("vial", Decimal(1))),
    **dict.fromkeys(("instillation",), ("instillation", Decimal(1))),
}
_NAMES = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_AMOUNT = re.compile(rf"(?<![\w.,-])(\d[\d,]*(?:\.\d+)?|\.\d+)[ -]*(thousand|million|billion)?[ -]*({_NAMES})(?!\w)")
# Written `per ml` or `each dose`: one of the unit.
_ONE = re.compile(rf"(?<!\w)(?:per|each) ({_NAMES})(?!\w)")
_SCALE = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}

_WORD = re.compile(r"[a-z0-9]+")
# Words of the form rather than of the thing: they stand in thousands of descriptions, or come and go with an edition.
_FORM_WORDS = """
    a an and any as at be by each eg for from ie in inj injection is it may not of on only or other otherwise per
    specified such that the this to used when with
"""
_FORM = frozenset(_FORM_WORDS.split())
_NEGATION = frozenset({"no", "non", "not", "without", "never"})
# Phrases that negate nothing about the thing itself.
_NO_NEGATION = re.compile(r"\bnot otherwise (?:specified|classified)\b|\breasons? not (?:given|specified)\b")
# Abbreviations of short descriptions and of long ones, spelled as long descriptions mostly do.
_SPELLED = {
    "xr": "extended release",
    "er": "extended release",
    "hcl": "hydrochloride",
    "recomb": "recombinant",
    "ots": "off the shelf",
    "ct": "computed tomography",
    "mri": "magnetic resonance imaging",
    "mra": "magnetic resonance angiography",
    "pet": "positron emission tomography",
    "esrd": "end stage renal disease",
    "iv": "intravenous",
    "im": "intramuscular",
    "po": "oral",
    "cros": "contralateral routing",
    "bicros": "binaural contralateral routing",
    "equip": "equipment",
    "supp": "supply",
    "repl": "replacement",
    "prefab": "prefabricated",
    "cust": "custom",
    "diag": "diagnostic",
    "dx": "diagnostic",
    "tx": "therapeutic",
}


class Wording(NamedTuple):
    """A description taken apart.

    Attributes:
        words: the words that name the thing, in order of the alphabet, each once, plurals as singulars.
        negated: it says that something was not done or is not there.
        amounts: (unit, amount) of the billing unit, in base units, with how often each stands there.
    """

    words: tuple[str, ...]
    negated: bool
    amounts: tuple[tuple[str, Decimal], ...]


@lru_cache(maxsize=1 << 15)
def read_wording(description: str) -> Wording:
    """Take a description apart."""
    text = " ".join(description.lower().split())
    text = re.sub(r"\bi\.\s?u\.?(?!\w)|\binternational units?\b", "iu", text)
    text = (
        _NO_NEGATION.sub(" ", text)
        .replace("%", " percent ")
        .replace("plaque forming units (pfu)", "plaque forming units")
    )
    found: Counter[tuple[str, Decimal]] = Counter()

    def note(match: re.Match[str]) -> str:
        number, scale, unit = match[1].replace(",", ""), match[2] or "", match[3]
        name, factor = _UNITS[unit]
        found[name, (Decimal(number) * _SCALE[scale] * factor).normalize()] += 1
        return " "

    def note_one(match: re.Match[str]) -> str:
        name, factor = _UNITS[match[1]]
        found[name, factor.normalize()] += 1
        return " "

    text = _ONE.sub(note_one, _AMOUNT.sub(note, text))
    written = _WORD.findall(text)
    words = {word for each in written for word in _telling(each)}
    return Wording(tuple(sorted(words)), not _NEGATION.isdisjoint(written), tuple(sorted(found.elements())))


@lru_cache(maxsize=1 << 15)
def _telling(written: str) -> tuple[str, ...]:
    """The words that a written word stands for, as singulars, without those of the form and negations."""
    pieces = _SPELLED.get(written, written).split()
    return tuple(_singular(word) for word in pieces if word not in _FORM and word not in _NEGATION)


def _singular(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def same_billing_unit(one: str, other: str) -> bool:
    """Do two descriptions state the same amounts, so that a unit billed of the one is a unit of the other?

    `per 5 mg` and `1 mg` do not, nor `per dose` and `1 mg`. Descriptions without amounts do.
    """
    return read_wording(one).amounts == read_wording(other).amounts


def shown_amounts(description: str) -> str:
    """The amounts of a description for people: `5 mg`; "no amount" where it states none."""
    amounts = read_wording(description).amounts
    return ", ".join(f"{amount:f} {unit}" for unit, amount in amounts) or "no amount"
