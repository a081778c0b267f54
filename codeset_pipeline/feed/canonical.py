"""The one way in which events and rows are written, so that their hashes can be recomputed by anybody.

JSON in UTF-8, members in the order of their names, nothing between them. An event's hash is sha256 over the event
without `hash` and `cursor`; it holds the hash of the event before, so that it stands for all that came before it too.
The hash of a table is the sum of the sha256 of its rows, modulo 2**256: it needs no order, and follows every change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import sha256
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any

from codeset_pipeline.errors import UsageError
from codeset_pipeline.history.published_tables import PublishedTable, Row

FORMAT = 1
NOTHING_BEFORE = "0" * 64
_MODULUS = 1 << 256
_CURSOR = re.compile(r"([1-9][0-9]{0,14})-([0-9a-f]{64})")

encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
encode_sorted: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def _other(value: Any) -> str:
    """A value that is no text."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    return encode(value)


def event_hash(event: dict[str, Any]) -> str:
    """The hash that an event must have."""
    said = {name: value for name, value in event.items() if name not in {"hash", "cursor"}}
    return sha256(encode_sorted(said).encode("utf-8", "surrogatepass")).hexdigest()


def cursor_of(sequence: int, hash: str) -> str:
    """The place right after an event; empty at the beginning."""
    return f"{sequence}-{hash}" if sequence else ""


def place_of(cursor: str) -> tuple[int, str]:
    """Sequence and hash that a cursor stands for; an empty one is the beginning.

    Raises:
        UsageError: it is no cursor.
    """
    if not cursor:
        return 0, NOTHING_BEFORE
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise UsageError(f"{cursor[:80]!r} is no cursor; give the 'cursor' of an event, or leave it out to begin.")
    return int(found[1]), found[2]


class TableSum:
    """Rows and hash of a table, kept while rows come and go."""

    def __init__(self, rows: int = 0, hash: str = NOTHING_BEFORE) -> None:
        self.rows, self._sum = rows, int(hash, 16)

    def add(self, row: str) -> None:
        self.rows += 1
        self._sum += int.from_bytes(sha256(row.encode()).digest())

    def remove(self, row: str) -> None:
        self.rows -= 1
        self._sum -= int.from_bytes(sha256(row.encode()).digest())

    @property
    def hash(self) -> str:
        return f"{self._sum % _MODULUS:064x}"

    def described(self) -> dict[str, Any]:
        return {"hash": self.hash, "rows": self.rows}


class RowText:
    """Rows of one published table as canonical text, and back."""

    def __init__(self, table: PublishedTable) -> None:
        self._names = sorted(table.column_names)
        self._pick = itemgetter(*(table.column_names.index(name) for name in self._names))
        self._lists = [name for name in self._names if _kinds(table)[name] == "list"]
        self._list_places = [self._names.index(name) for name in self._lists]
        # The same text as `encode` gives, in a third of the time.
        self._template = "{" + ",".join(f'"{name}":%s' for name in self._names) + "}"
        self._columns = table.column_names
        self._key_names = sorted(table.key)
        self._key_pick = itemgetter(*(table.column_names.index(name) for name in self._key_names))

    def content(self, row: Row) -> str:
        """The row as a JSON object."""
        values = self._pick(row)
        texts = [encode_basestring(value) if value.__class__ is str else _other(value) for value in values]
        for place in self._list_places:
            texts[place] = encode(json.loads(values[place]))
        return self._template % tuple(texts)

    def key(self, row: Row) -> str:
        return encode(dict(zip(self._key_names, self._key_pick(row), strict=True)))

    def row(self, content: dict[str, Any]) -> Row:
        """The row that an object of an event stands for, as `published_tables.rows` gives it."""
        for name in self._lists:
            content = {**content, name: json.dumps(content[name], ensure_ascii=False)}
        return tuple(content[name] for name in self._columns)


def _kinds(table: PublishedTable) -> dict[str, str]:
    return {column.name: column.kind for column in table.columns}
