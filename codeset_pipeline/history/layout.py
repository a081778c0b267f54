"""The tables and views of a database, made or brought to the layout of this program.

A SQLite file is derived and is made anew for another layout (decision record 3). A PostgreSQL database, which others
read and write too, is upgraded in place by the migrations (decision record 20).
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select, text

from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history import schema
from codeset_pipeline.history.views import create_views, drop_views

_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = text("SELECT version_num FROM alembic_version")


def version_of(connection: Connection) -> str | None:
    """The layout that a database has; None while it has none, also where its creation was killed.

    The version is written after the tables.
    """
    in_sqlite = connection.dialect.name == "sqlite"
    if not inspect(connection).has_table(schema.meta.name if in_sqlite else "alembic_version"):
        return None
    query = select(schema.meta.c.value).where(schema.meta.c.name == "schema_version") if in_sqlite else _VERSION
    return connection.execute(query).scalar_one_or_none()


def check_version(found: str | None, in_sqlite: bool) -> None:
    """Raise unless the layout is this program's.

    Raises:
        HistoryError: it is another one; the message says what to do about it.
    """
    if found == schema.SCHEMA_VERSION:
        return
    said = f"The history database has layout {found} and this program needs {schema.SCHEMA_VERSION}; "
    if in_sqlite:
        raise HistoryError(f"{said}run 'codeset rebuild' to make it again from the snapshots.")
    if is_newer(found):
        raise HistoryError(f"{said}a newer version of the program made it: install that one here too.")
    raise HistoryError(f"{said}run 'codeset upgrade' once, by a user who may change its tables.")


def is_newer(found: str | None) -> bool:
    """Is a layout one that only a later version of the program knows?"""
    return found is not None and found.isdecimal() and int(found) > int(schema.SCHEMA_VERSION)


def create(connection: Connection) -> None:
    """Make the tables and views of a SQLite file that has not all of them."""
    schema.metadata.create_all(connection)
    create_views(connection)
    connection.execute(insert(schema.meta), [{"name": "schema_version", "value": schema.SCHEMA_VERSION}])


def upgrade(connection: Connection) -> None:
    """Bring a PostgreSQL database to the layout of this program, from whatever older one or from nothing.

    All of it happens in the caller's transaction.

    Raises:
        HistoryError: Alembic is not installed.
    """
    # Tables cannot change under views that show them.
    drop_views(connection)
    migrate(connection, "head")
    create_views(connection)


def migrate(connection: Connection, revision: str) -> None:
    """Run the migrations up to a layout, without touching views."""
    try:
        from alembic import command
        from alembic.config import Config
    except ModuleNotFoundError as error:
        raise HistoryError(
            "A history in PostgreSQL needs Alembic; install it with: pip install 'codeset-pipeline[postgres]'."
        ) from error
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
