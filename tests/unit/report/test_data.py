"""The data files: JSON exact, CSV safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from codeset_pipeline.model import ChangeKind, FieldChange, Impact
from codeset_pipeline.report.csv_files import guarded
from codeset_pipeline.report.data import write_data
from codeset_pipeline.report.shapes import change_object, finding_object
from tests.unit.report.worlds import UNCOVERED, change, finding, hostile_report, pair, report


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_change_has_the_shape_that_the_command_line_promises() -> None:
    fields = {"billable": FieldChange(True, False), "long_title": FieldChange("a", "b", "wording")}
    shape = change_object(change("B880", ChangeKind.BECAME_HEADER, fields=fields))
    assert {key: shape[key] for key in ("code", "kind", "fields", "effective_from")} == {
        "code": "B88.0",
        "kind": "became_header",
        "fields": {"billable": {"old": True, "new": False}, "long_title": {"old": "a", "new": "b", "text": "wording"}},
        "effective_from": "2025-10-01",
    }


def test_a_finding_has_the_shape_that_the_command_line_promises() -> None:
    shape = finding_object(finding())
    wanted = "id asset line column code match kind effective_from candidates volume amount action".split()  # noqa: SIM905
    assert set(wanted) <= set(shape)
    assert shape["candidates"] == ["B88.01", "B88.09"]
    assert json.loads(json.dumps(shape)) == shape


def test_json_holds_every_text_exactly(tmp_path: Path) -> None:
    content = hostile_report()
    write_data(content, tmp_path)
    found = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert found["title"] == content.title
    update = found["updates"][0]
    assert [each["title_after"] for each in update["changes"]] == [
        each.title_after for each in content.pairs[0].changes
    ]
    assert found["impact"]["assets"][0]["unrecognised"] == {content.title: 2}
    assert update["oddities"][0]["text"] == "\x07"
    assert set(update["reconciliation"]) >= {"matched", "explained", "unexplained"}


def test_half_a_surrogate_pair_survives_in_json(tmp_path: Path) -> None:
    write_data(report(title="a\udc80b"), tmp_path)
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["title"] == "a\udc80b"


def test_no_csv_cell_begins_like_a_formula(tmp_path: Path) -> None:
    for path in write_data(hostile_report(), tmp_path):
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as lines:
                cells = [cell for row in csv.reader(lines) for cell in row]
            texts = [cell for cell in cells if not cell.lstrip("-").replace(".", "").isdigit()]
            assert not any(text.startswith(("=", "+", "-", "@")) for text in texts), path.name


@given(st.text())
def test_a_guarded_text_can_be_taken_back_exactly(text: str) -> None:
    found = guarded(text)
    assert not found.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (found[1:] if found.startswith("'") else found) == text


def test_changes_csv_has_one_row_per_changed_field(tmp_path: Path) -> None:
    fields = {"long_title": FieldChange("a", "b", "wording"), "short_title": FieldChange("c", "d", "case")}
    changes = [change("A001", ChangeKind.REVISED, fields=fields), change("A002", ChangeKind.ADDED)]
    write_data(report(pair(changes)), tmp_path)
    rows = _rows(tmp_path / "changes.csv")
    assert [(row["code"], row["field"], row["old"], row["new"]) for row in rows] == [
        ("A00.1", "long_title", "a", "b"),
        ("A00.1", "short_title", "c", "d"),
        ("A00.2", "", "", ""),
    ]


def test_numbers_stay_numbers_in_csv(tmp_path: Path) -> None:
    write_data(report(pair(), impact=Impact([], [finding(amount=-5.0, line=3)])), tmp_path)
    row = _rows(tmp_path / "findings.csv")[0]
    assert (row["amount"], row["line"], row["candidates"]) == ("-5.0", "3", "B88.01; B88.09")


def test_a_pair_that_no_list_covers_is_not_proven_in_the_csv_either(tmp_path: Path) -> None:
    write_data(report(pair(reconciliation=UNCOVERED)), tmp_path)
    rows = _rows(tmp_path / "reconciliation.csv")
    assert [(row["status"], row["what"]) for row in rows] == [("not_proven", "The addenda of FY2026 are not loaded.")]


def test_equal_reports_give_equal_files(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
        write_data(hostile_report(), folder)
    for path in folders[0].iterdir():
        assert path.read_bytes() == (folders[1] / path.name).read_bytes(), path.name


def test_an_empty_report_still_has_every_file_with_its_header(tmp_path: Path) -> None:
    names = [path.name for path in write_data(report(), tmp_path)]
    assert names == [
        "report.json", "changes.csv", "crosswalk.csv", "findings.csv", "expressions.csv", "rules.csv",
        "reconciliation.csv",
    ]  # fmt: skip
    assert all((tmp_path / name).stat().st_size > 20 for name in names)
