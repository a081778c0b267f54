"""Rows as lines of text: CSV and NDJSON, the same bytes for the same rows.

Columns are encoded one at a time over a batch of rows, which is several times as fast as row by row: in tables of
millions of rows most values of a column come again and again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from codeset_pipeline.history.published_tables import Row
from codeset_pipeline.history.table_fields import Field

Encode = Callable[[Any], str]

_special = re.compile('[",\r\n]').search


_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


# A batch is encoded twice: as NDJSON for its hash, and as what is written.
@lru_cache(maxsize=1 << 16)
def _list_text(value: str) -> str:
    return "[]" if value == "[]" else _compact(json.loads(value))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _csv_text(value: str | None) -> str:
    """Nothing for null, `""` for an empty text."""
    if value is None:
        return ""
    return value if value and not _special(value) else _quoted(value)


def _csv_boolean(value: bool | None) -> str:
    return "" if value is None else "true" if value else "false"


def _csv_integer(value: int | None) -> str:
    return "" if value is None else str(value)


_CSV: dict[str, Encode] = {
    "string": _csv_text,
    "date": _csv_text,
    "integer": _csv_integer,
    "boolean": _csv_boolean,
    "list": lambda value: "" if value is None else _csv_text(_list_text(value)),
}


def _or_null(encode: Encode) -> Encode:
    return lambda value: "null" if value is None else encode(value)


_JSON: dict[str, Encode] = {
    "string": _or_null(encode_basestring),
    "date": _or_null(encode_basestring),
    "integer": _or_null(str),
    "boolean": _or_null(lambda value: "true" if value else "false"),
    "list": _or_null(_list_text),
}


def _lines(template: str, fields: Sequence[Field], encoders: dict[str, Encode], rows: Sequence[Row]) -> bytes:
    encoded = []
    for field, values in zip(fields, zip(*rows, strict=True), strict=True):
        encode = encoders[field.kind]
        distinct = set(values)
        if len(distinct) * 2 < len(values):
            known = {value: encode(value) for value in distinct}
            encoded.append([known[value] for value in values])
        else:
            encoded.append([encode(value) for value in values])
    return "".join(map(template.__mod__, zip(*encoded, strict=True))).encode()


def csv_header(fields: Sequence[Field]) -> bytes:
    return (",".join(field.name for field in fields) + "\n").encode()


def csv_lines(fields: Sequence[Field], rows: Sequence[Row]) -> bytes:
    """RFC 4180 with LF: a null is nothing at all, an empty text is `""`, a list is JSON text."""
    return _lines(",".join(["%s"] * len(fields)) + "\n", fields, _CSV, rows) if rows else b""


def ndjson_lines(fields: Sequence[Field], rows: Sequence[Row]) -> bytes:
    """One object a line: every column, in the order of the table, without blanks, text beyond ASCII as it is."""
    template = "{" + ",".join(f'"{field.name}":%s' for field in fields) + "}\n"
    return _lines(template, fields, _JSON, rows) if rows else b""
