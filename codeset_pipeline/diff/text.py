"""How much of a text changed: its words, or only their accents, punctuation, case or spacing."""

from __future__ import annotations

import re

from codeset_pipeline.accents import without_accents

_SPACE = re.compile(r"\s+")
# Signs carry meaning (`< 20 mm`, `> 20 mm`), and so do marks between digits (`1.5`) and a minus before one.
_PUNCTUATION = re.compile(
    r"""
    (?<!\d) (?! (?<![\w)]) - (?=\d) ) [^\w\s<>=≤≥±+%]   # not after a digit, and no minus sign
    | [^\w\s<>=≤≥±+%] (?!\d)                            # not before a digit
    | _
    """,
    re.VERBOSE,
)


def text_change(old: str, new: str) -> str:
    """The least that has to be overlooked for two different texts to be equal.

    Returns:
        `spacing`, `case`, `punctuation` or `accents`, each including the ones before it, else `wording`. A sign that
        turns the meaning round, such as `<` for `>`, is `wording`.
    """
    if _SPACE.sub("", old) == _SPACE.sub("", new):
        return "spacing"
    old, new = old.casefold(), new.casefold()
    if _SPACE.sub("", old) == _SPACE.sub("", new):
        return "case"
    old, new = (_SPACE.sub("", _PUNCTUATION.sub("", text)) for text in (old, new))
    if old == new:
        return "punctuation"
    if without_accents(old) == without_accents(new):
        return "accents"
    return "wording"
