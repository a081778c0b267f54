"""Plain SQL on an open connection, and which releases of a code set it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from codeset_pipeline.history.lookup import CodeLookup


class Asking:
    """Questions on one connection, or on that of a lookup; dates go in and come out as ISO texts."""

    def __init__(self, connection: Connection | CodeLookup) -> None:
        self._connection = connection

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement whose places for values are written `?`."""
        if isinstance(self._connection, CodeLookup):
            return self._connection.rows(statement, tuple(values))
        mark = "?" if self._connection.dialect.name == "sqlite" else "%s"
        text = statement.replace("?", mark)
        return [tuple(row) for row in self._connection.exec_driver_sql(text, tuple(values))]

    @staticmethod
    def places(count: int) -> str:
        return ", ".join("?" * count)


_NOW = "published_to IS NULL"
_THEN = "published_from <= ? AND (published_to IS NULL OR published_to >= ?)"


def said(published: date | None) -> tuple[str, list[str]]:
    """The condition on the published axis for what was said by a date (by now when None), with its values."""
    return (_NOW, []) if published is None else (_THEN, [published.isoformat()] * 2)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A ready release revision: effective date, date of publication, label."""

    effective_from: str
    published: str
    label: str


def loaded_releases(asking: Asking) -> dict[str, list[Loaded]]:
    """Code set → its ready releases, oldest first."""
    found: dict[str, list[Loaded]] = {}
    for code_set, effective, published, label in asking.rows(
        "SELECT code_set, effective_from, published, label FROM release WHERE state = 'ready' "
        "ORDER BY code_set, effective_from, revision"
    ):
        found.setdefault(code_set, []).append(Loaded(_text(effective), _text(published), label))
    return found


def _text(day: Any) -> str:
    return day.isoformat() if isinstance(day, date) else str(day)


def text_or_none(day: Any) -> str | None:
    """A date as ISO text, whatever the driver hands out."""
    return None if day is None else _text(day)
