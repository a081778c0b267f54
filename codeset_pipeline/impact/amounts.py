"""Numbers as people write them in price lists: `$5,347.00 `, `(12.50)`, `1 200`."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:E[+-]?\d+)?", re.IGNORECASE)


def amount_of(text: str) -> float | None:
    """The number, in the units of the text; None when it is none. Parentheses mean a negative amount."""
    bare = re.sub(r"[\s$,\u00a0]|USD", "", text, flags=re.IGNORECASE)
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()")
    if not _NUMBER.fullmatch(bare):
        return None
    value = float(bare)
    if not math.isfinite(value):
        return None
    return -value if negative else value
