"""The migrations arrive at the tables of the program, and at nothing else."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history import layout, schema
from codeset_pipeline.history.database import HistoryDatabase
from tests.postgresql import Server


def collations(connection: Connection) -> dict[tuple[str, str], str | None]:
    """How each column of text is ordered, by the server's own account."""
    rows = connection.execute(
        text(
            "SELECT table_name, column_name, collation_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying') "
            "AND table_name <> 'alembic_version'"
        )
    )
    return {(table, column): collation for table, column, collation in rows}


def test_the_migrations_arrive_at_exactly_the_tables_of_the_schema(postgresql: Server) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = create_engine(postgresql.empty_database())
    with engine.begin() as connection:
        layout.migrate(connection, "head")
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []
        assert layout.version_of(connection) == schema.SCHEMA_VERSION
        # What Alembic does not compare: primary keys with the order of their columns, and collations.
        found = inspect(connection)
        for table in schema.metadata.sorted_tables:
            key = [column.name for column in table.primary_key.columns]
            assert found.get_pk_constraint(table.name)["constrained_columns"] == key, table.name
        migrated = collations(connection)
    engine.dispose()
    engine = create_engine(postgresql.empty_database())
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        assert collations(connection) == migrated
    # But for views nothing shows text that is not ordered by its bytes.
    assert set(migrated.values()) == {"C"}
    engine.dispose()


def test_a_migration_that_stops_leaves_what_was_there(postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    database = HistoryDatabase(postgresql.empty_database())
    monkeypatch.setattr(layout, "create_views", lambda connection: connection.execute(text("SELECT 1 / 0")))
    with pytest.raises(Exception, match="division by zero"):
        database.prepare()
    assert not database.exists()
    with database.engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    monkeypatch.undo()
    database.prepare()
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM ncci_ptp_edits")).scalar_one() == 0
    database.dispose()


def test_many_who_begin_at_once_make_the_tables_once(postgresql: Server) -> None:
    url = postgresql.empty_database()
    failures: list[BaseException] = []

    def prepare() -> None:
        database = HistoryDatabase(url)
        try:
            database.prepare()
        except BaseException as error:
            failures.append(error)
        finally:
            database.dispose()

    threads = [threading.Thread(target=prepare) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    database = HistoryDatabase(url)
    assert database.exists()
    database.dispose()


@pytest.mark.parametrize(("found", "advice"), [("1", "codeset upgrade"), ("99", "newer version of the program")])
def test_a_database_of_another_layout_is_told_apart(postgresql: Server, found: str, advice: str) -> None:
    database = HistoryDatabase(postgresql.database())
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :found"), {"found": found})
    with pytest.raises(HistoryError, match=advice), database.reading():
        pass
    if found == "99":
        with pytest.raises(HistoryError, match=advice):
            database.prepare()
    database.dispose()
