"""What a user reads when a PostgreSQL server is not there, refuses, or goes away."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

import codeset_pipeline
from codeset_pipeline import pipeline
from codeset_pipeline.errors import CodesetError, DatabaseUnavailable, HistoryError, UsageError
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.load import bring_up_to_date
from codeset_pipeline.settings import Workspace
from tests.integration.command_line import codeset
from tests.postgresql import Server

SECRET = "not to be shown"


@pytest.fixture
def loaded_url(postgresql: Server, home: Path) -> str:
    url = postgresql.database()
    pipeline.load(Workspace.at(home, url), "icd10cm")
    return url


@pytest.fixture
def refusing_user(postgresql: Server) -> Iterator[str]:
    """A user who needs a password, and has the right to connect and no other."""
    with postgresql.asking() as connection:
        connection.execute("CREATE ROLE stranger LOGIN PASSWORD 'another'")
        access = postgresql.data / "pg_hba.conf"
        before = access.read_text()
        access.write_text("local all stranger scram-sha-256\n" + before)
        connection.execute("SELECT pg_reload_conf()")
        yield "stranger"
        access.write_text(before)
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("DROP ROLE stranger")


def nobody_listens() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"postgresql://user:{SECRET}@127.0.0.1:{port}/codeset"


def commands(url: str, home: Path) -> Iterator[tuple[str, ...]]:
    place = ("--home", str(home), "--database", url)
    yield ("lookup", "icd10cm", "A00.0", *place)
    yield ("releases", *place)
    yield ("check", "ncci", "A4216", "J7050", *place)
    yield ("rebuild", *place)
    yield ("rebuild", "--verify", *place)
    yield ("upgrade", *place)
    yield ("serve", "--port", "0", *place)


def refused(url: str, home: Path, *words: str) -> None:
    """Every command leaves with one sentence that has all the words."""
    for command in commands(url, home):
        done = codeset(*command)
        assert done.code == 1, (command, done.err)
        last = done.err.strip().splitlines()[-1]
        assert last.startswith("codeset: "), (command, done.err)
        assert all(word in last for word in words), (command, last)
        assert "Traceback" not in done.err and SECRET not in done.err


def test_a_server_that_is_not_there(home: Path) -> None:
    refused(nobody_listens(), home, "cannot be reached", "refused", "CODESET_DATABASE_URL")


def test_a_database_that_is_not_there(postgresql: Server, home: Path) -> None:
    refused(postgresql.url("no_such_database"), home, "cannot be reached", '"no_such_database" does not exist')


def test_a_wrong_password(postgresql: Server, home: Path, refusing_user: str) -> None:
    refused(postgresql.url("postgres", refusing_user, SECRET), home, "cannot be reached", "password", "stranger")


def test_a_user_without_rights(postgresql: Server, home: Path, loaded_url: str, refusing_user: str) -> None:
    name = loaded_url.partition("?")[0].rpartition("/")[2]
    url = postgresql.url(name, refusing_user, "another")
    done = codeset("lookup", "icd10cm", "A00.0", "--home", home, "--database", url)
    assert (done.code, "permission denied" in done.err) == (1, True)
    assert "The user of" in done.err and "another" not in done.err
    with postgresql.asking(name) as connection:
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO stranger")
    try:
        # Whoever may read can ask, and cannot change anything.
        assert codeset("lookup", "icd10cm", "A00.0", "--home", home, "--database", url).code == 0
        for command in ("rebuild", "--replace"), ("rebuild",):
            done = codeset(*command, "--home", home, "--database", url)
            assert done.code == 1 and "permission denied" in done.err, done.err
    finally:
        with postgresql.asking(name) as connection:
            connection.execute("DROP OWNED BY stranger")


def test_a_server_that_takes_no_changes(postgresql: Server, home: Path) -> None:
    url = postgresql.database()
    with postgresql.asking() as connection:
        name = url.partition("?")[0].rpartition("/")[2]
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(HistoryError, match="takes no changes"):
        pipeline.load(Workspace.at(home, url), "icd10cm")


def disconnect_all(postgresql: Server, url: str) -> None:
    with postgresql.asking() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (url.partition("?")[0].rpartition("/")[2],),
        )


def test_a_connection_that_is_lost_in_the_middle_of_a_load(
    postgresql: Server, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from codeset_pipeline.history import load

    url = postgresql.database()
    database = HistoryDatabase(url)
    real = load.insert_rows

    def lose(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        disconnect_all(postgresql, url)

    monkeypatch.setattr(load, "insert_rows", lose)
    with pytest.raises(DatabaseUnavailable, match="nothing was left half done"):
        pipeline.load(Workspace.at(home, url), "icd10cm")
    monkeypatch.undo()
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM release")).scalar_one() == 0
    assert bring_up_to_date(database, "icd10cm", [], "now") == []
    database.dispose()


def test_an_open_history_goes_on_after_the_server_came_back(postgresql: Server, home: Path, loaded_url: str) -> None:
    with codeset_pipeline.open(home, database=loaded_url) as history:
        before = history.lookup("icd10cm", "A00.9", "2029-10-01")
        disconnect_all(postgresql, loaded_url)
        assert history.lookup("icd10cm", "A00.9", "2029-10-01") == before
        # Lost within a question, it is an error of that question alone.
        with pytest.raises(DatabaseUnavailable), history.sessions.reading() as session:
            disconnect_all(postgresql, loaded_url)
            session.lookup.versions("icd10cm", "A009")
        assert history.lookup("icd10cm", "A00.9", "2029-10-01") == before
        name = loaded_url.partition("?")[0].rpartition("/")[2]
        disconnect_all(postgresql, loaded_url)
        with postgresql.asking() as connection:
            connection.execute(f"ALTER DATABASE {name} RENAME TO {name}_away")
            try:
                with pytest.raises(DatabaseUnavailable):
                    history.lookup("icd10cm", "A00.9", "2029-10-01")
            finally:
                connection.execute(f"ALTER DATABASE {name}_away RENAME TO {name}")
        assert history.lookup("icd10cm", "A00.9", "2029-10-01") == before


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+asyncpg://u:secret@host/db", "postgresql\\+psycopg://"),
        ("mysql://u:secret@host/db", "SQLite or PostgreSQL"),
        ("nonsense with secret", "cannot be read"),
    ],
)
def test_a_url_that_cannot_be_used(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        HistoryDatabase(url)
    assert "secret" not in str(raised.value)


def test_without_the_driver_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(CodesetError, match=r"codeset-pipeline\[postgres\]"):
        HistoryDatabase("postgresql://host/db")
