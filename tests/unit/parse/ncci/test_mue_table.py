"""The MUE table, in hand-made files: what is read, and what is refused with its place and value."""

from __future__ import annotations

import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.ncci_mue_table import MueTable, parse_mue_table
from tests.unit.parse.hcpcs.anweb_lines import workbook

NOTICE = b'"CPT codes are copyright 2025 AMA.\nAll rights reserved, \xa9.\nIt says ""no fee schedules"", too.",,,\r\n'
HEADER = b'"HCPCS/\nCPT Code","Practitioner Services MUE Values","MUE Adjudication Indicator","MUE Rationale"\r\n'
FIRST_LINE = 6
LINES = b"""A4216,30,3 Date of Service Edit: Clinical,Clinical: Data\r
J1885,8,1 Line Edit,Prescribing Information\r
E0100,0,2 Date of Service Edit: Policy,CMS Policy\r
"""


def parsed(data: bytes, *, setting: str = "practitioner", with_mai: bool = True) -> MueTable:
    return parse_mue_table(data, "MUE.csv", setting=setting, with_mai=with_mai)


def refused(data: bytes, **more: object) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parsed(data, **more)  # type: ignore[arg-type]
    return caught.value


def test_each_row_gives_its_code_value_indicator_and_rationale() -> None:
    table = parsed(NOTICE + HEADER + LINES)
    assert table.rows == [
        ("A4216", 30, "3", "Clinical: Data", 6),
        ("J1885", 8, "1", "Prescribing Information", 7),
        ("E0100", 0, "2", "CMS Policy", 8),
    ]
    assert table.setting == "practitioner"
    assert table.oddities == []


def test_latin_1_bytes_are_read_as_the_characters_that_they_are() -> None:
    table = parsed(NOTICE + HEADER + b"A4216,30,1 Line Edit,M\xe9nage \x96 10 \xb5g\r\n")
    assert table.rows[0].rationale == "M\xe9nage \u2013 10 \xb5g"
    every = bytes(range(0xA0, 0x100))
    assert parsed(HEADER + b"A4216,30,1 Line Edit,x" + every + b"x\r\n").rows[0].rationale == (
        "x" + every.decode("latin-1").replace("\xa0", " ") + "x"
    )


def test_a_table_that_was_saved_as_utf_8_is_read_and_reported() -> None:
    table = parsed(b"\xef\xbb\xbf" + HEADER + "A4216,30,1 Line Edit,Ménage\r\n".encode())
    assert table.rows[0].rationale == "Ménage"
    assert [(odd.line, odd.decision) for odd in table.oddities] == [(3, "Read as UTF-8.")]


def test_the_workbook_says_the_same_and_numbers_for_codes_get_their_zeros_back() -> None:
    book = workbook(
        (
            "Sheet1",
            [
                ["A notice\nof two lines"],
                ["HCPCS/\nCPT Code", "DME Supplier Services MUE Values", "MUE Adjudication Indicator", "MUE Rationale"],
                ["E0100", 1, "3 Date of Service Edit: Clinical", "Nature of Equipment"],
                [2345, 12.0, "1 Line Edit", "CMS Policy"],
                [None, None, None, None],
            ],
        )
    )
    assert parsed(book, setting="dme").rows == [
        ("E0100", 1, "3", "Nature of Equipment", 3),
        ("02345", 12, "1", "CMS Policy", 4),
    ]


def test_the_medicaid_table_is_tab_text_without_an_indicator() -> None:
    header = b"HCPCS/CPT Code\tOutpatient Hospital Services MUE Values\tMUE Rationale\r\n"
    text = b"CPT copyright 2025\r\n" + header + b"A4216\t5\tCMS Policy\r\n"
    assert parsed(text, setting="outpatient", with_mai=False).rows == [("A4216", 5, "", "CMS Policy", 3)]
    assert "one column each for code, mai" in str(refused(text, setting="outpatient"))


@pytest.mark.parametrize(("setting", "words"), [("outpatient", "Practitioner"), ("dme", "Practitioner")])
def test_a_header_of_another_setting_is_refused(setting: str, words: str) -> None:
    error = refused(NOTICE + HEADER + LINES, setting=setting)
    assert (error.line, error.column) == (4, "MUE Values")
    assert words in str(error)
    assert setting in str(error)


