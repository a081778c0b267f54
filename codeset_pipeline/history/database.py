"""The history database: where it is, that its tables are the right ones, and transactions on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from codeset_pipeline.errors import HistoryError, UsageError
from codeset_pipeline.history import schema
from codeset_pipeline.history.views import create_views


def _sqlite_pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    # Write-ahead logging lets readers go on during a load, and a killed load leaves the last commit untouched.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()


class HistoryDatabase:
    """One history database, by SQLAlchemy URL."""

    def __init__(self, url: str) -> None:
        """Prepare to use a database; nothing is opened yet.

        Raises:
            UsageError: the text is no database URL.
        """
        try:
            self.url = make_url(url)
            self.engine: Engine = create_engine(self.url)
        except (ArgumentError, ModuleNotFoundError, SQLAlchemyError) as error:
            raise UsageError(
                f"{url!r} cannot be used as a database URL ({error}); use one such as sqlite:////data/codeset.sqlite."
            ) from error
        self._prepared = False
        if self.is_sqlite:
            event.listen(self.engine, "connect", _sqlite_pragmas)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file, None for other databases."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def exists(self) -> bool:
        """Are the tables here? (A SQLite file is not created by asking.)

        The version is written after the tables, so that a creation that was killed counts as none.
        """
        if self.file is not None and not self.file.exists():
            return False
        return inspect(self.engine).has_table(schema.meta.name) and self._version() is not None

    def _version(self) -> str | None:
        with self.engine.connect() as connection:
            return connection.execute(
                select(schema.meta.c.value).where(schema.meta.c.name == "schema_version")
            ).scalar_one_or_none()

    def _check_version(self) -> None:
        found = self._version()
        if found != schema.SCHEMA_VERSION:
            raise HistoryError(
                f"The history database has layout {found} and this program needs "
                f"{schema.SCHEMA_VERSION}; run 'codeset rebuild' to make it again from the snapshots."
            )

    def prepare(self) -> None:
        """Create the tables where they are missing.

        Raises:
            HistoryError: the database was made by another version of the program.
        """
        if self._prepared:
            return
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        if not self.exists():
            schema.metadata.create_all(self.engine)
            with self.engine.begin() as connection:
                create_views(connection)
                row = {"name": "schema_version", "value": schema.SCHEMA_VERSION}
                connection.execute(insert(schema.meta), [row])
        self._check_version()
        self._prepared = True

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for questions.

        Raises:
            HistoryError: nothing has been loaded yet.
        """
        if not self._prepared:
            if not self.exists():
                raise HistoryError(
                    "No release is loaded in this workspace yet; load one with 'codeset update icd10cm --from PATH', "
                    "or see it work with 'codeset demo'."
                )
            self._check_version()
            self._prepared = True
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose changes all happen, or none."""
        self.prepare()
        with self.engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        self.engine.dispose()
