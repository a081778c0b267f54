"""Codes file of ICD-10-CM and ICD-10-PCS: billable codes only. Layout: columns 1-7 code, 8 blank, 9 to end long title.

It repeats what the order file says, so it serves as a second road to the same facts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.decoding import decode, split_lines

_LINE = re.compile(r"([0-9A-Z]{3,7}) +(\S.*)", re.DOTALL)
_TITLE_COLUMN = 8


class CodesFileRow(NamedTuple):
    """A billable code without dot, and its long title."""

    code: str
    long_title: str


def parse_codes_file(data: bytes, file: str, *, oddities: list[Oddity] | None = None) -> list[CodesFileRow]:
    """Read a codes file.

    Args:
        oddities: departures that could be read safely are appended here.

    Raises:
        ParseError: a line departs from the layout, a code occurs twice, or the last line is cut.
    """
    text, found = decode(data, file, "a codes file")
    lines, ended, blank = split_lines(text, file)
    found += blank
    rows: dict[str, CodesFileRow] = {}
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if match is None or match.start(2) != _TITLE_COLUMN:
            raise ParseError(file, "a code in columns 1-7 and a long title from column 9", line=number, text=line)
        code, title = match[1], match[2].strip()
        if code in rows:
            raise ParseError(file, "each code once", line=number, column="1-7", text=line)
        rows[code] = CodesFileRow(code, title)
    if not ended:
        raise ParseError(file, "a line end after the last line (the file is cut)", line=len(lines), text=lines[-1])
    if oddities is not None:
        oddities += found
    return list(rows.values())
