"""One connection a thread to the history, each question against one state of it, and a tag for that state."""

from __future__ import annotations

import hashlib
import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from codeset_pipeline import __version__
from codeset_pipeline.errors import DatabaseUnavailable, HistoryError
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.lookup import CodeLookup
from codeset_pipeline.history.postgresql import explained

_READY = (
    "SELECT code_set, effective_from, revision, published, snapshot_hash FROM release WHERE state = 'ready' "
    "ORDER BY code_set, effective_from, revision"
)
# One state of the history for the whole question, and a name for that state: two snapshots of this text see the same.
_BEGIN = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_current_snapshot()::text"
_PAIRS = "SELECT code_set, to_effective, from_effective, input_key FROM crosswalk_pair ORDER BY code_set, to_effective"


class Session:
    """A connection of one thread. Only that thread may use it."""

    def __init__(self, database: HistoryDatabase, file: tuple[int, int] | None) -> None:
        dialect = database.engine.dialect
        arguments, options = dialect.create_connect_args(database.url)
        options = dict(options)
        self.is_sqlite = database.is_sqlite
        if self.is_sqlite:
            # Closing may be another thread's work; transactions are ours to begin.
            options |= {"check_same_thread": False, "isolation_level": None, "timeout": 30}
        else:
            options |= {"autocommit": True}
        self.connection: Any = dialect.connect(*arguments, **options)
        # Lost connections are told from errors in a question by this.
        self.lost = (dialect.loaded_dbapi.OperationalError, dialect.loaded_dbapi.InterfaceError)
        self.cursor = self.connection.cursor()
        self.lookup = self._fresh_lookup()
        self.file = file
        self.asking = False
        self._state: Any = None
        self._tag: str | None = None
        self._finalizer = weakref.finalize(self, self.connection.close)

    def _fresh_lookup(self) -> CodeLookup:
        return CodeLookup(self.connection, "?" if self.is_sqlite else "%s")

    def begin(self) -> None:
        """Ask about one state of the history until `end`; what is remembered of another state is forgotten."""
        if self.is_sqlite:
            self.cursor.execute("BEGIN")
            # Changes whenever another connection has written to the file.
            self.cursor.execute("PRAGMA data_version")
        else:
            self.cursor.execute(_BEGIN)
            self.cursor.nextset()
        state = self.cursor.fetchone()
        if state == self._state:
            return
        before, self._state, self._tag = self._tag, state, None
        # Most of what is written to a PostgreSQL server is not the history.
        if self.is_sqlite or before is None or self.tag() != before:
            self.lookup = self._fresh_lookup()

    def end(self) -> None:
        self.cursor.execute("COMMIT")

    def tag(self) -> str:
        """A short name of what is loaded: another release, revision or decision on a crosswalk gives another tag."""
        if self._tag is None:
            self._tag = self._read_tag()
        return self._tag

    def _read_tag(self) -> str:
        lines = [__version__]
        for statement in (_READY, _PAIRS):
            self.cursor.execute(statement)
            lines += ["|".join(map(str, row)) for row in self.cursor.fetchall()]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

    def close(self) -> None:
        self._finalizer()


def _identity(file: str | None) -> tuple[int, int] | None:
    """Which file the database is now; rebuilding puts another one into its place."""
    if file is None:
        return None
    try:
        found = os.stat(file)  # noqa: PTH116  # asked before every question, and twice as fast
    except OSError as error:
        raise DatabaseUnavailable(
            f"The database {file} cannot be read ({error.strerror}); load a release with "
            "'codeset update icd10cm --from PATH', or name the right workspace with --home."
        ) from error
    return found.st_dev, found.st_ino


class Sessions:
    """The sessions of all threads."""

    def __init__(self, url: str) -> None:
        """Open a history.

        Raises:
            HistoryError: nothing is loaded, or another version of the program made the database.
            UsageError: the text is no database URL.
        """
        self.database = HistoryDatabase(url)
        self._check()
        self._own = threading.local()
        self._all: weakref.WeakSet[Session] = weakref.WeakSet()
        self._file = str(self.database.file) if self.database.file else None
        self._closed = False

    def _check(self) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with HistoryDatabase(str(self.database.url.render_as_string(hide_password=False))).reading() as connection:
                connection.engine.dispose()
        except SQLAlchemyError as error:
            raise DatabaseUnavailable(
                f"The database {self.database.url} does not answer ({type(error).__name__}); check that it is a "
                "history made by 'codeset update', and that it can be reached."
            ) from error

    def _session(self) -> Session:
        if self._closed:
            raise HistoryError("This history was closed; open it again with codeset_pipeline.open().")
        session: Session | None = getattr(self._own, "session", None)
        file = _identity(self._file)
        if session is not None and session.file != file:
            session.close()
            session = None
            self._check()
        if session is None:
            try:
                session = Session(self.database, file)
            except self.database.engine.dialect.loaded_dbapi.Error as error:
                if self.database.is_sqlite:
                    raise
                raise self._unavailable(error) from error
            self._own.session = session
            self._all.add(session)
        return session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """This thread's session; everything asked within the block is answered from one state of the history."""
        session = self._session()
        if session.asking:
            # A question within a question: of the same state.
            yield session
            return
        session = self._begun(session)
        session.asking = True
        try:
            yield session
        except session.lost as error:
            if session.is_sqlite:
                raise
            raise self._unavailable(error) from error
        finally:
            session.asking = False
            with suppress(Exception):
                session.end()

    def _begun(self, session: Session) -> Session:
        """A session that has begun a question; another one where the server has dropped the connection since."""
        try:
            session.begin()
        except session.lost as error:
            if session.is_sqlite:
                raise
            session.close()
            self._own.session = None
            session = self._session()
            try:
                session.begin()
            except session.lost:
                raise self._unavailable(error) from error
        return session

    def _unavailable(self, error: Exception) -> HistoryError:
        return explained(self.database.url, error) or DatabaseUnavailable(
            f"The database {self.database.url} does not answer ({type(error).__name__}); try again in a while."
        )

    def close(self) -> None:
        """Close the connections of all threads."""
        self._closed = True
        for session in list(self._all):
            session.close()
        self.database.dispose()
