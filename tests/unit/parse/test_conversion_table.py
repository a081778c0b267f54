"""Conversion tables as workbook and CSV."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.conversion_table import ConversionRow, parse_conversion_table
from codeset_pipeline.parse.previous_codes import PreviousTerm

HEADER = ["Current code assignment", "Effective", "Previous Code(s) Assignment"]
PREAMBLE = ["The conversion table shows the effective date.", None, None]


def workbook(*rows: list[object], others: dict[str, list[list[object]]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    for name, content in (others or {}).items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def parse(*rows: list[object], **more):
    return parse_conversion_table(workbook(*rows, **more), "table.xlsx")


def test_a_row_says_which_code_was_used_before() -> None:
    table = parse(PREAMBLE, HEADER, ["A04.71", 2017, "A04.7"], ["U09.9", date(2021, 10, 1), "None"])
    assert table.rows == [
        ConversionRow(3, "A0471", date(2017, 10, 1), "A04.7", "single", ((PreviousTerm("code", "A047", "A047"),),)),
        ConversionRow(4, "U099", date(2021, 10, 1), "None", "none", ()),
    ]
    assert table.preamble == "The conversion table shows the effective date."
    assert table.oddities == []


def test_the_header_may_follow_several_rows_and_carry_its_date() -> None:
    header = ["Current code assignment", "Effective October 1", "Previous Code(s) Assignment"]
    table = parse([None], PREAMBLE, [None], header, ["A04.71", 2017, "A04.7"])
    assert [row.row for row in table.rows] == [5]


def test_columns_are_found_by_name() -> None:
    table = parse(HEADER[::-1], ["A04.7", 2017, "A04.71"])
    assert (table.rows[0].current, table.rows[0].previous_text) == ("A0471", "A04.7")


def test_csv_is_the_same_table() -> None:
    text = (
        '"Explained, in words",,\r\n'
        + ",".join(HEADER)
        + '\r\nA04.71,2017,A04.7\r\nQ82.6,1/1/2021,"L05.01, L05.91"\r\n,,\r\n'
    )
    table = parse_conversion_table(("\ufeff" + text).encode(), "table.csv")
    assert [(row.row, row.current, row.effective_from, row.form) for row in table.rows] == [
        (3, "A0471", date(2017, 10, 1), "single"),
        (4, "Q826", date(2021, 1, 1), "alternatives"),
    ]
    assert table.preamble == "Explained, in words"


def test_blanks_around_codes_and_missing_dots_are_read_and_reported() -> None:
    table = parse(HEADER, ["H93.A1 ", 2016, "H93.11"], ["W453XXA", 2025, "W45.8XXA"])
    assert [row.current for row in table.rows] == ["H93A1", "W453XXA"]
    assert {oddity.what for oddity in table.oddities} == {
        "1 current codes have blanks around them.",
        "The current code is not written as W45.3XXA.",
    }


def test_a_repeated_row_is_kept_and_named() -> None:
    table = parse(HEADER, ["O44.20", 2016, "O44.00"], ["O44.20", 2016, "O44.00"], ["O44.20", 2019, "O44.01"])
    assert len(table.rows) == 3
    assert [(oddity.line, oddity.what) for oddity in table.oddities] == [
        (3, "O4420 of 2016-10-01 stands in 2 rows, alike.")
    ]


def test_a_footnote_is_left_out_and_reported() -> None:
    table = parse(HEADER, ["A04.71", 2017, "A04.7"], [None], ["* see the guidelines"])
    assert len(table.rows) == 1
    assert [oddity.text for oddity in table.oddities] == ["* see the guidelines"]


def test_other_sheets_are_reported_unless_empty() -> None:
    table = parse(HEADER, ["A04.71", 2017, "A04.7"], others={"Notes": [["hello"]], "Empty": []})
    assert [oddity.text for oddity in table.oddities] == ["Notes"]


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([["Current code assignment", "Effective", "Former codes"], ["A04.71", 2017, "A04.7"]], "Former codes"),
        ([[*HEADER, "Comment"], ["A04.71", 2017, "A04.7", "x"]], "Comment"),
        ([HEADER[:2], ["A04.71", 2017]], "Current code assignment | Effective"),
        ([["New", "From", "Old"], ["A04.71", 2017, "A04.7"]], "New | From | Old"),
        ([HEADER, ["A04.71", 2017, "A04.7", "stray"]], "stray"),
        ([HEADER, ["04.71", 2017, "A04.7"]], "04.71"),
        ([HEADER, [None, 2017, "A04.7"]], ""),
        ([HEADER, ["A04.71", "soon", "A04.7"]], "soon"),
        ([HEADER, ["A04.71", None, "A04.7"]], ""),
        ([HEADER], None),
    ],
)
def test_what_cannot_be_understood_is_an_error_that_shows_it(rows: list[list[object]], text: str | None) -> None:
    with pytest.raises(ParseError) as caught:
        parse(*rows)
    assert caught.value.text == text


def test_a_row_error_names_its_row_and_column() -> None:
    with pytest.raises(ParseError) as caught:
        parse(PREAMBLE, HEADER, ["A04.71", 2017, "A04.7"], ["A04.72", "soon", "A04.7"])
    assert (caught.value.line, caught.value.column) == (4, "Effective")


def test_previous_codes_in_no_known_form_are_reported_and_do_not_hold_up_the_release() -> None:
    table = parse(HEADER, ["A04.71", 2017, "see index"], ["A04.72", 2017, "A04.7"])
    assert next((row.current, row.form, row.previous_text) for row in table.rows) == ("A0471", "unread", "see index")
    assert [(oddity.line, oddity.text) for oddity in table.oddities] == [(2, "see index")]


@pytest.mark.parametrize("data", [b"", b"<html>moved</html>", b"PK\x03\x04 cut", b"\xd0\xcf\x11\xe0 cut"])
def test_what_is_no_table_is_an_error(data: bytes) -> None:
    with pytest.raises(ParseError):
        parse_conversion_table(data, "table.xlsx")


def test_two_tables_in_one_workbook_are_an_error() -> None:
    with pytest.raises(ParseError, match="one sheet only"):
        parse(HEADER, ["A04.71", 2017, "A04.7"], others={"Old": [list(HEADER), ["A04.71", 2017, "A04.7"]]})
