"""Processing notes of HCPCS Level II (`proc_notes_YYYY.txt`): the texts behind the numbers in the ANWEB field.

A note begins with its number of four digits and two hyphens; further lines belong to it. Each line is framed by tabs or
blanks and mostly by an asterisk at the end.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.decoding import decode, split_lines

_FIRST_LINE = re.compile(r"[ \t]*([0-9]{4})--(.*)", re.DOTALL)
_FRAME = re.compile(r"[ \t\f\x1a]*\*?[ \t\f\x1a]*")
_END = re.compile(r"[ \t\f\x1a]*\*?[ \t\f\x1a]*\Z")


class ProcessingNote(NamedTuple):
    """One note. Deleted notes stay in the list, with a text that says so. `lines` are 1-based."""

    number: str
    text: str
    lines: tuple[int, ...]


class ProcessingNotes(NamedTuple):
    """The notes in file order, the lines above them (title), and what was odd."""

    notes: list[ProcessingNote]
    preamble_lines: int
    oddities: list[Oddity]


def parse_processing_notes(data: bytes, file: str) -> ProcessingNotes:
    """Read the processing notes. The lines of a note are joined by one blank.

    Raises:
        ParseError: no notes, or a number that stands twice with different texts.
    """
    text, _ = decode(data, file, "processing notes")
    # The files end in a page of blank lines, which is no departure.
    lines, _, _ = split_lines(text, file)
    oddities: list[Oddity] = []
    gathered: list[tuple[str, list[str], list[int]]] = []
    preamble = 0
    for number, line in enumerate(lines, 1):
        match = _FIRST_LINE.fullmatch(line)
        if match:
            gathered.append((match[1], [_unframed(match[2])], [number]))
        elif not gathered:
            preamble += 1
        elif not _FRAME.fullmatch(line):
            gathered[-1][1].append(_unframed(line))
            gathered[-1][2].append(number)
    if not gathered:
        raise ParseError(file, "a processing note such as 0001--…", text=lines[0] if lines else None)
    notes: dict[str, ProcessingNote] = {}
    for label, parts, numbers in gathered:
        note = ProcessingNote(label, " ".join(filter(None, parts)), tuple(numbers))
        if label in notes:
            if notes[label].text != note.text:
                raise ParseError(file, f"note {label} once", line=numbers[0], text=note.text)
            oddities.append(Oddity(file, numbers[0], f"Note {label} stands twice.", note.text, "Read once."))
        else:
            notes[label] = note
        if not note.text:
            oddities.append(Oddity(file, numbers[0], f"Note {label} has no text.", "", "Left blank."))
    return ProcessingNotes(list(notes.values()), preamble, oddities)


def _unframed(line: str) -> str:
    return _END.sub("", line).strip()
