"""The workbook as spreadsheet programs read it."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from python_calamine import CalamineWorkbook

from codeset_pipeline.errors import UsageError
from codeset_pipeline.model import ChangeKind, FieldChange, Impact
from codeset_pipeline.report.model import Provenance, Report
from codeset_pipeline.report.visible import visible
from codeset_pipeline.report.workbook import write_workbook
from tests.unit.report.worlds import UNCOVERED, change, finding, hostile_report, pair, report

SHEETS = [
    "Summary", "Added", "Deleted", "Revised", "Notes", "Crosswalk", "POA", "Education", "Impact", "Rules",
    "Expressions", "Not recognised", "Warnings", "Departments", "Worklist", "Reconciliation", "Method and provenance",
]  # fmt: skip


def _written(content: Report, folder: Path) -> Path:
    path = folder / "report.xlsx"
    write_workbook(content, path)
    return path


def test_no_cell_is_a_formula_whatever_its_text_begins_with(tmp_path: Path) -> None:
    path = _written(hostile_report(), tmp_path)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in archive.read(name), name
    book = openpyxl.load_workbook(path)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d", "inlineStr"}


def test_a_text_like_a_formula_keeps_its_text_and_carries_the_text_mark(tmp_path: Path) -> None:
    texts = ["=SUM(A1)", "+1", "-1", "@x", "#N/A", "=", "12", "TRUE"]
    changes = [change(f"A0{n}", ChangeKind.ADDED, title_after=text) for n, text in enumerate(texts)]
    sheet = openpyxl.load_workbook(_written(report(pair(changes)), tmp_path))["Added"]
    cells = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == texts
    assert [cell.quotePrefix for cell in cells] == [True, True, True, True, False, True, False, False]


def test_openpyxl_and_calamine_read_the_same_values(tmp_path: Path) -> None:
    path = _written(hostile_report(), tmp_path)
    book = openpyxl.load_workbook(path)
    other = CalamineWorkbook.from_path(str(path))
    assert other.sheet_names == SHEETS
    for name in SHEETS[1:]:
        ours = [
            tuple("" if value is None else value for value in row) for row in book[name].iter_rows(values_only=True)
        ]
        theirs = [tuple(row) for row in other.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        plain = [tuple(each.date() if isinstance(each, datetime) else each for each in row) for row in ours]
        assert plain == theirs, name


def test_codes_are_texts_dates_are_dates_and_amounts_are_numbers(tmp_path: Path) -> None:
    impact = Impact([], [finding(code="E11.9", line=7, amount=-12.5, volume=3.0)])
    sheet = openpyxl.load_workbook(_written(report(pair(), impact=impact), tmp_path))["Worklist"]
    head = [cell.value for cell in sheet[1]]
    row = dict(zip(head, sheet[2], strict=True))
    assert row["Code"].value == "E11.9"
    assert row["Effective from"].value == datetime(2025, 10, 1)
    assert row["Effective from"].number_format == "yyyy-mm-dd"
    assert (row["Line"].value, row["Amount"].value, row["Volume"].value) == (7, -12.5, 3)
    assert row["Amount"].number_format == "#,##0.00"


def test_changed_words_are_marked_on_both_sides(tmp_path: Path) -> None:
    revised = change(
        "S629",
        ChangeKind.REVISED,
        fields={"long_title": FieldChange("Fracture of wrist and hand", "Fracture of hand", "wording")},
    )
    path = _written(report(pair([revised])), tmp_path)
    sheet = openpyxl.load_workbook(path, rich_text=True)["Revised"]
    old = sheet["B2"].value
    assert isinstance(old, CellRichText)
    assert str(old) == "Fracture of wrist and hand"
    struck = [block.text for block in old if isinstance(block, TextBlock) and block.font.strike]
    assert struck == ["wrist and "]
    assert str(sheet["C2"].value) == "Fracture of hand"


def test_characters_that_xml_cannot_hold_are_shown_not_dropped(tmp_path: Path) -> None:
    changes = [change("A00", ChangeKind.ADDED, title_after="a\x00b\x0bc\ud800d")]
    sheet = openpyxl.load_workbook(_written(report(pair(changes)), tmp_path))["Added"]
    assert sheet["B2"].value == "a␀b␋c�d"
    assert visible("line\none\ttab") == "line\none\ttab"


def test_a_text_that_looks_like_an_escape_is_escaped_for_excel(tmp_path: Path) -> None:
    path = _written(report(pair([change("A00", ChangeKind.ADDED, title_after="see _x0041_")])), tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert b"see _x005F_x0041_<" in archive.read("xl/worksheets/sheet2.xml")


def test_a_text_beyond_excels_limit_is_cut_and_says_so(tmp_path: Path) -> None:
    changes = [change("A00", ChangeKind.ADDED, title_after="x" * 40_000)]
    sheet = openpyxl.load_workbook(_written(report(pair(changes)), tmp_path))["Added"]
    text = str(sheet["B2"].value)
    assert len(text) == 32_767
    assert text.endswith("the whole text is in report.json)")


def test_an_empty_report_has_all_sheets_and_each_says_none_and_why(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(_written(report(), tmp_path))
    assert book.sheetnames == SHEETS
    for name in SHEETS[1:-1]:
        assert str(book[name]["A2"].value).startswith("None. "), name
        assert len(str(book[name]["A2"].value)) > len("None. "), name


def test_headers_are_frozen_filtered_and_repeated_on_paper(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(_written(report(pair([change("A00", ChangeKind.ADDED)])), tmp_path))
    for name in SHEETS[1:-1]:
        sheet = book[name]
        assert str(sheet.freeze_panes).endswith("2"), name
        assert sheet.auto_filter.ref, name
        assert sheet.print_title_rows == "$1:$1", name
        assert sheet.page_setup.orientation == "landscape", name


def test_the_summary_has_the_totals_their_proof_and_a_native_chart(tmp_path: Path) -> None:
    whole = pair([change("A00", ChangeKind.ADDED)], reconciliation=UNCOVERED)
    sheet = openpyxl.load_workbook(_written(report(whole, sample=True), tmp_path))["Summary"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(text.startswith("SAMPLE DATA") for text in texts)
    assert any("Nothing is proven" in text for text in texts)
    assert "Unexplained differences" in texts
    assert "In force from 1 October 2025" in texts
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        assert "xl/charts/chart1.xml" in archive.namelist()
        chart = archive.read("xl/charts/chart1.xml").decode()
    head = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "Chapter")
    assert f"'Summary'!B{head}</f>" in chart
    assert f"'Summary'!$A${head + 1}:" in chart


def test_equal_reports_give_equal_bytes_with_the_reports_own_times(tmp_path: Path) -> None:
    first = _written(hostile_report(), tmp_path).read_bytes()
    second = tmp_path / "second"
    second.mkdir()
    assert _written(hostile_report(), second).read_bytes() == first
    properties = openpyxl.load_workbook(tmp_path / "report.xlsx").properties
    assert properties.created == properties.modified == datetime(2026, 7, 1, 9, 30)


def test_a_time_of_writing_that_is_none_is_refused(tmp_path: Path) -> None:
    bad = Report("A report", (), None, Provenance((), "1", "1", "yesterday"))
    with pytest.raises(UsageError, match="ISO 8601"):
        write_workbook(bad, tmp_path / "report.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_the_time_of_writing_is_kept_in_utc() -> None:
    assert Provenance((), "1", "1", "2026-07-01T09:30:00-04:00").moment == datetime(2026, 7, 1, 13, 30)
    assert Provenance((), "1", "1", "2026-07-01").moment.date() == date(2026, 7, 1)
