"""`codeset review` as a department's lead uses it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.integration.command_line import Outcome, codeset

LINES = """Department,Item,Description,ICD10,Price
Lab,0001,First,A00.9,10
Lab,0002,Second,A01.0,20
Pharmacy,0003,Third,A00.9,30
"""


class Desk:
    """A workspace with one run over a price list."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.folder = home, folder
        (folder / "cdm.csv").write_text(LINES, encoding="utf-8")
        self.impact = self.run()
        self.ids = {(each["line"], each["code"]): each["id"] for each in self.impact["findings"]}

    def run(self) -> Any:
        words = ("impact", self.folder / "cdm.csv", "--code-set", "icd10cm", "FY2029", "FY2030")
        done = codeset(*words, "--home", self.home, "--format", "json")
        assert done.code == 0, done.err
        return done.json

    def review(self, *words: object) -> Outcome:
        return codeset("review", *words, "--home", self.home)

    def states(self) -> dict[str, str]:
        return {each["id"]: each["state"] for each in self.review("list", "--format", "json").json}

    def edited(self, **cells: str) -> Path:
        """The run's workbook with the same edits on the first row of the sheet Lab."""
        book = openpyxl.load_workbook(self.impact["report"]["workbook"])
        heads = {str(cell.value): cell.column for cell in book["Lab"][1]}
        for name, value in cells.items():
            book["Lab"].cell(2, heads[name.replace("_", " ")], value)
        path = self.folder / "edited.xlsx"
        book.save(path)
        return path


@pytest.fixture
def desk(own_home: Path, tmp_path: Path) -> Desk:
    return Desk(own_home, tmp_path)


def test_the_list_is_narrowed_by_state_and_department(desk: Desk) -> None:
    everything = desk.review("list", "--format", "json").json
    assert {each["department"] for each in everything} == {"Lab", "Pharmacy"}
    lab = desk.review("list", "--department", "lab", "--format", "json").json
    assert {each["line"] for each in lab} == {2, 3}
    assert desk.review("list", "--department", "", "--format", "json").json == []
    assert desk.review("list", "--state", "approved", "--format", "json").json == []
    wrong = desk.review("list", "--state", "done")
    assert (wrong.code, "no review state" in wrong.err) == (2, True)


def test_departments_and_money_at_risk_are_in_the_json_of_impact(desk: Desk) -> None:
    assert desk.impact["amount_at_risk"] == 60
    told = {each["department"]: (each["will_deny"], each["amount_at_risk"]) for each in desk.impact["departments"]}
    assert told == {"Lab": (2, 30.0), "Pharmacy": (1, 30.0)}
    report = json.loads((Path(desk.impact["report"]["folder"]) / "report.json").read_text(encoding="utf-8"))
    assert report["impact"]["departments"] == desk.impact["departments"]


def test_several_findings_are_decided_at_once_with_a_replacement(desk: Desk) -> None:
    ids = [desk.ids[2, "A00.9"], desk.ids[4, "A00.9"]]
    done = desk.review("set", *ids, "approved", "--by", "Ada", "--note", "agreed", "--replacement", "A03.3")
    assert (done.code, len(done.err.splitlines())) == (0, 2)
    found = {each["id"]: each for each in desk.review("list", "--state", "approved", "--format", "json").json}
    assert set(found) == set(ids)
    assert {(each["state_by"], each["state_note"], each["state_replacement"]) for each in found.values()} == {
        ("Ada", "agreed", "A03.3")
    }
    assert desk.review("set", "approved", "--by", "Ada").code == 2
    unknown = desk.review("set", ids[0], "feedfacecafe", "rejected", "--by", "Ada")
    assert (unknown.code, desk.states()[ids[0]]) == (2, "approved")


def test_the_history_of_a_finding_is_told_oldest_first(desk: Desk) -> None:
    finding = desk.ids[2, "A00.9"]
    desk.review("set", finding, "deferred", "--by", "Ada")
    desk.review("set", finding, "approved", "--by", "Grace", "--note", "after all")
    told = desk.review("history", finding, "--format", "json").json
    assert [(each["event"], each["by"], each["state"], each["note"]) for each in told] == [
        ("reported", "", "", ""), ("decided", "Ada", "deferred", ""), ("decided", "Grace", "approved", "after all"),
    ]  # fmt: skip
    assert "Replace A00.9" in told[0]["what"]
    assert desk.review("history", "feedfacecafe").code == 2


