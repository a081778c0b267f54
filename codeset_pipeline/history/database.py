"""The history database: where it is, that its tables are the right ones, and transactions on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from codeset_pipeline.errors import HistoryError, UsageError
from codeset_pipeline.history import layout, postgresql, schema
from codeset_pipeline.history.bulk import refresh_statistics


def _sqlite_pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    # Write-ahead logging lets readers go on during a load, and a killed load leaves the last commit untouched.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()


class HistoryDatabase:
    """One history database, by SQLAlchemy URL. Not for use by several threads at once."""

    def __init__(self, url: str) -> None:
        """Prepare to use a database; nothing is opened yet.

        Raises:
            UsageError: the text is no URL of a SQLite or PostgreSQL database.
        """
        try:
            self.url = make_url(url)
        except ArgumentError as error:
            # The text is not repeated: there may be a password in it.
            raise UsageError(
                "The database URL cannot be read; write one such as sqlite:////data/codeset.sqlite or "
                f"{postgresql.DRIVER}://user:password@host/database."
            ) from error
        if postgresql.is_postgresql(self.url):
            self.url = postgresql.completed(self.url)
        try:
            # A server's connections are not kept: most commands ask once, and a kept one may be dead when it is needed.
            pool = NullPool if postgresql.is_postgresql(self.url) else None
            self.engine: Engine = create_engine(self.url, poolclass=pool)
        except ModuleNotFoundError as error:
            raise UsageError(
                f"{self.url} needs {error.name}; install it with: pip install 'codeset-pipeline[postgres]'."
                if postgresql.is_postgresql(self.url)
                else f"{self.url} cannot be used ({error}); the history lives in SQLite or PostgreSQL."
            ) from error
        except SQLAlchemyError as error:
            raise UsageError(
                f"{self.url} cannot be used as a database URL ({error}); use one such as "
                "sqlite:////data/codeset.sqlite."
            ) from error
        self._prepared = False
        self._loading: Connection | None = None
        if self.is_sqlite:
            event.listen(self.engine, "connect", _sqlite_pragmas)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file, None for other databases."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """Errors of a PostgreSQL server as errors of this program."""
        try:
            yield
        except (DBAPIError, self.engine.dialect.loaded_dbapi.Error) as error:
            told = None if self.is_sqlite else postgresql.explained(self.url, error)
            if told is None:
                raise
            raise told from error

    def exists(self) -> bool:
        """Are the tables here? (A SQLite file is not created by asking.)"""
        return self._version() is not None

    def _version(self) -> str | None:
        if self.file is not None and not self.file.exists():
            return None
        with self._plainly(), self.engine.connect() as connection:
            return layout.version_of(connection)

    def prepare(self) -> None:
        """Create the tables where they are missing; upgrade those of an older version in PostgreSQL.

        Raises:
            HistoryError: the database was made by another version of the program and cannot be upgraded.
        """
        if self._prepared:
            return
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        found = self._version()
        if self.is_sqlite and found is None:
            with self.engine.begin() as connection:
                layout.create(connection)
        elif self.is_sqlite or found == schema.SCHEMA_VERSION or layout.is_newer(found):
            layout.check_version(found, self.is_sqlite)
        else:
            with self._writing() as connection:
                postgresql.hold_load_lock(connection, lambda _: None)
                if layout.version_of(connection) != schema.SCHEMA_VERSION:
                    layout.upgrade(connection)
        self._prepared = True

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for questions, which are all answered from one state of the history.

        Raises:
            HistoryError: nothing has been loaded yet.
            DatabaseUnavailable: the server cannot be reached.
        """
        if self._loading is not None:
            yield self._loading
            return
        if not self._prepared:
            found = self._version()
            if found is None:
                raise HistoryError(
                    "No release is loaded in this workspace yet; load one with 'codeset update icd10cm --from PATH', "
                    "or see it work with 'codeset demo'."
                )
            layout.check_version(found, self.is_sqlite)
            self._prepared = True
        with self._plainly(), self.engine.connect() as connection:
            if self.is_sqlite:
                # The driver would begin a transaction only for changes.
                connection.exec_driver_sql("BEGIN")
            else:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._plainly(), self.engine.connect() as connection:
            if not self.is_sqlite:
                # What others have committed by then has to be seen after waiting for the lock.
                connection = connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose changes all happen, or none. Within `loading` of PostgreSQL they happen at its end."""
        if self._loading is not None:
            yield self._loading
            return
        self.prepare()
        with self._writing() as connection:
            yield connection

    @contextmanager
    def loading(self, say: Callable[[str], None] = lambda _: None) -> Iterator[None]:
        """Hold the database for a load.

        In PostgreSQL everything within the block is one transaction, which waits for other loads first, so that readers
        see all of it or nothing, and so that nothing changes between what the load reads and what it writes. A SQLite
        file is a workspace's own and held by its lock; each transaction on it stands for itself.

        Args:
            say: told when another load has to be waited for.
        """
        self.prepare()
        if self.is_sqlite or self._loading is not None:
            yield
            return
        with self._writing() as connection:
            postgresql.hold_load_lock(connection, say)
            self._loading = connection
            try:
                yield
                refresh_statistics(connection)
            finally:
                self._loading = None

    def dispose(self) -> None:
        self.engine.dispose()
