"""ANWEB workbook: the HCPCS Level II release as one row for each code, below a header that stands on any early row.

It gives the same rows as the ANWEB text. A description that is too long for the publisher's export goes on in a row
with record id 4 (G0503 from 2019 on), which belongs to the row above.
"""

from __future__ import annotations

from datetime import date, datetime
from operator import itemgetter

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.anweb_header import AnwebHeader, find_anweb_header
from codeset_pipeline.parse.anweb_layout import FIELDS, FIRST_LINES, MODIFIER_LINES, Field, Kind, is_code
from codeset_pipeline.parse.anweb_rows import Anweb, AnwebRow
from codeset_pipeline.parse.anweb_values import Details, read_details
from codeset_pipeline.parse.spreadsheet_rows import Cell, is_blank, read_sheets, shown

_PLACES = {field.name: field.in_excel for field in FIELDS}
# The columns of each field, worked out once.
_COLUMNS = [(field, field.columns) for field in FIELDS]
_RECORD_IDS = {"3", "4", "7", "8"}


def parse_anweb_excel(data: bytes, file: str) -> Anweb:
    """Read the workbook (xlsx or xls) of a release.

    Raises:
        ParseError: no header, an unknown or missing column, data in a column without name, a row that is no record, a
            continuation row that does not follow its code, a code twice with different content, or no rows.
    """
    sheets, oddities = read_sheets(data, file, "an ANWEB workbook", ",")
    sheet, header, found = find_anweb_header(sheets, file)
    oddities += found
    rows: dict[str, AnwebRow] = {}
    damaged: set[tuple[str, str]] = set()
    last = ""
    blank: list[int] = []
    reader = _DetailReader(file, header)
    below = zip(sheet.lines[header.position + 1 :], sheet.rows[header.position + 1 :], strict=True)
    for line, cells in below:
        if all(is_blank(cell) for cell in cells):
            blank.append(line)
            continue
        if blank and last:
            what = f"{len(blank)} blank rows stand among the records."
            oddities.append(Oddity(file, blank[0], what, f"rows {blank[0]} to {blank[-1]}", "Left out."))
        blank.clear()
        header.refuse_unnamed(file, line, cells)
        code, modifier, record_id = _key(file, line, cells, header)
        if record_id not in FIRST_LINES:
            if code != last:
                raise ParseError(file, "the code's own row above a continuation row", line=line, text=shown(cells))
            rows[code], oddity = _continued(rows[code], file, line, cells, header)
            oddities.append(oddity)
            continue
        details = reader.read(line, cells, code)
        found = details.oddities
        long = _text(header.cell(cells, "LONG DESCRIPTION"))
        if not long:
            found = [*found, Oddity(file, line, f"{code} has no long description.", shown(cells), "Left blank.")]
        row = AnwebRow(code, modifier, long, **details.values, lines=(line,))  # type: ignore[arg-type]
        if code in rows:
            if row[:-1] != rows[code][:-1]:
                raise ParseError(file, f"each code once ({code})", line=line, column="HCPC", text=shown(cells))
            found = [Oddity(file, line, f"{code} stands twice with equal content.", code, "Read once.")]
        else:
            rows[code] = row
            damaged |= {(code, name) for name in details.damaged}
        oddities += found
        last = code
    if not rows:
        raise ParseError(file, "rows below the header", line=sheet.lines[header.position])
    return Anweb(file, list(rows.values()), header.position, oddities, frozenset(damaged))


def _key(file: str, line: int, cells: list[Cell], header: AnwebHeader) -> tuple[str, bool, str]:
    """Code, is it a modifier, and record id of a row."""
    record_id = _text(header.cell(cells, "RECID"))
    if record_id not in _RECORD_IDS:
        raise ParseError(file, "record id 3, 4, 7 or 8", line=line, column="RECID", text=shown(cells))
    modifier = record_id in MODIFIER_LINES
    code = _text(header.cell(cells, "HCPC"), digits=2 if modifier else 0)
    if not is_code(code, modifier=modifier):
        expected = "a modifier of two characters" if modifier else "a code of one letter and four digits"
        raise ParseError(file, expected, line=line, column="HCPC", text=shown(cells))
    return code, modifier, record_id


