"""NOC codes and processing notes."""

from __future__ import annotations

from datetime import date

import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.hcpcs_noc import NocRow, parse_noc_codes
from codeset_pipeline.parse.hcpcs_processing_notes import parse_processing_notes
from tests.unit.parse.hcpcs.anweb_lines import workbook

NOC_HEADER: list[list[object]] = [
    [None, "NOC CODES - HCPCS 2018"],
    ["HCPCS", "LONG DESCRIPTION", "ADD DATE", "TERM DATE"],
]


def test_noc_dates_are_numbers_and_the_termination_is_the_last_valid_day() -> None:
    data = workbook(("A", [*NOC_HEADER, [None], ["A9599", "Radiopharmaceutical", 20140101, 20171231]]))
    parsed = parse_noc_codes(data, "noc.xlsx")
    assert parsed.rows == [NocRow("A9599", "Radiopharmaceutical", date(2014, 1, 1), date(2017, 12, 31), 4)]
    assert parsed.oddities == []


def test_a_noc_description_goes_on_below_in_lower_case() -> None:
    rows: list[list[object]] = [["J1566", "Injection, powder, not", 20060101], ["J1566", "otherwise specified, 500 mg"]]
    parsed = parse_noc_codes(workbook(("A", NOC_HEADER + rows)), "noc.xlsx")
    assert [row.long_description for row in parsed.rows] == ["Injection, powder, not otherwise specified, 500 mg"]
    assert [oddity.line for oddity in parsed.oddities] == [4]


def test_a_noc_code_beside_two_descriptions_keeps_both() -> None:
    rows: list[list[object]] = [
        ["S9445", "Patient education, individual", 20020101],
        ["S9445", "Patient education, group"],
    ]
    parsed = parse_noc_codes(workbook(("A", NOC_HEADER + rows)), "noc.xlsx")
    assert [row.row for row in parsed.rows] == [3, 4]
    assert ["different descriptions" in oddity.what for oddity in parsed.oddities] == [True]


def test_a_noc_date_that_is_none_is_named() -> None:
    parsed = parse_noc_codes(workbook(("A", [*NOC_HEADER, ["A9599", "Radio", 20141301]])), "noc.xlsx")
    assert parsed.rows[0].added_date is None
    assert [(oddity.line, oddity.text) for oddity in parsed.oddities] == [(3, "20141301.0")]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([*NOC_HEADER, ["A959", "Radio"]], "line 3, column HCPCS"),
        ([*NOC_HEADER, ["A9599", None, 20140101]], "LONG DESCRIPTION"),
        ([["HCPCS", "LONG DESCRIPTION", "ADD DATE"], ["A9599", "Radio", 20140101]], "terminated"),
        (NOC_HEADER, "rows below the header"),
    ],
)
def test_a_noc_list_that_cannot_be_read_is_refused(rows: list[list[object]], message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_noc_codes(workbook(("A", rows)), "noc.xlsx")


NOTES = (
    b"     PROCESSING NOTES\r\n ____\n\r\n"
    b"          0002--THESE CODES (82585, 82595) PERTAIN TO         *\r\n"
    b"                THE ANALYSIS.  SEE -52                        *\r\n"
    b"                                                              *\r\n"
    b"\t  0202--MANDATORY^\t   \r\n\t\tFOR ALL.\t\t *\t\r\n\r\n \r\n"
)


def test_lines_of_a_note_are_joined_without_their_frame() -> None:
    parsed = parse_processing_notes(NOTES, "notes.txt")
    assert [(note.number, note.text, note.lines) for note in parsed.notes] == [
        ("0002", "THESE CODES (82585, 82595) PERTAIN TO THE ANALYSIS.  SEE -52", (4, 5)),
        ("0202", "MANDATORY^ FOR ALL.", (7, 8)),
    ]
    assert (parsed.preamble_lines, parsed.oddities) == (3, [])


def test_a_note_that_stands_twice_with_two_texts_is_refused() -> None:
    with pytest.raises(ParseError, match=r"line 2.*note 0001 once"):
        parse_processing_notes(b"0001--ONE *\r\n0001--TWO *\r\n", "notes.txt")


def test_a_file_without_notes_is_refused() -> None:
    with pytest.raises(ParseError, match="a processing note"):
        parse_processing_notes(b"PROCESSING NOTES\r\n", "notes.txt")
