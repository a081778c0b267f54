"""The wording of an action in a transaction report, as the action codes of the ANWEB record.

Wordings of one action differ between years and between the lists and the key ("Long Description Change", "Change in
Long Description", "Coverage and Long Desc Change"), and printouts cut them.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LETTERS = frozenset("ABCDFNPRST")

# What is said to have changed, or to have happened, by word.
_SUBJECTS = {
    "add": "A",
    "added": "A",
    "new": "A",
    "no": "N",
    "discontinue": "D",
    "discontinued": "D",
    "reactivate": "R",
    "reactivated": "R",
    "coverage": "F",
    "administrative": "F",
    "long": "C",
    "short": "S",
    "payment": "P",
    "miscellaneous": "T",
    "misc": "T",
    "betos": "T",
    "service": "T",
}
_OTHERS = ("change", "changes", "changed", "in", "both", "and", "or", "description", "desc", "code", "data", "field")
_FILLER = frozenset((*_OTHERS, "type", "of"))


# A report has thousands of rows and a dozen wordings.
@lru_cache(maxsize=1024)
def action_codes(wording: str, *, truncated: bool = False) -> tuple[str, ...] | None:
    """The action codes that a wording stands for, in letter order; None when a word of it is unknown.

    Two letters where the report says two things that have no letter of their own: `Long/Short Description Change` is C
    and S. Coverage and long description have one, B.

    Args:
        truncated: the last word may be cut.
    """
    text = wording.strip()
    if text.upper() in _LETTERS:
        return (text.upper(),)
    words = re.findall(r"[a-z]+", text.lower().replace("re-activate", "reactivate"))
    letters: set[str] = set()
    for index, word in enumerate(words):
        cut = truncated and index > 0 and index == len(words) - 1
        if word in _SUBJECTS:
            letters.add(_SUBJECTS[word])
        elif word not in _FILLER and not (cut and any(other.startswith(word) for other in _FILLER)):
            return None
    if {"C", "F"} <= letters:
        letters = letters - {"C", "F"} | {"B"}
    return tuple(sorted(letters)) or None
