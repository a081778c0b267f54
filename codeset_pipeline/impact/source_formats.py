"""The number formats of some cells of an xlsx workbook, for the leading zeros that only a format shows.

The reader that gives values quickly knows no formats, and the one that knows them takes minutes for a large sheet; so
the few rows in question are cut out of the sheet's part of the package.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection

_ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"')
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]+)\d+"[^>]*?\bs="(\d+)"|<c\b[^>]*?\bs="(\d+)"[^>]*?\br="([A-Z]+)\d+"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def number_formats(data: bytes, sheet: str, rows: Collection[int]) -> dict[tuple[int, int], str]:
    """(row, 0-based place) → number format of cells with a custom one; empty for files other than plain xlsx."""
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            formats = _styles(etree.fromstring(package.read("xl/styles.xml")))
            part = _part_of(package, sheet)
            if part is None or not any(formats):
                return {}
            text = package.read(part)
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, ValueError):
        return {}
    found: dict[tuple[int, int], str] = {}
    for match in _ROW.finditer(text):
        number = int(match[1])
        if number in rows:
            end = text.find(b"</row>", match.end())
            for cell in _CELL.finditer(text, match.end(), end if end >= 0 else len(text)):
                style, letters = int(cell[2] or cell[3]), (cell[1] or cell[4]).decode()
                if style < len(formats) and formats[style]:
                    found[number, _place(letters)] = formats[style]
    return found


def _styles(root: object) -> list[str]:
    """The custom number format of each cell style, empty where it has none."""
    from lxml import etree

    assert isinstance(root, etree._Element)
    custom = {each.get("numFmtId"): each.get("formatCode", "") for each in root.iterfind("{*}numFmts/{*}numFmt")}
    return [custom.get(each.get("numFmtId"), "") for each in root.iterfind("{*}cellXfs/{*}xf")]


def _part_of(package: zipfile.ZipFile, sheet: str) -> str | None:
    from lxml import etree

    book = etree.fromstring(package.read("xl/workbook.xml"))
    relations = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    for each in book.iterfind("{*}sheets/{*}sheet"):
        if each.get("name") == sheet:
            target = targets.get(each.get(_RELATION), "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return None


def _place(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
