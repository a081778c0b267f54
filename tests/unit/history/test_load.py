"""The database depends on what is loaded, never on the order or number of loads."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from codeset_pipeline import pipeline, upkeep
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history.content_hash import content_hash, table_hashes
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.releases import loaded_releases
from tests.generated_releases import (
    archive,
    categories,
    order_file,
    retitled,
    split,
    tabular_xml,
    without,
    write_release,
)
from tests.unit.history.loading import accept, history_hash, take, workspace


class Supply(NamedTuple):
    path: Path
    published: date | None = None
    release: str | None = None


@pytest.fixture(scope="module")
def supplies(tmp_path_factory: pytest.TempPathFactory) -> list[Supply]:
    """Three October releases, a correction of each of two, an April XML, and the same content from a second source."""
    folder = tmp_path_factory.mktemp("supplies")
    one = categories(count=12)
    two = split(without(one, "A021"), "A030")
    three = retitled({**two, "A021": one["A021"]}, "A040", "Another title")
    corrected_one = retitled(one, "A050", "A corrected title", "Corrected")
    corrected_two = without(two, "A060")
    april = folder / "icd10cm-tabular-April-2029.xml"
    april.write_bytes(tabular_xml(retitled(two, "A070", "A title of April")))
    second_source = folder / "cdc" / "icd10cm-CodesDescriptions-2028.zip"
    second_source.parent.mkdir()
    second_source.write_bytes(archive({"icd10cm-order-2028.txt": order_file(one)}, (2027, 6, 11)))
    return [
        Supply(write_release(folder / "1", 2028, one)),
        Supply(write_release(folder / "1b", 2028, corrected_one), date(2028, 1, 10)),
        Supply(write_release(folder / "2", 2029, two, one)),
        Supply(write_release(folder / "2b", 2029, corrected_two), date(2030, 2, 1)),
        Supply(april),
        Supply(write_release(folder / "3", 2030, three, two)),
        Supply(second_source),
    ]


@pytest.fixture(scope="module")
def all_at_once(supplies: list[Supply], tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("once")
    for supply in supplies:
        accept(home, *supply)
    pipeline.load(workspace(home), "icd10cm")
    return home


def test_every_release_and_correction_is_loaded_once(all_at_once: Path) -> None:
    database = HistoryDatabase(workspace(all_at_once).database_url)
    with database.reading() as connection:
        found = [(r.label, r.revision, r.published.isoformat(), r.state) for r in loaded_releases(connection)]
    database.dispose()
    assert found == [
        ("FY2028", 0, "2027-10-01", "ready"),
        ("FY2028", 1, "2028-01-10", "ready"),
        ("FY2029", 0, "2028-10-01", "ready"),
        ("FY2029", 1, "2030-02-01", "ready"),
        ("FY2029-apr", 0, "2029-04-01", "ready"),
        ("FY2030", 0, "2029-10-01", "ready"),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_releases_loaded_one_at_a_time_in_any_order_give_the_same_database(
    supplies: list[Supply], all_at_once: Path, tmp_path: Path, seed: int
) -> None:
    order = list(supplies)
    random.Random(seed).shuffle(order)
    for supply in order:
        take(tmp_path, *supply)
    assert history_hash(tmp_path) == history_hash(all_at_once)
    # The published crosswalks are those of neighbouring releases, also where one came between two later.
    assert crosswalks(tmp_path) == crosswalks(all_at_once)
    assert [*crosswalks(tmp_path)] == ["FY2028_to_FY2029.csv", "FY2029-apr_to_FY2030.csv", "FY2029_to_FY2029-apr.csv"]


def crosswalks(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((home / "crosswalks" / "icd10cm").glob("*.csv"))}


def test_verifying_writes_nothing(all_at_once: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(all_at_once, home)
    table = home / "crosswalks" / "icd10cm" / "FY2028_to_FY2029.csv"
    table.write_text("touched by a person")
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*") if not path.name.startswith(".codeset")}
    assert upkeep.verify(workspace(home)) == []
    after = {path: path.stat().st_mtime_ns for path in home.rglob("*") if not path.name.startswith(".codeset")}
    assert {path.name for path in before if before[path] != after.get(path)} <= {"home", "codeset.sqlite-shm"}
    assert before.keys() == after.keys()


def test_loading_again_changes_nothing(supplies: list[Supply], all_at_once: Path) -> None:
    before = history_hash(all_at_once)
    for supply in reversed(supplies):
        take(all_at_once, *supply)
    assert history_hash(all_at_once) == before
    assert pipeline.load(workspace(all_at_once), "icd10cm") == []


def test_a_rebuild_gives_the_same_database(all_at_once: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(all_at_once, home)
    (home / "codeset.sqlite").unlink()
    assert upkeep.rebuild(workspace(home)) == ["icd10cm"]
    assert history_hash(home) == history_hash(all_at_once)
    assert upkeep.verify(workspace(home)) == []


def test_a_rebuild_makes_lost_and_damaged_snapshots_again(all_at_once: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(all_at_once, home)
    lost, damaged, scribbled = sorted((home / "snapshots" / "icd10cm").glob("*/*"))[:3]
    shutil.rmtree(lost)
    table = damaged / "codes.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"?")
    (scribbled / "manifest.json").write_bytes(b"\xff{")
    assert len(upkeep.verify(workspace(home))) == 3
    upkeep.rebuild(workspace(home))
    assert upkeep.verify(workspace(home)) == []
    assert history_hash(home) == history_hash(all_at_once)


def test_verify_names_a_row_that_the_snapshots_do_not_give(all_at_once: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(all_at_once, home)
    database = HistoryDatabase(workspace(home).database_url)
    with database.transaction() as connection:
        connection.exec_driver_sql("UPDATE icd10_code SET long_title = 'tampered' WHERE code = 'A000'")
    database.dispose()
    assert any("icd10_code" in problem and "tampered" in problem for problem in upkeep.verify(workspace(home)))


def test_a_load_that_fails_leaves_the_last_good_state(
    supplies: list[Supply], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from codeset_pipeline.history import load

    take(tmp_path, *supplies[0])
    database = HistoryDatabase(workspace(tmp_path).database_url)
    with database.reading() as connection:
        before = table_hashes(connection)
    real: Callable[..., None] = load.insert_rows

    def fail_on_codes(connection: object, table: object, rows: object) -> None:
        real(connection, table, rows)
        if table.name == "icd10_code":  # type: ignore[attr-defined]
            raise OSError("disk full")

    monkeypatch.setattr(load, "insert_rows", fail_on_codes)
    with pytest.raises(OSError, match="disk full"):
        take(tmp_path, *supplies[2])
    with database.reading() as connection:
        after = table_hashes(connection)
        states = [(r.label, r.state) for r in loaded_releases(connection)]
    database.dispose()
    assert {name for name in before if before[name] != after[name]} == {"release"}
    assert states == [("FY2028", "ready"), ("FY2029", "importing")]
    monkeypatch.undo()
    pipeline.load(workspace(tmp_path), "icd10cm")
    clean = tmp_path / "clean"
    for supply in (supplies[0], supplies[2]):
        take(clean, *supply)
    assert history_hash(tmp_path) == history_hash(clean)


def test_asking_before_anything_is_loaded_says_how_to_begin(tmp_path: Path) -> None:
    database = HistoryDatabase(workspace(tmp_path).database_url)
    with pytest.raises(HistoryError, match="codeset update icd10cm --from PATH"), database.reading() as connection:
        content_hash(connection)
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_another_layout_is_not_touched(all_at_once: Path, tmp_path: Path) -> None:
    shutil.copy(all_at_once / "codeset.sqlite", tmp_path / "codeset.sqlite")
    url = workspace(tmp_path).database_url
    first = HistoryDatabase(url)
    with first.transaction() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = '0' WHERE name = 'schema_version'")
    first.dispose()
    other = HistoryDatabase(url)
    with pytest.raises(HistoryError, match="codeset rebuild"), other.reading():
        pass
    other.dispose()
