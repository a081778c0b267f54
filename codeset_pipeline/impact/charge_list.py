"""The procedure codes of one charge master with their lines, for what is asked of codes together (NCCI)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One line of a charge master that bills a code.

    Attributes:
        line, column: where the code stands.
        rule: charge code or item; content: text of the line.
        department: department that answers for the line, empty where the file names none.
        quantity: units that the line charges, None where the file does not say.
        price: price of the line.
        modifiers: modifiers billed with the code on this line.
    """

    line: int
    column: str
    rule: str
    content: str
    department: str = ""
    quantity: float | None = None
    price: float | None = None
    modifiers: tuple[str, ...] = ()


class _Places(Protocol):
    """Where a table says what of its lines (`line_columns.LineColumns`)."""

    def rule(self, cells: Sequence[str]) -> str: ...
    def department(self, cells: Sequence[str]) -> str: ...
    def quantity(self, cells: Sequence[str]) -> float | None: ...
    def price(self, cells: Sequence[str]) -> float | None: ...


@dataclass(frozen=True, slots=True)
class _Billed:
    """A code on a line: read further only when somebody asks, since most lines are never asked about."""

    line: int
    cells: tuple[str, ...]
    column: str
    modifiers: tuple[str, ...]
    places: _Places
    section: str

    @property
    def department(self) -> str:
        return self.places.department(self.cells) or self.section


class ChargeList:
    """The codes of one charge master, by code, in the order of its lines."""

    def __init__(self) -> None:
        self._lines: dict[str, list[_Billed]] = defaultdict(list)

    def add(
        self,
        code: str,
        line: int,
        cells: tuple[str, ...],
        column: str,
        modifiers: tuple[str, ...],
        places: _Places,
        section: str = "",
    ) -> None:
        """Notes that a line bills a code; section: the department whose heading stands above the line."""
        self._lines[code].append(_Billed(line, cells, column, modifiers, places, section))

    @property
    def codes(self) -> frozenset[str]:
        """Every HCPCS and CPT code of the list."""
        return frozenset(self._lines)

    def lines_of(self, code: str) -> Iterator[ChargeLine]:
        """The lines that bill a code, in their order; none for a code that is not on the list."""
        for found in self._lines.get(code, ()):
            yield ChargeLine(
                found.line,
                found.column,
                found.places.rule(found.cells),
                "\x1f".join(cell for cell in found.cells if cell),
                found.department,
                found.places.quantity(found.cells),
                found.places.price(found.cells),
                found.modifiers,
            )

    def departments_of(self, code: str) -> tuple[str, ...]:
        """The departments that bill a code, each once, in the order of the lines."""
        return tuple(dict.fromkeys(found.department for found in self._lines.get(code, ())))
