"""Exports of the publishers' own releases: what is exported for a release's first day is the publisher's order file."""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.store import SnapshotStore
from codeset_pipeline.snapshots.tables import CODES
from tests.integration.command_line import codeset
from tests.integration.test_genuine_pairs import order_rows
from tests.unit.serve.export.reading import described, read_table

pytestmark = pytest.mark.genuine

_KINDS = {
    "code_set": "string", "code": "string", "code_without_dot": "string", "billable": "boolean",
    "short_title": "string", "long_title": "string", "effective_from": "date", "effective_to": "date",
    "on_or_before": "boolean", "published_from": "date",
}  # fmt: skip


@pytest.mark.parametrize(
    ("code_set", "release", "day", "ending"),
    [
        ("icd10cm", "FY2017", "2016-10-01", "ndjson"),
        ("icd10pcs", "FY2026", "2025-10-01", "parquet"),
    ],
)
def test_a_release_is_exported_as_the_publisher_lists_it(
    genuine_home: Path, tmp_path: Path, code_set: str, release: str, day: str, ending: str
) -> None:
    out = tmp_path / f"codes.{ending}"
    done = codeset("export", code_set, "--on", day, out, "--home", genuine_home)
    assert done.code == 0, done.err
    found = read_table(out, _KINDS)
    said = {row["code_without_dot"]: (row["billable"], row["short_title"], row["long_title"]) for row in found}
    assert said == {code: tuple(row) for code, row in order_rows(release, code_set).items()}
    assert len(said) == len(found)


def test_a_whole_export_has_every_code_of_every_release(genuine_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "icd10cm"
    done = codeset("export", "icd10cm", "--as", "csv", out, "--home", genuine_home)
    assert done.code == 0, done.err
    assert codeset("verify", "--export", out).code == 0
    # All codes on all first days at once, from the intervals alone.
    with (out / "icd10_codes.csv").open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    place = Workspace.at(genuine_home)
    releases = described(out)["codeset_pipeline"]["releases"]
    counted: Counter[str] = Counter()
    for row in table:
        for release in releases:
            day = release["effective_from"]
            if row["effective_from"] <= day and (row["effective_to"] or day) >= day:
                counted[day] += 1
    newest = {release["effective_from"]: release for release in releases}
    assert counted == {day: release["rows"] for day, release in newest.items()}
    with sqlite3.connect(genuine_home / "codeset.sqlite") as connection:
        asked = "SELECT effective_from, snapshot_key FROM release WHERE code_set = 'icd10cm' ORDER BY 1, revision"
        key = dict(connection.execute(asked))["2016-10-01"]
    connection.close()
    snapshot = next(s for s in SnapshotStore(place.snapshots) if s.code_set == "icd10cm" and s.key == key)
    first = {row["code_without_dot"] for row in table if row["effective_from"] == "2016-10-01"}
    assert first == {code for (code,) in snapshot.read(CODES, ["code"])}
    with (out / "crosswalks.csv").open(newline="", encoding="utf-8") as file:
        maps = [(row["source"], row["target"]) for row in csv.DictReader(file) if row["to_release"] == "2025-10-01"]
    assert {("B88.0", "B88.01"), ("B88.0", "B88.09")} <= set(maps) and len(maps) == len(set(maps))
