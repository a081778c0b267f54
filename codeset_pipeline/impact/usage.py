"""How often and for how much money each code was used, to rank the work.

A file or a query gives one row a code, or a code and department, with a count, an amount or both. Rows that name two
codes say how often these were billed together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codeset_pipeline import codes
from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.amounts import amount_of
from codeset_pipeline.impact.column_roles import CODE_ROLES, Role, role_of, words_of
from codeset_pipeline.impact.procedure_codes import read_procedures
from codeset_pipeline.impact.table_rows import CSV_ENDINGS, EXCEL_ENDINGS, Row, csv_sheet, excel_sheets

_COUNT = words_of("count counts volume claims n qty quantity cases encounters uses frequency visits lines units")
_AMOUNT = words_of("amount amounts charges charge paid revenue dollars total money sum allowed billed price cost")

Figures = dict[str, float]


@dataclass
class Usage:
    """Volume (claims, cases or lines, as the user counts them) and amount (the user's currency) by code.

    Attributes:
        volumes, amounts: code without dot → sum over the file; None when the file has no such column or was not given.
        by_department: department in small letters → the same for it; empty when the file names no departments.
        together: two codes in the order of the alphabet → how often they were billed together.
        unread: where rows without a code stand.
    """

    volumes: Figures | None = None
    amounts: Figures | None = None
    name: str = ""
    unread: list[str] = field(default_factory=list)
    by_department: dict[str, tuple[Figures | None, Figures | None]] = field(default_factory=dict)
    together: dict[tuple[str, str], float] = field(default_factory=dict)

    def of(self, members: Iterable[str], department: str = "") -> tuple[float | None, float | None]:
        """Volume and amount of codes together; 0 for codes not in the file, None where it has no figures.

        Args:
            department: where the file names it, only what it used counts; otherwise the whole.
        """
        found = list(members)
        volumes, amounts = self.by_department.get(_plain(department), (self.volumes, self.amounts))
        volume = None if volumes is None else sum(volumes.get(code, 0.0) for code in found)
        amount = None if amounts is None else sum(amounts.get(code, 0.0) for code in found)
        return volume, amount


def read_usage(path: Path, data: bytes) -> Usage:
    """A usage file with the columns code, count, amount, found by their names; one of the last two is enough.

    Raises:
        AssetError: the file lacks the columns, or a figure is no number.
    """
    ending = path.suffix.lower()
    if ending not in CSV_ENDINGS | EXCEL_ENDINGS:
        raise AssetError(
            f"{path.name} is no usage file; give a CSV or xlsx file with the columns code, count, amount, "
            "or YAML of a query."
        )
    sheets = [csv_sheet(data, path.name)] if ending in CSV_ENDINGS else excel_sheets(data, path)
    return usage_of_rows(next((sheet.rows for sheet in sheets if sheet.rows), []), path.name)


def usage_of_rows(rows: Sequence[Row], name: str, what: str = "line") -> Usage:
    """The usage in rows, of which one of the first is the header.

    Raises:
        AssetError: the columns are not there, or a figure is no number.
    """
    for at, row in enumerate(rows[:60]):
        places = _places(row)
        if "code" in places and {"count", "amount"} & places.keys():
            return _summed(rows[at + 1 :], places, name, what)
    seen = ", ".join(repr(cell) for cell in rows[0].cells if cell) if rows else "none"
    raise AssetError(
        f"{name} is no usage file: it needs a header with a code column and a count or amount column, and its "
        f"first line has {seen}; name the columns code, count and amount."
    )


def _places(row: Row) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, cell in enumerate(row.cells):
        words, role = words_of(cell), role_of(cell)
        if role is Role.DEPARTMENT and "department" not in found:
            found["department"] = index
        elif role in CODE_ROLES and "code" in found and "other" not in found:
            found["other"] = index
        elif "code" not in found and role in CODE_ROLES:
            found["code"] = index
        elif "count" not in found and words & _COUNT:
            found["count"] = index
        elif "amount" not in found and words & _AMOUNT:
            found["amount"] = index
    return found


def _summed(rows: Sequence[Row], places: dict[str, int], name: str, what: str) -> Usage:
    usage = Usage(name=name)
    figures = [figure for figure in ("count", "amount") if figure in places]
    sums: dict[str, Figures] = {figure: {} for figure in figures}
    parts: dict[str, dict[str, Figures]] = {}

    def cell(row: Row, place: str) -> str:
        at = places.get(place, len(row.cells))
        return row.cells[at] if at < len(row.cells) else ""

    for row in rows:
        code, other = _code(cell(row, "code")), _code(cell(row, "other"))
        if not code:
            usage.unread.append(f"{what} {row.line}")
            continue
        department = _plain(cell(row, "department"))
        for figure in figures:
            text = cell(row, figure)
            value = amount_of(text) if text else 0.0
            if value is None:
                raise AssetError(f"{name}, {what} {row.line}: {text!r} is no {figure}; write a number such as 1250.00.")
            if other:
                if figure == figures[0]:
                    pair = (min(code, other), max(code, other))
                    usage.together[pair] = usage.together.get(pair, 0.0) + value
                continue
            sums[figure][code] = sums[figure].get(code, 0.0) + value
            if department:
                part = parts.setdefault(department, {each: {} for each in figures})[figure]
                part[code] = part.get(code, 0.0) + value
    usage.volumes, usage.amounts = sums.get("count"), sums.get("amount")
    usage.by_department = {each: (part.get("count"), part.get("amount")) for each, part in parts.items()}
    return usage


def _code(text: str) -> str:
    """The code as the program writes it: without dot, modifier and what a spreadsheet made of it (`99213.0`)."""
    read = read_procedures(text) if text else None
    if read is not None and len(read.codes) == 1 and not read.unrecognised and not read.expressions:
        return read.codes[0].code
    return codes.normalise(text)


def _plain(department: str) -> str:
    return " ".join(department.split()).casefold()
