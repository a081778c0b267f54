"""The quarterly Prefect flow, run for real in a process of its own, on the sample of two quarters."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pytest

from codeset_pipeline.demo.sample_hcpcs import write_sample_quarters
from tests.integration.command_line import codeset
from tests.integration.flow_process import ENVIRONMENT, Prefect, prefect_rows, run_flow, task_states, tree

pytest.importorskip("prefect", reason="Prefect is not installed; pip install -e '.[flows]'")

FLOW = "quarterly_hcpcs"
# pip asks a port of this machine on which nobody listens.
NO_INDEX = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("PIP_")} | {
    "PIP_CONFIG_FILE": "/dev/null",
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_RETRIES": "0",
    "PIP_NO_CACHE_DIR": "1",
}


class Run:
    """A workspace after a first run of the flow on the sample and on two rules."""

    def __init__(self, folder: Path, prefect: Prefect) -> None:
        self.home, self.files = folder / "work", write_sample_quarters(folder / "files")
        rules = folder / "rules.csv"
        rules.write_text("rule_id,codes\nR1,A4216\nR2,C9056\n", encoding="utf-8")
        self.arguments = ["--from", str(self.files), "--accept", "known_counts", "--assets", str(rules)]
        self.prefect = prefect
        self.done = self.again()

    def again(self) -> subprocess.CompletedProcess[str]:
        return run_flow(FLOW, self.home, *self.arguments, environment=self.prefect.environment)

    @property
    def page(self) -> Path:
        return Path(self.done.stdout.splitlines()[-1].removeprefix("Page:").strip())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, prefect: Prefect) -> Run:
    return Run(tmp_path_factory.mktemp("quarterly"), prefect)


def test_the_flow_ends_with_the_paths_of_workbook_and_page(run: Run) -> None:
    assert run.done.returncode == 0, run.done.stderr
    workbook, page = run.done.stdout.splitlines()
    assert Path(workbook.removeprefix("Workbook: ")).is_file()
    assert page.startswith("Page: ")
    assert "SAMPLE DATA" in run.page.read_text("utf-8")
    assert "Traceback" not in run.done.stderr
    assert "HCPCS Level II 2020Q2 → 2020Q3: 20 added, 9 deleted, 9 revised codes." in run.done.stderr
    assert "0 unexplained differences" in run.done.stderr


def test_the_corrections_file_is_loaded_as_a_revision_of_its_quarter(run: Run) -> None:
    listed = codeset("releases", "hcpcs", "--home", run.home, "--format", "json").json
    found = [(item["label"], item["revision"], item["published"]) for item in listed]
    assert found == [("2020Q2", 0, "2020-03-12"), ("2020Q3", 0, "2020-06-11"), ("2020Q3", 1, "2020-07-09")]


def test_the_artifacts_show_the_totals_and_link_to_the_report(run: Run) -> None:
    found = {
        key: (kind, data)
        for key, kind, data in prefect_rows(run.prefect.database, "select key, type, data from artifact")
    }
    name = "hcpcs-2020q2-to-2020q3"
    kind, summary = found[f"{name}-summary"]
    assert kind == "markdown"
    # The sample's transaction report has 19 codes added, 1 reactivated, 9 discontinued and 9 revised.
    for part in (
        "| codes |",
        "| added | 20 |",
        "| deleted | 9 |",
        "| revised | 9 |",
        "0 unexplained",
        "1 findings in 1 files",
    ):
        assert part in json.loads(summary)
    kind, totals = found[f"{name}-totals"]
    assert kind == "table"
    counts = {row["change"]: row["codes"] for row in json.loads(json.loads(totals))}
    assert (counts["added"], counts["reactivated"], counts["aged out"], counts["unexplained"]) == (19, 1, 1, 0)
    assert run.page.as_uri() in found[f"{name}-page"][1]


def test_a_rule_whose_code_has_ended_is_found_with_the_publishers_replacement(run: Run) -> None:
    findings = list(csv.DictReader(run.page.with_name("findings.csv").read_text("utf-8").splitlines()))
    assert [(item["code"], item["line"]) for item in findings] == [("C9056", "3")]
    assert findings[0]["candidates"] == "J0223"


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


def test_misuse_is_told_before_prefect_starts(tmp_path: Path) -> None:
    both = run_flow(FLOW, tmp_path / "work", "--demo", "--from", "files")
    assert both.returncode == 2
    assert "give either --demo or --from PATH" in both.stderr
    assert not (tmp_path / "work").exists()


def test_the_demonstration_runs_all_flows_and_ends_with_the_paths_of_their_reports(tmp_path: Path) -> None:
    done = run_flow("demo", tmp_path, environment=NO_INDEX)
    assert done.returncode == 0, done.stderr
    places = [line.partition(":")[::2] for line in done.stdout.splitlines()]
    names = ["Workbook", "Page", "HCPCS sample workbook", "HCPCS sample page"]
    assert [name for name, _ in places] == names + 3 * ["NCCI sample workbook", "NCCI sample page"]
    files = [Path(path.strip()).name.split("_")[0] for _, path in places]
    edits = ("ncci-ptp-practitioner", "ncci-mue-practitioner", "ncci-aoc")
    assert files == [name for name in ("icd10cm", "hcpcs", *edits) for _ in range(2)]
    assert all(Path(path.strip()).is_file() for _, path in places)
    flows = prefect_rows(tmp_path / ".prefect" / "prefect.db", "select name from flow order by name")
    assert flows == [("annual_icd10cm",), ("demo",), ("quarterly_hcpcs",), ("quarterly_ncci",)]
