"""Addenda: the publisher's own list of what changed between two order files or two codes files.

A line is a label in 13 columns (`Add:`, `Delete:`, `Revise from:`, `Revise to:`), then the record as it stands in the
file itself: in order addenda of ICD-10-CM flag, code, short and long title; in those of ICD-10-PCS the same without
flag; in codes addenda code and long title. A code that became a header is a `Delete:` with flag 1 and an `Add:` with
flag 0. A trailer states how many headers and codes both files hold and how many lines of each kind there are; an
addenda of nothing but a trailer says that nothing changed.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.addenda_totals import AddendaTotals, count_listed, disagreements, read_totals
from codeset_pipeline.parse.decoding import decode, split_lines

_LABELS = {
    "Add:         ": "add",
    "Delete:      ": "delete",
    "Revise from: ": "revise_from",
    "Revise to:   ": "revise_to",
}
_LABEL_WIDTH = 13

# The record behind the label. Groups: flag, code, short title, long title.
_LAYOUTS = {
    "order addenda with flags": re.compile(r"([01]) ([0-9A-Z ]{7}) (.{60}) (.+)", re.DOTALL),
    "order addenda without flags": re.compile(r"()([0-9A-Z ]{7}) (.{60}) (.+)", re.DOTALL),
    "codes addenda": re.compile(r"()([0-9A-Z ]{7}) ()(.+)", re.DOTALL),
}
_CODE = re.compile(r"[0-9A-Z]{3,7}")


class AddendaRow(NamedTuple):
    """One line of the list.

    Attributes:
        line: 1-based line in the file.
        label: `add`, `delete`, `revise_from` or `revise_to`.
        billable: None where the layout has no flag.
        short_title: None in codes addenda.
    """

    line: int
    label: str
    code: str
    billable: bool | None
    short_title: str | None
    long_title: str


class Addenda(NamedTuple):
    """The list in file order, the totals of its trailer, and what departed from the layout."""

    rows: list[AddendaRow]
    totals: list[AddendaTotals]
    oddities: list[Oddity]


def parse_order_addenda(data: bytes, file: str, *, with_flags: bool) -> Addenda:
    """Read the addenda of an order file: ICD-10-CM's carry flags, ICD-10-PCS's do not.

    Raises:
        ParseError: a line is neither a record in the layout nor part of the trailer.
    """
    return _parse(data, file, f"order addenda {'with' if with_flags else 'without'} flags")


def parse_codes_addenda(data: bytes, file: str) -> Addenda:
    """Read the addenda of a codes file: billable codes and long titles only, so `billable` is None.

    Raises:
        ParseError: a line is neither a record in the layout nor part of the trailer.
    """
    return _parse(data, file, "codes addenda")


def _parse(data: bytes, file: str, layout: str) -> Addenda:
    text, oddities = decode(data, file, layout)
    lines, ended, blank = split_lines(text, file)
    oddities += blank
    rows: list[AddendaRow] = []
    trailer: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if line[:_LABEL_WIDTH] in _LABELS and not trailer:
            rows.append(_record(file, number, line, layout))
        elif line.strip():
            trailer.append((number, line))
    if not ended and not trailer:
        # A cut title would go unnoticed; in the trailer the counts are held against the lines.
        raise ParseError(file, "a line end after the last line (the file is cut)", line=len(lines), text=lines[-1])
    totals, strange = read_totals(file, trailer)
    oddities += strange
    if not totals:
        what = "The list has no trailer with counts."
        oddities.append(Oddity(file, None, what, "", "Read; its completeness cannot be checked."))
    oddities += _broken_revisions(file, rows)
    oddities += _repeated(file, rows)
    listed = count_listed((row.label, _level(row, layout), row.short_title, row.long_title) for row in rows)
    oddities += disagreements(file, totals, listed)
    return Addenda(rows, totals, oddities)


def _record(file: str, number: int, line: str, layout: str) -> AddendaRow:
    match = _LAYOUTS[layout].fullmatch(line, _LABEL_WIDTH)
    code = match[2].rstrip() if match else ""
    if match is None or not _CODE.fullmatch(code) or not match[4].strip():
        raise ParseError(file, f"a record in the layout of {layout} after the label", line=number, text=line)
    flag, short = match[1], match[3]
    billable = flag == "1" if flag else None
    label = _LABELS[line[:_LABEL_WIDTH]]
    return AddendaRow(number, label, code, billable, short.strip() if short else None, match[4].strip())


def _level(row: AddendaRow, layout: str) -> str:
    """Does the line count among headers or codes? Without a flag the length tells: ICD-10-PCS codes have seven
    characters and its headers fewer, and codes addenda list no headers."""
    if row.billable is not None:
        return "codes" if row.billable else "headers"
    return "codes" if layout == "codes addenda" or len(row.code) == 7 else "headers"


def _broken_revisions(file: str, rows: list[AddendaRow]) -> list[Oddity]:
    """A `Revise from:` is followed at once by the `Revise to:` of the same code."""
    found = []
    waiting: AddendaRow | None = None
    for row in [*rows, None]:
        if waiting is not None and (row is None or row.label != "revise_to" or row.code != waiting.code):
            found.append((waiting, "Revise to:"))
        elif waiting is None and row is not None and row.label == "revise_to":
            found.append((row, "Revise from:"))
        waiting = row if row is not None and row.label == "revise_from" else None
    return [
        Oddity(file, row.line, f"The revision has no {missing} line.", f"{row.code} {row.long_title}", "Kept as it is.")
        for row, missing in found
    ]


def _repeated(file: str, rows: list[AddendaRow]) -> list[Oddity]:
    """A code is listed once under a label, but once as header and once as code when its flag changed."""
    counts = Counter((row.label, row.code, row.billable) for row in rows)
    return [
        Oddity(file, None, f"The list has {label} {code} {count} times.", code, "All lines kept.")
        for (label, code, _), count in counts.items()
        if count > 1
    ]