def test_a_header_without_a_setting_is_believed_by_the_name_and_reported() -> None:
    table = parsed(HEADER.replace(b"Practitioner Services ", b"") + LINES, setting="dme")
    assert table.setting is None
    assert [odd.decision for odd in table.oddities] == ["Taken from the file's name: dme."]


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        ("A421,1,1 Line Edit,CMS Policy", "HCPCS/CPT Code", "A421"),
        (",1,1 Line Edit,CMS Policy", "HCPCS/CPT Code", ""),
        ("A4216-7,1,1 Line Edit,CMS Policy", "HCPCS/CPT Code", "A4216-7"),
        ("A4217,90001,1 Line Edit,CMS Policy", "MUE Values", "90001"),
        ("A4217,-1,1 Line Edit,CMS Policy", "MUE Values", "-1"),
        ("A4217,1.5,1 Line Edit,CMS Policy", "MUE Values", "1.5"),
        ("A4217,,1 Line Edit,CMS Policy", "MUE Values", ""),
        ("A4217,\xb2,1 Line Edit,CMS Policy", "MUE Values", "\xb2"),
        ("A4217,1,4 Something New,CMS Policy", "MUE Adjudication Indicator", "4 Something New"),
        ("A4217,1,,CMS Policy", "MUE Adjudication Indicator", ""),
        ("A4217,1,11 Line Edit,CMS Policy", "MUE Adjudication Indicator", "11 Line Edit"),
        ("A4216,31,3 Date of Service Edit: Clinical,Clinical: Data", "code", "A4216: 31, 3, Clinical: Data"),
    ],
)
def test_a_row_that_cannot_be_right_is_named_with_line_column_and_value(row: str, column: str, text: str) -> None:
    error = refused(NOTICE + HEADER + LINES + row.encode("latin-1") + b"\r\n")
    assert (error.line, error.column, error.text) == (FIRST_LINE + 3, column, text)
    assert "MUE.csv, line 9" in str(error)


def test_all_bad_rows_are_named_in_one_message() -> None:
    bad = b"".join(b"A%03d,1,1 Line Edit,CMS Policy\r\n" % n for n in range(14))
    message = str(refused(HEADER + LINES + bad))
    assert "14 values cannot be read" in message
    assert all(f"line {line}, HCPCS/CPT Code" in message for line in range(7, 15))
    assert "and 4 more" in message


def test_a_value_may_have_a_comma_at_the_thousands() -> None:
    data = HEADER + b'A4216,"1,000",1 Line Edit,CMS Policy\r\nA4217,"90,000",1 Line Edit,CMS Policy\r\n'
    assert [row.value for row in parsed(data).rows] == [1000, 90_000]
    for text in (b"1,00", b"10,0000", b",100"):
        assert refused(HEADER + b'A4216,"' + text + b'",1 Line Edit,CMS Policy\r\n').text == text.decode()


def test_a_tab_in_the_notice_does_not_make_a_csv_tab_text() -> None:
    notice = b'"CPT codes\tare\tcopyright\tAMA",,,\r\n'
    assert [row.code for row in parsed(notice + HEADER + LINES).rows] == ["A4216", "J1885", "E0100"]


def test_the_largest_value_is_a_value() -> None:
    assert parsed(HEADER + b"A4216,90000,1 Line Edit,CMS Policy\r\n").rows[0].value == 90_000


def test_a_row_that_is_there_twice_with_the_same_values_is_read_once_and_counted() -> None:
    table = parsed(NOTICE + HEADER + LINES + LINES)
    assert len(table.rows) == 3
    assert [(odd.line, odd.what) for odd in table.oddities] == [(9, "3 rows repeat a code with the same values.")]


def test_an_indicator_in_other_words_counts_by_its_digit_and_is_reported() -> None:
    table = parsed(HEADER + b"A4216,1,2 Date of Service Edit - by Policy,CMS Policy\r\n")
    assert table.rows[0].mai == "2"
    assert [odd.text for odd in table.oddities] == ["2 Date of Service Edit - by Policy"]


@pytest.mark.parametrize("missing", ["MUE Rationale", "MUE Adjudication Indicator", "Practitioner Services MUE Values"])
def test_a_missing_column_is_refused(missing: str) -> None:
    header = HEADER.replace(f',"{missing}"'.encode(), b"")
    error = refused(NOTICE + header + LINES)
    assert error.line == 4
    assert "one column each for code, mai, rationale, value" in str(error)


def test_a_column_that_nobody_knows_is_refused() -> None:
    error = refused(HEADER.replace(b'"MUE Rationale"', b'"MUE Rationale","Modifier"') + LINES)
    assert (error.line, error.column, error.text) == (1, 5, "Modifier")


def test_cells_beyond_the_header_are_refused() -> None:
    error = refused(HEADER + LINES + b"A4217,1,1 Line Edit,CMS Policy,stray\r\n")
    assert (error.line, error.text) == (6, "stray")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!DOCTYPE html><html><body>License for use of CPT</body></html>",
        b"\r\n<html><title>Access denied</title></html>",
        b"%PDF-1.7",
        NOTICE,
        NOTICE + HEADER,
        b"PK\x03\x04 no zip",
    ],
)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    assert "MUE.csv" in str(refused(data))


def test_quotes_that_are_not_doubled_in_the_notice_do_no_harm() -> None:
    table = parsed(b'"A "strange" notice, with a comma",,,\r\n' + HEADER + LINES)
    assert [row.code for row in table.rows] == ["A4216", "J1885", "E0100"]
    assert [odd.what for odd in table.oddities] == ["A quote within a quoted cell is not doubled."]


def test_a_quote_that_is_never_closed_does_not_swallow_rows() -> None:
    data = NOTICE + HEADER + LINES + b'A4217,1,1 Line Edit,"CMS Policy\r\n' + LINES.replace(b"A4216", b"A4299")
    assert refused(data).line == 9
