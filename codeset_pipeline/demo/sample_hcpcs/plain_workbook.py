"""Workbooks (xlsx) of plain text cells, the same bytes on every run and machine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[str]]

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# The first day that a zip can state.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def stored_zip(members: Mapping[str, bytes], written: tuple[int, int, int, int, int, int] = _NO_DATE) -> bytes:
    """An archive of these members, uncompressed, because compressed bytes differ between machines."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, written)
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    return stream.getvalue()


def plain_workbook(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook; sheet name → rows of texts, "" for a blank cell."""
    numbers = range(1, len(sheets) + 1)
    types = [("/xl/workbook.xml", "sheet.main")]
    types += [(f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in numbers]
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(f'<Override PartName="{part}" ContentType="{_TYPE}.{kind}+xml"/>' for part, kind in types)
        + "</Types>",
        "_rels/.rels": _relationships([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, name in zip(numbers, sheets, strict=True)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relationships(
            ("worksheet", f"worksheets/sheet{number}.xml") for number in numbers
        ),
    }
    for number, rows in zip(numbers, sheets.values(), strict=True):
        members[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows)
    return stored_zip({name: (_HEAD + text).encode("utf-8") for name, text in members.items()})


def _relationships(targets: Iterable[tuple[str, str]]) -> str:
    entries = [
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    ]
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(entries)}</Relationships>'


def _sheet(rows: Rows) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = [
            f'<c r="{_column(index)}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
            for index, text in enumerate(row)
            if text
        ]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _column(index: int) -> str:
    """`A` for 0, `AV` for 47."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
