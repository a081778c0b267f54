"""Cells of the user's own tables exactly as they stand, for copies that change nothing but what they must."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

Value = str | float | int | bool | date | datetime | None

_ZEROS = re.compile(r"0+")


@dataclass(frozen=True, slots=True)
class SourceCell:
    """One cell.

    Attributes:
        value: a text with all its blanks and zeros, or Excel's number or date.
        format: Excel's number format, empty where it is the usual one; `0000` shows 250 as 0250.
    """

    value: Value = None
    format: str = ""

    @property
    def text(self) -> str:
        """The cell as people see it and as a CSV file has it."""
        value = self.value
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, datetime):
            return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
        if isinstance(value, date):
            return value.isoformat()
        whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e15)
        shown = str(int(value)) if whole else repr(value)
        return shown.zfill(len(self.format)) if whole and _ZEROS.fullmatch(self.format) else shown

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    def as_json(self) -> Any:
        """The cell for a JSON file; `of_json` gives it back."""
        value: Any = self.value
        kind = "t" if isinstance(value, datetime) else "d" if isinstance(value, date) else ""
        if kind:
            value = value.isoformat()
        elif not self.format:
            return value
        return {"value": value, **({"kind": kind} if kind else {}), **({"format": self.format} if self.format else {})}

    @classmethod
    def of_json(cls, found: Any) -> SourceCell:
        if not isinstance(found, dict):
            return cls(found)
        value = found["value"]
        if kind := found.get("kind"):
            value = datetime.fromisoformat(value) if kind == "t" else date.fromisoformat(value)
        return cls(value, found.get("format", ""))
