"""The add-on code table as fixed-width text: 1 type, 2-6 add-on code, 7-13 its deletion, 14-18 primary code, 19-25 its
deletion, 26-32 effective, 33-39 deletion of the edit, notes from 40; dates YYYYDDD. A notice or header may come first.
"""

from __future__ import annotations

import re

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.decoding import split_lines
from codeset_pipeline.parse.latin1 import decode_latin1
from codeset_pipeline.parse.ncci_add_on_rows import AddOnTable, RowReader

_FIELDS = (slice(0, 1), slice(1, 6), slice(6, 13), slice(13, 18), slice(18, 25), slice(25, 32), slice(32, 39))
_NOTES = slice(39, None)
# A record beyond doubt; the first of them ends what may stand above.
_RECORD = re.compile(r"[1-3][0-9A-Z]{5}.{7}[0-9A-Z]{5}.{7}\d{7}")
_LINES_ABOVE = 30
_EXPECTED = "an add-on code table in fixed width, beginning with type, add-on code and primary code"


def parse_add_on_text(data: bytes, file: str) -> AddOnTable:
    """Read the text.

    Raises:
        ParseError: a web page, no record among the first lines, or a line that is no record.
    """
    text, oddities = decode_latin1(data, file, _EXPECTED)
    lines, _, found = split_lines(text, file)
    oddities += found
    first = next((place for place, line in enumerate(lines[:_LINES_ABOVE]) if _RECORD.match(line)), None)
    if first is None:
        raise ParseError(file, _EXPECTED, line=1, text=lines[0] if lines else "")
    suspicious = [place for place in range(first) if re.match(r"[0-9][0-9A-Z]{5}", lines[place])]
    if suspicious:
        raise ParseError(file, "a record of 39 characters or more", line=suspicious[0] + 1, text=lines[suspicious[0]])
    above = [line for line in lines[:first] if line.strip()]
    if above:
        what = f"{len(above)} lines stand above the first record."
        oddities.append(Oddity(file, 1, what, above[0].strip()[:200], "Left out: a notice or header."))
    reader = RowReader(file)
    rows = []
    for number, line in enumerate(lines[first:], first + 1):
        if not line.strip():
            continue
        rows.append(reader.row(number, [*(line[field] for field in _FIELDS), line[_NOTES]]))
    return reader.table(rows, oddities)
