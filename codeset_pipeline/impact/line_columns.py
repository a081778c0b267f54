"""What the columns of a line say beside its codes: charge code, department, quantity, price, first and last day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from codeset_pipeline.impact.amounts import amount_of
from codeset_pipeline.impact.column_content import Column
from codeset_pipeline.impact.column_roles import Role, words_of

_GROSS = frozenset({"gross"})
_NEGOTIATED = frozenset(
    {"cash", "discount", "discounted", "negotiated", "min", "minimum", "max", "maximum", "estimated", "expected"}
    | {"self", "pay", "payer", "rate", "medicare", "medicaid", "percentage", "algorithm", "allowed", "cost"}
)
_ISO = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?")
_AMERICAN = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d\d)(?:\s.*)?")
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.0*)?")
#: Day 0 of Excel's calendar, which counts a 29 February 1900 that never was.
_EXCEL_START = date(1899, 12, 30)


@dataclass(frozen=True)
class LineColumns:
    """Where the columns of a table stand that say something of the line itself.

    Attributes:
        naming: charge code, item or rule; the first filled one names the line.
        departments: their texts together name the department.
        prices: the gross charge first, what payers pay last.
    """

    naming: tuple[int, ...]
    departments: tuple[int, ...]
    quantities: tuple[int, ...]
    prices: tuple[int, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, columns: Sequence[Column]) -> LineColumns:
        def places(role: Role) -> tuple[int, ...]:
            return tuple(column.index for column in columns if column.role is role)

        prices = sorted((column for column in columns if column.role is Role.PRICE), key=_worth)
        return cls(
            places(Role.RULE) or places(Role.CHARGE_CODE) or places(Role.NAME),
            places(Role.DEPARTMENT),
            places(Role.QUANTITY),
            tuple(column.index for column in prices),
            places(Role.BEGINS),
            places(Role.ENDS),
        )

    def rule(self, cells: Sequence[str]) -> str:
        """Charge code, item or rule of the line."""
        return next(_filled(self.naming, cells), "")

    def department(self, cells: Sequence[str]) -> str:
        """`4480 Laboratory` where number and name stand in two columns."""
        return " ".join(" ".join(_filled(self.departments, cells)).split())

    def quantity(self, cells: Sequence[str]) -> float | None:
        """Units that the line charges."""
        return _first_number(self.quantities, cells)

    def price(self, cells: Sequence[str]) -> float | None:
        """The first price of the line: where a hospital lists several, the gross charge comes first."""
        return _first_number(self.prices, cells)

    def last_day(self, cells: Sequence[str]) -> date | None:
        """The last day on which the line itself is used, None when it is open."""
        return next((day for text in _filled(self.ends, cells) if (day := day_of(text)) is not None), None)


def day_of(text: str) -> date | None:
    """A date as ISO, American or Excel's serial number; None for anything else."""
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _AMERICAN.fullmatch(text):
            year = int(found[3])
            return date(year + 2000 if year < 100 else year, int(found[1]), int(found[2]))
        if found := _SERIAL.fullmatch(text):
            return _EXCEL_START + timedelta(days=int(found[1]))
    except ValueError:
        return None
    return None


def _worth(column: Column) -> int:
    words = words_of(column.name)
    return 0 if words & _GROSS else 2 if words & _NEGOTIATED else 1


def _filled(places: Sequence[int], cells: Sequence[str]) -> Iterator[str]:
    return (cells[index] for index in places if index < len(cells) and cells[index])


def _first_number(places: Sequence[int], cells: Sequence[str]) -> float | None:
    values = (amount_of(text) for text in _filled(places, cells))
    return next((value for value in values if value is not None), None)
