"""How a step tells a person what it is doing."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]


def silent(_: str) -> None:
    """The progress of callers that do not want any."""
