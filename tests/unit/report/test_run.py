"""A run directory appears whole or not at all, and is never rewritten."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codeset_pipeline.errors import UsageError
from codeset_pipeline.report import run as module
from codeset_pipeline.report.run import write_run
from tests.unit.report.worlds import hostile_report, pair, report


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_manifest_names_every_file_and_input_by_hash(tmp_path: Path) -> None:
    paths = write_run(hostile_report(), tmp_path / "reports", "icd10cm-FY2026")
    manifest = json.loads(paths.manifest.read_text(encoding="utf-8"))
    on_disk = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths.folder.iterdir()}
    del on_disk["run.json"]
    assert {each["name"]: each["sha256"] for each in manifest["files"]} == on_disk
    assert [each["sha256"] for each in manifest["inputs"]] == ["cd" * 32]
    assert {paths.workbook.name, paths.page.name, paths.data.name} <= set(on_disk)
    assert paths.created


def test_a_run_that_exists_is_returned_untouched(tmp_path: Path) -> None:
    first = write_run(report(pair()), tmp_path, "run")
    before = _content(first.folder)
    second = write_run(report(pair(), title="Another report"), tmp_path, "run")
    assert not second.created
    assert second.folder == first.folder
    assert _content(first.folder) == before


def test_a_failure_leaves_no_run_and_the_next_try_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(module, "write_data", fail)
        with pytest.raises(OSError, match="disk full"):
            write_run(report(pair()), tmp_path, "run")
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
    assert write_run(report(pair()), tmp_path, "run").created


def test_a_killed_run_is_no_run_and_its_rest_is_cleared_away(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from codeset_pipeline.report import run\n"
        "from tests.unit.report.worlds import pair, report\n"
        "run.write_data = lambda *_: time.sleep(60)\n"
        "run.write_run(report(pair()), Path(sys.argv[1]), 'run')\n"
    )
    root = Path(__file__).resolve().parents[3]
    partial = tmp_path / ".run.partial"
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=root) as child:
        for _ in range(300):
            if (partial / "run.html").exists():
                break
            time.sleep(0.1)
        os.kill(child.pid, signal.SIGKILL)
    assert (partial / "run.html").exists()
    assert not (tmp_path / "run").exists()
    paths = write_run(report(pair()), tmp_path, "run")
    assert paths.created
    assert not partial.exists()
    assert paths.manifest.exists()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", ".hidden", "a\nb", "c:d"])
def test_a_name_that_is_no_directory_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="run directory"):
        write_run(report(), tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_run_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="move it away"):
        write_run(report(), tmp_path, "run")
    assert (tmp_path / "run").read_text(encoding="utf-8") == "mine"


def test_equal_reports_give_equal_runs(tmp_path: Path) -> None:
    first = write_run(hostile_report(), tmp_path / "a", "run")
    second = write_run(hostile_report(), tmp_path / "b", "run")
    assert _content(first.folder) == _content(second.folder)
