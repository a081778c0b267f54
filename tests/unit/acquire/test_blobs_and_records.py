"""Bytes at rest, and the records that make them count."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.acquire.blobs import BlobStore
from codeset_pipeline.acquire.local import find_files
from codeset_pipeline.acquire.records import AcquiredMember, Acquisition, AcquisitionLog
from codeset_pipeline.errors import HistoryError, SourceError

RECORD = Acquisition(
    "icd10cm", date(2025, 10, 1), "a.zip", "ab" * 32, 12, date(2025, 6, 20), "path", "a.zip", "2025-07-01T00:00:00",
    (AcquiredMember("o.txt", "order", "cd" * 32, 10),),
)  # fmt: skip


def test_a_blob_is_named_by_its_sha256_and_stored_once(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    name = store.put(b"bytes")
    assert name == hashlib.sha256(b"bytes").hexdigest()
    first = store.path(name).stat().st_mtime_ns
    assert store.put(b"bytes") == name
    assert (store.path(name).stat().st_mtime_ns, list(store)) == (first, [store.path(name)])
    assert store.get(name) == b"bytes"


def test_a_write_that_fails_half_way_leaves_no_blob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", fail)
    store = BlobStore(tmp_path)
    with pytest.raises(OSError, match="disk full"):
        store.put(b"bytes")
    assert list(store) == []
    monkeypatch.undo()
    assert store.get(store.put(b"bytes")) == b"bytes"


def test_a_blob_that_was_changed_on_disk_is_not_read(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    name = store.put(b"bytes")
    store.path(name).write_bytes(b"bytez")
    with pytest.raises(HistoryError, match=name):
        store.get(name)


def test_a_missing_blob_is_named(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="abababababab… is missing"):
        BlobStore(tmp_path).get("ab" * 32)


def test_records_come_back_as_they_were_and_only_once(tmp_path: Path) -> None:
    log = AcquisitionLog(tmp_path)
    assert log.add(RECORD)
    assert not log.add(replace(RECORD, retrieved_at="2026-01-01T00:00:00"))
    assert log.of_release("icd10cm", RECORD.effective_from) == [RECORD]


def test_releases_and_code_sets_are_those_with_a_record(tmp_path: Path) -> None:
    log = AcquisitionLog(tmp_path)
    assert (log.code_sets(), log.releases("icd10cm")) == ([], [])
    later = replace(RECORD, effective_from=date(2026, 4, 1), sha256="ef" * 32)
    for record in (later, RECORD, replace(RECORD, code_set="icd10pcs")):
        log.add(record)
    (tmp_path / "icd10cm" / "2027-10-01").mkdir()
    assert log.code_sets() == ["icd10cm", "icd10pcs"]
    assert log.releases("icd10cm") == [date(2025, 10, 1), date(2026, 4, 1)]


def test_a_record_does_not_tell_where_on_the_users_machine_the_file_lay(tmp_path: Path) -> None:
    log = AcquisitionLog(tmp_path)
    log.add(RECORD)
    (path,) = tmp_path.rglob("*.json")
    assert str(tmp_path) not in path.read_text("utf-8")


def test_a_folder_is_searched_for_files_that_could_be_release_files(tmp_path: Path) -> None:
    for name in ("FY2026/a.zip", "FY2026/b.txt", "FY2026/.hidden.txt", "FY2026/~$open.xlsx", "readme.pdf", "t.XML"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    found = [(entry.path.name, entry.folders) for entry in find_files(tmp_path)]
    assert found == [
        ("a.zip", (tmp_path.name, "FY2026")),
        ("b.txt", (tmp_path.name, "FY2026")),
        ("t.XML", (tmp_path.name,)),
    ]


def test_a_path_with_nothing_to_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no zip, text, XML or Excel file"):
        list(find_files(tmp_path))
    with pytest.raises(SourceError, match="does not exist"):
        list(find_files(tmp_path / "absent"))
