"""The SQL views for people and programs that read the history themselves; the same names and columns in SQLite and
PostgreSQL. The program does not use them.

Every effective-dated table has two: by its own name what is known now, and with `_as_published` everything that was
ever said, with the last day of publication. `docs/tables.md` lists them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from codeset_pipeline.history.published_tables import ALL_TABLES


def _printed(column: str) -> str:
    return (
        f"CASE WHEN r.code_set = 'icd10cm' AND length({column}) > 3 "
        f"THEN substr({column}, 1, 3) || '.' || substr({column}, 4) ELSE {column} END"
    )


_RELEASES = (
    "SELECT code_set, label, effective_from, revision, published, rows, billable_rows, snapshot_hash, stored_at "
    "FROM release WHERE state = 'ready'"
)
_CROSSWALKS = (
    "SELECT r.code_set, p.from_effective AS from_release, r.to_effective AS to_release, "
    f"{_printed('r.source')} AS source, NULLIF({_printed('r.target')}, '') AS target, "
    "r.relation, r.equivalence, r.evidence, r.automatic_forward, r.automatic_backward, r.together_with "
    "FROM crosswalk_row r JOIN crosswalk_pair p ON p.code_set = r.code_set AND p.to_effective = r.to_effective"
)
_CODES = (
    "SELECT code_set, code, code_without_dot, billable, short_title, long_title, effective_from, effective_to, "
    "on_or_before, published_from FROM icd10_codes "
    "UNION ALL SELECT code_set, code, code, {true}, short_description, long_description, effective_from, effective_to, "
    "on_or_before, published_from FROM hcpcs_codes"
)


def _definitions(dialect: str) -> Iterator[tuple[str, str]]:
    """Name and SELECT of every view, each after those that it reads."""
    for table in ALL_TABLES:
        yield table.name, f"{table.select(dialect)} WHERE e.published_to IS NULL"
        yield f"{table.name}_as_published", table.select(dialect, published=True)
    yield "releases", _RELEASES
    yield "crosswalks", _CROSSWALKS
    yield "codes", _CODES.format(true="1" if dialect == "sqlite" else "true")


def view_names() -> list[str]:
    """The views by name, those first that others read."""
    return [name for name, _ in _definitions("sqlite")]


def drop_views(connection: Connection) -> None:
    """Remove all views that are there; tables cannot change under them."""
    for name in reversed(view_names()):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))


def create_views(connection: Connection) -> None:
    """Make all views, in place of those that are there."""
    drop_views(connection)
    for name, select in _definitions(connection.dialect.name):
        connection.execute(text(f"CREATE VIEW {name} AS {select}"))
