"""Genuine releases loaded in several orders give one database."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.settings import Workspace
from tests.integration.command_line import database_hashes

pytestmark = pytest.mark.genuine

RELEASES = {"FY2025": "2024-10-01", "FY2025-apr": "2025-04-01", "FY2026": "2025-10-01"}
# The made-up releases of `tests/unit/history/test_load.py` come in many orders; genuine ones take seconds each.
ORDERS = [
    ["FY2026", "FY2025", "FY2025-apr"],
]


def bring(genuine_home: Path, home: Path, label: str) -> None:
    """What accepting a release leaves on disk: its snapshot and its records (parsing it again gives the same)."""
    for kind in ("snapshots", "snapshots/acquisitions"):
        folder = Path(kind) / "icd10cm" / RELEASES[label]
        shutil.copytree(genuine_home / folder, home / folder, dirs_exist_ok=True)


def load(home: Path) -> list[str]:
    place = Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}")
    return [release.label for release in pipeline.load(place, "icd10cm")]


@pytest.fixture(scope="module")
def at_once(genuine_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("at-once")
    for label in RELEASES:
        bring(genuine_home, home, label)
    assert sorted(load(home)) == sorted(RELEASES)
    return home


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_any_order_of_loading_gives_the_same_database(
    genuine_home: Path, at_once: Path, tmp_path: Path, order: list[str]
) -> None:
    for label in order:
        bring(genuine_home, tmp_path, label)
        assert load(tmp_path) == [label]
    assert database_hashes(tmp_path) == database_hashes(at_once)


def test_loading_twice_changes_nothing(at_once: Path) -> None:
    before = database_hashes(at_once)
    assert load(at_once) == []
    assert database_hashes(at_once) == before
