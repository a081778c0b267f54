"""A database whose creation was killed at any statement is none, and the next load makes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert

from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history import schema
from codeset_pipeline.history.database import HistoryDatabase


@pytest.mark.parametrize("made", range(len(schema.metadata.sorted_tables) + 1))
def test_a_creation_that_was_killed_after_some_tables_is_done_again(tmp_path: Path, made: int) -> None:
    url = f"sqlite:///{tmp_path / 'codeset.sqlite'}"
    killed = HistoryDatabase(url)
    # The one with the version comes first here, so that it is there in every case but the one without tables.
    order = sorted(schema.metadata.sorted_tables, key=lambda table: table is not schema.meta)
    schema.metadata.create_all(killed.engine, tables=order[:made])
    killed.dispose()
    database = HistoryDatabase(url)
    with pytest.raises(HistoryError, match="No release is loaded"), database.reading():
        pass
    with database.transaction():
        pass
    with database.reading() as connection:
        for table in order:
            connection.execute(table.select()).all()
    database.dispose()


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    database = HistoryDatabase(f"sqlite:///{tmp_path / 'codeset.sqlite'}")
    schema.metadata.create_all(database.engine)
    with database.engine.begin() as connection:
        connection.execute(insert(schema.meta), [{"name": "schema_version", "value": "0"}])
    for use in (database.reading, database.transaction):
        with pytest.raises(HistoryError, match="has layout 0 and this program needs"), use():
            pass
    database.dispose()
