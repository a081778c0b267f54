"""ANWEB text: the HCPCS Level II release as fixed-width lines of 320 characters, a description over several lines.

Above the records stand a disclaimer or a note in some years. Continuation lines have only a description and are 91 or
320 characters long. The layout is in `anweb_layout`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.anweb_layout import (
    DESCRIPTION_END,
    FIELDS,
    FILLER,
    FIRST_LINES,
    MODIFIER_LINES,
    RECORD_LENGTH,
    Kind,
)
from codeset_pipeline.parse.anweb_lengths import LineLengths
from codeset_pipeline.parse.anweb_rows import Anweb, AnwebRow
from codeset_pipeline.parse.anweb_values import Details, read_details
from codeset_pipeline.parse.decoding import decode, split_lines

_RECORD = re.compile(r"(?:([A-Z][0-9]{4})|   ([A-Z0-9]{2}))([0-9]{5})([3478])")
_ALMOST_RECORD = re.compile(r".{5}[0-9]{5}[3478]")
_EXPECTED = "a record (code in columns 1-5, sequence number in 6-10, record id 3, 4, 7 or 8 in 11)"
_DESCRIPTION = slice(11, DESCRIPTION_END)
_STEP = 100

_PLACES = {field.name: field.in_text for field in FIELDS}
# What is sliced for every record, worked out once.
_SLICES = [(field.name, field.slice, field.width, field.kind is Kind.LIST) for field in FIELDS]
_DETAILS = slice(FIELDS[0].slice.stop, None)
_SHORT = FIELDS[0].slice


class _Record:
    """A code's lines while they are gathered."""

    def __init__(self, code: str, modifier: bool, sequence: int, number: int, line: str) -> None:
        self.code = code
        self.modifier = modifier
        self.sequence = sequence
        self.line = line
        self.numbers = [number]
        self.parts = [line[_DESCRIPTION]]
        self.lacks_line = False


def parse_anweb_text(data: bytes, file: str) -> Anweb:
    """Read the text file of a release.

    Windows-1252 is the publisher's encoding; a file in UTF-8 is read too.

    Raises:
        ParseError: a line below the preamble is no record or too short to be whole, a continuation line does not follow
            its code, a code occurs twice with different content, or there are no records.
    """
    text, _ = decode(data, file, "an ANWEB text file")
    lines, _, oddities = split_lines(text, file)
    lengths = LineLengths(file)
    records: list[_Record] = []
    preamble = 0
    for number, line in enumerate(lines, 1):
        match = _RECORD.match(line)
        if match is None:
            if not records and not _ALMOST_RECORD.match(line):
                preamble += 1
            elif line.strip(" \t\x0c\x1a"):
                raise ParseError(file, _EXPECTED, line=number, text=line)
            else:
                what = "A line without record stands among or below the records."
                oddities.append(Oddity(file, number, what, repr(line), "Left out."))
            continue
        code, modifier, sequence, record_id = match.groups()
        if (modifier is not None) != (record_id in MODIFIER_LINES):
            expected = "record id 7 or 8" if modifier else "record id 3 or 4"
            raise ParseError(file, expected, line=number, column="11", text=line)
        if record_id in FIRST_LINES:
            lengths.first_line(number, line)
            records.append(_Record(modifier or code, modifier is not None, int(sequence), number, line))
            if int(sequence) != _STEP:
                what = f"{modifier or code}: the first line has the sequence number {sequence} instead of 00100."
                oddities.append(Oddity(file, number, what, sequence, "Read as the first line."))
        else:
            lengths.continuation(number, line)
            if not records or records[-1].code != (modifier or code):
                raise ParseError(file, "a first line (record id 3 or 7) above", line=number, column="1-11", text=line)
            oddities += _continue(records[-1], int(sequence), number, line, file)
    if not records:
        raise ParseError(file, "at least one record", text=lines[0] if lines else None)
    oddities += lengths.oddities()
    oddities += _filler(records, file) + _full_lines(records, file)
    rows, found, damaged = _rows(records, file)
    return Anweb(file, rows, preamble, oddities + found, damaged)


