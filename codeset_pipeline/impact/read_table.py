"""CSV and Excel assets: rule lists, order sets and charge masters, one line a row."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.amounts import amount_of
from codeset_pipeline.impact.cells import CellReader, Trust
from codeset_pipeline.impact.column_content import Column, columns_of
from codeset_pipeline.impact.column_roles import CODE_ROLES, Role, speaks_of_orders
from codeset_pipeline.impact.columns_file import ColumnChoice
from codeset_pipeline.impact.expressions import Form, Reference, parse
from codeset_pipeline.impact.mentions import Mention, Reading
from codeset_pipeline.impact.table_header import header_index
from codeset_pipeline.impact.table_rows import CSV_ENDINGS, Row, Sheet, csv_sheet, excel_sheets
from codeset_pipeline.model import TableLayout

_OTHER_TYPE = re.compile(r"(?i)cpt|hcpcs|ndc|drg|apc|loinc|snomed|sct|rxnorm|cdt|\brc\b|revenue|icd.?9|local|cdm")


def read_table(data: bytes, path: Path, choice: ColumnChoice, reader: CellReader) -> Reading:
    """The references of a table.

    Raises:
        AssetError: the file is empty, cannot be opened, or lacks a column that the columns file names.
    """
    sheets = [csv_sheet(data, path.name)] if path.suffix.lower() in CSV_ENDINGS else excel_sheets(data, path)
    sheets = [sheet for sheet in sheets if sheet.rows]
    if not sheets:
        raise AssetError(f"{path.name} is empty; give a file with a header and at least one line.")
    reading = Reading(must_be_billable=speaks_of_orders(path.name))
    roles: dict[str, list[str]] = defaultdict(list)
    for sheet in sheets:
        prefix = f"{sheet.name}!" if len(sheets) > 1 else ""
        at = _header_at(sheet, choice, path.name, reader)
        header = () if at is None else sheet.rows[at].cells
        rows = sheet.rows if at is None else sheet.rows[at + 1 :]
        told = choice.placed(header, path.name) if choice.roles else {}
        columns = columns_of(header, rows, told, choice.code_set, reader)
        _read_rows(rows, columns, prefix, reading, reader)
        reading.tables.append(_layout(sheet, None if at is None else sheet.rows[at].line, columns, prefix))
        for column in columns:
            if column.role is not None:
                roles[column.role].append(prefix + column.name)
            reading.must_be_billable |= speaks_of_orders(column.name)
    if not reading.lines:
        raise AssetError(f"{path.name} has a header but no lines under it; give a file with at least one line.")
    if Role.PRICE in roles:
        reading.kind, reading.must_be_billable = "charge_master", True
    reading.columns = {str(role): names[0] if len(names) == 1 else names for role, names in roles.items()}
    return reading


def _layout(sheet: Sheet, header_line: int | None, columns: list[Column], prefix: str) -> TableLayout:
    roles: dict[str, list[int]] = defaultdict(list)
    for column in columns:
        if column.role is not None:
            roles[str(column.role)].append(column.index)
    places = {prefix + column.name: column.index for column in reversed(columns)}
    return TableLayout(sheet.name, header_line, places, {role: tuple(found) for role, found in roles.items()})


def _header_at(sheet: Sheet, choice: ColumnChoice, name: str, reader: CellReader) -> int | None:
    if choice.header_row is None:
        if choice.roles:  # the header is where the names stand that the user gives
            wanted = {" ".join(text.split()).casefold() for names in choice.roles.values() for text in names}
            for at, row in enumerate(sheet.rows[:60]):
                if wanted <= {" ".join(cell.split()).casefold() for cell in row.cells}:
                    return at
        return header_index(sheet.rows, reader)
    for at, row in enumerate(sheet.rows):
        if row.line == choice.header_row:
            return at
    raise AssetError(f"{name} has nothing on row {choice.header_row}, the header_row of the columns file; correct it.")


def _read_rows(rows: list[Row], columns: list[Column], prefix: str, reading: Reading, reader: CellReader) -> None:
    ranges = any(column.role is Role.LOW for column in columns)
    highs = [column for column in columns if ranges and column.role is Role.HIGH]
    scanned = [column for column in columns if column.trust is not None and column not in highs]
    by_role: dict[Role, list[Column]] = defaultdict(list)
    for column in columns:
        if column.role is not None:
            by_role[column.role].append(column)
    naming = by_role[Role.RULE] or by_role[Role.CHARGE_CODE] or by_role[Role.NAME]
    for row in rows:
        reading.lines += 1
        cells = row.cells
        rule = next((cells[c.index] for c in naming if c.index < len(cells) and cells[c.index]), "")
        kinds = [cells[c.index] for c in by_role[Role.CODE_TYPE] if c.index < len(cells)]
        foreign = any(_OTHER_TYPE.search(kind) for kind in kinds)
        owner = f"{prefix}{rule}" if rule else f"{prefix}line {row.line}"
        department = next(
            (
                " ".join(cells[c.index].split())
                for c in by_role[Role.DEPARTMENT]
                if c.index < len(cells) and cells[c.index]
            ),
            "",
        )
        content = price = None
        found = False
        for column in scanned:
            text = cells[column.index] if column.index < len(cells) else ""
            if not text:
                continue
            trust = Trust.STRICT if foreign else column.trust
            assert trust is not None
            references: tuple[Reference, ...] = ()
            if column.role is Role.LOW and (joined := _joined(text, highs, cells)):
                references = (joined,)
            else:
                read = reader.read(text, trust)
                references = read.references
                if column.role in CODE_ROLES and not foreign:
                    reading.unrecognised.update(read.unrecognised)
                if column.role is Role.LOW:
                    references += _high_end(highs, cells, trust, reader)
            for reference in references:
                if content is None:
                    content = "\x1f".join(cell for cell in cells if cell)
                    price = _price(by_role[Role.PRICE], cells)
                found = True
                excluded = reference.excluded or column.role is Role.EXCLUDE
                scope = (owner,) if column.role is Role.EXCLUDE else (owner, column.name)
                reading.mentions.append(
                    Mention(
                        reference.expression,
                        row.line,
                        prefix + column.name,
                        prefix + column.name,
                        rule,
                        content,
                        scope,
                        excluded,
                        price,
                        _code_set_said(kinds) or column.only,
                        department,
                    )
                )
        reading.lines_with_codes += found


def _joined(low: str, highs: list[Column], cells: tuple[str, ...]) -> Reference | None:
    """A range whose ends stand in two columns; None unless both are codes in order."""
    for column in highs:
        high = cells[column.index] if column.index < len(cells) else ""
        both = parse(f"{low}-{high}") if high and high != low else None
        if both is not None and both.form is Form.RANGE:
            return Reference(both)
    return None


def _high_end(highs: list[Column], cells: tuple[str, ...], trust: Trust, reader: CellReader) -> tuple[Reference, ...]:
    texts = [cells[column.index] for column in highs if column.index < len(cells)]
    return tuple(reference for text in texts for reference in reader.read(text, trust).references)


def _price(columns: list[Column], cells: tuple[str, ...]) -> float | None:
    """The first price of the line: where a hospital lists several, the gross charge comes first."""
    values = (amount_of(cells[column.index]) for column in columns if column.index < len(cells))
    return next((value for value in values if value is not None), None)


def _code_set_said(kinds: list[str]) -> str | None:
    """The code set that a code-type column names."""
    text = " ".join(kinds).lower().replace("-", "").replace(" ", "")
    if "pcs" in text:
        return "icd10pcs"
    return "icd10cm" if "10cm" in text else None
