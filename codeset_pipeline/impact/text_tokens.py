"""Text of any kind as tokens with their places: comments, quoted texts, operators, words.

A word runs to the next blank, quote, bracket, comma, bar or comparison, so that a GUID, a date, a host name or a
version stays one word, which as a whole is a code or none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath


class Kind(Enum):
    """What a token is."""

    COMMENT = "comment"
    STRING = "string"
    OPERATOR = "operator"
    PUNCTUATION = "punctuation"
    WORD = "word"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the offset at which its text stands; of a quoted text the offset of what is within the quotes."""

    kind: Kind
    text: str
    start: int
    end: int


_BLOCK = r"/\*.*?(?:\*/|\Z)"
_COMMENTS = {
    "query": rf"--[^\n]*|{_BLOCK}|(?<!:)//[^\n]*",
    "program": rf"(?<!:)//[^\n]*|{_BLOCK}",
    "script": r"(?:(?<=\s)|(?<![^\n]))\#[^\n]*",
    "settings": r"(?<![^\n])[ \t]*[#;!][^\n]*",
    "rules": rf"(?<!:)//[^\n]*|{_BLOCK}|(?<![^\n])[ \t]*(?:\#|--)[^\n]*",
    "prose": r"(?!)",
}
_FAMILIES = {
    "query": ".sql .cql .ddl .dml .prc .pls .pkb .pks .hql .bteq .tsql .psql .view",
    "program": ".java .cs .js .ts .kt .scala .go .c .cpp .h .groovy .drl .sas .swift .php .vb .bas",
    "script": ".py .r .rb .sh .pl .ps1 .jl .tcl",
    "settings": ".properties .ini .cfg .conf .toml .env",
    "rules": ".rul .rule .rules .edit .edits",
}
_FAMILY = {ending: family for family, endings in _FAMILIES.items() for ending in endings.split()}


def family_of(name: str) -> str:
    """Whose comments a file has, by its ending: `query`, `program`, `script`, `settings`, `rules` or `prose`."""
    return _FAMILY.get(PurePath(name).suffix.lower(), "prose")


def _lexer(family: str, comment: str) -> re.Pattern[str]:
    bracketed = r"|\[[A-Za-z]\w*(?: \w+)*\]" if family == "query" else ""
    return re.compile(
        rf"(?P<comment>{comment})"
        r"|(?P<line>\n)"
        r"|(?P<string>(?:(?<!\w)|(?<=\b[NnRrEe]))'(?:[^'\n]|'')*'|\"(?:[^\"\\\n]|\\.|\"\")*\"|`[^`\n]*`"
        + bracketed
        + r")"
        r"|(?P<operator><=|>=|<>|!=|!~|==|=~|=>|:=|->|[=<>~!])"
        r"|(?P<punctuation>[(){}\[\],;|])"
        r"|(?P<word>[^\s'\"`(){}\[\],;|=<>~!]+)",
        re.DOTALL,
    )


_LEXERS = {family: _lexer(family, comment) for family, comment in _COMMENTS.items()}
_KINDS = {kind.value: kind for kind in Kind}


def tokens_of(text: str, family: str) -> Iterator[Token]:
    """The tokens of a text in their order."""
    for match in _LEXERS[family].finditer(text):
        group = match.lastgroup
        assert group is not None
        if group == "string":
            yield Token(Kind.STRING, match[0][1:-1], match.start() + 1, match.end() - 1)
        else:
            yield Token(_KINDS[group], match[0], match.start(), match.end())


class Lines:
    """Offsets as 1-based lines and columns."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line_of(self, offset: int) -> str:
        """The text of the line that the offset is in."""
        start = self._starts[bisect_right(self._starts, offset) - 1]
        end = self._text.find("\n", offset)
        return self._text[start : None if end < 0 else end]
