"""The order file's layout, and what is not one."""

from __future__ import annotations

import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.order_file import OrderRow, parse_order_file


def line(number: int, code: str, flag: str, short: str, long: str) -> str:
    return f"{number:05d} {code:<7} {flag} {short:<60} {long}\r\n"


CHOLERA = line(1, "A00", "0", "Cholera", "Cholera")
BIOVAR = line(2, "A000", "1", "Cholera due to V. cholerae", "Cholera due to Vibrio cholerae 01, biovar cholerae")
C4A = line(3, "C4A", "0", "Merkel cell carcinoma", "Merkel cell carcinoma")


def parse(text: str, code_set: str = "icd10cm"):
    return parse_order_file(text.encode(), "order.txt", code_set=code_set)


def test_columns_become_fields() -> None:
    assert parse(CHOLERA + BIOVAR).rows == [
        OrderRow(1, "A00", False, "Cholera", "Cholera"),
        OrderRow(2, "A000", True, "Cholera due to V. cholerae", "Cholera due to Vibrio cholerae 01, biovar cholerae"),
    ]


def test_third_character_may_be_a_letter_and_since_fy2026_the_second() -> None:
    rows = parse(line(1, "C4A", "0", "x", "x") + line(2, "QA0", "0", "y", "y")).rows
    assert [row.code for row in rows] == ["C4A", "QA0"]


def test_a_utf8_title_does_not_shift_the_columns() -> None:
    title = "Ménière's disease"
    (row,) = parse(line(1, "H810", "0", title, title)).rows
    assert (row.short_title, row.long_title) == (title, title)


def test_windows_1252_is_read_and_reported() -> None:
    text = line(1, "H810", "0", "Ménière's disease", "Ménière's disease")
    result = parse_order_file(text.encode("cp1252"), "order.txt")
    assert result.rows[0].long_title == "Ménière's disease"
    assert [(oddity.line, oddity.what) for oddity in result.oddities] == [(1, "The file is not UTF-8.")]


def test_line_ends_may_be_lf() -> None:
    assert parse((CHOLERA + BIOVAR).replace("\r\n", "\n")) == parse(CHOLERA + BIOVAR)


def test_double_blanks_inside_a_title_are_kept() -> None:
    assert parse(line(1, "A00", "0", "a  b", "a  b")).rows[0].long_title == "a  b"


def test_procedure_codes_have_three_or_seven_characters_and_no_i_or_o() -> None:
    text = line(1, "001", "0", "Bypass", "Bypass") + line(2, "0016070", "1", "Bypass", "Bypass, open")
    assert [row.code for row in parse(text, "icd10pcs").rows] == ["001", "0016070"]
    with pytest.raises(ParseError, match="a code of icd10pcs"):
        parse(line(1, "001607O", "1", "x", "x"), "icd10pcs")


def test_a_gap_in_the_order_numbers_is_reported() -> None:
    (oddity,) = parse(CHOLERA + line(5, "A001", "1", "x", "x")).oddities
    assert (oddity.line, oddity.what) == (2, "Order numbers 2 to 4 are missing.")


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        (CHOLERA + BIOVAR[:40], (2, None), "whole last line"),
        (CHOLERA + BIOVAR[:90], (2, None), "line end after the last line"),
        (CHOLERA + CHOLERA.replace("00001", "00002"), (2, "7-13"), "each code once"),
        (BIOVAR + C4A.replace("00003", "00002"), (2, "1-5"), "an order number above 2"),
        (CHOLERA.replace("00001", "A0001"), (1, "1-5"), "order number of five digits"),
        (CHOLERA.replace(" 0 ", " 2 "), (1, "15"), "0 \\(header\\) or 1"),
        (CHOLERA.replace("A00 ", "a00 "), (1, "7-13"), "a code without dot"),
        (CHOLERA.replace("A00   ", "A0 0  "), (1, "7-13"), "a code without dot"),
        (CHOLERA.replace("A00    ", "1A0    "), (1, "7-13"), "a code of icd10cm"),
        (CHOLERA.replace("00001 ", "00001X"), (1, "6"), "a blank"),
        (line(1, "A00", "0", "Cholera", "   "), (1, "78-"), "a long title"),
        (CHOLERA + "\r\n" + BIOVAR, (2, "1-5"), "order number"),
        ("", (None, None), "empty"),
        ("\r\n \r\n", (None, None), "empty"),
        ("<!DOCTYPE html><html>moved</html>", (1, None), "web page"),
        ("\ufeff\n<HTML><body>", (1, None), "web page"),
        ("PK\x03\x04....", (None, None), "a zip or xlsx"),
    ],
)
def test_a_departure_is_an_error_that_names_its_place(text, where, message) -> None:
    with pytest.raises(ParseError, match=message) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == where
    assert str(caught.value).startswith("order.txt")


def test_a_last_line_without_line_end_counts_when_both_titles_prove_it_whole() -> None:
    result = parse(CHOLERA.rstrip("\r\n"))
    assert len(result.rows) == 1
    assert result.oddities[0].what == "The last line has no line end."


def test_blank_lines_at_the_end_are_reported() -> None:
    (oddity,) = parse(CHOLERA + "\r\n\r\n").oddities
    assert oddity.text == "2 blank lines"
