"""Characters that XML and HTML cannot hold, made visible instead of being dropped."""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    """The text with control characters as their Unicode control pictures (NUL as ␀) and other illegal ones as �."""
    return _ILLEGAL.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    point = ord(match[0])
    if point < 0x20:
        return chr(0x2400 + point)
    return "␡" if point == 0x7F else "�"
