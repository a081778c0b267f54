"""Full text search over every title that a code ever had, in memory, one index a process."""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
from datetime import date
from typing import Any

from codeset_pipeline.asking.sessions import Session, Sessions
from codeset_pipeline.codes import normalise, printed
from codeset_pipeline.history.code_tables import code_table, sets_of_codes
from codeset_pipeline.serve.problems import Problem

_log = logging.getLogger("codeset_pipeline.serve")

# Titles that match; more than are shown, as a code has several and ended ones stand behind.
_MATCHES = 400
_WORD = re.compile(r"[^\W_]+")
_CODE_START = re.compile(r"[0-9A-Z]{1,10}")
_PATIENCE = 60


class SearchIndex:
    """The index of what is loaded; it is built again in the background when that changes."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._connection: sqlite3.Connection | None = None
        self._tag = ""
        self._thread: threading.Thread | None = None
        self._stopping = False

    def build(self) -> None:
        """Read all titles; takes a few seconds for several hundred thousand."""
        with self._sessions.reading() as session:
            tag = session.tag()
            connection = sqlite3.connect(":memory:", check_same_thread=False)
            connection.execute(
                "CREATE VIRTUAL TABLE title USING fts5(text, code_set UNINDEXED, code UNINDEXED, "
                'tokenize = "unicode61 remove_diacritics 2")'
            )
            for code_set in sets_of_codes():
                table = code_table(code_set)
                mark = "?" if session.is_sqlite else "%s"
                session.cursor.execute(
                    f"SELECT DISTINCT {table.long_title}, code_set, code FROM {table.name} WHERE code_set = {mark}",
                    (code_set,),
                )
                insert = "INSERT INTO title (text, code_set, code) VALUES (?, ?, ?)"
                while not self._stopping and (rows := session.cursor.fetchmany(5_000)):
                    connection.executemany(insert, map(tuple, rows))
            connection.commit()
        with self._lock:
            old, self._connection, self._tag = self._connection, connection, tag
            if old is not None:
                old.close()
        self._ready.set()

    def start(self) -> None:
        """Build in the background, unless that is going on."""
        with self._lock:
            if self._stopping or (self._thread is not None and self._thread.is_alive()):
                return
            self._thread = threading.Thread(target=self._build_or_give_up, name="search index", daemon=True)
            self._thread.start()

    def _build_or_give_up(self) -> None:
        try:
            self.build()
        except Exception:
            # The next search tries again.
            _log.exception("The search index could not be built")

    def stop(self) -> None:
        """Wait until nothing reads the history any more."""
        self._stopping = True
        if self._thread is not None:
            self._thread.join()

    def search(self, session: Session, text: str, code_set: str | None, limit: int) -> list[dict[str, Any]]:
        """Codes that begin with the text, then titles with all of its words, best first.

        Each row says what the code is today and when it was valid; `matched` is an older title where only that matches.
        """
        if self._tag != session.tag():
            self.start()
        if not self._ready.wait(_PATIENCE):
            raise Problem(503, "The search is being made ready; try again in a few seconds.", {"Retry-After": "5"})
        found: dict[tuple[str, str], str | None] = {}
        for name in [code_set] if code_set else sets_of_codes():
            for code in _codes_with(session, name, text, limit):
                found[name, code] = None
        for name, code, title in self._titles_with(text, code_set):
            found.setdefault((name, code), title)
        rows = [_row(session, name, code, title) for (name, code), title in list(found.items())[:limit]]
        return [row for row in rows if row]

    def _titles_with(self, text: str, code_set: str | None) -> list[tuple[str, str, str]]:
        words = _WORD.findall(text)[:12]
        if not words:
            return []
        # Quoted, so that no word is taken for an operator; the beginnings of words match.
        asked = " AND ".join(f'"{word}"*' for word in words)
        only = "AND code_set = ? " if code_set else ""
        with self._lock:
            if self._connection is None:
                return []
            return self._connection.execute(
                f"SELECT code_set, code, text FROM title WHERE title MATCH ? {only}"
                f"ORDER BY rank, code LIMIT {_MATCHES}",
                (asked, code_set) if code_set else (asked,),
            ).fetchall()


def _codes_with(session: Session, code_set: str, text: str, limit: int) -> list[str]:
    start = normalise(text)
    if not _CODE_START.fullmatch(start) or not any(character.isdigit() for character in start):
        return []
    mark = "?" if session.is_sqlite else "%s"
    session.cursor.execute(
        f"SELECT DISTINCT code FROM {code_table(code_set).name} "
        f"WHERE code_set = {mark} AND code >= {mark} AND code < {mark} ORDER BY code LIMIT {limit}",
        (code_set, start, start + "~"),
    )
    return [row[0] for row in session.cursor.fetchall()]


def _row(session: Session, code_set: str, code: str, matched: str | None) -> dict[str, Any] | None:
    answer = session.lookup.lookup(code_set, code, date.today())
    versions = session.lookup.versions(code_set, code)
    if not versions:
        return None
    version = answer.version or versions[-1]
    return {
        "code_set": code_set,
        "code": printed(code_set, code),
        "status": answer.status,
        "title": version.long_title,
        "matched": matched if matched != version.long_title else None,
        "valid_from": answer.valid_from,
        "valid_to": answer.valid_to,
        "in_force_on_or_before": versions[0].on_or_before,
    }
