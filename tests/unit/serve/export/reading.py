"""Exports read back by other means than those that wrote them: a strict reader of RFC 4180, json, pyarrow."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

_CELL = re.compile(r'"((?:[^"]|"")*)"|([^",\r\n]*)')


def csv_cells(text: str) -> list[list[str | None]]:
    """The records of a CSV text with LF; an unquoted empty cell is None, a quoted one is an empty text.

    Raises:
        ValueError: the text departs from RFC 4180.
    """
    records: list[list[str | None]] = []
    record: list[str | None] = []
    position = 0
    while position < len(text):
        found = _CELL.match(text, position)
        assert found is not None
        quoted, plain = found.groups()
        record.append(quoted.replace('""', '"') if quoted is not None else plain or None)
        position = found.end()
        mark = text[position : position + 1]
        if mark == "\n":
            records.append(record)
            record = []
        elif mark != ",":
            raise ValueError(f"{mark!r} after a cell at {position}")
        position += 1
    if record:
        raise ValueError("the last line does not end")
    return records


def typed(text: str | None, kind: str) -> Any:
    """The value of a cell by the type that the descriptor gives its column."""
    if text is None:
        return None
    if kind == "boolean":
        return {"true": True, "false": False}[text]
    if kind == "integer":
        return int(text)
    if kind == "date":
        return date.fromisoformat(text).isoformat()
    return json.loads(text) if kind == "array" else text


def read_table(path: Path, kinds: dict[str, str]) -> list[dict[str, Any]]:
    """The rows of a table file; dates as ISO texts, lists as lists."""
    if path.suffix == ".csv":
        header, *records = csv_cells(path.read_bytes().decode())
        assert header == list(kinds)
        return [
            {name: typed(cell, kind) for (name, kind), cell in zip(kinds.items(), record, strict=True)}
            for record in records
        ]
    if path.suffix == ".ndjson":
        lines = path.read_text("utf-8").splitlines()
        assert all(line == json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":")) for line in lines)
        return [json.loads(line) for line in lines]
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.ParquetFile(path).read().to_pylist()
    return [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()} for row in rows
    ]


def described(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "datapackage.json").read_bytes())
    return found


def tables_in(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Name of each table → its rows, read as the descriptor says."""
    return {
        each["name"]: read_table(folder / each["path"], {f["name"]: f["type"] for f in each["schema"]["fields"]})
        for each in described(folder)["resources"]
    }


def bytes_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
