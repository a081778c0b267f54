"""What the columns of an effective-dated table are called and hold, however they are stored; and as Arrow columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from codeset_pipeline.history.published_tables import Kind, PublishedTable, Row


class Field(NamedTuple):
    """One column; in plain rows dates are ISO texts and lists JSON texts."""

    name: str
    kind: Kind
    description: str
    nullable: bool = False


def fields_of(table: PublishedTable) -> tuple[Field, ...]:
    """The columns of an effective-dated table."""
    return tuple(Field(each.name, each.kind, each.description, each.nullable) for each in table.columns)


def arrow_schema(fields: Sequence[Field]) -> Any:
    """A `pyarrow.Schema`: dates as date32, integers as int32, lists as lists of texts."""
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "integer": pa.int32(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "list": pa.list_(pa.string()),
    }
    return pa.schema([pa.field(each.name, types[each.kind], nullable=each.nullable) for each in fields])


def arrow_table(fields: Sequence[Field], schema: Any, rows: Sequence[Row]) -> Any:
    """Rows as a `pyarrow.Table` of that schema."""
    import pyarrow as pa

    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(fields)
    arrays = []
    for field, values, to in zip(fields, columns, schema, strict=True):
        # The same few thousand dates and lists come again and again.
        if field.kind in {"date", "list"}:
            read = date.fromisoformat if field.kind == "date" else json.loads
            known = {value: None if value is None else read(value) for value in set(values)}
            values = [known[value] for value in values]
        arrays.append(pa.array(values, to.type))
    return pa.Table.from_arrays(arrays, schema=schema)
