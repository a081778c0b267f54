"""Order file of ICD-10-CM and ICD-10-PCS: every header and billable code in tabular order, with both titles.

Layout, from the publisher's "ICD-10-CM/PCS Order Files" (1-based columns): 1-5 order number, 7-13 code without dot,
15 flag (0 header, 1 valid for submission), 17-76 short title, 78 to end long title; columns 6, 14, 16 and 77 are blank.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from codeset_pipeline.codes import has_shape
from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.decoding import decode, split_lines

_LINE = re.compile(r"([0-9]{5}) ([0-9A-Z]{3,7}) {1,5}([01]) (.{60}) (.+)", re.DOTALL)
_FLAG_COLUMN = 14

# What stands in each field: name, first and last position from 0, pattern, what the layout asks for.
_FIELDS = (
    ("1-5", slice(0, 5), re.compile(r"[0-9]{5}"), "an order number of five digits"),
    ("6", slice(5, 6), re.compile(" "), "a blank"),
    ("7-13", slice(6, 13), re.compile(r"[0-9A-Z]{3,7} *"), "a code without dot"),
    ("14", slice(13, 14), re.compile(" "), "a blank"),
    ("15", slice(14, 15), re.compile("[01]"), "the flag 0 (header) or 1 (billable)"),
    ("16", slice(15, 16), re.compile(" "), "a blank"),
    ("17-76", slice(16, 76), re.compile(".{60}", re.DOTALL), "a short title of 60 characters, padded with blanks"),
    ("77", slice(76, 77), re.compile(" "), "a blank"),
    ("78-", slice(77, None), re.compile(r".*\S.*", re.DOTALL), "a long title"),
)


class OrderRow(NamedTuple):
    """One header or code. `order_number` counts from 1 in tabular order, which is not the order of the letters."""

    order_number: int
    code: str
    billable: bool
    short_title: str
    long_title: str


class OrderFile(NamedTuple):
    """The rows in file order, and what departed from the layout."""

    rows: list[OrderRow]
    oddities: list[Oddity]


def parse_order_file(data: bytes, file: str, *, code_set: str = "icd10cm") -> OrderFile:
    """Read an order file; every line is checked.

    Order numbers have been consecutive in every published file. A number that does not rise is an error; a gap is
    an oddity, because the layout only promises that the numbers follow the tabular order.

    Raises:
        ParseError: a line departs from the layout, a code occurs twice or is no code of the set, the last line is
            cut, or the file is empty or something else.
    """
    text, oddities = decode(data, file, "an order file")
    lines, ended, blank = split_lines(text, file)
    oddities += blank
    rows: list[OrderRow] = []
    seen: set[str] = set()
    last_number = 0
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        # The blanks between code and flag are counted by the flag's column.
        if match is None or match.start(3) != _FLAG_COLUMN:
            raise _departure(file, number, line, cut=number == len(lines) and not ended)
        order, code, flag, short, long = match.groups()
        if code in seen or not has_shape(code_set, code):
            expected = "each code once" if code in seen else f"a code of {code_set}"
            raise ParseError(file, expected, line=number, column="7-13", text=line)
        seen.add(code)
        order_number = int(order)
        if order_number != last_number + 1:
            oddities.append(_gap(file, number, line, last_number, order_number))
        last_number = order_number
        if long[0] == " ":
            if not long.strip():
                raise _departure(file, number, line, cut=False)
            oddities.append(Oddity(file, number, "The long title begins with a blank.", line, "Blank left out."))
        rows.append(OrderRow(order_number, code, flag == "1", short.strip(), long.strip()))
    if not ended:
        _require_whole_last_line(file, len(lines), rows[-1])
        oddities.append(Oddity(file, len(lines), "The last line has no line end.", lines[-1], "Read; it is whole."))
    return OrderFile(rows, oddities)


def _departure(file: str, number: int, line: str, *, cut: bool) -> ParseError:
    """The error for a line that does not fit the layout, naming the first field that is wrong."""
    if cut:
        return ParseError(file, "a whole last line (the file is cut)", line=number, text=line)
    for column, where, pattern, expected in _FIELDS:
        if not pattern.fullmatch(line[where]):
            return ParseError(file, expected, line=number, column=column, text=line)
    return ParseError(file, "a line in the order file's layout", line=number, text=line)


def _gap(file: str, number: int, line: str, last: int, order_number: int) -> Oddity:
    if order_number <= last:
        raise ParseError(file, f"an order number above {last}", line=number, column="1-5", text=line)
    what = f"Order numbers {last + 1} to {order_number - 1} are missing."
    return Oddity(file, number, what, line, "Loaded without them; compare with another copy of the file.")


def _require_whole_last_line(file: str, number: int, row: OrderRow) -> None:
    """A last line without line end may have lost the end of its title; two equal titles prove that it has not."""
    if row.short_title != row.long_title:
        raise ParseError(file, "a line end after the last line (the file is cut)", line=number, text=row.long_title)
