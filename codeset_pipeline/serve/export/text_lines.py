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


def list_text(texts: Sequence[str]) -> str:
    """A list of texts as JSON without blanks."""
    return "[" + ",".join(map(encode_basestring, texts)) + "]"


# A batch is encoded twice: as NDJSON for its hash, and as what is written.
@lru_cache(maxsize=1 << 16)
def _list_text(value: str) -> str:
    return "[]" if value == "[]" else list_text(json.loads(value))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _csv_text(value: str) -> str:
    return value if value and not _special(value) else _quoted(value)


def _boolean(value: bool) -> str:
    return "true" if value else "false"


_CSV: dict[str, Encode] = {
    "string": _csv_text,
    "date": str,
    "integer": str,
    "boolean": _boolean,
    "list": lambda value: _csv_text(_list_text(value)),
}
_JSON: dict[str, Encode] = {
    "string": encode_basestring,
    "date": encode_basestring,
    "integer": str,
    "boolean": _boolean,
    "list": _list_text,
}


def _column(values: Sequence[Any], encode: Encode, null: str) -> Sequence[str]:
    distinct = set(values)
    if len(distinct) * 2 < len(values):
        known = {value: null if value is None else encode(value) for value in distinct}
        return [known[value] for value in values]
    if None in distinct:
        return [null if value is None else encode(value) for value in values]
    if encode is _csv_text and "" not in distinct and not _special("".join(values)):
        return values
    return list(map(encode, values))


def _lines(
    template: str, fields: Sequence[Field], encoders: dict[str, Encode], null: str, rows: Sequence[Row]
) -> bytes:
    columns = zip(fields, zip(*rows, strict=True), strict=True)
    encoded = [_column(values, encoders[field.kind], null) for field, values in columns]
    return "".join(map(template.__mod__, zip(*encoded, strict=True))).encode()


def csv_header(fields: Sequence[Field]) -> bytes:
    return (",".join(field.name for field in fields) + "\n").encode()


def csv_lines(fields: Sequence[Field], rows: Sequence[Row]) -> bytes:
    """RFC 4180 with LF: a null is nothing at all, an empty text is `""`, a list is JSON text."""
    return _lines(",".join(["%s"] * len(fields)) + "\n", fields, _CSV, "", rows) if rows else b""


def ndjson_lines(fields: Sequence[Field], rows: Sequence[Row]) -> bytes:
    """One object a line: every column, in the order of the table, without blanks, text beyond ASCII as it is."""
    template = "{" + ",".join(f'"{field.name}":%s' for field in fields) + "}\n"
    return _lines(template, fields, _JSON, "null", rows) if rows else b""
