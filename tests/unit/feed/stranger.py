"""A consumer as somebody writes it who has only the documentation: it imports nothing of the program."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]
Tables = dict[str, dict[str, Row]]
_ZEROS = "0" * 64


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def follow(lines: Iterable[bytes], tables: Tables | None = None, cursor: str = "") -> tuple[Tables, str]:
    """The tables after these events, and the cursor there; `tables` are those at the cursor given."""
    found: Tables = {name: dict(rows) for name, rows in (tables or {}).items()}
    sequence, hash = (int(cursor.split("-")[0]), cursor.split("-")[1]) if cursor else (0, _ZEROS)
    for line in lines:
        event = json.loads(line)
        assert line.decode() == canonical(event)
        told = {name: value for name, value in event.items() if name not in ("cursor", "hash")}
        sequence += 1
        assert (event["sequence"], event["previous"]) == (sequence, hash)
        hash = hashlib.sha256(canonical(told).encode()).hexdigest()
        assert (event["hash"], event["cursor"]) == (hash, f"{sequence}-{hash}")
        rows, key = found.setdefault(event["table"], {}), canonical(event["key"])
        assert rows.get(key) == event["before"]
        assert event["before"] != event["after"]
        kind = "insert" if event["before"] is None else "delete" if event["after"] is None else "update"
        assert event["kind"] == kind
        if event["after"] is None:
            del rows[key]
        else:
            assert event["key"] == {name: event["after"][name] for name in event["key"]}
            rows[key] = event["after"]
    return found, f"{sequence}-{hash}" if sequence else ""


def table_hash(rows: Iterable[Row]) -> str:
    """The sum of the sha256 of the rows, modulo 2**256, as 64 hexadecimal digits."""
    total = sum(int(hashlib.sha256(canonical(row).encode()).hexdigest(), 16) for row in rows)
    return f"{total % 2**256:064x}"


def ndjson(rows: Iterable[Row], names: list[str]) -> bytes:
    """One row a line with the members in the order of the columns."""
    objects = ({name: row[name] for name in names} for row in rows)
    return "".join(json.dumps(o, ensure_ascii=False, separators=(",", ":")) + "\n" for o in objects).encode()


def csv(rows: Iterable[Row], names: list[str]) -> bytes:
    """CSV as `docs/exports.md` has it: a null is nothing, an empty text is ""."""

    def cell(value: Any) -> str:
        if value is None:
            return ""
        text = value if isinstance(value, str) else canonical(value)
        return '"' + text.replace('"', '""') + '"' if not text or any(c in text for c in '",\r\n') else text

    lines = [",".join(names), *(",".join(cell(row[name]) for name in names) for row in rows)]
    return "".join(line + "\n" for line in lines).encode()
