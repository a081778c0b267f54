"""The worklist's sheets: one a department, and read back as people left them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.review_import import EditedRow
from codeset_pipeline.model import Finding, Impact
from codeset_pipeline.report.workbook import write_workbook
from codeset_pipeline.report.worklist_reading import read_worklist
from codeset_pipeline.report.worklist_sheets import sheet_names, worklist_tables
from tests.unit.report.worlds import finding, pair, report


def written(folder: Path, *findings: Finding) -> Path:
    path = folder / "run.xlsx"
    write_workbook(report(pair(), impact=Impact([], findings)), path)
    return path


def departments(*names: str) -> list[Finding]:
    return [finding(n, department=name, amount=100.0 - n, line=n) for n, name in enumerate(names, 1)]


def test_each_department_has_a_sheet_and_its_findings_by_money(tmp_path: Path) -> None:
    cheap = finding(8, department="Lab", amount=1.0, line=8)
    dear = finding(9, department="Pharmacy / IV: [main]", amount=900.0, line=9)
    book = openpyxl.load_workbook(written(tmp_path, cheap, *departments("Lab", ""), dear))
    names = book.sheetnames
    start = names.index("Departments")
    assert names[start : start + 4] == ["Departments", "Pharmacy IV main", "Lab", "No department"]
    assert "Worklist" not in names
    lab = book["Lab"]
    heads = [cell.value for cell in lab[1]]
    assert [row[heads.index("Amount")] for row in lab.iter_rows(min_row=2, values_only=True)] == [99, 1]
    totals = list(book["Departments"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1], row[-1]) for row in totals] == [
        ("Pharmacy / IV: [main]", 1, 900), ("Lab", 2, 100), ("No department", 1, 98),
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "sheets"), [(30, 30), (31, 1)])
def test_more_than_thirty_departments_share_a_sheet_with_a_department_column(count: int, sheets: int) -> None:
    found = departments(*(f"Department {n}" for n in range(count)))
    tables = worklist_tables(Impact([], found), ["Summary"])
    assert len(tables) == sheets
    assert "Department" in [column.header for column in tables[0].columns]
    assert sum(len(table.rows) for table in tables) == count


@given(st.lists(st.text(max_size=60), max_size=20))
def test_sheet_names_are_taken_by_excel_and_never_the_same(wanted: list[str]) -> None:
    names = sheet_names(wanted, ["Summary"])
    assert len({name.casefold() for name in (*names, "Summary", "History")}) == len(wanted) + 2
    for name in names:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'") and not name.endswith("'")


def test_states_are_chosen_from_a_list_and_the_hidden_columns_are_guarded(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path, *departments("Lab", "Lab")))["Lab"]
    heads = {str(cell.value): cell.column_letter for cell in sheet[1]}
    assert sheet.column_dimensions[heads["Finding id"]].hidden
    assert sheet.column_dimensions[heads["Written from"]].hidden
    rules = {each.type: each for each in sheet.data_validations.dataValidation}
    assert rules["list"].formula1 == '"proposed,approved,rejected,deferred"'
    assert str(rules["list"].sqref) == f"{heads['State']}2:{heads['State']}3"
    assert f"{heads['Finding id']}2:{heads['Finding id']}3" in str(rules["custom"].sqref)
    assert rules["list"].showErrorMessage and rules["custom"].showErrorMessage
    assert sheet.auto_filter.ref == f"A1:{heads['Finding']}3"
    assert sheet.freeze_panes == f"{heads['Severity']}2"
    assert sheet[f"{heads['Chosen replacement']}2"].number_format == "@"  # 0001F must stay 0001F


def _edit(path: Path, sheet: str, row: int, **cells: object) -> None:
    book = openpyxl.load_workbook(path)
    heads = {str(cell.value): cell.column for cell in book[sheet][1]}
    for name, value in cells.items():
        book[sheet].cell(row, heads[name.replace("_", " ")], value)
    book.save(path)


def test_what_people_write_is_read_back_with_what_it_was_written_from(tmp_path: Path) -> None:
    one, two = (
        finding(1, department="Lab"),
        finding(2, department="Lab", state="deferred", state_at="2025-01-01", line=2),
    )
    path = written(tmp_path, one, two)
    _edit(path, "Lab", 2, State="approved", Chosen_replacement=99213, Review_note="fine")
    rows, sha256 = read_worklist(path)
    assert len(sha256) == 64
    assert [(each.finding_id, each.state, each.replacement, each.note) for each in rows] == [
        (one.id, "approved", "99213", "fine"), (two.id, "deferred", "", ""),
    ]  # fmt: skip
    assert rows[0].place == "sheet Lab, row 2"
    assert rows[0].basis is not None and rows[0].basis.startswith("- ")
    assert rows[1].basis is not None and rows[1].basis.startswith("2025-01-01 ")
    assert (rows[0].other_id, rows[0].code, rows[0].asset) == (one.id, "B88.0", "edits.csv")


def test_rows_sorted_by_hand_and_blank_rows_between_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, *departments("Lab", "Lab", "Lab"))
    book = openpyxl.load_workbook(path)
    sheet = book["Lab"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    sheet.delete_rows(2, 3)
    for number, values in zip((3, 5, 9), reversed(rows), strict=True):
        for column, value in enumerate(values, 1):
            sheet.cell(number, column, value)
    book.save(path)
    found, _ = read_worklist(path)
    assert [(each.row, each.finding_id[-1]) for each in found] == [(3, "3"), (5, "2"), (9, "1")]


def _without(path: Path, *headers: str) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["Lab"]
    for header in headers:
        sheet.delete_cols(next(cell.column for cell in sheet[1] if cell.value == header))
    book.save(path)


def test_the_last_column_stands_in_for_a_lost_hidden_one(tmp_path: Path) -> None:
    path = written(tmp_path, *departments("Lab"))
    _without(path, "Finding id", "Written from")
    (row,), _ = read_worklist(path)
    assert (row.finding_id[-1], row.basis, row.other_id) == ("1", None, "")


def test_a_sheet_that_lost_both_columns_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, *departments("Lab"))
    _without(path, "Finding id", "Finding")
    with pytest.raises(AssetError, match="sheet Lab: the columns 'Finding id' and 'Finding' are gone"):
        read_worklist(path)


def test_a_workbook_without_a_worklist_or_none_at_all_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(AssetError, match="holds no worklist"):
        read_worklist(tmp_path / "other.xlsx")
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(AssetError, match="cannot be opened as a workbook"):
        read_worklist(tmp_path / "broken.xlsx")
    with pytest.raises(AssetError, match="cannot be read"):
        read_worklist(tmp_path / "missing.xlsx")


def test_a_run_without_findings_reads_back_as_nothing(tmp_path: Path) -> None:
    write_workbook(report(pair(), impact=Impact([], [])), tmp_path / "run.xlsx")
    rows: list[EditedRow] = read_worklist(tmp_path / "run.xlsx")[0]
    assert rows == []
