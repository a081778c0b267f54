"""Releases that arrive in any order: the history and the feed brought up to date with what is there so far."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from codeset_pipeline.feed.extend import extend
from codeset_pipeline.feed.store import Feed, open_feed
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.load import bring_up_to_date
from codeset_pipeline.history.published_tables import published_tables, rows
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.revision import AcceptedRevision
from tests.unit.feed.stranger import Row
from tests.unit.history.loading import workspace


def numbered(revisions: Sequence[AcceptedRevision]) -> list[AcceptedRevision]:
    """The revisions of each release numbered in the order of publication among those that are there."""
    found = []
    for start in sorted({item.plan.effective_from for item in revisions}):
        of_release = [item for item in revisions if item.plan.effective_from == start]
        of_release.sort(key=lambda item: (item.plan.published, item.plan.revision))
        found += [replace(item, plan=replace(item.plan, revision=n)) for n, item in enumerate(of_release)]
    return found


class Arrivals:
    """One code set of a workspace whose releases arrive one after the other."""

    def __init__(self, home: Path, code_set: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.place: Workspace = workspace(home)
        self.code_set = code_set
        self.there: list[AcceptedRevision] = []

    def load(self, *revisions: AcceptedRevision) -> None:
        self.there += revisions
        with _opened(self.place) as database:
            bring_up_to_date(database, self.code_set, numbered(self.there), "now")

    def tell(self) -> Feed:
        with _opened(self.place) as database, database.reading() as connection:
            return extend(open_feed(self.place, self.code_set), connection)

    def tables(self) -> dict[str, list[Row]]:
        return tables_now(self.place, self.code_set)

    def content(self) -> dict[str, bytes]:
        """The files of the steps."""
        folder = self.place.home / "feed" / self.code_set
        return {path.name: path.read_bytes() for path in sorted(folder.glob("[0-9]*"))}


class _opened:  # noqa: N801 - a context manager, used like a function
    def __init__(self, place: Workspace) -> None:
        self._database = HistoryDatabase(place.database_url)

    def __enter__(self) -> HistoryDatabase:
        return self._database

    def __exit__(self, *_: object) -> None:
        self._database.dispose()


def tables_now(place: Workspace, code_set: str) -> dict[str, list[Row]]:
    """The published tables as the history has them, in their order, as objects of JSON."""
    found: dict[str, list[Row]] = {}
    with _opened(place) as database, database.reading() as connection:
        for table in published_tables(code_set):
            lists = {column.name for column in table.columns if column.kind == "list"}
            found[table.name] = [
                {
                    name: json.loads(str(value)) if name in lists else value
                    for name, value in zip(table.column_names, row, strict=True)
                }
                for row in rows(connection, table, code_set)
            ]
    return found


def events(feed: Feed, **asked: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in feed.lines(**asked)]
