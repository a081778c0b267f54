"""Transaction reports, workbook and printout."""

from __future__ import annotations

import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.hcpcs_transaction_actions import action_codes
from codeset_pipeline.parse.hcpcs_transaction_report import parse_transaction_report
from tests.unit.parse.hcpcs.anweb_lines import workbook

KEY: list[list[object]] = [["Action Codes"], ["A", "Add"], ["C", "Change in Long Description"], ["N", "No Change"]]


@pytest.mark.parametrize(
    ("wording", "letters"),
    [
        ("ADD", ("A",)),
        ("Add", ("A",)),
        ("No Change", ("N",)),
        ("No change", ("N",)),
        ("Discontinued", ("D",)),
        ("Re-activated", ("R",)),
        ("Payment Change", ("P",)),
        ("Change in Payment", ("P",)),
        ("Coverage Change", ("F",)),
        ("Coverage and Long Desc Change", ("B",)),
        ("Change in both Coverage & Long Description", ("B",)),
        ("Long Description Change", ("C",)),
        ("Short Description Change", ("S",)),
        ("Long/Short Description Change", ("C", "S")),
        ("Miscellaneous change (BETOS or Type of Service)", ("T",)),
        ("d", ("D",)),
        ("Moved", None),
        ("", None),
        ("Short Description Chan", None),
    ],
)
def test_wordings_of_all_years_stand_for_the_action_codes(wording: str, letters: tuple[str, ...] | None) -> None:
    assert action_codes(wording) == letters


def test_a_printout_cuts_the_last_word_of_an_action() -> None:
    assert action_codes("Short Description Chan", truncated=True) == ("S",)
    assert action_codes("Short Xyz", truncated=True) is None


def test_the_list_without_repeated_codes_is_taken_and_the_other_checked() -> None:
    header: list[object] = ["HCPC/MOD", "ACTION CD", "SHORT DESCRIPTION", "LONG DESCRIPTION"]
    new: list[object] = ["   CS", "Long/Short Description Change", "Cost share", "Cost-sharing waived"]
    old: list[object] = ["CS", "No Change", "Covid-19", "Cost-sharing"]
    data = workbook(("By action", [["Note"], header, new, old]), ("By code", [header, new]), ("Key", KEY))
    report = parse_transaction_report(data, "trans.xlsx")
    assert [(row.code, row.is_modifier, row.action_codes, row.row) for row in report.rows] == [
        ("CS", True, ("C", "S"), 2)
    ]
    (oddity,) = report.oddities
    assert (oddity.line, oddity.decision) == (4, "Left out.")
    assert oddity.text == "No Change | Covid-19 | Cost-sharing"


def test_a_report_may_lack_descriptions() -> None:
    rows: list[list[object]] = [["HCPCS/Modifier Code", "Type of Change"], [None, None], ["G0008", "No Change"]]
    (row,) = parse_transaction_report(workbook(("A", rows)), "trans.xlsx").rows
    assert (row.code, row.short_description, row.long_description) == ("G0008", None, None)


def test_a_key_that_gives_a_letter_another_meaning_is_reported() -> None:
    rows: list[list[object]] = [["HCPC", "ACTION CD"], ["G0008", "ADD"]]
    key: list[list[object]] = [["Action Codes"], ["P", "Short Description Change"]]
    report = parse_transaction_report(workbook(("A", rows), ("Key", key)), "trans.xlsx")
    assert [oddity.text for oddity in report.oddities] == ["Short Description Change"]


PRINT = (
    " HCPCS/MOD      TYPE OF CHANGE    SHORT DESCRIPTION              LONG DESCRIPTION\r\n"
    "      CO             ADD          Outpatient ot service by ota   Outpatient occupational the\r\n"
    "   J0295    Short Description ChanAmpicillin sulbactam 1.5 gm    Injection, ampicillin sodiu\r\n"
)


def test_a_printout_is_read_by_the_places_of_its_header() -> None:
    report = parse_transaction_report(PRINT.encode(), "trans.prn")
    assert report.truncated
    assert [(row.code, row.action_codes, row.short_description, row.long_description) for row in report.rows] == [
        ("CO", ("A",), "Outpatient ot service by ota", "Outpatient occupational the"),
        ("J0295", ("S",), "Ampicillin sulbactam 1.5 gm", "Injection, ampicillin sodiu"),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (workbook(("A", [["HCPC", "ACTION CD"], ["G0008", "Moved"]])), "line 2, column action.*Moved"),
        (workbook(("A", [["HCPC", "ACTION CD"], ["G008", "ADD"]])), "line 2, column code"),
        (workbook(("A", [["HCPC", "ACTION CD", "PRICE"], ["G0008", "ADD", "1"]])), "PRICE"),
        (workbook(("A", KEY)), "a transaction report"),
        (b"nothing of the kind\r\n", "a printed transaction report"),
    ],
)
def test_a_report_that_cannot_be_read_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_transaction_report(data, "trans")
