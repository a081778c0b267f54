"""The annual Prefect flow, run for real in a process of its own, without network or account."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from codeset_pipeline import upkeep
from codeset_pipeline.demo import write_assets
from codeset_pipeline.demo.sample import write_sample_releases
from codeset_pipeline.settings import Workspace
from tests.integration.flow_process import (
    ENVIRONMENT,
    Prefect,
    flow_command,
    place_prefect_database,
    prefect_rows,
    run_flow,
    task_states,
    tree,
)

pytest.importorskip("prefect", reason="Prefect is not installed; pip install -e '.[flows]'")

FLOW = "annual_icd10cm"


class Run:
    """A workspace after a first run of the flow on the sample releases."""

    def __init__(self, folder: Path, prefect: Prefect) -> None:
        self.home, self.files = folder / "work", write_sample_releases(folder / "files")
        assets = write_assets(folder)
        self.arguments = ["--from", str(self.files), "--accept", "known_counts", "--usage", str(assets.usage)]
        self.arguments += ["--assets", *map(str, assets.assets)]
        self.prefect = prefect
        self.done = self.again()

    def again(self) -> subprocess.CompletedProcess[str]:
        return run_flow(FLOW, self.home, *self.arguments, environment=self.prefect.environment)

    @property
    def page(self) -> Path:
        return Path(self.done.stdout.splitlines()[-1].removeprefix("Page:").strip())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, prefect: Prefect) -> Run:
    return Run(tmp_path_factory.mktemp("flow"), prefect)


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
    found = {
        key: (kind, data)
        for key, kind, data in prefect_rows(run.prefect.database, "select key, type, data from artifact")
    }
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
    before = tree(run.home)
    again = run.again()
    assert again.returncode == 0, again.stderr
    assert again.stdout == run.done.stdout
    assert tree(run.home) == before
    expected = {
        "discover": "Completed",
        "accept": "Cached",
        "load": "Completed",
        "compare": "Cached",
        "assess": "Cached",
        "report": "Cached",
    }
    assert task_states(run.prefect.database, expected) == expected


def test_what_is_remembered_is_not_believed_when_the_report_is_gone(run: Run) -> None:
    page = run.page.read_bytes()
    for path in run.page.parent.iterdir():
        path.unlink()
    run.page.parent.rmdir()
    again = run.again()
    assert again.returncode == 0, again.stderr
    assert "Writing the report" in again.stderr
    assert len(run.page.read_bytes()) == len(page)


def test_a_failed_step_fails_the_flow_with_one_sentence_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    before = tree(run.home)
    broken = tmp_path / "SAMPLE-2026-code-descriptions-tabular-order.zip"
    broken.write_bytes((run.files / broken.name).read_bytes()[:5000])
    arguments = ["--from", str(broken), "--accept", "known_counts"]
    failed = run_flow(FLOW, run.home, *arguments, environment=run.prefect.environment)
    assert failed.returncode == 1
    assert failed.stdout == ""
    last = failed.stderr.splitlines()[-1]
    assert last.startswith("annual_icd10cm: ")
    assert broken.name in last
    assert "Traceback" not in failed.stderr
    assert prefect_rows(run.prefect.database, "select state_name from flow_run order by start_time desc limit 1") == [
        ("Failed",)
    ]
    assert tree(run.home) == before


@pytest.mark.skipif(os.name != "posix", reason="needs process groups")
def test_a_killed_flow_leaves_a_workspace_that_the_next_run_completes(
    run: Run, migrated_prefect: Path, tmp_path: Path
) -> None:
    """With the temporary server of the flow's own, which is killed with it."""
    home = tmp_path / "work"
    place_prefect_database(home, migrated_prefect)
    with subprocess.Popen(
        flow_command(FLOW, home, *run.arguments),
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        start_new_session=True,
    ) as started:
        assert started.stderr is not None
        lines = iter(started.stderr.readline, "")
        assert any("loading the history" in line for line in lines)
        os.killpg(started.pid, signal.SIGKILL)
    assert started.returncode == -signal.SIGKILL
    again = run_flow(FLOW, home, *run.arguments)
    assert again.returncode == 0, again.stderr
    assert "0 unexplained differences" in again.stderr
    assert upkeep.verify(Workspace.at(home)) == []


def test_misuse_is_told_before_prefect_starts(tmp_path: Path) -> None:
    neither = run_flow(FLOW, tmp_path / "work")
    assert neither.returncode == 2
    assert "give either --demo or --from PATH" in neither.stderr
    assert not (tmp_path / "work").exists()
