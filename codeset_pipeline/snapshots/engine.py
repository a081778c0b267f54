"""The DuckDB connections that bulk reading, hashing and comparing run on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

# The machine the program is made for has two cores; a bound on memory keeps a large quarter from pushing others out.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "1GB",
    "autoinstall_known_extensions": "false",
}


@cache
def _database() -> Any:
    """The process's in-memory DuckDB; opening one costs more than most of what is asked of it."""
    import duckdb

    return duckdb.connect(config=_CONFIG)


@contextmanager
def bulk_engine() -> Iterator[Any]:
    """A DuckDB connection of its own, closed at the end of the block; what is registered on it goes with it."""
    connection = _database().cursor()
    try:
        yield connection
    finally:
        connection.close()
