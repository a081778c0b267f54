"""The crosswalk as a CSV table."""

from __future__ import annotations

import csv
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

import pytest

from codeset_pipeline.crosswalk.build import build_crosswalk
from codeset_pipeline.crosswalk.publish import write_crosswalk
from codeset_pipeline.model import Mapping
from tests.unit.crosswalk.worlds import release, row

WORLD = [release(2024, "C8339 E1169 R4020 S061X7D"), release(2025, "C83390 C83398 E1169 R4020 E1111", "C8339")]
MAPPINGS = build_crosswalk("icd10cm", WORLD, [row(2025, "E1111", "E1169 + R4020")], [])


def test_codes_are_printed_with_their_dot_and_what_is_missing_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "crosswalks" / "FY2025-FY2026.csv"
    write_crosswalk(path, MAPPINGS)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(one["source"], one["target"], one["together_with"], one["evidence"]) for one in rows] == [
        ("C83.39", "C83.390", "", "hierarchy"),
        ("C83.39", "C83.398", "", "hierarchy"),
        ("E11.69", "E11.11", "R40.20", "publisher"),
        ("R40.20", "E11.11", "E11.69", "publisher"),
        ("S06.1X7D", "", "", "publisher"),
    ]
    assert rows[2]["hops"] == "2025-10-01 E11.69 > E11.11 (carved_out, publisher: table, E1111 2025)"
    assert (rows[0]["ambiguous"], rows[0]["automatic_forward"], rows[0]["automatic_backward"]) == (
        "true",
        "false",
        "true",
    )


def test_the_same_mappings_give_the_same_bytes(tmp_path: Path) -> None:
    write_crosswalk(tmp_path / "a.csv", MAPPINGS)
    write_crosswalk(tmp_path / "b.csv", list(MAPPINGS))
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert b"\r" not in (tmp_path / "a.csv").read_bytes()


class Interrupted(Sequence[Mapping]):
    """Mappings that fail half way."""

    @overload
    def __getitem__(self, index: int) -> Mapping: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping]: ...
    def __getitem__(self, index: int | slice) -> Mapping | Sequence[Mapping]:
        return MAPPINGS[index]

    def __len__(self) -> int:
        return len(MAPPINGS)

    def __iter__(self) -> Iterator[Mapping]:
        yield MAPPINGS[0]
        raise KeyboardInterrupt


def test_a_write_that_fails_leaves_the_old_table_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    write_crosswalk(path, MAPPINGS)
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        write_crosswalk(path, Interrupted())
    monkeypatch.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_crosswalk(path, MAPPINGS[:1])
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def _killed_before_the_move(path: Path) -> None:
    Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment,method-assign]
    write_crosswalk(path, MAPPINGS)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_what_a_killed_run_left_is_gone_with_the_next_table_of_the_folder(tmp_path: Path) -> None:
    child = multiprocessing.get_context("spawn").Process(target=_killed_before_the_move, args=(tmp_path / "a.csv",))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert [file.name.startswith(".a.csv.") for file in tmp_path.iterdir()] == [True]
    write_crosswalk(tmp_path / "b.csv", MAPPINGS)
    assert [file.name for file in tmp_path.iterdir()] == ["b.csv"]
