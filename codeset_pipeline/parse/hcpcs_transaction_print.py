"""Printout (.prn) of a HCPCS transaction report: columns of fixed width without gap, whose text is cut at their edge.

The columns differ from year to year; the header shows where those of the descriptions begin. Code and action are
centred in theirs.
"""

from __future__ import annotations

import re

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.decoding import decode, split_lines
from codeset_pipeline.parse.hcpcs_transaction_rows import TransactionReport, TransactionRow, transaction_row

_HEADER = re.compile(
    r"\s*HCPCS?\s*(?:/\s*MOD(?:IFIER)?)?(?:\s*CODE)?\s*(?:TYPE OF CHANGE|ACTION(?: CD| CODE)?)"
    r"(?:\s+(SHORT DESC(?:RIPTION)?)\s+(LONG DESC(?:RIPTION)?))?\s*",
    re.IGNORECASE,
)
_CODE = re.compile(r"\s*(\S+)\s+")
_EXPECTED = "a printed transaction report with a header of HCPCS code and type of change or action"


def parse_transaction_print(data: bytes, file: str) -> TransactionReport:
    """Read a printout. Its rows are cut; use it only where the workbook is missing.

    Raises:
        ParseError: no header, or a line without known code or action.
    """
    text, _ = decode(data, file, _EXPECTED)
    lines, _, oddities = split_lines(text, file)
    position, header = next(
        ((index, match) for index, line in enumerate(lines) if (match := _HEADER.fullmatch(line))), (0, None)
    )
    if header is None:
        raise ParseError(file, _EXPECTED, text=lines[0] if lines else None)
    short, long = header.start(1), header.start(2)
    rows: list[TransactionRow] = []
    for number, line in enumerate(lines[position + 1 :], position + 2):
        if not line.strip(" \t\x0c\x1a"):
            continue
        match = _CODE.match(line)
        if match is None:
            raise ParseError(file, "a code and an action", line=number, text=line)
        described = short >= 0
        rows.append(
            transaction_row(
                file,
                number,
                match[1],
                line[match.end() : short if described else None],
                line[short:long] if described else None,
                line[long:] if described else None,
                truncated=True,
            )
        )
    if not rows:
        raise ParseError(file, "rows below the header", line=position + 1)
    return TransactionReport(file, rows, True, position, oddities)
