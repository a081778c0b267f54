"""Bytes of a published text file to text and lines, decoded before anything is sliced by column."""

from __future__ import annotations

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity

_NOT_TEXT = {b"PK\x03\x04": "a zip or xlsx", b"\xd0\xcf\x11\xe0": "an old Excel or Word file", b"%PDF": "a PDF"}


def refuse_html(data: bytes, file: str, expected: str) -> None:
    """Raise when a web page was saved under the file's name, which is how cms.gov answers for a file that moved.

    Raises:
        ParseError: the bytes are empty or begin as HTML.
    """
    if not data.strip():
        raise ParseError(file, f"{expected}, but the file is empty")
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")) or (start.startswith(b"<?xml") and b"<html" in start):
        raise ParseError(file, f"{expected}, but the file is a web page", line=1, text=start.decode("latin-1"))


def decode(data: bytes, file: str, expected: str) -> tuple[str, list[Oddity]]:
    """The text of a file that should be ASCII or UTF-8; anything else is read as Windows-1252 and reported.

    Args:
        expected: what the file should be, for messages, such as `an order file`.

    Raises:
        ParseError: the file is empty, a web page, another kind of file, or in neither encoding.
    """
    refuse_html(data, file, expected)
    for magic, kind in _NOT_TEXT.items():
        if data.startswith(magic):
            raise ParseError(file, f"{expected} as plain text, but the file is {kind}")
    if b"\0" in data:
        raise ParseError(file, f"{expected} in UTF-8, but the file holds NUL bytes")
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        around = data[max(0, error.start - 30) : error.start + 30]
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise ParseError(file, f"{expected} in UTF-8 or Windows-1252", line=line, text=repr(around)) from None
    return text, [Oddity(file, line, "The file is not UTF-8.", repr(around), "Read as Windows-1252.")]


def split_lines(text: str, file: str) -> tuple[list[str], bool, list[Oddity]]:
    """The lines without their CRLF or LF, and whether the last one had a line end.

    Only these two end a line: other characters that Unicode counts as line breaks may stand inside a title. Blank
    lines after the last record are left out and reported.
    """
    lines = text.split("\n")
    ended = lines[-1] == ""
    if ended:
        lines.pop()
    if "\r" in text:
        lines = [line.removesuffix("\r") for line in lines]
    blank = 0
    while lines and not lines[-1].strip():
        lines.pop()
        ended = True
        blank += 1
    if not blank:
        return lines, ended, []
    what = "Blank lines follow the last record."
    return lines, ended, [Oddity(file, len(lines) + 1, what, f"{blank} blank lines", "Left out.")]
