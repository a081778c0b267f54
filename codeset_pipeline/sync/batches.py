"""What a batch of events does to the rows of one table, and whether the rows are what the events suppose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, insert, select, tuple_, update

from codeset_pipeline.errors import FeedError
from codeset_pipeline.history.published_tables import PublishedTable

Content = dict[str, Any]
Key = tuple[Any, ...]

_KEYS_AT_ONCE = 400


class TableBatch:
    """The changes of one table within a batch."""

    def __init__(self, table: PublishedTable, target: Table, code_set: str) -> None:
        self._target, self._code_set, self._name = target, code_set, table.name
        self._dates = [column.name for column in table.columns if column.kind == "date"]
        self._key = table.key
        self._columns = set(table.column_names)

    def stored(self, content: Mapping[str, Any]) -> Content:
        """The values of a row as the target's columns take them."""
        values = dict(content)
        for name in self._dates:
            if values.get(name) is not None:
                values[name] = date.fromisoformat(values[name])
        return values

    def check(self, event: Mapping[str, Any]) -> None:
        """See that the target's table can hold what an event says; the hash only says that it is what was sent.

        Raises:
            FeedError: it speaks of other columns, or of another row than the one that it names.
        """
        for content in (event["before"], event["after"]):
            if content is None:
                continue
            if not self._fits(content) or event["key"] != {name: content[name] for name in self._key}:
                raise FeedError(
                    f"The event with cursor {event['cursor']} is no row of {self._name} as this version of the program "
                    "knows it; nothing of its batch was applied. Install the version that writes the feed here too."
                )
        if event["key"]["code_set"] != self._code_set:
            raise FeedError(f"The event with cursor {event['cursor']} is about a row of another code set; refused.")

    def _fits(self, content: Any) -> bool:
        if not isinstance(content, dict) or content.keys() != self._columns:
            return False
        try:
            for name in self._dates:
                if content[name] is not None:
                    date.fromisoformat(content[name])
        except (ValueError, TypeError):
            return False
        return True

    def content(self, row: Mapping[str, Any]) -> Content:
        """A row of the target as events write it."""
        values = dict(row)
        for name in self._dates:
            if values[name] is not None:
                values[name] = values[name].isoformat()
        return values

    def apply(self, connection: Connection, events: Sequence[dict[str, Any]]) -> None:
        """Change the rows as the events say.

        Raises:
            FeedError: a row is not what an event says that it was.
        """
        for event in events:
            self.check(event)
        existing = {self._key_of(event["key"]) for event in events if event["before"] is not None}
        begun = self._rows(connection, existing)
        rows: dict[Key, Content | None] = {}
        for event in events:
            key = self._key_of(event["key"])
            # A row that is there although an event adds it makes the insertion fail.
            has = rows[key] if key in rows else begun.get(key)
            if has != event["before"]:
                raise self._unlike(event, has)
            rows[key] = event["after"]
        gone = [key for key, content in rows.items() if content is None and key in begun]
        new = [content for key, content in rows.items() if content is not None and key not in begun]
        other = [content for key, content in rows.items() if content is not None and begun.get(key, content) != content]
        self._delete(connection, gone)
        self._update(connection, other)
        if new:
            self._insert(connection, new, events)

    def _key_of(self, key: Mapping[str, Any]) -> Key:
        return tuple(key[name] for name in self._key)

    def _rows(self, connection: Connection, keys: Iterable[Key]) -> dict[Key, Content]:
        """The rows of the target with these keys."""
        columns = [self._target.c[name] for name in self._key]
        wanted: list[Key] = sorted(keys)
        found: dict[Key, Content] = {}
        for start in range(0, len(wanted), _KEYS_AT_ONCE):
            chunk = [
                tuple(self.stored(dict(zip(self._key, key, strict=True))).values())
                for key in wanted[start : start + _KEYS_AT_ONCE]
            ]
            query = select(self._target).where(tuple_(*columns).in_(chunk))
            try:
                for row in connection.execute(query).mappings():
                    content = self.content({**row})
                    found[self._key_of(content)] = content
            except (ValueError, TypeError) as error:
                # SQLite takes any text into any column.
                raise FeedError(
                    f"A row of {self._name} has a value that its column cannot have ({error}): somebody else changed "
                    f"the target. Nothing of the batch was applied; run 'codeset sync … {self._code_set} --repair', "
                    "which replaces the rows of the code set by those of the feed."
                ) from error
        return found

    def _where(self) -> Any:
        return and_(*(self._target.c[name] == bindparam(f"key_{name}") for name in self._key))

    def _key_values(self, values: Mapping[str, Any]) -> Content:
        return {f"key_{name}": values[name] for name in self._key}

    def _delete(self, connection: Connection, keys: Sequence[Key]) -> None:
        if keys:
            values = [self.stored(dict(zip(self._key, key, strict=True))) for key in keys]
            connection.execute(delete(self._target).where(self._where()), [self._key_values(each) for each in values])

    def _update(self, connection: Connection, contents: Sequence[Content]) -> None:
        if contents:
            rest = [column.name for column in self._target.columns if column.name not in self._key]
            statement = update(self._target).where(self._where()).values({name: bindparam(name) for name in rest})
            rows = [self.stored(content) for content in contents]
            connection.execute(
                statement, [{**self._key_values(row), **{name: row[name] for name in rest}} for row in rows]
            )

    def _insert(self, connection: Connection, contents: Sequence[Content], events: Sequence[dict[str, Any]]) -> None:
        from sqlalchemy.exc import IntegrityError

        # A row in the way is named below, for which the transaction must still be alive.
        nested = connection.begin_nested()
        try:
            connection.execute(insert(self._target), [self.stored(content) for content in contents])
            nested.commit()
        except IntegrityError:
            nested.rollback()
            there = self._rows(connection, [self._key_of(content) for content in contents])
            for event in events:
                key = self._key_of(event["key"])
                if event["before"] is None and key in there:
                    raise self._unlike(event, there[key]) from None
            raise

    def _unlike(self, event: dict[str, Any], has: Content | None) -> FeedError:
        key = ", ".join(f"{name} {event['key'][name]}" for name in self._key[1:])
        was = event["before"]
        if has is None or was is None:
            found = "is not there" if has is None else "is there already"
        else:
            name = next(name for name in was if has.get(name) != was[name])
            found = f"has {_short(has.get(name))} as {name} where it should have {_short(was[name])}"
        return FeedError(
            f"The row {key} of {self._name} {found} (before the event {event['cursor']}): somebody else changed the "
            f"target. Nothing of the batch was applied; put the row right, or run 'codeset sync … {self._code_set} "
            "--repair', which replaces the rows of the code set by those of the feed."
        )


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:80]
