"""The report on the publisher's own FY2025 and FY2026 order files."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from codeset_pipeline.report.counts import by_chapter, totals_rows
from codeset_pipeline.report.summary import sentences
from codeset_pipeline.report.table import Marked
from codeset_pipeline.report.tables import tables_of
from codeset_pipeline.report.workbook import write_workbook
from tests.unit.report.worlds import genuine_report

pytestmark = pytest.mark.genuine


def test_fy2026_totals_of_codes_and_headers_equal_the_addenda_trailer() -> None:
    rows = totals_rows(genuine_report().pairs[0])
    assert [(row.level, row.what, row.publisher) for row in rows] == [
        ("codes", "added", 487),
        ("codes", "deleted", 28),
        ("codes", "revised", 38),
        ("headers", "added", 143),
        ("headers", "deleted", 0),
        ("headers", "revised", 7),
    ]
    assert all(row.equal for row in rows)


def test_fy2026_chapters_add_up_to_the_totals() -> None:
    chapters = by_chapter(genuine_report().pairs[0])
    assert [sum(getattr(row, name) for row in chapters) for name in ("added", "deleted", "revised")] == [487, 28, 38]


def test_16_of_the_28_codes_deleted_in_fy2026_became_headers() -> None:
    assert "28 billable codes were deleted; 16 of them became headers." in sentences(genuine_report().pairs[0])


def test_marked_titles_are_the_titles() -> None:
    content = genuine_report()
    titles = {each.code: (each.title_before, each.title_after) for each in content.pairs[0].changes}
    for row in tables_of(content)["Revised"].rows:
        code, old, new = row.cells[:3]
        assert isinstance(old, Marked)
        assert isinstance(new, Marked)
        assert (old.text, new.text) == titles[str(code).replace(".", "")]
        assert any(each.changed for each in (*old.segments, *new.segments))


def test_the_workbook_has_every_change_once(tmp_path: Path) -> None:
    content = genuine_report()
    path = tmp_path / "report.xlsx"
    write_workbook(content, path)
    book = openpyxl.load_workbook(path, read_only=True)
    codes = [
        str(row[0]).replace(".", "")
        for name in ("Added", "Deleted", "Revised")
        for row in book[name].iter_rows(min_row=2, values_only=True)
    ]
    assert sorted(codes) == sorted(each.code for each in content.pairs[0].changes)
