"""The database that follows the feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, insert, inspect, select, update
from sqlalchemy.engine import ObjectKind
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from codeset_pipeline.errors import DatabaseUnavailable, FeedError, UsageError
from codeset_pipeline.feed.canonical import TableSum, encode_sorted, place_of
from codeset_pipeline.history.published_tables import PublishedTable, published_tables
from codeset_pipeline.sync.batches import TableBatch
from codeset_pipeline.sync.target_engine import engine_for
from codeset_pipeline.sync.target_tables import metadata, progress, target_table

_ROWS_AT_ONCE = 10_000


def _tables(code_set: str) -> list[Table]:
    return [progress, *(target_table(table) for table in published_tables(code_set))]


def _table_name(event: dict[str, Any]) -> str:
    return str(event["table"])


class Target:
    """One database, by SQLAlchemy URL."""

    def __init__(self, url: str) -> None:
        """Prepare to use a database; nothing is opened yet.

        Raises:
            UsageError: the text is no database URL, or its driver is not installed.
        """
        self.engine, self.name = engine_for(url)

    def dispose(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            cause = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
            raise DatabaseUnavailable(
                f"The target {self.name} failed ({cause}); nothing of the batch was applied. Check that it can be "
                "reached and written to, and run the same command again: it goes on where it was."
            ) from error

    def prepare(self, code_set: str) -> str:
        """Make the tables of a code set where they are missing; returns the cursor that the target holds.

        Raises:
            UsageError: a table or view of this name is there and is another one.
        """
        with self._errors():
            if self._missing(code_set):
                try:
                    metadata.create_all(self.engine, tables=_tables(code_set))
                except SQLAlchemyError:
                    # Another run may have made them at the same moment.
                    metadata.create_all(self.engine, tables=_tables(code_set))
            cursor = self._cursor(code_set)
            if cursor is None:
                self._begin(code_set)
            return cursor or ""

    def cursor(self, code_set: str) -> str:
        """The cursor that the target holds, empty where there is none; nothing is made or changed.

        Raises:
            UsageError: as for `prepare`.
        """
        with self._errors():
            return "" if self._missing(code_set) else self._cursor(code_set) or ""

    def _missing(self, code_set: str) -> bool:
        """Does the target lack a table? Those that are there must be the ones that this program makes."""
        made = {table.name: table for table in _tables(code_set)}
        found, names = inspect(self.engine), list(made)
        # Keys are asked for last, so that tables that another run makes meanwhile are seen with theirs.
        there = found.get_multi_columns(filter_names=names, kind=ObjectKind.ANY)
        keys = found.get_multi_pk_constraint(filter_names=names)
        for place, described in there.items():
            name = place[1]
            key = keys[place]["constrained_columns"] if place in keys else ()
            wanted = set(made[name].columns.keys()), set(made[name].primary_key.columns.keys())
            if ({each["name"] for each in described}, set(key)) != wanted:
                raise UsageError(
                    f"{self.name} has another {name} already, as the history of a workspace has; give --to "
                    "a database of its own."
                )
        return len(there) < len(made)

    def _cursor(self, code_set: str) -> str | None:
        query = select(progress.c.feed_cursor).where(progress.c.code_set == code_set)
        with self.engine.connect() as connection:
            found: str | None = connection.execute(query).scalar_one_or_none()
        return found

    def _begin(self, code_set: str) -> None:
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(progress), [{"code_set": code_set, "feed_cursor": "", "events": 0}])
        except (IntegrityError, OperationalError):
            with self.engine.connect() as connection:
                if connection.execute(select(progress).where(progress.c.code_set == code_set)).first() is None:
                    raise

    def apply(self, code_set: str, held: str, events: Sequence[dict[str, Any]]) -> None:
        """Apply verified events and move the cursor, in one transaction.

        Args:
            held: the cursor after which the events come.

        Raises:
            FeedError: a row is not what an event says that it was, or another run is at work.
            DatabaseUnavailable: the database failed.
        """
        with self._errors(), self.engine.begin() as connection:
            self._apply(connection, code_set, held, events)

    def _apply(self, connection: Connection, code_set: str, held: str, events: Sequence[dict[str, Any]]) -> None:
        self._move(connection, code_set, held, events[-1]["cursor"])
        tables = {table.name: table for table in published_tables(code_set)}
        for name, found in groupby(sorted(events, key=_table_name), _table_name):
            table = tables.get(name)
            if table is None:
                raise FeedError(
                    f"The feed of {code_set} has events of {name}, which this version of the program does not know; "
                    "install the newer one here too."
                )
            TableBatch(table, target_table(table), code_set).apply(connection, list(found))

    def _move(self, connection: Connection, code_set: str, held: str, cursor: str) -> None:
        """Move the cursor first: it is also the lock, for which another run waits and after which it is refused."""
        where = and_(progress.c.code_set == code_set, progress.c.feed_cursor == held)
        values = {"feed_cursor": cursor, "events": place_of(cursor)[0]}
        if connection.execute(update(progress).where(where).values(**values)).rowcount != 1:
            raise FeedError(
                f"Another run is bringing {code_set} in {self.name} up to date; let it end, and run this again if need "
                "be."
            )

    def replace(self, code_set: str, held: str, batches: Iterator[list[dict[str, Any]]]) -> int:
        """Remove every row of a code set and apply all events from the beginning, in one transaction; returns how
        many there were."""
        count = 0
        with self._errors(), self.engine.begin() as connection:
            self._move(connection, code_set, held, "")
            for table in published_tables(code_set):
                target = target_table(table)
                connection.execute(delete(target).where(target.c.code_set == code_set))
            cursor = ""
            for batch in batches:
                self._apply(connection, code_set, cursor, batch)
                cursor, count = batch[-1]["cursor"], count + len(batch)
        return count

    def is_empty(self, code_set: str) -> bool:
        """Are there no rows of a code set?"""
        with self._errors(), self.engine.connect() as connection:
            for table in published_tables(code_set):
                target = target_table(table)
                if connection.execute(select(target).where(target.c.code_set == code_set).limit(1)).first():
                    return False
        return True

    def sums(self, code_set: str) -> dict[str, dict[str, Any]]:
        """Number and hash of the rows of each table of a code set; empty where a value is none of its column."""
        with self._errors(), self.engine.connect() as connection:
            return {table.name: self._sum(connection, table, code_set) for table in published_tables(code_set)}

    def _sum(self, connection: Connection, table: PublishedTable, code_set: str) -> dict[str, Any]:
        target, found = target_table(table), TableSum()
        batch = TableBatch(table, target, code_set)
        streaming = connection.execution_options(stream_results=True, yield_per=_ROWS_AT_ONCE)
        try:
            for row in streaming.execute(select(target).where(target.c.code_set == code_set)).mappings():
                found.add(encode_sorted(batch.content({**row})))
        except (ValueError, TypeError):
            # SQLite takes any text into any column.
            return {}
        return found.described()
