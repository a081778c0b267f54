"""Snapshots on disk: the same bytes give the same hash, and a changed byte anywhere is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.errors import GateError, ParseError
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.store import Snapshot, SnapshotStore
from codeset_pipeline.snapshots.tables import CODES
from codeset_pipeline.snapshots.verify import verify_files
from tests.generated_releases import archive, categories, codes_file, order_file, release_members, split, write_release

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
OLD = categories(count=20)
NEW = split(OLD, "A050")


def workspace(home: Path) -> Workspace:
    return Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}")


def take(home: Path, path: Path, code_set: str = "icd10cm", **options: object) -> list[Snapshot]:
    place = workspace(home)
    pipeline.accept(place, pipeline.discover(code_set, path), everything=True, **options)  # type: ignore[arg-type]
    return list(SnapshotStore(place.snapshots))


def test_rows_come_back_as_the_order_file_has_them(tmp_path: Path) -> None:
    (snapshot,) = take(tmp_path / "home", write_release(tmp_path, 2029, NEW, OLD))
    assert {row[0]: tuple(row[2:]) for row in snapshot.read(CODES)} == NEW
    assert [row[1] for row in snapshot.read(CODES)] == list(range(1, len(NEW) + 1))


def test_the_same_members_in_another_order_and_archive_give_the_same_hash(tmp_path: Path) -> None:
    members = release_members(2029, NEW, OLD)
    members["icd10cm_codes_2029.txt"] = codes_file(NEW)
    found = []
    for number, names in enumerate((list(members), list(reversed(members)))):
        path = tmp_path / str(number) / "2029-code-descriptions-tabular-order.zip"
        path.parent.mkdir()
        path.write_bytes(archive({name: members[name] for name in names}, (2028, 6, 10 + number)))
        (snapshot,) = take(tmp_path / f"home{number}", path)
        found.append((snapshot.key, snapshot.content_hash, snapshot.manifest["tables"]))
    assert found[0] == found[1]


def test_another_title_gives_another_hash(tmp_path: Path) -> None:
    (one,) = take(tmp_path / "a", write_release(tmp_path / "1", 2029, NEW))
    changed = {**NEW, "A000": NEW["A000"]._replace(short="Disorder A00 0")}
    (two,) = take(tmp_path / "b", write_release(tmp_path / "2", 2029, changed))
    assert one.content_hash != two.content_hash


def test_nothing_is_written_when_a_file_cannot_be_parsed(tmp_path: Path) -> None:
    path = tmp_path / "2029-code-descriptions-tabular-order.zip"
    path.write_bytes(archive({"icd10cm_order_2029.txt": order_file(NEW)[:-40]}, (2028, 6, 10)))
    with pytest.raises(ParseError, match="the file is cut"):
        take(tmp_path / "home", path)
    assert [entry.name for entry in (tmp_path / "home").rglob("*") if entry.is_file()] in ([], [".codeset.lock"])


def test_another_years_file_under_a_release_name_is_stopped_at_the_gate(tmp_path: Path) -> None:
    home = tmp_path / "home"
    take(home, write_release(tmp_path, 2029, NEW))
    renamed = tmp_path / "later" / "2030-code-descriptions-tabular-order.zip"
    renamed.parent.mkdir()
    renamed.write_bytes(archive({"icd10cm_order_2030.txt": order_file(NEW)}, (2029, 6, 10)))
    with pytest.raises(GateError) as caught:
        take(home, renamed)
    assert caught.value.failed == ("another_year",)
    assert len(list(SnapshotStore(workspace(home).snapshots))) == 1


def test_a_mid_year_update_may_repeat_octobers_codes(tmp_path: Path) -> None:
    home = tmp_path / "home"
    take(home, write_release(tmp_path, 2029, NEW))
    april = tmp_path / "FY2029-apr" / "2029-code-descriptions-tabular-order-updated.zip"
    april.parent.mkdir()
    april.write_bytes(archive({"icd10cm_order_2029.txt": order_file(NEW)}, (2029, 1, 20)))
    assert [s.manifest["label"] for s in take(home, april)] == ["FY2029", "FY2029-apr"]


def test_a_workspace_as_it_was_written_has_nothing_wrong(tmp_path: Path) -> None:
    home = tmp_path / "home"
    take(home, write_release(tmp_path, 2029, NEW, OLD))
    assert verify_files(workspace(home), pipeline.silent) == []


@pytest.mark.parametrize("where", ["start", "middle", "end"])
def test_one_flipped_byte_in_any_stored_table_is_named(tmp_path: Path, where: str) -> None:
    home = tmp_path / "home"
    (snapshot,) = take(home, write_release(tmp_path, 2029, NEW, OLD))
    tables = sorted(snapshot.folder.glob("*.parquet"))
    assert [path.stem for path in tables] == ["addenda", "addenda_totals", "codes"]
    for path in tables:
        whole = path.read_bytes()
        place = {"start": 0, "middle": len(whole) // 2, "end": len(whole) - 1}[where]
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        (problem,) = verify_files(workspace(home), pipeline.silent)
        assert path.name in problem
        path.write_bytes(whole)


def test_a_missing_table_and_a_missing_blob_are_named(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (snapshot,) = take(home, write_release(tmp_path, 2029, NEW))
    snapshot.path(CODES).unlink()
    (blob,) = (path for path in workspace(home).blobs.rglob("*") if path.is_file())
    blob.unlink()
    problems = verify_files(workspace(home), pipeline.silent)
    assert any("codes.parquet is missing" in problem for problem in problems)
    assert any(blob.name in problem for problem in problems)


def test_a_flipped_byte_in_a_stored_release_file_is_named(tmp_path: Path) -> None:
    home = tmp_path / "home"
    take(home, write_release(tmp_path, 2029, NEW))
    (blob,) = (path for path in workspace(home).blobs.rglob("*") if path.is_file())
    content = bytearray(blob.read_bytes())
    content[100] ^= 1
    blob.write_bytes(content)
    assert any(blob.name in problem for problem in verify_files(workspace(home), pipeline.silent))


@pytest.mark.parametrize(
    "field", ["snapshot_hash", "counts", "agreement", "oddities", "inputs", "label", "effective_from"]
)
def test_a_change_of_the_manifest_is_named(tmp_path: Path, field: str) -> None:
    home = tmp_path / "home"
    (snapshot,) = take(home, write_release(tmp_path, 2029, NEW, OLD))
    path = snapshot.folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    changed = {
        "snapshot_hash": "0" * 64,
        "counts": {**manifest["counts"], "billable": manifest["counts"]["billable"] + 1},
        "agreement": {"codes": 99},
        "oddities": [{"file": "x", "line": 1, "what": "w", "text": "t", "decision": "d"}],
        "inputs": [],
        "label": "FY2030",
        "effective_from": "2029-10-01",
    }[field]
    path.write_text(json.dumps({**manifest, field: changed}, indent=1), "utf-8")
    assert verify_files(workspace(home), pipeline.silent) != []


@pytest.mark.genuine
def test_one_release_from_two_publishers_has_one_hash(tmp_path: Path) -> None:
    found = []
    names = ("2026-code-descriptions-tabular-order.zip", "icd10cm-Code Descriptions-2026.zip")
    for number, name in enumerate(names):
        path = DATA / "icd10cm" / "FY2026" / name
        if not path.is_file():
            pytest.skip("the genuine FY2026 archives are not beside the project (../shared/data)")
        (snapshot,) = take(tmp_path / str(number), path)
        found.append((snapshot.key, snapshot.content_hash, snapshot.rows, snapshot.billable_rows))
    assert found[0] == found[1]
    assert found[0][2:] == (98_186, 74_719)


def test_one_flipped_byte_anywhere_in_the_manifest_is_named(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (snapshot,) = take(home, write_release(tmp_path, 2029, NEW, OLD))
    path = snapshot.folder / "manifest.json"
    whole = path.read_bytes()
    for place in range(0, len(whole) - 1, 37):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        problems = verify_files(workspace(home), pipeline.silent)
        assert len(problems) == 1, f"byte {place}"
        assert snapshot.key in problems[0]
    path.write_bytes(whole)
    assert verify_files(workspace(home), pipeline.silent) == []
