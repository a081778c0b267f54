"""7th characters of ICD-10-CM: which a code takes, and which the tabular list's prose takes away again."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import NamedTuple

# A note that names 7th characters and takes something away; as opposed to one that says where to look or what to add.
_SEVENTH = re.compile(r"\b(?:7th|seventh)[ -]characters?\b", re.IGNORECASE)
_TAKES_AWAY = re.compile(
    r"\b(?:do(?:es)? not apply|not applicable|not valid|(?:is|are|may|should|must|can) ?not|except|only)\b",
    re.IGNORECASE,
)
# What the list must say elsewhere; it takes nothing away by itself.
_POINTS_ELSEWHERE = re.compile(r", except as noted below$", re.IGNORECASE)


class ProseRule(NamedTuple):
    """A prohibition stated in a note: codes of `category` with one of these 6th characters do not take these 7th."""

    category: str
    note: re.Pattern[str]
    sixth_characters: frozenset[str]
    seventh_characters: frozenset[str]

    def bars(self, code: str, character: str) -> bool:
        """Does the rule bar this 7th character from a code of six characters (padded with X)?"""
        return (
            character in self.seventh_characters and code[5] in self.sixth_characters and code.startswith(self.category)
        )


@cache
def prose_rules() -> tuple[ProseRule, ...]:
    """The known prohibitions, from `seventh_character_exceptions.yaml`."""
    import yaml

    text = (resources.files(__package__) / "seventh_character_exceptions.yaml").read_text(encoding="utf-8")
    return tuple(
        ProseRule(
            entry["category"],
            re.compile(entry["note"], re.IGNORECASE),
            frozenset(entry["sixth_characters"]),
            frozenset(entry["seventh_characters"]),
        )
        for entry in yaml.safe_load(text)
    )


def rule_stated_by(owner: str, note: str) -> ProseRule | None:
    """The known prohibition that this note on this code states, if any."""
    text = " ".join(note.split())
    return next((rule for rule in prose_rules() if owner == rule.category and rule.note.search(text)), None)


def looks_like_prohibition(note: str) -> bool:
    """Does the note seem to take 7th characters away from codes? Then expansion may be too wide, and a person should
    read it."""
    text = _POINTS_ELSEWHERE.sub("", " ".join(note.split()))
    return bool(_SEVENTH.search(text) and _TAKES_AWAY.search(text))
