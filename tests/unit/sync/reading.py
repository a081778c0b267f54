"""What a target holds, read by its driver alone, and what an export of a workspace says; both as NDJSON lines."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from codeset_pipeline.history.published_tables import published_tables
from codeset_pipeline.serve.export.content import Request
from codeset_pipeline.serve.export.write import export
from tests.unit.history.loading import workspace

Lines = dict[str, list[str]]


def exported(home: Path, code_set: str) -> Lines:
    """Table → the lines of its NDJSON export."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "export"
        export(Request(workspace(home), code_set, None, None), "ndjson", place)
        return {
            table.name: sorted((place / f"{table.name}.ndjson").read_text("utf-8").splitlines())
            for table in published_tables(code_set)
        }


def held(url: str, code_set: str) -> Lines:
    """Table → the rows of a code set in the target as such lines."""
    found: Lines = {}
    for table in published_tables(code_set):
        kinds = {column.name: column.kind for column in table.columns}
        names = ", ".join(kinds)
        query = f"SELECT {names} FROM {table.name} WHERE code_set = '{code_set}'"
        rows = ask(url, query)
        found[table.name] = sorted(
            json.dumps(
                {name: _plain(value, kind) for (name, kind), value in zip(kinds.items(), row, strict=True)},
                ensure_ascii=False,
                separators=(",", ":"),
            )
            for row in rows
        )
    return found


def ask(url: str, statement: str, *, rows: bool = True) -> list[Any]:
    """Put a statement to a database through its driver."""
    place = make_url(url)
    if place.get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(place.database), isolation_level=None)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()
    import psycopg

    host = str(place.query["host"])
    with psycopg.connect(host=host, user=place.username, dbname=place.database, autocommit=True) as opened:
        found = opened.execute(statement)  # type: ignore[call-overload]
        return list(found.fetchall()) if rows else []


def _plain(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "boolean":
        assert value in (0, 1, True, False)
        return bool(value)
    if kind == "date":
        return value if isinstance(value, str) else value.isoformat()
    return json.loads(value) if kind == "list" and isinstance(value, str) else value
