"""Rows of the HCPCS transaction report: what the publisher says has happened to each code in a release."""

from __future__ import annotations

from typing import NamedTuple

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.anweb_layout import is_code
from codeset_pipeline.parse.hcpcs_transaction_actions import action_codes


class TransactionRow(NamedTuple):
    """One code or modifier.

    Attributes:
        action_codes: letters of the ANWEB action codes; two where the report says two things.
        action: as written.
        short_description, long_description: None where the report has no such column (2018); the long one may be cut
            in a printout.
        row: 1-based row or line.
    """

    code: str
    is_modifier: bool
    action_codes: tuple[str, ...]
    action: str
    short_description: str | None
    long_description: str | None
    row: int


class TransactionReport(NamedTuple):
    """A parsed report.

    Attributes:
        rows: every code of the release, also those without change, in file order.
        truncated: a printout, whose long descriptions and actions are cut at the width of its columns.
        preamble_lines: rows or lines above the header.
    """

    file: str
    rows: list[TransactionRow]
    truncated: bool
    preamble_lines: int
    oddities: list[Oddity]


def transaction_row(
    file: str,
    line: int,
    code: str,
    action: str,
    short: str | None,
    long: str | None,
    *,
    truncated: bool = False,
) -> TransactionRow:
    """A row from its texts.

    Raises:
        ParseError: the code has not the shape of one, or the action is unknown.
    """
    code = code.strip().upper()
    modifier = len(code) == 2
    if not is_code(code, modifier=modifier):
        raise ParseError(file, "a HCPCS code or a modifier", line=line, column="code", text=code)
    letters = action_codes(action, truncated=truncated)
    if letters is None:
        raise ParseError(file, "a known action such as ADD or No Change", line=line, column="action", text=action)
    return TransactionRow(
        code,
        modifier,
        letters,
        action.strip(),
        None if short is None else short.strip(),
        None if long is None else long.strip(),
        line,
    )
