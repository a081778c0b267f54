"""ANWEB workbooks: where the header stands, how cells are written, and that both files give the same rows."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.anweb_excel import parse_anweb_excel
from codeset_pipeline.parse.anweb_text import parse_anweb_text
from codeset_pipeline.parse.hcpcs_compare import compare_anweb, settle_anweb
from tests.unit.parse.hcpcs.anweb_lines import HEADER, excel_row, first, more, text_file, workbook

ROW = excel_row("G0499", "Hepatitis b screening", SHORT_DESCRIPTION="Hepb screen")


def sheet(*rows: list[object], above: int = 0) -> bytes:
    blank: list[list[object]] = [["***Disclaimers"], *([[None]] * above)]
    return workbook(("A", [*blank[: above and above], list(HEADER), *rows]))


@pytest.mark.parametrize("above", [0, 1, 7, 14])
def test_the_header_stands_on_any_of_the_first_fifteen_rows(above: int) -> None:
    parsed = parse_anweb_excel(sheet(ROW, above=above), "a.xlsx")
    assert (parsed.preamble_lines, parsed.rows[0].code, parsed.rows[0].lines) == (above, "G0499", (above + 2,))


def test_numbers_and_dates_in_cells_read_like_the_publishers_text() -> None:
    row = excel_row(
        "A0999",
        "Ambulance",
        RECID=3,
        SEQNUM=10,
        PRICE1=0,
        PROCNOTE=88,
        LABCERT1=10,
        TOS1=9,
        XREF1=99406,
        MCM1=2049.5,
        ANEST_BU="  0",
        ASC_GRP="YY",
        ASC_DT=20190101,
        TERM_DT=datetime(2018, 12, 31),
    )
    (parsed,) = parse_anweb_excel(sheet(row), "a.xlsx").rows
    assert (parsed.pricing_indicators, parsed.processing_note, parsed.lab_certifications) == (("00",), "0088", ("010",))
    assert (parsed.types_of_service, parsed.cross_references, parsed.mcm_references) == (
        ("9",),
        ("99406",),
        ("2049.5",),
    )
    assert (parsed.anesthesia_units, parsed.asc_effective_date, parsed.termination_date) == (
        0,
        date(2019, 1, 1),
        date(2018, 12, 31),
    )


def test_modifiers_may_be_padded_or_not() -> None:
    rows = [excel_row("   A1", "One", record="7"), excel_row("CS", "Covid", record="7")]
    assert [(row.code, row.is_modifier) for row in parse_anweb_excel(sheet(*rows), "a.xlsx").rows] == [
        ("A1", True),
        ("CS", True),
    ]


def test_a_description_that_goes_on_in_the_next_row_is_joined() -> None:
    rows = [excel_row("G0503", "care; other treatment"), excel_row("G0503", "goals and discharge", record="4"), ROW]
    parsed = parse_anweb_excel(sheet(*rows), "a.xlsx")
    assert parsed.rows[0].long_description == "care; other treatment goals and discharge"
    assert parsed.rows[0].lines == (2, 3)
    assert [oddity.decision for oddity in parsed.oddities] == ["Joined to the description above."]


def test_blank_rows_below_the_records_hold_nothing() -> None:
    parsed = parse_anweb_excel(sheet(ROW, *([[" "] * 48] * 200)), "a.xlsx")
    assert (len(parsed.rows), parsed.oddities) == (1, [])


def test_a_reference_that_became_a_date_is_named_and_left_blank() -> None:
    parsed = parse_anweb_excel(sheet(excel_row("A0999", "Ambulance", CIM1=datetime(1970, 1, 1))), "a.xlsx")
    assert parsed.rows[0].cim_references == ()
    assert parsed.damaged == {("A0999", "cim_references")}
    assert "column CIM1" in parsed.oddities[0].what


def renamed(old: str, new: str | None) -> bytes:
    return workbook(("A", [[new if name == old else name for name in HEADER], ROW]))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (renamed("TERM DT", "END DATE"), r"line 1.*missing: TERM DT.*END DATE"),
        (renamed("COV", None), "line 1.*a column COV"),
        (renamed("COV", "STATUTE"), "one column STATUTE"),
        (workbook(("A", [[*HEADER, "RBCS"], [*ROW, "X"]])), "a column of the record layout.*RBCS"),
        (workbook(("A", [list(HEADER), [*ROW, "X"]])), "column without a name"),
        (workbook(("A", [["HCPC", "LONG DESCRIPTION"], ["A0999", "x"]])), "a header row"),
        (workbook(("A", [list(HEADER), ROW]), ("B", [list(HEADER), ROW])), "one sheet only"),
        (sheet(), "rows below the header"),
        (sheet(excel_row("G0503", "rest", record="4")), "the code's own row"),
        (sheet(ROW, excel_row("G0499", "Other")), "each code once"),
        (sheet(excel_row("GO499", "Letter O")), "one letter and four digits"),
        (sheet(excel_row("A1", "One", record="3")), "one letter and four digits"),
    ],
)
def test_a_workbook_that_departs_from_the_layout_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_anweb_excel(data, "a.xlsx")


TEXT = parse_anweb_text(
    text_file(
        first("A0130", "Transport", c277="19820101"),
        first("C9754", "any site, including"),
        more("C9754", "all imaging"),
        first("E0210", "Heat pad", c261="ALP"),
        first("G0001", "Only in the text"),
        first("J1095", "Injection", c285="20201331"),
    ),
    "a.txt",
)
EXCEL = parse_anweb_excel(
    sheet(
        excel_row("A0130", "Transport", ACT_EFF_DT=None),
        excel_row("C9754", "any site, including  all imaging"),
        excel_row("E0210", "Heat pad", TOS1="A", TOS2="L", TOS3="P", TOS4="R"),
        excel_row("J1095", "Injection", TERM_DT="20201231"),
        excel_row("Q5111", "Only in the workbook"),
    ),
    "a.xlsx",
)


def test_every_difference_of_two_files_is_named_with_a_decision() -> None:
    assert [(oddity.file, oddity.line, oddity.text, oddity.decision) for oddity in compare_anweb(TEXT, EXCEL)] == [
        ("a.txt", 1, "text: 1982-01-01; workbook: blank", "The text counts."),
        (
            "a.txt",
            2,
            "text: 'any site, including all imaging'; workbook: 'any site, including  all imaging'",
            "The text counts.",
        ),
        ("a.txt", 4, "text: A, L, P; workbook: A, L, P, R", "The text counts."),
        ("a.txt", 5, "", "Kept."),
        (
            "a.txt",
            6,
            "text: blank; workbook: 2020-12-31",
            "The workbook counts, because the text is damaged here.",
        ),
        ("a.xlsx", 6, "", "Taken from the workbook."),
    ]
    assert "in blanks only" in compare_anweb(TEXT, EXCEL)[1].what


def test_the_text_counts_unless_it_is_damaged_or_lacks_the_code() -> None:
    settled = settle_anweb(TEXT, EXCEL)
    rows = {row.code: row for row in settled.rows}
    assert list(rows) == ["A0130", "C9754", "E0210", "G0001", "J1095", "Q5111"]
    assert rows["A0130"].action_effective_date == date(1982, 1, 1)
    assert rows["E0210"].types_of_service == ("A", "L", "P")
    assert rows["J1095"].termination_date == date(2020, 12, 31)
    assert settled.damaged == frozenset()
    assert len(settled.oddities) == len(TEXT.oddities) + 6


def test_files_that_agree_have_no_differences() -> None:
    text = parse_anweb_text(text_file(first("G0499", "Hepatitis b screening", c92="Hepb screen")), "a.txt")
    assert compare_anweb(text, parse_anweb_excel(sheet(ROW), "a.xlsx")) == []
