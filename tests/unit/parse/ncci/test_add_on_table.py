"""The add-on code table, workbook and fixed-width text, in hand-made files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.ncci_add_on_excel import parse_add_on_excel
from codeset_pipeline.parse.ncci_add_on_rows import AddOnTable
from codeset_pipeline.parse.ncci_add_on_text import parse_add_on_text
from codeset_pipeline.parse.ncci_cells import day_of_year
from tests.unit.parse.hcpcs.anweb_lines import workbook

HEADER = [
    "AOC_Edit_Type", "Add-On_Code", "AOC_DelDT", "Primary_Code", "Primary_Code_DelDT", "AOC_Edit_EffDT",
    "AOC_Edit_DelDT", "Special_Instruction_Notes",
]  # fmt: skip
APRIL_2013 = date(2013, 4, 1)
ROW: list[Any] = ["1", "A0422", "", "A0425", "", "2013091", "", "A note"]


def excel(*rows: list[Any], header: list[str] = HEADER) -> AddOnTable:
    return parse_add_on_excel(workbook(("AOC", [["A notice"], header, *rows])), "AOC.xlsx")


def text(*lines: str) -> AddOnTable:
    return parse_add_on_text("".join(f"{line}\r\n" for line in lines).encode("latin-1"), "AOC.txt")


def line(row: list[Any]) -> str:
    kind, add_on, add_on_end, primary, primary_end, effective, end, note = map(str, row)
    return f"{kind}{add_on}{add_on_end:7}{primary}{primary_end:7}{effective:7}{end:7}{note}"


BOTH: list[Callable[..., AddOnTable]] = [excel, lambda *rows: text(*map(line, rows))]


@pytest.mark.parametrize("read", BOTH)
def test_every_field_of_a_row_is_read(read: Callable[..., AddOnTable]) -> None:
    full = ["3", "A0422", "2024366", "A0425", "2023365", "2013091", "2020060", "Only for the first unit"]
    (row,) = read(full).rows
    ends = (date(2024, 12, 31), date(2023, 12, 31), date(2020, 2, 29))
    assert row[:8] == ("3", "A0422", ends[0], "A0425", ends[1], APRIL_2013, ends[2], "Only for the first unit")
    assert row.last_day == date(2020, 2, 29)


@pytest.mark.parametrize("read", BOTH)
def test_an_edit_without_deletion_dates_is_open_and_a_contractor_defines_ccccc(read: Callable[..., AddOnTable]) -> None:
    (row,) = read(["2", "G0500", "", "CCCCC", "", "2013091", "", ""]).rows
    assert (row.primary_code, row.last_day, row.notes) == ("CCCCC", None, "")


def test_a_workbook_may_hold_numbers_for_dates_types_and_codes() -> None:
    (row,) = excel([1, 1234, None, 2345, 2023365, 2013091, None, None]).rows
    assert row[:8] == ("1", "01234", None, "02345", date(2023, 12, 31), APRIL_2013, None, "")


def test_days_of_the_year_are_counted_as_the_calendar_does() -> None:
    for year in (1999, 2000, 2023, 2024):
        day, number = date(year, 1, 1), 1
        while day.year == year:
            assert day_of_year(f"{year}{number:03}") == day
            day, number = day + timedelta(days=1), number + 1
        assert day_of_year(f"{year}{number:03}") is None
    assert [day_of_year(t) for t in ("2013000", "201391", "20130091", "2013-91", "\xb2013091")] == [None] * 5


@pytest.mark.parametrize("read", BOTH)
@pytest.mark.parametrize(
    ("place", "value", "column"),
    [
        (0, "4", "AOC_Edit_Type"),
        (1, "A042 ", "Add-On_Code"),
        (2, "2023366", "AOC_DelDT"),
        (3, "A 425", "Primary_Code"),
        (4, "2013000", "Primary_Code_DelDT"),
        (5, "2013400", "AOC_Edit_EffDT"),
        (5, "", "AOC_Edit_EffDT"),
        (6, "04/01/1", "AOC_Edit_DelDT"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_row_and_column(
    read: Callable[..., AddOnTable], place: int, value: str, column: str
) -> None:
    bad = [*ROW]
    bad[place] = value
    with pytest.raises(ParseError) as caught:
        read(ROW, bad, ["1", "A0422", "", "A0426", "", "2013091", "", ""])
    assert caught.value.column == column
    assert caught.value.line == (4 if read is excel else 2)
    assert caught.value.text == value.strip()


def test_day_366_of_a_common_year_is_no_day() -> None:
    with pytest.raises(ParseError, match=r"AOC\.xlsx, line 3, column AOC_Edit_DelDT.*'2023366'"):
        excel(["1", "A0422", "", "A0425", "", "2013091", "2023366", ""])
    assert excel(["1", "A0422", "", "A0425", "", "2013091", "2024366", ""]).rows[0].deleted_on == date(2024, 12, 31)


def test_zeros_for_no_date_are_read_as_none_and_counted() -> None:
    table = text(line(["1", "A0422", "0000000", "A0425", "0000000", "2013091", "0000000", ""]))
    assert table.rows[0].last_day is None
    assert [odd.what for odd in table.oddities] == ["3 dates hold a filler."]


def test_a_repeated_row_is_read_once_and_two_notes_are_both_kept() -> None:
    table = excel(ROW, ROW, [*ROW[:7], "Another note"])
    (row,) = table.rows
    assert row.notes == "A note; Another note"
    assert table.contradictions == 0
    assert [odd.line for odd in table.oddities] == [5, 4]


def test_of_rows_that_contradict_each_other_the_one_that_holds_longer_stands_and_both_are_shown() -> None:
    ended = [*ROW[:6], "2019365", "A note"]
    for rows in ((ROW, ended), (ended, ROW)):
        table = excel(*rows)
        assert [row.deleted_on for row in table.rows] == [None]
        assert table.contradictions == 1
        assert "2019-12-31" in table.oddities[0].text


def test_one_pair_may_have_two_edits_one_after_the_other() -> None:
    again = ["1", "A0422", "", "A0425", "", "2021001", "", ""]
    table = excel([*ROW[:6], "2019365", ""], again)
    assert [(row.effective_from, row.last_day) for row in table.rows] == [
        (APRIL_2013, date(2019, 12, 31)),
        (date(2021, 1, 1), None),
    ]
    assert table.oddities == []


def test_a_type_2_edit_without_a_primary_is_contractor_defined_and_a_type_1_edit_is_refused() -> None:
    table = excel(["2", "G0500", "", None, "", "2013091", "", ""])
    assert table.rows[0].primary_code == "CCCCC"
    assert "name no primary code" in table.oddities[0].what
    with pytest.raises(ParseError, match="Primary_Code"):
        excel(["1", "G0500", "", None, "", "2013091", "", ""])


def test_an_edit_that_is_deleted_before_it_begins_is_kept_and_reported() -> None:
    table = excel(["1", "A0422", "", "A0425", "", "2013091", "2013001", ""])
    assert table.rows[0].deleted_on == date(2013, 1, 1)
    assert "before they take effect" in table.oddities[0].what


@pytest.mark.parametrize("missing", HEADER)
def test_a_missing_column_is_refused(missing: str) -> None:
    header = [name for name in HEADER if name != missing]
    with pytest.raises(ParseError, match="line 2"):
        excel([cell for name, cell in zip(HEADER, ROW, strict=True) if name != missing], header=header)


def test_a_workbook_without_the_table_is_refused() -> None:
    for data in (workbook(("AOC", [["A notice"], HEADER])), workbook(("AOC", [["Nothing"]])), b"<html></html>"):
        with pytest.raises(ParseError, match=r"AOC\.xlsx"):
            parse_add_on_excel(data, "AOC.xlsx")


def test_a_notice_above_the_text_is_left_out_and_reported() -> None:
    table = text("CPT codes are copyright \xa9", "", line(ROW))
    assert len(table.rows) == 1
    assert [odd.decision for odd in table.oddities] == ["Left out: a notice or header."]


def test_a_damaged_first_record_is_not_taken_for_a_notice() -> None:
    with pytest.raises(ParseError, match="line 1"):
        text(line(ROW)[:20], line(ROW))


@pytest.mark.parametrize("data", [b"", b"<html>moved</html>", b"Only a notice\r\n", b"PK\x03\x04"])
def test_a_text_without_records_is_refused(data: bytes) -> None:
    with pytest.raises(ParseError, match=r"AOC\.txt"):
        parse_add_on_text(data, "AOC.txt")
