"""A table as every renderer takes it: columns, and rows of plain values or marked texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from codeset_pipeline.report.words import Segment


@dataclass(frozen=True, slots=True)
class Marked:
    """A text of which some words are marked as changed.

    Attributes:
        side: `old` (changed words were taken out) or `new` (they were put in).
    """

    segments: tuple[Segment, ...]
    side: str

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)


Cell = str | int | float | date | Marked | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        width: in characters, as Excel counts them.
        style: `text` (wrapped), `code` (never wrapped), `label` (short and wrapped), `count`, `quantity`, `money`
            or `date`.
        minor: may be left out where paper is too narrow.
        editable: people write into it, in the workbook.
        hidden: for the program only, in the workbook.
    """

    header: str
    width: int
    style: str = "text"
    minor: bool = False
    editable: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row; all but the cells are what the page's filters look at, empty where they do not apply."""

    cells: tuple[Cell, ...]
    kind: str = ""
    asset: str = ""
    code_set: str = ""
    severity: str = ""
    state: str = ""
    department: str = ""


@dataclass(frozen=True)
class Table:
    """A named table.

    Attributes:
        name: short name: a sheet's name, and in small letters a section's anchor.
        intro: one sentence that says what the rows are.
        nothing: why there are no rows, for a reader who finds none.
    """

    name: str
    title: str
    intro: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    nothing: str

    @property
    def anchor(self) -> str:
        return self.name.lower().replace(" ", "-")
