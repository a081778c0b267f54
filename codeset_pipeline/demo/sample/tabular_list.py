"""The sample's tabular list of one fiscal year, read from the tables beside this module."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

FIRST_YEAR, SECOND_YEAR = 2025, 2026


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A row of the order file: code without dot, may it be reported, title."""

    code: str
    billable: bool
    title: str


@dataclass(frozen=True)
class TabularList:
    """The sample as one fiscal year has it.

    Attributes:
        titles: code with dot → title, in tabular order; without the codes that only add a 7th character.
        outline: chapters, sections, 7th characters, notes and previous codes.
    """

    fiscal_year: int
    titles: dict[str, str]
    outline: dict[str, Any]

    @cached_property
    def headers(self) -> set[str]:
        """Codes that have others of the list below them."""
        return {code[:end].rstrip(".") for code in self.titles for end in range(3, len(code))}

    def seventh_characters(self, code: str) -> dict[str, str]:
        """The 7th characters that hold below a code, those of the nearest definition above it."""
        defined: dict[str, dict[str, str]] = self.outline["seventh_characters"]
        above = [code[:end].rstrip(".") for end in range(len(code), 2, -1)]
        return next((defined[each] for each in above if each in defined), {})

    def order_lines(self) -> list[OrderLine]:
        """Headers and billable codes in tabular order."""
        lines = []
        for code, title in self.titles.items():
            plain = code.replace(".", "")
            header = code in self.headers
            extensions = {} if header else self.seventh_characters(code)
            lines.append(OrderLine(plain, not header and not extensions, title))
            for character, text in extensions.items():
                lines.append(OrderLine(plain.ljust(6, "X") + character, True, f"{title}, {text}"))
        return lines

    def notes(self, code: str) -> list[tuple[str, str]]:
        """The notes on a code: element of the tabular XML, text."""
        return [
            (note["element"], note["text"])
            for note in self.outline["notes"]
            if note["code"] == code and note.get("in", self.fiscal_year) == self.fiscal_year
        ]


@lru_cache(maxsize=1)
def _outline() -> dict[str, Any]:
    import yaml

    text = resources.files(__package__).joinpath("outline.yaml").read_text("utf-8")
    outline: dict[str, Any] = yaml.safe_load(text)
    return outline


def tabular_list(fiscal_year: int) -> TabularList:
    """The sample's list of `FIRST_YEAR` or `SECOND_YEAR`."""
    text = resources.files(__package__).joinpath("codes.csv").read_text("utf-8")
    titles = {}
    for row in csv.DictReader(text.splitlines()):
        title = row["title"] if fiscal_year == FIRST_YEAR else row["title_2026"] or row["title"]
        if title:
            titles[row["code"]] = title
    return TabularList(fiscal_year, titles, _outline())
