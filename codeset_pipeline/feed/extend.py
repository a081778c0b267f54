"""Bringing a feed up to date with the history, while the workspace is held for writing (decision record 21).

What is newer than everything told goes day by day, as it was published, so that each event names the release that
caused it. What arrives late, or was made again otherwise, is one step from what was told to what is known now. In the
end the tables that the events lead to are the tables of the history, or another step makes them so.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from codeset_pipeline.errors import HistoryError
from codeset_pipeline.feed.changes_by_day import changes_until
from codeset_pipeline.feed.state import Files, is_sound, refuse_cut_off, state_of, write_state
from codeset_pipeline.feed.store import Feed, begun_feeds, open_feed
from codeset_pipeline.feed.table_files import unlike_rows, write_table
from codeset_pipeline.feed.writing import add_step, follow, sums_of
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.published_tables import published_tables, rows
from codeset_pipeline.history.releases import loaded_releases
from codeset_pipeline.settings import Workspace

Known = list[dict[str, Any]]


def loaded(connection: Connection, code_set: str) -> Known:
    """The ready revisions of a code set in the order in which they were published."""
    ready = [release for release in loaded_releases(connection, code_set) if release.state == "ready"]
    ready.sort(key=lambda release: (release.published, release.effective_from, release.revision))
    return [
        {
            "effective_from": release.effective_from.isoformat(),
            "label": release.label,
            "published": release.published.isoformat(),
            "revision": release.revision,
            "snapshot": release.snapshot_hash,
        }
        for release in ready
    ]


def tell(workspace: Workspace, code_set: str, database: HistoryDatabase, *, compare: bool = False) -> None:
    """Extend the feed of a code set if it has begun; the workspace is held for writing.

    Args:
        compare: also compare the tables when no release is new.

    Raises:
        FeedError: a file of the feed is damaged.
    """
    if code_set in begun_feeds(workspace):
        with database.reading() as connection:
            extend(open_feed(workspace, code_set), connection, compare=compare)


def is_current(feed: Feed, connection: Connection) -> bool:
    """Has everything been told that is loaded, as this version of the program reads it?"""
    return feed.begun and feed.known == loaded(connection, feed.code_set) and is_sound(feed) and not _abandoned(feed)


def _abandoned(feed: Feed) -> list[Path]:
    """What killed runs left, or one that is at work now."""
    return sorted(feed.folder.glob(".scratch-*"))


def extend(feed: Feed, connection: Connection, *, compare: bool = False) -> Feed:
    """Tell everything that is new; begins the feed when nothing has been told.

    Args:
        compare: see whether the tables are what was told even when no release is new.

    Raises:
        HistoryError: no release of the code set is loaded.
        FeedError: a file of the feed is damaged.
    """
    for folder in _abandoned(feed):
        shutil.rmtree(folder, ignore_errors=True)
    if not compare and is_current(feed, connection):
        return feed
    refuse_cut_off(feed)
    known = loaded(connection, feed.code_set)
    if not known:
        # Consumers are not told to delete everything because a database file is gone.
        advice = "codeset rebuild" if feed.begun else f"codeset update {feed.code_set} --from PATH"
        raise HistoryError(
            f"No release of {feed.code_set} is loaded, so that there is nothing to tell; load it with '{advice}'."
        )
    feed.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".scratch-", dir=feed.folder) as scratch:
        return _Extension(feed, connection, known, Path(scratch)).run()


# By which two marks a publication of a release is known again when the third has changed, the surest first. A revision
# gets another number when an earlier one arrives after it, another day when more becomes known of its posting, and
# another snapshot when another version of the program reads it.
_MARKS = (("published", "snapshot"), ("revision", "snapshot"), ("published", "revision"))


def _newcomers(known: Known, told: Known) -> Known:
    """The releases of which nothing has been told."""
    new, unpaired = list(known), list(told)
    for marks in _MARKS:
        for release in list(new):
            same = (o for o in unpaired if all(o[m] == release[m] for m in ("effective_from", *marks)))
            if (other := next(same, None)) is not None:
                new.remove(release)
                unpaired.remove(other)
    return new


def _day(text: str) -> date:
    return date.fromisoformat(text)


class _Extension:
    def __init__(self, feed: Feed, connection: Connection, known: Known, scratch: Path) -> None:
        self.feed, self.connection, self.known, self.scratch = feed, connection, known, scratch
        self.tables = published_tables(feed.code_set)

    def run(self) -> Feed:
        told = self.feed.known
        head = max((release["published"] for release in told), default="")
        new = _newcomers(self.known, told)
        late = [release for release in new if release["published"] <= head]
        later = [release for release in new if release["published"] > head]
        before = [release for release in self.known if release not in later]
        sums = sums_of(self.feed)
        if told:
            # Where the publications lead, before anything of them is told.
            for table in self.tables:
                for since, until in self._days(head, later):
                    follow(sums, table, changes_until(self.connection, table, self.feed.code_set, since, until))
        now = self._written("now", None)
        if told and (late or before != told or {n: s.described() for n, s in sums.items()} != self.now):
            reached = self._written("reached", _day(head)) if later else now
            # Where the tables are other than was told though no release is new, a parser or the program has changed.
            self._difference(reached, "arrived_late" if late else "restated", late, before)
        for _, group in groupby(later, key=lambda release: release["published"]):
            self._publication(list(group))
        if self.feed.tables != self.now:
            self._difference(now, "restated", [], self.known)
        write_state(self.feed, now)
        return self.feed

    def _days(self, head: str, later: Known) -> Iterator[tuple[date, date]]:
        since = _day(head)
        for until in dict.fromkeys(_day(release["published"]) for release in later):
            yield since, until
            since = until

    def _written(self, name: str, published: date | None) -> Files:
        files, found = {}, {}
        for table in self.tables:
            files[table.name] = self.scratch / f"{table.name}.{name}.parquet"
            read = rows(self.connection, table, self.feed.code_set, published=published)
            found[table.name] = write_table(files[table.name], table, read).described()
        if published is None:
            self.now = found
        return files

    def _publication(self, releases: Known) -> None:
        """One day's publications."""
        told = self.feed.known
        since = _day(max(release["published"] for release in told)) if told else None
        until = _day(releases[0]["published"])
        changes = (
            (table, changes_until(self.connection, table, self.feed.code_set, since, until)) for table in self.tables
        )
        known = [release for release in self.known if release in told or release in releases]
        self.feed = add_step(self.feed, changes, cause="published", releases=releases, known=known)

    def _difference(self, wanted: Files, cause: str, releases: Known, known: Known) -> None:
        """From what was told to other tables, in one step."""
        before = self.feed
        with state_of(before, self.scratch) as state:
            changes = ((table, unlike_rows(table, state[table.name], wanted[table.name])) for table in self.tables)
            self.feed = add_step(before, changes, cause=cause, releases=releases, known=known)
