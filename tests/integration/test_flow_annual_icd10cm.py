"""The Prefect flow, run for real in a process of its own, with no server, network or account."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from codeset_pipeline import upkeep
from codeset_pipeline.demo import write_assets
from codeset_pipeline.demo.sample import write_sample_releases
from codeset_pipeline.settings import Workspace

pytest.importorskip("prefect", reason="Prefect is not installed; pip install -e '.[flows]'")

# All tests of this file share a workspace and its Prefect database, so they stay on one worker.
pytestmark = pytest.mark.xdist_group("flow")

_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "CODESET_"))}


def _command(home: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "flows.annual_icd10cm", "--home", str(home), *arguments]


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(home, *arguments), capture_output=True, text=True, env=_ENVIRONMENT, timeout=300, check=False
    )


def _tree(home: Path) -> dict[str, tuple[int, int]]:
    """Every file of a workspace with its size and time of change, without Prefect's own and the locks."""
    files = [path for path in home.rglob("*") if path.is_file() and ".prefect" not in path.parts]
    return {
        str(path.relative_to(home)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in files
        if not path.name.endswith((".lock", "-wal", "-shm"))
    }


def _rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home / ".prefect" / "prefect.db")) as connection:
        return connection.execute(query).fetchall()


class Run:
    """A workspace after a first run of the flow on the sample releases."""

    def __init__(self, folder: Path) -> None:
        self.home, self.files = folder / "work", write_sample_releases(folder / "files")
        assets = write_assets(folder)
        self.arguments = ["--from", str(self.files), "--accept", "known_counts", "--usage", str(assets.usage)]
        self.arguments += ["--assets", *map(str, assets.assets)]
        self.done = _run(self.home, *self.arguments)

    @property
    def page(self) -> Path:
        return Path(self.done.stdout.splitlines()[-1].removeprefix("Page:").strip())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory.mktemp("flow"))


def test_the_flow_ends_with_the_paths_of_workbook_and_page(run: Run) -> None:
    assert run.done.returncode == 0, run.done.stderr
    workbook, page = run.done.stdout.splitlines()
    assert workbook.startswith("Workbook: ")
    assert workbook.endswith(".xlsx")
    assert Path(workbook.removeprefix("Workbook: ")).is_file()
    assert page.startswith("Page: ")
    assert "SAMPLE DATA" in run.page.read_text("utf-8")
    assert "Traceback" not in run.done.stderr
    assert "0 unexplained differences" in run.done.stderr


def test_the_artifacts_show_the_totals_and_link_to_the_report(run: Run) -> None:
    found = {key: (kind, data) for key, kind, data in _rows(run.home, "select key, type, data from artifact")}
    name = "icd10cm-fy2025-to-fy2026"
    kind, summary = found[f"{name}-summary"]
    assert kind == "markdown"
    # The sample's addenda list 32 added, 8 deleted and 31 revised billable codes.
    for part in ("| added | 32 |", "| deleted | 8 |", "| revised | 31 |", "0 unexplained", run.page.as_uri()):
        assert part in json.loads(summary)
    kind, totals = found[f"{name}-totals"]
    assert kind == "table"
    counts = {row["change"]: row["codes"] for row in json.loads(json.loads(totals))}
    assert (counts["added (published)"], counts["became header"], counts["unexplained"]) == (32, 5, 0)
    assert run.page.as_uri() in found[f"{name}-page"][1]


def test_a_second_run_answers_from_memory_and_changes_nothing(run: Run) -> None:
    before = _tree(run.home)
    again = _run(run.home, *run.arguments)
    assert again.returncode == 0, again.stderr
    assert again.stdout == run.done.stdout
    assert _tree(run.home) == before
    names = "select name, state_name from task_run order by start_time desc limit 6"
    states = {name.split("-")[0]: state for name, state in _rows(run.home, names)}
    assert states == {
        "discover": "Completed",
        "accept": "Cached",
        "load": "Completed",
        "compare": "Cached",
        "assess": "Cached",
        "report": "Cached",
    }


def test_what_is_remembered_is_not_believed_when_the_report_is_gone(run: Run) -> None:
    page = run.page.read_bytes()
    for path in run.page.parent.iterdir():
        path.unlink()
    run.page.parent.rmdir()
    again = _run(run.home, *run.arguments)
    assert again.returncode == 0, again.stderr
    assert "Writing the report" in again.stderr
    assert len(run.page.read_bytes()) == len(page)


def test_a_failed_step_fails_the_flow_with_one_sentence_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    before = _tree(run.home)
    broken = tmp_path / "SAMPLE-2026-code-descriptions-tabular-order.zip"
    broken.write_bytes((run.files / broken.name).read_bytes()[:5000])
    failed = _run(run.home, "--from", str(broken), "--accept", "known_counts")
    assert failed.returncode == 1
    assert failed.stdout == ""
    last = failed.stderr.splitlines()[-1]
    assert last.startswith("annual_icd10cm: ")
    assert broken.name in last
    assert "Traceback" not in failed.stderr
    assert _rows(run.home, "select state_name from flow_run order by start_time desc limit 1") == [("Failed",)]
    assert _tree(run.home) == before


@pytest.mark.skipif(os.name != "posix", reason="needs process groups")
def test_a_killed_flow_leaves_a_workspace_that_the_next_run_completes(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "work"
    environment = {**_ENVIRONMENT, "PREFECT_HOME": str(run.home / ".prefect")}
    with subprocess.Popen(
        _command(home, *run.arguments), stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as started:
        assert started.stderr is not None
        lines = iter(started.stderr.readline, "")
        assert any("loading the history" in line for line in lines)
        os.killpg(started.pid, signal.SIGKILL)
    assert started.returncode == -signal.SIGKILL
    again = subprocess.run(
        _command(home, *run.arguments), capture_output=True, text=True, env=environment, timeout=300, check=False
    )
    assert again.returncode == 0, again.stderr
    assert "0 unexplained differences" in again.stderr
    assert upkeep.verify(Workspace.at(home)) == []


def test_misuse_is_told_before_prefect_starts(tmp_path: Path) -> None:
    neither = _run(tmp_path / "work")
    assert neither.returncode == 2
    assert "give either --demo or --from PATH" in neither.stderr
    assert not (tmp_path / "work").exists()
