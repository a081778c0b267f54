"""Several workspaces and one PostgreSQL database: nobody's releases are lost, and a rebuild is all or nothing."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from codeset_pipeline import pipeline, upkeep
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history.content_hash import content_hash
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.releases import loaded_releases
from codeset_pipeline.pipeline import loading
from codeset_pipeline.settings import Workspace
from tests.generated_releases import categories, retitled, split, without, write_release
from tests.hcpcs_releases import anweb_text, supplies, write_archive
from tests.postgresql import Server
from tests.unit.history.loading import ANYTHING, accept, history_hash, workspace

ONE = categories(count=8)
TWO = split(without(ONE, "A021"), "A030")
THREE = retitled({**TWO, "A021": ONE["A021"]}, "A040", "Another title")
YEARS = {2028: ONE, 2029: TWO, 2030: THREE}


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By label; `FY2029 r1` is a correction of FY2029."""
    folder = tmp_path_factory.mktemp("releases")
    made = {
        f"FY{year}": write_release(folder / str(year), year, codes, YEARS.get(year - 1))
        for year, codes in YEARS.items()
    }
    return {**made, "FY2029 r1": write_release(folder / "corrected", 2029, retitled(TWO, "A050", "Corrected"))}


def home_with(folder: Path, releases: dict[str, Path], *labels: str) -> Path:
    for label in labels:
        accept(folder, releases[label], date(2029, 3, 1) if "r1" in label else None)
    return folder


def labels(url: str) -> list[str]:
    database = HistoryDatabase(url)
    with database.reading() as connection:
        return [f"{r.code_set} {r.label} r{r.revision}" for r in loaded_releases(connection)]


def hash_of(url: str) -> str:
    with HistoryDatabase(url).reading() as connection:
        return content_hash(connection)


@pytest.mark.parametrize("seed", range(2))
def test_releases_loaded_one_at_a_time_in_any_order_are_what_one_load_into_sqlite_gives(
    postgresql: Server, releases: dict[str, Path], tmp_path: Path, seed: int
) -> None:
    order = list(releases)
    random.Random(seed).shuffle(order)
    url = postgresql.database()
    for label in order:
        home_with(tmp_path, releases, label)
        pipeline.load(Workspace.at(tmp_path, url), "icd10cm")
    pipeline.load(workspace(tmp_path), "icd10cm")
    assert hash_of(url) == history_hash(tmp_path)
    assert pipeline.load(Workspace.at(tmp_path, url), "icd10cm") == []
    assert upkeep.verify(Workspace.at(tmp_path, url)) == []


