"""The tables that the events lead to, written by a stranger, are the files that `codeset export` writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codeset_pipeline.feed.store import open_feed
from codeset_pipeline.serve.export.content import Request
from codeset_pipeline.serve.export.write import export
from tests.unit.feed import stranger
from tests.unit.feed.stranger import follow
from tests.unit.history.loading import workspace


@pytest.mark.parametrize("format", ["ndjson", "csv"])
def test_the_same_bytes_as_the_export(feeding_home: Path, code_set: str, format: str, tmp_path: Path) -> None:
    place = workspace(feeding_home)
    export(Request(place, code_set), format, tmp_path / "out")
    described = json.loads((tmp_path / "out" / "datapackage.json").read_bytes())
    columns = {each["name"]: each["schema"] for each in described["resources"]}
    tables, _ = follow(open_feed(place, code_set).lines())
    for name, rows in tables.items():
        names = [field["name"] for field in columns[name]["fields"]]
        key = columns[name]["primaryKey"]
        ordered = sorted(rows.values(), key=lambda row: [str(row[part]).encode() for part in key])
        written = stranger.csv(ordered, names) if format == "csv" else stranger.ndjson(ordered, names)
        assert written == (tmp_path / "out" / f"{name}.{format}").read_bytes()
    assert tables
