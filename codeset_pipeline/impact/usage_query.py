"""Usage out of a database: one SELECT against any SQLAlchemy URL. Passwords reach no report, log or message."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codeset_pipeline.errors import AssetError, UsageError
from codeset_pipeline.impact.table_rows import Row
from codeset_pipeline.impact.usage import Usage, usage_of_rows

if TYPE_CHECKING:
    from sqlalchemy import URL

_READS = re.compile(r"(?is)\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(?:select|with|values|table)\b")
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")


@dataclass(frozen=True, repr=False)
class UsageQuery:
    """A query and the database it is put to.

    Attributes:
        url: SQLAlchemy URL; `${NAME}` stands for an environment variable, so that no password need be written down.
        query: a SELECT whose columns are code, count and/or amount, and, if wanted, department and a second code.
    """

    url: str
    query: str

    def __repr__(self) -> str:
        return "UsageQuery()"  # a traceback must not show the password


def query_of_file(path: Path, data: bytes) -> UsageQuery:
    """The query of a YAML file with the keys `url` and `query`.

    Raises:
        AssetError: it is none.
    """
    import yaml

    try:
        found = yaml.safe_load(data)
    except yaml.YAMLError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(found.get(key), str) for key in ("url", "query")):
        raise AssetError(f"{path.name} is no usage query; write YAML with the keys url (a SQLAlchemy URL) and query.")
    return UsageQuery(found["url"], found["query"])


def read_usage_query(asked: UsageQuery) -> Usage:
    """What the database answers, summed by code. The transaction is rolled back, whatever the query did.

    Raises:
        UsageError: the query is none that reads, or the URL is none.
        AssetError: the database cannot be reached, or does not answer with the columns that are needed.
    """
    if not _READS.match(asked.query):
        raise UsageError("The usage query must be one that reads; begin it with SELECT or WITH (--usage-query).")
    url = _url(asked.url)
    name = shown(url)
    header, answered = _answer(url, asked.query, name)
    rows = [Row(0, header)]
    rows += [
        Row(number, tuple("" if cell is None else str(cell) for cell in row)) for number, row in enumerate(answered, 1)
    ]
    return usage_of_rows(rows, name, "record")


def _url(text: str) -> URL:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in os.environ:
            raise UsageError(
                f"The usage URL names the environment variable {name}, which is not set; set it and retry."
            )
        return os.environ[name]

    try:
        url = make_url(_VARIABLE.sub(value, text))
    except (ArgumentError, ValueError):
        raise UsageError(
            "The usage URL is none that SQLAlchemy knows; write it like postgresql+psycopg://user@host/database."
        ) from None
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        path = Path(str(url.database).removeprefix("file:"))
        if not path.is_file():  # SQLite would make an empty one
            raise AssetError(f"There is no database {path}; check --usage-sql.")
    return url


def _answer(url: URL, query: str, name: str) -> tuple[tuple[str, ...], list[Any]]:
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    try:
        engine = create_engine(url, poolclass=NullPool)
    except ImportError as error:
        raise AssetError(f"{name} needs the database driver {error.name}; install it and retry.") from None
    except (SQLAlchemyError, ValueError, TypeError):
        raise UsageError(f"{name} cannot be opened by SQLAlchemy; check the URL's form and its options.") from None
    try:
        readonly = {"postgresql_readonly": True} if url.get_backend_name() == "postgresql" else {}
        with engine.connect().execution_options(**readonly) as connection:
            try:
                if url.get_backend_name() == "sqlite":  # whose driver begins no transaction before WITH … DELETE
                    connection.exec_driver_sql("PRAGMA query_only = ON")
                # As it is: `exec_driver_sql` would take % for a place, `text` takes only :name for one.
                found = connection.execute(text(re.sub(r"(?<!:):(?=\w)", r"\\:", query)))
                if not found.returns_rows:
                    raise AssetError(f"The usage query to {name} gives no rows; begin it with SELECT.")
                return tuple(map(str, found.keys())), [tuple(row) for row in found]
            finally:
                connection.rollback()
    except SQLAlchemyError as error:
        why = " ".join(str(getattr(error, "orig", None) or error).split())[:200]
        secrets = [part for part in (url.password, *map(str, url.query.values())) if part]
        for secret in secrets:
            why = why.replace(secret, "…")
        raise AssetError(f"{name} did not answer the usage query ({why}); correct the query or the URL.") from None
    finally:
        engine.dispose()


def shown(url: URL) -> str:
    """The database for people: without user, password and options."""
    place = f"{url.host or ''}{f':{url.port}' if url.port else ''}"
    return f"{url.get_backend_name()}://{place}/{url.database or ''}"
