"""Everything that can go wrong, as one tree.

    CodesetError
    ├── UsageError                the command or call was misused; nothing was attempted
    ├── SourceError               discovery, licence and transport
    │   ├── TransientSourceError  may succeed when tried again (time-out, 503, cut connection)
    │   ├── RefusedBySite         the publisher's site does not let the program in (403, robots.txt)
    │   ├── NothingFound          no file of the code set is there
    │   └── AmbiguousRelease      a file is genuine, but which release it belongs to cannot be told
    ├── ParseError                a file does not follow its published layout (file, line, column, text, expected)
    ├── GateError                 a parsed release was not accepted
    ├── HistoryError              the database cannot answer, or does not agree with the snapshots
    │   └── DatabaseUnavailable   the database cannot be reached or is none; asking again later may help
    ├── FeedError                 events, or the table that they are applied to, are not what they should be
    └── AssetError                a charge master or rule file of the user's cannot be used
        └── AmbiguousColumns      two of its columns may be the one of the codes; the user must say which

Messages are one sentence that ends with what to do next. The command line prints them as they are.
"""

from __future__ import annotations

from collections.abc import Sequence


class CodesetError(Exception):
    """Base of every error the program raises on purpose. `exit_code` is what the command line returns."""

    exit_code = 1


class UsageError(CodesetError):
    """A wrong argument: unknown code set, release, kind or date."""

    exit_code = 2


class SourceError(CodesetError):
    """A release could not be found, reached, licensed or opened; trying again will not help."""


class TransientSourceError(SourceError):
    """A transport failed in a way that may pass; the caller may try again."""


class RefusedBySite(SourceError):
    """A publisher's site, or its robots.txt, does not let the program in; nothing more is asked of it in this run."""


class NothingFound(SourceError):
    """No release file of the code set is at the place that was looked at."""


class AmbiguousRelease(SourceError):
    """The names of a file do not tell its release. The user must name it with `--release`."""

    exit_code = 2


class ParseError(CodesetError):
    """A file departs from its published layout.

    Attributes:
        file: name of the file, with its archive where it came from one.
        line: 1-based line or row number, None when the file as a whole is meant.
        column: name or 1-based position of the column, None when the line as a whole is meant.
        text: the offending text, shortened.
        expected: what the layout asks for.
        total: how many rows are wrong in all, where all were looked at; `further` names some more of them.
    """

    def __init__(
        self,
        file: str,
        expected: str,
        *,
        line: int | None = None,
        column: str | int | None = None,
        text: str | None = None,
        further: Sequence[str] = (),
        total: int = 1,
    ) -> None:
        self.file, self.line, self.column, self.text, self.expected = file, line, column, text, expected
        where = file
        if line is not None:
            where += f", line {line}"
        if column is not None:
            where += f", column {column}"
        self.further, self.total = tuple(further), total
        shown = "" if text is None else f" Found {text[:120]!r}."
        if total > 1:
            named = "; ".join(self.further)
            shown += f" {total:,} rows are wrong in all: {named}{'; …' if total > len(self.further) + 1 else '.'}"
        super().__init__(f"{where}: expected {expected}.{shown} Nothing was loaded; get the file again and retry.")


class GateError(CodesetError):
    """A snapshot failed a check and was not accepted; `failed` names the checks."""

    def __init__(self, message: str, failed: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.failed = failed


class HistoryError(CodesetError):
    """A release is not loaded, or the database and the snapshots disagree."""


class DatabaseUnavailable(HistoryError):
    """The database of the history is not there, does not answer, or was made by another version of the program."""


class FeedError(CodesetError):
    """A feed, an event of it, or a table that follows it does not say what it should."""


class AssetError(CodesetError):
    """A user's charge master, rule file, usage file or review file cannot be read as one."""


class AmbiguousColumns(AssetError):
    """Several columns of a table are equally likely to hold its codes. The user must name one with `--columns`.

    Attributes:
        columns: their names.
    """

    exit_code = 2

    def __init__(self, columns: Sequence[str], file: str = "The table") -> None:
        self.columns = tuple(columns)
        shown = " and ".join(repr(name) for name in self.columns)
        super().__init__(
            f"{file} has {len(self.columns)} columns that may be the one of the codes, {shown}; say which in a YAML "
            f"file with the line 'procedure_code: [{self.columns[0]}]' and give it with --columns."
        )
