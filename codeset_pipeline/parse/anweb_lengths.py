"""Lengths of the lines of an ANWEB text file: which departures are harmless, and which show that a line is cut."""

from __future__ import annotations

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.anweb_layout import DESCRIPTION_END, DETAIL_END, RECORD_LENGTH


class LineLengths:
    """Gathers the lines whose length is not the layout's.

    A first line that reaches column 293 lacks nothing but filler, and a continuation line that reaches column 91 lacks
    nothing. A shorter continuation line may have lost words, unless all lines of the file have lost their last
    blanks.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._odd: dict[tuple[str, int], list[int]] = {}
        self._short: list[tuple[int, str]] = []
        self._padded = False

    def first_line(self, number: int, line: str) -> None:
        """Take a line with record id 3 or 7.

        Raises:
            ParseError: it ends before column 293, or goes on with text after column 320.
        """
        self._take("first line", number, line, RECORD_LENGTH)
        if len(line) < DETAIL_END:
            expected = f"a first line of {RECORD_LENGTH} characters, not {len(line)} (the line is cut)"
            raise ParseError(self._file, expected, line=number, column=f"{len(line) + 1}-{DETAIL_END}", text=line)

    def continuation(self, number: int, line: str) -> None:
        """Take a line with record id 4 or 8."""
        if len(line) < DESCRIPTION_END:
            self._short.append((number, line))
        self._take("continuation line", number, line, DESCRIPTION_END)

    def _take(self, kind: str, number: int, line: str, usual: int) -> None:
        if line[RECORD_LENGTH:].strip():
            expected = f"at most {RECORD_LENGTH} characters"
            raise ParseError(self._file, expected, line=number, column=f"{RECORD_LENGTH + 1}-", text=line)
        self._padded = self._padded or line.endswith(" ")
        if len(line) not in (usual, RECORD_LENGTH):
            self._odd.setdefault((kind, len(line)), []).append(number)

    def oddities(self) -> list[Oddity]:
        """The departures, one for each kind of line and length.

        Raises:
            ParseError: a continuation line is cut: it ends before column 91 although other lines keep their blanks.
        """
        if self._short and self._padded:
            number, line = self._short[0]
            expected = f"a continuation line of {DESCRIPTION_END} or {RECORD_LENGTH} characters, not {len(line)}"
            raise ParseError(self._file, f"{expected} (the line is cut)", line=number, text=line)
        return [
            Oddity(
                self._file,
                numbers[0],
                f"{len(numbers)} {kind}{'s' if len(numbers) > 1 else ''} of {length} characters.",
                "lines " + ", ".join(map(str, numbers[:10])) + (", …" if len(numbers) > 10 else ""),
                "Read; only blanks are missing or too many.",
            )
            for (kind, length), numbers in self._odd.items()
        ]