def test_an_edited_workbook_is_read_back(desk: Desk) -> None:
    path = desk.edited(State="approved", Review_note="fine", Chosen_replacement="A01.0B")
    tried = desk.review("import", path, "--by", "Ada", "--dry-run", "--format", "json")
    assert (tried.code, tried.json["recorded"], len(tried.json["decisions"])) == (0, False, 1)
    assert set(desk.states().values()) == {"proposed"}
    done = desk.review("import", path, "--by", "Ada", "--format", "json")
    assert (done.code, done.json["recorded"], done.json["conflicts"]) == (0, True, [])
    (decision,) = done.json["decisions"]
    assert desk.states()[decision["id"]] == "approved"
    assert "1 decisions recorded" in done.err
    told = desk.review("history", decision["id"], "--format", "json").json
    assert told[-1]["what"] == "read from edited.xlsx"
    assert desk.review("import", path, "--by", "Ada", "--format", "json").json["decisions"] == []


def test_a_newer_decision_stops_the_import_until_one_says_what_to_do(desk: Desk) -> None:
    path = desk.edited(State="approved")
    finding = openpyxl.load_workbook(path)["Lab"]["A2"].value
    desk.review("set", finding, "rejected", "--by", "Grace")
    stopped = desk.review("import", path, "--by", "Ada")
    assert stopped.code == 1
    assert f"finding {finding}" in stopped.err and "by Grace" in stopped.err and "--force" in stopped.err
    assert desk.review("import", path, "--by", "Ada", "--keep-newer", "--force").code == 2
    assert desk.review("import", path, "--by", "Ada", "--keep-newer").code == 0
    assert desk.states()[finding] == "rejected"
    assert desk.review("import", path, "--by", "Ada", "--force").code == 0
    assert desk.states()[finding] == "approved"


@pytest.mark.parametrize(
    ("cells", "says"), [({"State": "yes"}, "'yes' is no review state"), ({"Finding_id": "x"}, "two")]
)
def test_a_workbook_that_cannot_be_used_changes_nothing(desk: Desk, cells: dict[str, str], says: str) -> None:
    before = (desk.home / "reviews" / "findings.jsonl").read_bytes()
    refused = desk.review("import", desk.edited(**cells), "--by", "Ada")
    assert (refused.code, says in refused.err, "sheet Lab, row 2" in refused.err) == (1, True, True)
    assert (desk.home / "reviews" / "findings.jsonl").read_bytes() == before
    assert desk.review("import", desk.folder / "missing.xlsx", "--by", "Ada").code == 1


def test_approved_findings_are_exported_as_new_lines_in_the_users_layout(desk: Desk) -> None:
    out = desk.folder / "out"
    desk.review("set", desk.ids[4, "A00.9"], "approved", "--by", "Ada")
    done = desk.review("export", out)
    assert done.code == 0
    assert {path.name for path in out.iterdir()} == {
        "findings_approved.csv", "approved_cdm.csv", "approved_cdm.xlsx", "approved_cdm_notes.csv",
    }  # fmt: skip
    with (out / "approved_cdm.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["Item"], row["ICD10"], row["effective from"], row["effective to"]) for row in rows] == [
        ("0003", "A00.9", "", "2029-09-30"), ("0003", "A03.3", "2029-10-01", ""),
    ]  # fmt: skip
    assert desk.review("export", out, "--state", "rejected").code == 0
    assert (out / "findings_rejected.csv").read_text(encoding="utf-8").count("\n") == 1
    assert desk.review("export", desk.folder / "cdm.csv").code == 2


def test_a_run_after_the_lines_moved_keeps_the_states(desk: Desk) -> None:
    finding = desk.ids[4, "A00.9"]
    desk.review("set", finding, "approved", "--by", "Ada")
    header, *lines = LINES.splitlines()
    (desk.folder / "cdm.csv").write_text("\n".join([header, *lines[::-1]]) + "\n", encoding="utf-8")
    again = {each["id"]: each for each in desk.run()["findings"]}
    assert set(again) == set(desk.ids.values())
    assert (again[finding]["state"], again[finding]["line"]) == ("approved", 2)
