"""The sample as ANWEB text and ANWEB workbook, in the publisher's record layout (see `parse.anweb_layout`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codeset_pipeline.demo.sample_hcpcs.code_table import CodeRow
from codeset_pipeline.demo.sample_hcpcs.plain_workbook import plain_workbook
from codeset_pipeline.parse.anweb_layout import (
    DESCRIPTION_END,
    EXCEL_COLUMNS,
    FIELDS,
    RECORD_LENGTH,
    Field,
    Kind,
)

NOTICE = (
    "SAMPLE: a small selection of HCPCS Level II in the publisher's layout, in part made up; not for coding or billing"
)
# A line of a description always ends in a blank, so that no word runs into the next line's.
_DESCRIPTION_WIDTH = 79


def anweb_text(rows: Sequence[CodeRow]) -> bytes:
    lines = [NOTICE, ""]
    for row in rows:
        lines += _lines(row)
    return "".join(f"{line}\r\n" for line in lines).encode("cp1252")


def anweb_workbook(rows: Sequence[CodeRow]) -> bytes:
    above = [[NOTICE], [], []]
    return plain_workbook({"SAMPLE": [*above, list(EXCEL_COLUMNS), *map(_cells, rows)]})


def is_modifier(row: CodeRow) -> bool:
    return len(row["code"]) == 2


def _parts(row: CodeRow, field: Field) -> list[str]:
    """The texts of a field, as many as it occurs, as wide as the record has them."""
    texts = row.get(field.name, "").split(";") if field.kind is Kind.LIST else [row.get(field.name, "")]
    texts += [""] * (field.occurs - len(texts))
    if field.kind is Kind.NUMBER:
        return [text.rjust(field.width) if text else "" for text in texts]
    return texts


def _lines(row: CodeRow) -> Iterator[str]:
    """The first line with all details, then lines of description only."""
    first, more = ("7", "8") if is_modifier(row) else ("3", "4")
    for number, text in enumerate(_wrapped(row["long_description"]), 1):
        start = f"{row['code']:>5}{number * 100:05}{first if number == 1 else more}{text}".ljust(DESCRIPTION_END)
        yield _with_details(start, row) if number == 1 else start


def _with_details(start: str, row: CodeRow) -> str:
    line = list(start.ljust(RECORD_LENGTH))
    for field in FIELDS:
        line[field.slice] = "".join(part.ljust(field.width) for part in _parts(row, field))
    return "".join(line)


def _wrapped(text: str) -> Iterator[str]:
    """Lines of a description; joined by one blank they give it back, doubled blanks too."""
    while len(text) > _DESCRIPTION_WIDTH:
        end = text.rindex(" ", 0, _DESCRIPTION_WIDTH + 1)
        end = len(text[:end].rstrip(" "))
        yield text[:end]
        text = text[end + 1 :]
    yield text


def _cells(row: CodeRow) -> list[str]:
    code = f"{row['code']:>5}"
    details = [part for field in FIELDS for part in _parts(row, field)]
    return [code, "0010", "7" if is_modifier(row) else "3", row["long_description"], *details]