_Placed = list[tuple[Field, list[tuple[str, int]]]]
"""The fields with the names and indexes of their columns."""


class _DetailReader:
    """Reads what a row says besides code and descriptions. Two thirds of the rows say the same as another one."""

    def __init__(self, file: str, header: AnwebHeader) -> None:
        self._file = file
        self._placed: _Placed = [
            (f, [(column, header.columns[column]) for column in columns]) for f, columns in _COLUMNS
        ]
        self._short = header.columns[FIELDS[0].column]
        places = sorted(index for _, columns in self._placed for _, index in columns if index != self._short)
        self._last = max(self._short, *places)
        self._pick = itemgetter(*places)
        self._plain: dict[tuple[object, ...], Details] = {}

    def read(self, line: int, cells: list[Cell], code: str) -> Details:
        """The details of a row, its short description among them."""
        if len(cells) <= self._last:
            return self._read(line, cells, code)
        short = cells[self._short]
        if type(short) is not str:
            return self._read(line, cells, code)
        picked = self._pick(cells)
        # 1.0 and True are equal and are not written alike.
        known = (picked, *map(type, picked))
        details = self._plain.get(known)
        if details is None:
            details = self._read(line, cells, code)
            if not details.oddities and not details.damaged:
                self._plain[known] = details
            return details
        details.values[FIELDS[0].name] = short.strip()
        return details

    def _read(self, line: int, cells: list[Cell], code: str) -> Details:
        texts, oddities, damaged = _field_texts(self._file, line, cells, self._placed, code)
        details = read_details(texts, code, self._file, line, _PLACES)
        return Details(details.values, oddities + details.oddities, damaged | details.damaged)


def _field_texts(
    file: str, line: int, cells: list[Cell], placed: _Placed, code: str
) -> tuple[dict[str, str | tuple[str, ...]], list[Oddity], set[str]]:
    """The texts of some fields of a row, what was odd, and the fields that hold no text of the publisher's."""
    width = len(cells)
    oddities: list[Oddity] = []
    damaged: set[str] = set()
    texts: dict[str, str | tuple[str, ...]] = {}
    for field, columns in placed:
        parts = []
        for column, index in columns:
            cell = cells[index] if index < width else ""
            if cell == "":
                continue
            text = cell.strip() if type(cell) is str and not field.digits else _field_text(cell, field)
            if text is None:
                what = f"{code}: column {column} holds a date, which a spreadsheet has made of the publisher's text."
                oddities.append(Oddity(file, line, what, str(cell), "Left blank; the rest of the row is read."))
                damaged.add(field.name)
            elif text:
                parts.append(text)
        texts[field.name] = tuple(parts) if field.kind is Kind.LIST else "".join(parts)
    return texts, oddities, damaged


def _continued(row: AnwebRow, file: str, line: int, cells: list[Cell], header: AnwebHeader) -> tuple[AnwebRow, Oddity]:
    """The row with the rest of its description."""
    rest = _text(header.cell(cells, "LONG DESCRIPTION"))
    details = [column for column in header.columns if column not in {"HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION"}]
    if any(not is_blank(header.cell(cells, column)) for column in details):
        raise ParseError(file, "only a description in a continuation row", line=line, text=shown(cells))
    what = f"{row.code}: the description goes on in a row of its own."
    if rest and row.long_description.endswith(rest):
        return row, Oddity(file, line, what, rest, "Left out, because the description already ends with it.")
    long = f"{row.long_description} {rest}".strip()
    joined = row._replace(long_description=long, lines=(*row.lines, line))
    return joined, Oddity(file, line, what, rest, "Joined to the description above.")


def _field_text(cell: Cell, field: Field) -> str | None:
    """The text of a cell as the text file has it; None where a date stands in a field that is none."""
    if isinstance(cell, (date, datetime)):
        return cell.strftime("%Y%m%d") if field.kind is Kind.DATE else None
    return _text(cell, digits=field.width if field.digits else 0)


def _text(cell: Cell, *, digits: int = 0) -> str:
    """A cell as text: numbers without decimal point, and with the leading zeros of a code of so many digits."""
    if isinstance(cell, float) and cell.is_integer():
        cell = str(int(cell))
    text = str(cell).strip()
    return text.zfill(digits) if digits and text.isascii() and text.isdigit() else text
