"""Where the edits of a PTP file begin, and which of its columns is which.

CMS puts a copyright line, a title and a header of four rows above the edits; Medicaid files have other rows there and
no column on 1996. Everything is told by content, so that a line more or less does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codeset_pipeline.errors import ParseError

# Our names for the columns, and what stands in the header above them, rows joined.
_TITLES = (
    ("prior_to_1996", re.compile(r"in existence|prior to 1996")),
    ("column_1", re.compile(r"column ?1")),
    ("column_2", re.compile(r"column ?2")),
    ("effective", re.compile(r"effective.*")),
    ("deletion", re.compile(r"deletion.*")),
    ("modifier", re.compile(r"modifier.*|ccmi.*")),
    ("rationale", re.compile(r".*rationale.*")),
)
PTP_COLUMNS = ("column_1", "column_2", "prior_to_1996", "effective", "deletion", "modifier", "rationale")
_OPTIONAL = {"prior_to_1996"}
_LOOKED_AT = 60
_DATE = re.compile(r"\d{8}")
_EXPECTED = "a header row 'Column 1', 'Column 2', … above the edits"


@dataclass(frozen=True, slots=True)
class PtpLayout:
    """Lines above the first edit, and our names of the file's columns from left to right."""

    skip: int
    columns: tuple[str, ...]


def _cells(line: str) -> list[str]:
    return [" ".join(cell.split()) for cell in line.split("\t")]


def _is_header(cells: Sequence[str]) -> bool:
    words = [cell.lower().replace(" ", "") for cell in cells[:2]]
    return words == ["column1", "column2"]


def _goes_on(cells: Sequence[str]) -> bool:
    """A further row of the header: nothing where the codes stand, and no date."""
    return not any(cells[:2]) and not any(_DATE.fullmatch(cell) for cell in cells)


def ptp_layout(lines: Sequence[str], file: str) -> PtpLayout:
    """Find the header among the first lines of a file.

    Raises:
        ParseError: there is none, it has a column that nobody knows or lacks one, or no edit follows it.
    """
    top = [_cells(line) for line in lines[:_LOOKED_AT]]
    start = next((number for number, cells in enumerate(top) if _is_header(cells)), None)
    if start is None:
        raise ParseError(file, _EXPECTED, line=1, text=lines[0] if lines else "")
    end = next((number for number in range(start + 1, len(top)) if not _goes_on(top[number])), None)
    if end is None:
        raise ParseError(file, "at least one edit below the header", line=len(top))
    titles = [
        " ".join(cells[place] for cells in top[start:end] if place < len(cells)).strip().lower()
        for place in range(len(top[start]))
    ]
    columns = []
    for place, title in enumerate(titles, 1):
        name = next((name for name, pattern in _TITLES if pattern.search(title) and pattern.match(title)), None)
        name = name or next((name for name, pattern in _TITLES if name in _OPTIONAL and pattern.search(title)), None)
        if name is None or name in columns:
            known = ", ".join(PTP_COLUMNS)
            raise ParseError(file, f"columns for {known}, each once", line=start + 1, column=place, text=title)
        columns.append(name)
    missing = [name for name in PTP_COLUMNS if name not in columns and name not in _OPTIONAL]
    if missing:
        raise ParseError(file, f"a column for {', '.join(missing)}", line=start + 1, text=lines[start])
    return PtpLayout(end, tuple(columns))
