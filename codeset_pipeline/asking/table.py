"""The rows of an effective-dated table, as they are handed to Python."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from codeset_pipeline.asking.rows import Rows
from codeset_pipeline.errors import UsageError
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.published_tables import published_tables, rows
from codeset_pipeline.history.table_fields import Field, arrow_schema, arrow_table, fields_of


class TableRows(Rows):
    """Rows of one table: dates are ISO texts and lists are lists of texts.

    Attributes:
        fields: the columns with their kinds, which an Arrow table and a DataFrame have even where all is null.
    """

    def __init__(self, found: list[dict[str, Any]], fields: tuple[Field, ...]) -> None:
        super().__init__(found, tuple(field.name for field in fields))
        self.fields = fields

    def to_arrow(self) -> Any:
        """A `pyarrow.Table`: dates as date32, integers as int32, lists as lists of texts."""
        lists = [field.name for field in self.fields if field.kind == "list"]
        plain = [{**row, **{name: json.dumps(row[name]) for name in lists}} if lists else row for row in self]
        return arrow_table(
            self.fields, arrow_schema(self.fields), [tuple(row[name] for name in self.columns) for row in plain]
        )


def read_table(
    database_url: str, code_set: str, name: str | None, on: date | None, published: date | None
) -> TableRows:
    """The rows of a table of a code set, of the first where no name is given.

    Raises:
        UsageError: the code set has no such table.
    """
    tables = {table.name: table for table in published_tables(code_set)}
    table = tables.get(name or next(iter(tables)))
    if table is None:
        raise UsageError(f"{code_set} has no table {name!r}; it has {', '.join(tables)}.")
    fields = fields_of(table)
    lists = [place for place, field in enumerate(fields) if field.kind == "list"]
    database = HistoryDatabase(database_url)
    found = []
    try:
        with database.reading() as connection:
            for row in rows(connection, table, code_set, on=on, published=published):
                values: list[Any] = list(row)
                for place in lists:
                    values[place] = json.loads(values[place])
                found.append(dict(zip(table.column_names, values, strict=True)))
    finally:
        database.dispose()
    return TableRows(found, fields)
