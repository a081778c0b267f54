"""Transaction report of a HCPCS Level II release: each code with the publisher's word for what happened to it.

A workbook with the same list twice, by action and by code, and a key to the actions; or a printout (.prn) of one list.
"""

from __future__ import annotations

import re
from collections import Counter

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.hcpcs_transaction_actions import action_codes
from codeset_pipeline.parse.hcpcs_transaction_print import parse_transaction_print
from codeset_pipeline.parse.hcpcs_transaction_rows import TransactionReport, TransactionRow, transaction_row
from codeset_pipeline.parse.header_row import Header, find_header, refuse_unnamed
from codeset_pipeline.parse.spreadsheet_rows import Cell, Sheet, is_blank, read_sheets

_SPELLINGS = {
    "code": re.compile(r"hcpcs?(?: ?/ ?mod(?:ifier)?)?(?: code)?", re.IGNORECASE),
    "action": re.compile(r"type of change|action(?: cd| code)?", re.IGNORECASE),
    "short": re.compile(r"short desc(?:ription)?", re.IGNORECASE),
    "long": re.compile(r"long desc(?:ription)?", re.IGNORECASE),
}
_EXPECTED = "a transaction report with a column for the code and one for the type of change"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def parse_transaction_report(data: bytes, file: str) -> TransactionReport:
    """Read a transaction report, workbook or printout.

    The list that has each code once is taken; where the other list says something else, that is reported. In the
    report of 2020Q3 the list by action has the modifier CS twice, once with its old text and `No Change`.

    Raises:
        ParseError: no header, an unknown or missing column, or a row without known code or action.
    """
    if not data.startswith(_WORKBOOKS):
        return parse_transaction_print(data, file)
    sheets, oddities = read_sheets(data, file, _EXPECTED, "\t")
    lists: list[tuple[Sheet, int, list[TransactionRow]]] = []
    for sheet in sheets:
        header = find_header(sheet, _SPELLINGS, {"code", "action"}, file)
        if header is not None:
            refuse_unnamed(sheet, header, file)
            lists.append((sheet, header.position, _rows(sheet, header, file)))
        elif (key := _key(sheet)) is not None:
            oddities += _check_key(key, sheet, file)
        elif any(not is_blank(cell) for row in sheet.rows for cell in row):
            oddities.append(Oddity(file, None, "The workbook has another sheet.", sheet.name, "Left out."))
    if not lists or not any(rows for _, _, rows in lists):
        raise ParseError(file, _EXPECTED)
    chosen = next((entry for entry in lists if not _repeated(entry[2])), lists[0])
    sheet, position, rows = chosen
    for code in _repeated(rows):
        what = f"Sheet {sheet.name!r} has {code} {_repeated(rows)[code]} times."
        oddities.append(Oddity(file, None, what, code, "All rows kept."))
    for other, _, others in lists:
        if other is not sheet:
            oddities += _differences(file, sheet, rows, other, others)
    return TransactionReport(file, rows, False, position, oddities)


def _rows(sheet: Sheet, header: Header, file: str) -> list[TransactionRow]:
    code, action, short, long = (header.columns.get(role) for role in ("code", "action", "short", "long"))

    def cell(cells: list[Cell], column: int | None) -> str | None:
        if column is None:
            return None
        value = cells[column] if column < len(cells) else ""
        if type(value) is str:
            return value
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

    below = zip(sheet.lines[header.position + 1 :], sheet.rows[header.position + 1 :], strict=True)
    return [
        transaction_row(
            file,
            line,
            cell(cells, code) or "",
            cell(cells, action) or "",
            cell(cells, short),
            cell(cells, long),
        )
        for line, cells in below
        if not all(is_blank(value) for value in cells)
    ]


def _repeated(rows: list[TransactionRow]) -> dict[str, int]:
    return {code: count for code, count in Counter(row.code for row in rows).items() if count > 1}


def _differences(
    file: str, sheet: Sheet, rows: list[TransactionRow], other: Sheet, others: list[TransactionRow]
) -> list[Oddity]:
    """Rows that only one of the two lists has, leaving case and blanks out of account."""
    ours, theirs = {_content(row): row for row in rows}, {_content(row): row for row in others}
    found = []
    for mine, yours, where, decision in (
        (theirs, ours, other, "Left out."),
        (ours, theirs, sheet, "Kept."),
    ):
        for content in mine.keys() - yours.keys():
            row = mine[content]
            what = f"Only sheet {where.name!r} has {row.code} with this action and text."
            text = f"{row.action} | {row.short_description or ''} | {row.long_description or ''}"
            found.append(Oddity(file, row.row, what, text, decision))
    return sorted(found, key=lambda oddity: (oddity.line or 0, oddity.what))


def _content(row: TransactionRow) -> tuple[object, ...]:
    texts = tuple(" ".join((text or "").lower().split()) for text in (row.short_description, row.long_description))
    return (row.code, row.action_codes, *texts)


def _key(sheet: Sheet) -> list[tuple[int, str, str]] | None:
    """Rows, letters and wordings of the key to the actions; None where the sheet is something else."""
    filled = [
        (line, [str(cell).strip() for cell in row if not is_blank(cell)])
        for line, row in zip(sheet.lines, sheet.rows, strict=True)
    ]
    filled = [(line, cells) for line, cells in filled if cells]
    if not filled or "action code" not in filled[0][1][0].lower():
        return None
    entries = [(line, cells[0].upper(), cells[1]) for line, cells in filled[1:] if len(cells) == 2]
    return entries if len(entries) == len(filled) - 1 else None


def _check_key(key: list[tuple[int, str, str]], sheet: Sheet, file: str) -> list[Oddity]:
    return [
        Oddity(
            file, line, f"Sheet {sheet.name!r} gives {letter} another meaning.", wording, "The list's wording counts."
        )
        for line, letter, wording in key
        if action_codes(wording) != (letter,)
    ]
