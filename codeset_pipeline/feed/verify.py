"""Every byte of the feeds against its hash, every event against its chain, and where they lead against the history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from codeset_pipeline.errors import CodesetError, FeedError
from codeset_pipeline.feed.canonical import RowText, TableSum, encode_sorted
from codeset_pipeline.feed.consumer import verified_events
from codeset_pipeline.feed.extend import loaded
from codeset_pipeline.feed.state import refuse_cut_off, state_problems
from codeset_pipeline.feed.steps_on_disk import Step
from codeset_pipeline.feed.store import Feed, begun_feeds, open_feed
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.published_tables import published_tables, rows
from codeset_pipeline.settings import Workspace


def verify_feeds(workspace: Workspace, progress: Callable[[str], None]) -> list[str]:
    """One sentence for each file or event of the feeds that is not what it was; empty when all is well.

    The workspace is held for writing, so that nothing is added meanwhile.
    """
    problems = []
    for code_set in begun_feeds(workspace):
        progress(f"Checking the feed of {code_set}")
        try:
            feed = open_feed(workspace, code_set)
            refuse_cut_off(feed)
            problems += state_problems(feed)
            damaged = _files(feed)
            if not damaged:
                _replayed(feed)
                damaged = _as_loaded(workspace, feed)
            problems += damaged
        except CodesetError as error:
            problems.append(f"feed {code_set}: {error}")
    return problems


def _files(feed: Feed) -> list[str]:
    problems = []
    for step in feed.steps:
        expected = step.said["file_sha256"]
        if expected is None:
            continue
        try:
            with step.events_path.open("rb") as stream:
                same = hashlib.file_digest(stream, "sha256").hexdigest() == expected
        except OSError:
            same = False
        if not same:
            problems.append(
                f"feed {feed.code_set}: {step.events_path} is missing or has changed on disk; restore it from a "
                f"backup, or begin the feed again with 'codeset feed {feed.code_set} --begin-again'"
            )
    return problems


def _replayed(feed: Feed) -> None:
    """Go through all events, each on what the ones before it lead to.

    Raises:
        FeedError: an event is not what it was, or a step does not lead where it promises.
    """
    texts = {table.name: RowText(table) for table in published_tables(feed.code_set)}
    sums = {name: TableSum() for name in texts}
    cursor = ""
    for step in feed.steps:
        for event in verified_events(_only(step), feed.code_set, cursor):
            found = sums.get(event["table"])
            if found is None:
                raise FeedError(f"The event with cursor {event['cursor']} is of a table that {feed.code_set} has not.")
            if event["before"] is not None:
                found.remove(encode_sorted(event["before"]))
            if event["after"] is not None:
                found.add(encode_sorted(event["after"]))
            cursor = event["cursor"]
        if cursor != step.cursor or {name: each.described() for name, each in sums.items()} != step.tables:
            raise FeedError(
                f"The events of {step.events_path} do not lead to the tables that {step.path.name} promises; restore "
                f"both from a backup, or begin again with 'codeset feed {feed.code_set} --begin-again'."
            )


def _only(step: Step) -> Any:
    return (json.loads(line) for line in step.lines())


def _as_loaded(workspace: Workspace, feed: Feed) -> list[str]:
    """Does the feed lead to the tables of the history, when it has told of the same releases?"""
    database = HistoryDatabase(workspace.database_url)
    try:
        with database.reading() as connection:
            if feed.known != loaded(connection, feed.code_set):
                return []
            problems = []
            for table in published_tables(feed.code_set):
                text, found = RowText(table), TableSum()
                for row in rows(connection, table, feed.code_set):
                    found.add(text.content(row))
                if found.described() != feed.tables[table.name]:
                    problems.append(
                        f"feed {feed.code_set}: its events lead to other {table.name} than the database has; run "
                        "'codeset rebuild --verify' to see whether the database has changed"
                    )
            return problems
    finally:
        database.dispose()
