"""The free text in the ACTION column of a HCPCS corrections file: what is to be done, and to which field.

A text counts as understood only when every word of it is accounted for; the rest is for a person to read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum


class CorrectionKind(StrEnum):
    """What a correction does.

    `add`: the code belongs to the release; the row gives its fields. `revise`: fields get new values. `discontinue`:
    the code ends. `delete`: the code does not belong to the release. `withdraw`: an earlier corrections file's addition
    does not hold. `restore`: the code was left out of the release in error. `revert`: the code is again as in the
    release of an earlier year. `unclear`: the text is not understood.
    """

    ADD = "add"
    REVISE = "revise"
    DISCONTINUE = "discontinue"
    DELETE = "delete"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    REVERT = "revert"
    UNCLEAR = "unclear"


@dataclass(slots=True)
class ActionText:
    """What an action text says.

    Attributes:
        changed, added, removed: field of `AnwebRow` → the value that the text names, "" where it names none.
        revert_to_year: for `revert`.
    """

    kind: CorrectionKind
    changed: dict[str, str] = field(default_factory=dict)
    added: dict[str, str] = field(default_factory=dict)
    removed: dict[str, str] = field(default_factory=dict)
    revert_to_year: int | None = None


_WHOLE = (
    (CorrectionKind.ADD, r"add(?: new)?(?: (?:hcpcs )?(?:code|modifier))?"),
    (CorrectionKind.DISCONTINUE, r"(?:discontinued?|terminated?)(?: (?:code|modifier))?"),
    (CorrectionKind.DELETE, r"deleted?(?: (?:code|modifier))?"),
    (CorrectionKind.WITHDRAW, r"remove, will be assigned at a later date"),
    (CorrectionKind.WITHDRAW, r"do not add(?: - remove from previous corrections document)?"),
    (CorrectionKind.RESTORE, r"removed in error - add back to file"),
    (CorrectionKind.REVERT, r"should not have been (?:updated|changed|revised) - revert back to (\d{4}) description"),
)

_FIELDS = (
    ("long_description", r"long(?: desc(?:ription)?)?"),
    ("short_description", r"short(?: desc(?:ription)?)?"),
    ("asc_effective_date", r"asc (?:eff(?:ective)?|start)(?: date)?|asc date"),
    ("asc_group", r"asc ind(?:icator)?"),
    ("action_effective_date", r"action eff(?:ective)? date"),
    ("action_code", r"action code"),
    ("lab_certifications", r"lab cert(?:ification)?(?: code)?"),
    ("cross_references", r"xref(?: code)?|cross[- ]reference(?: code)?"),
    ("coverage", r"cov(?:erage)?(?: code)?"),
    ("pricing_indicators", r"pric(?:e|ing)(?: ind(?:icator)?)?"),
    ("types_of_service", r"tos|type of service"),
    ("betos", r"betos"),
)
_VALUE = r'"?(?P<{}>\d\d/\d\d/\d{{4}}|[A-Z]\d{{4}}|[A-Z]{{2}}|[A-Z](?!\w)|\d+)"?'
_PART = re.compile(
    r"\s*(?:(?P<verb>change|revise|update|correct|add|remove)\s+)?"
    + r"(?:" + _VALUE.format("before") + r"\s+)?"
    + r"(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _FIELDS) + r")\b"
    + r"(?:\s+(?:(?:to|of)\s+)?" + _VALUE.format("after") + r"(?![\w/]))?"
    + r"\s*(?:and\b|&|/|,|$)\s*",
    re.IGNORECASE,
)  # fmt: skip


def read_action(text: str) -> ActionText:
    """What the text of an ACTION cell says; kind `unclear` where a word of it is not understood."""
    words = " ".join(text.replace("“", '"').replace("”", '"').replace("–", "-").split())
    for kind, pattern in _WHOLE:
        whole = re.fullmatch(pattern, words.rstrip("."), re.IGNORECASE)
        if whole:
            return ActionText(kind, revert_to_year=int(whole[1]) if whole.re.groups else None)
    action = ActionText(CorrectionKind.REVISE)
    verb = ""
    position = 0
    while position < len(words):
        part = _PART.match(words, position)
        if part is None:
            return ActionText(CorrectionKind.UNCLEAR)
        verb = (part["verb"] or verb).lower()
        name = next(name for name, _ in _FIELDS if part[name])
        if not verb or (part["before"] and part["after"] and verb != "remove"):
            return ActionText(CorrectionKind.UNCLEAR)
        value = (part["after"] or part["before"] or "").upper()
        {"add": action.added, "remove": action.removed}.get(verb, action.changed)[name] = value
        position = part.end()
    return action if words else ActionText(CorrectionKind.UNCLEAR)