def test_a_load_that_fails_leaves_everything_as_it_was(
    postgresql: Server, releases: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql.database()
    home_with(tmp_path, releases, "FY2028")
    pipeline.load(Workspace.at(tmp_path, url), "icd10cm")
    before = hash_of(url)
    home_with(tmp_path, releases, "FY2029", "FY2030")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    # The crosswalks come last.
    monkeypatch.setattr(loading, "write_pair", fail)
    with pytest.raises(OSError, match="disk full"):
        pipeline.load(Workspace.at(tmp_path, url), "icd10cm")
    assert hash_of(url) == before
    assert labels(url) == ["icd10cm FY2028 r0"]


def test_a_workspace_that_lacks_releases_of_another_is_told_so_and_changes_nothing(
    postgresql: Server, releases: dict[str, Path], tmp_path: Path
) -> None:
    url = postgresql.database()
    first = home_with(tmp_path / "first", releases, "FY2028", "FY2029", "FY2029 r1")
    pipeline.load(Workspace.at(first, url), "icd10cm")
    before = hash_of(url)
    second = home_with(tmp_path / "second", releases, "FY2028", "FY2030")
    for attempt in (
        lambda: pipeline.load(Workspace.at(second, url), "icd10cm"),
        lambda: upkeep.rebuild(Workspace.at(second, url)),
    ):
        with pytest.raises(HistoryError, match=r"holds FY2029, FY2029 r1 of icd10cm.*--replace"):
            attempt()
        assert hash_of(url) == before
    # With those files here too, both have what either had, whoever loads last.
    home_with(second, releases, "FY2029", "FY2029 r1")
    assert [r.label for r in pipeline.load(Workspace.at(second, url), "icd10cm")] == ["FY2030"]
    with pytest.raises(HistoryError, match="holds FY2030 of icd10cm"):
        pipeline.load(Workspace.at(first, url), "icd10cm")
    pipeline.load(workspace(second), "icd10cm")
    assert hash_of(url) == history_hash(second)


def test_the_same_release_made_from_other_files_is_anothers(
    postgresql: Server, releases: dict[str, Path], tmp_path: Path
) -> None:
    url = postgresql.database()
    first = home_with(tmp_path / "first", releases, "FY2028")
    pipeline.load(Workspace.at(first, url), "icd10cm")
    other = write_release(tmp_path / "other", 2028, retitled(ONE, "A010", "Other words"))
    second = tmp_path / "second"
    accept(second, other)
    with pytest.raises(HistoryError, match="holds FY2028 of icd10cm"):
        pipeline.load(Workspace.at(second, url), "icd10cm")


def test_a_workspace_may_replace_what_it_has_loaded_itself(
    postgresql: Server, releases: dict[str, Path], tmp_path: Path
) -> None:
    url = postgresql.database()
    home = home_with(tmp_path, releases, "FY2029 r1")
    pipeline.load(Workspace.at(home, url), "icd10cm")
    assert labels(url) == ["icd10cm FY2029 r0"]
    # What was the only revision becomes the correction of one that was published before it.
    home_with(home, releases, "FY2029")
    pipeline.load(Workspace.at(home, url), "icd10cm")
    assert labels(url) == ["icd10cm FY2029 r0", "icd10cm FY2029 r1"]


def test_a_rebuild_replaces_the_own_code_sets_and_leaves_those_of_others(
    postgresql: Server, releases: dict[str, Path], tmp_path: Path
) -> None:
    url = postgresql.database()
    first = home_with(tmp_path / "first", releases, "FY2028", "FY2029")
    pipeline.load(Workspace.at(first, url), "icd10cm")
    second = tmp_path / "second"
    quarter = {"HCPC2020_JAN_ANWEB.txt": (anweb_text(supplies()), (2020, 1, 1))}
    path = write_archive(tmp_path / "20JANANWEB.zip", quarter)
    intake = pipeline.discover("hcpcs", path, "2020Q1")
    pipeline.accept(workspace(second), intake, release="2020Q1", checks_to_accept=ANYTHING | {"known_counts"})
    pipeline.load(Workspace.at(second, url), "hcpcs")
    home_with(second, releases, "FY2028")
    before = hash_of(url)

    assert upkeep.rebuild(Workspace.at(first, url)) == ["icd10cm"]
    assert hash_of(url) == before
    said: list[str] = []
    assert upkeep.verify_database(Workspace.at(first, url), said.append) == []
    assert any("hcpcs is left out" in line for line in said)

    with pytest.raises(HistoryError, match="--replace"):
        upkeep.rebuild(Workspace.at(second, url))
    assert upkeep.rebuild(Workspace.at(second, url), replace_others=True) == ["hcpcs", "icd10cm"]
    assert labels(url) == ["hcpcs 2020Q1 r0", "icd10cm FY2028 r0"]
    assert upkeep.verify(Workspace.at(second, url)) == []


def test_a_rebuild_mends_what_was_tampered_with_and_verify_names_it(
    postgresql: Server, releases: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql.database()
    place = Workspace.at(home_with(tmp_path, releases, "FY2028", "FY2029"), url)
    pipeline.load(place, "icd10cm")
    good = hash_of(url)
    database = HistoryDatabase(url)
    with database.transaction() as connection:
        connection.execute(text("UPDATE icd10_code SET long_title = 'tampered' WHERE code = 'A000'"))
        connection.execute(text("UPDATE crosswalk_row SET equivalence = 'A999' WHERE source = 'A021'"))
    bad = hash_of(url)
    problems = upkeep.verify(place)
    assert any("icd10_code has a row" in problem and "tampered" in problem for problem in problems)
    assert any("crosswalk_row has a row" in problem and "A999" in problem for problem in problems)

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(upkeep, "load_into", fail)
        with pytest.raises(OSError, match="disk full"):
            upkeep.rebuild(place)
    assert hash_of(url) == bad
    upkeep.rebuild(place)
    assert hash_of(url) == good
    assert upkeep.verify(place) == []
