"""How often and for how much money each code was used, to rank the work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from codeset_pipeline import codes
from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.amounts import amount_of
from codeset_pipeline.impact.column_roles import CODE_ROLES, role_of, words_of
from codeset_pipeline.impact.table_rows import CSV_ENDINGS, EXCEL_ENDINGS, Row, csv_sheet, excel_sheets

_COUNT = words_of("count counts volume claims n qty quantity cases encounters uses frequency visits lines units")
_AMOUNT = words_of("amount amounts charges charge paid revenue dollars total money sum allowed billed price cost")


@dataclass
class Usage:
    """Volume (claims, cases or lines, as the user counts them) and amount (the user's currency) by code.

    Attributes:
        volumes, amounts: code without dot → sum over the file; None when the file has no such column or was not given.
    """

    volumes: dict[str, float] | None = None
    amounts: dict[str, float] | None = None
    name: str = ""
    unread: list[str] = field(default_factory=list)

    def of(self, members: Iterable[str]) -> tuple[float | None, float | None]:
        """Volume and amount of codes together; 0 for codes not in the file, None where it has no figures."""
        found = list(members)
        volume = None if self.volumes is None else sum(self.volumes.get(code, 0.0) for code in found)
        amount = None if self.amounts is None else sum(self.amounts.get(code, 0.0) for code in found)
        return volume, amount


def read_usage(path: Path, data: bytes) -> Usage:
    """A usage file with the columns code, count and amount, found by their names; one of the last two is enough.

    Raises:
        AssetError: the file lacks the columns, or a figure is no number.
    """
    ending = path.suffix.lower()
    if ending not in CSV_ENDINGS | EXCEL_ENDINGS:
        raise AssetError(f"{path.name} is no usage file; give a CSV or xlsx file with the columns code, count, amount.")
    sheets = [csv_sheet(data, path.name)] if ending in CSV_ENDINGS else excel_sheets(data, path)
    rows = next((sheet.rows for sheet in sheets if sheet.rows), [])
    for at, row in enumerate(rows[:60]):
        places = _places(row)
        if "code" in places and len(places) > 1:
            return _summed(rows[at + 1 :], places, path.name)
    seen = ", ".join(repr(cell) for cell in rows[0].cells if cell) if rows else "none"
    raise AssetError(
        f"{path.name} is no usage file: it needs a header with a code column and a count or amount column, and its "
        f"first line has {seen}; name the columns code, count and amount."
    )


def _places(row: Row) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, cell in enumerate(row.cells):
        words = words_of(cell)
        if "code" not in found and role_of(cell) in CODE_ROLES:
            found["code"] = index
        elif "count" not in found and words & _COUNT:
            found["count"] = index
        elif "amount" not in found and words & _AMOUNT:
            found["amount"] = index
    return found


def _summed(rows: list[Row], places: dict[str, int], name: str) -> Usage:
    usage = Usage(name=name)
    sums: dict[str, dict[str, float]] = {figure: {} for figure in ("count", "amount") if figure in places}
    for row in rows:
        cells = row.cells
        code = codes.normalise(cells[places["code"]]) if places["code"] < len(cells) else ""
        if not code:
            usage.unread.append(f"line {row.line}")
            continue
        for figure, totals in sums.items():
            text = cells[places[figure]] if places[figure] < len(cells) else ""
            value = amount_of(text) if text else 0.0
            if value is None:
                raise AssetError(f"{name}, line {row.line}: {text!r} is no {figure}; write a number such as 1250.00.")
            totals[code] = totals.get(code, 0.0) + value
    usage.volumes, usage.amounts = sums.get("count"), sums.get("amount")
    return usage
