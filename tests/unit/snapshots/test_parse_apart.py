"""Revisions parsed in another process are accepted like those parsed here."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.errors import ParseError
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots import accept as module
from codeset_pipeline.snapshots.parse_apart import parse_apart
from tests.generated_releases import categories, retitled, write_release

OLD = categories(count=5)
NEW = retitled(OLD, "A010", "Another title")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write_release(tmp_path / "files", 2029, OLD)
    write_release(tmp_path / "files", 2030, NEW, OLD)
    return tmp_path / "files"


def workspace(home: Path) -> Workspace:
    return Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}")


def hashes(home: Path) -> list[tuple[str, str]]:
    return [(release.label, release.snapshot_hash) for release in pipeline.load(workspace(home), "icd10cm")]


def test_what_was_parsed_apart_is_not_parsed_again_and_gives_the_same_snapshots(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, apart = tmp_path / "here", tmp_path / "apart"
    pipeline.accept(workspace(here), pipeline.discover("icd10cm", files), everything=True)
    intake = pipeline.discover("icd10cm", files)
    work = pickle.loads(pickle.dumps(pipeline.unparsed(workspace(apart), intake)))
    assert len(work) == 2
    assert not apart.exists()
    built = [pickle.loads(pickle.dumps(parse_apart(item))) for item in work]
    monkeypatch.setattr(module, "build_snapshot", None)
    done = pipeline.accept(workspace(apart), intake, everything=True, parsed_apart={item.plan: item for item in built})
    assert [item.parsed for item in done] == [("FY2029 r0",), ("FY2030 r0",)]
    assert all(item.checks for item in done)
    assert hashes(apart) == hashes(here)
    assert pipeline.unparsed(workspace(apart), intake) == []


def test_a_revision_that_cannot_be_parsed_says_so_apart_and_when_it_is_accepted(files: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken" / "icd10cm_order_2030.txt"
    broken.parent.mkdir()
    broken.write_bytes(b"no order file at all\r\n")
    intake = pipeline.discover("icd10cm", broken)
    (work,) = pipeline.unparsed(workspace(tmp_path / "home"), intake)
    with pytest.raises(ParseError, match="line 1"):
        parse_apart(work)
    with pytest.raises(ParseError, match="line 1"):
        pipeline.accept(workspace(tmp_path / "home"), intake, everything=True)
