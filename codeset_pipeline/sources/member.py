"""A file as it was found, before anybody knows what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Member:
    """A file as it was found: its path within the archive (its name for a bare file) and the date it carries there."""

    path: str
    written: date | None = None

    @property
    def name(self) -> str:
        return re.split(r"[/\\]", self.path)[-1]
