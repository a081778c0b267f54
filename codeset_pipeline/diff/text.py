"""How much of a text changed: its words, or only their accents, punctuation, case or spacing."""

from __future__ import annotations

import re

from codeset_pipeline.accents import without_accents

_SPACE = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"[^\w\s]|_")


def text_change(old: str, new: str) -> str:
    """The least that has to be overlooked for two different texts to be equal.

    Returns:
        `spacing`, `case`, `punctuation` or `accents`, each including the ones before it, else `wording`.
    """
    old, new = _SPACE.sub("", old), _SPACE.sub("", new)
    if old == new:
        return "spacing"
    old, new = old.casefold(), new.casefold()
    if old == new:
        return "case"
    old, new = _PUNCTUATION.sub("", old), _PUNCTUATION.sub("", new)
    if old == new:
        return "punctuation"
    if without_accents(old) == without_accents(new):
        return "accents"
    return "wording"