def _continue(record: _Record, sequence: int, number: int, line: str, file: str) -> list[Oddity]:
    """Add a continuation line. The sequence numbers go up by 100; a gap is a lost line."""
    found = []
    if sequence <= record.sequence:
        raise ParseError(file, f"a sequence number above {record.sequence:05}", line=number, column="6-10", text=line)
    if sequence != record.sequence + _STEP:
        what = f"{record.code}: the line with the sequence number {record.sequence + _STEP:05} is missing."
        decision = "Description joined without it; compare with the workbook of the release."
        found.append(Oddity(file, number, what, line[:DESCRIPTION_END].rstrip(), decision))
        record.lacks_line = True
    if line[DESCRIPTION_END:].strip():
        what = f"{record.code}: a continuation line holds text after column 91, where it has no detail information."
        found.append(Oddity(file, number, what, line[DESCRIPTION_END:].strip(), "Left out."))
    record.sequence = sequence
    record.numbers.append(number)
    record.parts.append(line[_DESCRIPTION])
    return found


def _rows(records: Sequence[_Record], file: str) -> tuple[list[AnwebRow], list[Oddity], frozenset[tuple[str, str]]]:
    rows: dict[str, AnwebRow] = {}
    oddities: list[Oddity] = []
    damaged: set[tuple[str, str]] = set()
    # Two thirds of the records have the same details as another one; those that are odd are read each for itself.
    plain: dict[str, Details] = {}
    for record in records:
        code, line, number = record.code, record.line, record.numbers[0]
        details = plain.get(line[_DETAILS])
        if details is None:
            details = read_details(_texts(line), code, file, number, _PLACES)
            if not details.oddities and not details.damaged:
                plain[line[_DETAILS]] = details
        details.values["short_description"] = line[_SHORT].strip()
        # A line never breaks a word: each ends in at least one blank. The workbook shows that a blank at the beginning
        # of a line is the second of two in the description, so only the padding on the right is left out.
        long = " ".join(part.rstrip() for part in record.parts).strip()
        row = AnwebRow(code, record.modifier, long, **details.values, lines=tuple(record.numbers))  # type: ignore[arg-type]
        if code in rows:
            if row[:-1] != rows[code][:-1]:
                raise ParseError(file, f"each code once ({code})", line=number, column="1-5", text=line)
            oddities.append(Oddity(file, number, f"{code} stands twice with equal content.", code, "Read once."))
            continue
        rows[code] = row
        oddities += details.oddities
        damaged |= {(code, name) for name in details.damaged}
        if record.lacks_line:
            damaged.add((code, "long_description"))
        if not long:
            oddities.append(Oddity(file, number, f"{code} has no long description.", line, "Left blank."))
    return list(rows.values()), oddities, frozenset(damaged)


def _texts(line: str) -> dict[str, str | tuple[str, ...]]:
    """The texts of a first line by field name."""
    texts: dict[str, str | tuple[str, ...]] = {}
    for name, where, width, repeated in _SLICES:
        block = line[where]
        if not repeated:
            texts[name] = block.strip()
        elif block.isspace():
            texts[name] = ()
        else:
            parts = (block[start : start + width].strip() for start in range(0, len(block), width))
            texts[name] = tuple(filter(None, parts))
    return texts


def _filler(records: Sequence[_Record], file: str) -> list[Oddity]:
    """Text in columns that the layout leaves empty: a sign of a shifted record or of a field we do not know."""
    filled = [record for record in records if any(record.line[where].strip() for where in FILLER)]
    if not filled:
        return []
    what = f"{len(filled)} records hold text in filler (columns 260 and 294-{RECORD_LENGTH}), first {filled[0].code}."
    text = " | ".join(filled[0].line[where].strip() for where in FILLER)
    return [Oddity(file, filled[0].numbers[0], what, text, "Left out; look whether the record layout has changed.")]


def _full_lines(records: Sequence[_Record], file: str) -> list[Oddity]:
    """Description lines that fill all 80 columns and go on: whether a blank belongs between cannot be told."""
    full = [
        (number, part)
        for record in records
        if len(record.parts) > 1
        for number, part in zip(record.numbers[:-1], record.parts[:-1], strict=True)
        if len(part) == DESCRIPTION_END - _DESCRIPTION.start and not part.endswith(" ")
    ]
    if not full:
        return []
    what = f"{len(full)} description lines fill their 80 columns and go on, so a word may be broken."
    return [Oddity(file, full[0][0], what, full[0][1], "Joined by a blank.")]
