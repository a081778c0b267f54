"""Corrections files: free text to field-level values."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.hcpcs_correction_actions import CorrectionKind, read_action
from codeset_pipeline.parse.hcpcs_corrections import Corrections, parse_corrections
from tests.unit.parse.hcpcs.anweb_lines import workbook

HEADER: list[object] = [
    "CODE",
    "ACTION",
    "EFF DATE",
    "SHORT DESC",
    "LONG DESC",
    "TOS ",
    "BETOS",
    "COV",
    "PRICE",
    "XREF CODE",
    "ASC IND",
    "ASC DATE",
    "COMMENTS",
]
DAY = datetime(2019, 1, 1)


def corrections(code: str, action: str, effective: object = DAY, **cells: object) -> Corrections:
    row = [code, action, effective, *(cells.get(str(name).split()[0].lower()) for name in HEADER[3:10])]
    row += [cells.get("asc"), cells.get("asc_date"), cells.get("comments")]
    data = workbook(("Sheet1", [["2019 HCPCS CORRECTIONS"], [None], HEADER, row]), ("Sheet2", []))
    return parse_corrections(data, "V1.xlsx")


def test_an_added_code_takes_its_fields_from_the_row() -> None:
    parsed = corrections(
        "C1890", "ADD CODE", short="No device", long="No device used ", tos="9,F", betos="D1E", cov="D", price=53,
        comments="Statute 1833(t)",
    )  # fmt: skip
    (row,) = parsed.rows
    assert (row.kind, row.row, row.effective_from) == (CorrectionKind.ADD, 4, date(2019, 1, 1))
    assert row.values == {
        "short_description": "No device",
        "long_description": "No device used",
        "types_of_service": ("9", "F"),
        "betos": "D1E",
        "coverage": "D",
        "pricing_indicators": ("53",),
        "statute": "1833(t)",
        "action_code": "A",
        "added_date": date(2019, 1, 1),
        "action_effective_date": date(2019, 1, 1),
    }
    assert parsed.oddities == []


def test_a_date_that_is_none_is_named_and_the_rest_read() -> None:
    parsed = corrections("Q5111", "ADD CODE", "01/0/12019", tos="1,P", asc="YY", asc_date=DAY)
    (row,) = parsed.rows
    assert row.effective_from is None
    assert "added_date" not in row.values
    assert row.values["asc_effective_date"] == date(2019, 1, 1)
    (oddity,) = parsed.oddities
    assert (oddity.file, oddity.line, oddity.text) == ("V1.xlsx", 4, "01/0/12019")


@pytest.mark.parametrize(
    ("action", "cells", "values", "additions"),
    [
        ("Change ASC Ind/ASC eff date", {"asc": "YY"}, {"asc_group": "YY", "asc_effective_date": DAY.date()}, {}),
        (
            "Revise Long & Short Desc",
            {"long": "L", "short": "S"},
            {"long_description": "L", "short_description": "S"},
            {},
        ),
        ("Add Lab Cert code 220", {}, {}, {"lab_certifications": ("220",)}),
        ("Change Cov to C and Price to 39", {}, {"coverage": "C", "pricing_indicators": ("39",)}, {}),
        (
            "Change Cov to C and Price to 39",
            {"cov": "C", "price": "39"},
            {"coverage": "C", "pricing_indicators": ("39",)},
            {},
        ),
        ("Change xref code to J7203", {}, {"cross_references": ("J7203",)}, {}),
        (
            'Remove "YY" ASC Ind and ASC Start date of 01/01/2019',
            {},
            {"asc_group": "", "asc_effective_date": None},
            {},
        ),
        (
            'Change Action code to "F" and add Action Effective date',
            {},
            {"action_code": "F", "action_effective_date": DAY.date()},
            {},
        ),
        (
            'Add "YY" ASC Ind ',
            {"asc": "YY", "asc_date": DAY},
            {"asc_group": "YY", "asc_effective_date": DAY.date()},
            {},
        ),
    ],
)
def test_a_revision_gives_values_in_the_text_or_in_the_row(
    action: str, cells: dict[str, object], values: dict[str, object], additions: dict[str, object]
) -> None:
    parsed = corrections("C9488", action, **cells)
    (row,) = parsed.rows
    assert (row.kind, row.values, row.additions, parsed.oddities) == (CorrectionKind.REVISE, values, additions, [])


def test_a_discontinued_code_ends_on_the_day_before() -> None:
    (row,) = corrections("C9034", "Discontinue ", xref="J1095").rows
    assert row.kind is CorrectionKind.DISCONTINUE
    assert row.values == {
        "cross_references": ("J1095",),
        "action_code": "D",
        "action_effective_date": date(2019, 1, 1),
        "termination_date": date(2018, 12, 31),
    }


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("DELETE", CorrectionKind.DELETE),
        ("Remove, will be assigned at a later date", CorrectionKind.WITHDRAW),
        ("DO NOT ADD - Remove from previous corrections document", CorrectionKind.WITHDRAW),
        ("Removed in error - add back to file", CorrectionKind.RESTORE),
    ],
)
def test_other_actions_concern_the_whole_code(action: str, kind: CorrectionKind) -> None:
    (row,) = corrections("DA", action, None).rows
    assert (row.kind, row.is_modifier, row.values) == (kind, True, {})


def test_a_code_may_revert_to_an_earlier_year() -> None:
    (row,) = corrections("G9637", "Should not have been updated - revert back to 2017 description", None).rows
    assert (row.kind, row.revert_to_year) == (CorrectionKind.REVERT, 2017)


@pytest.mark.parametrize(
    ("action", "cells"),
    [
        ("See transmittal 4000", {}),
        ("Revise Long Desc maybe", {"long": "L"}),
        ("Revise Long Desc", {}),
        ("Change Cov to C", {"cov": "D"}),
        ("Remove xref code J7203", {}),
        ('Remove "YY" ASC Ind', {"asc": "YY"}),
    ],
)
def test_what_is_not_understood_is_left_to_a_person(action: str, cells: dict[str, object]) -> None:
    parsed = corrections("C9488", action, **cells)
    assert parsed.rows[0].kind is CorrectionKind.UNCLEAR
    assert [oddity.line for oddity in parsed.oddities] == [4]


def test_a_value_that_the_action_does_not_mention_is_reported() -> None:
    parsed = corrections("C9488", "Revise Long Desc", long="L", cov="D")
    assert parsed.rows[0].values == {"long_description": "L", "coverage": "D"}
    assert ["coverage" in oddity.what for oddity in parsed.oddities] == [True]


def test_every_word_of_an_action_has_to_be_understood() -> None:
    assert read_action("Change price").changed == {"pricing_indicators": ""}
    assert read_action("Change price of the code").kind is CorrectionKind.UNCLEAR
    assert read_action("Change priceless").kind is CorrectionKind.UNCLEAR


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([HEADER, ["C948", "DELETE"]], "line 2, column CODE"),
        ([HEADER, ["C9488", None, DAY]], "line 2, column ACTION"),
        ([[*HEADER[:-1], "REMARK"], ["C9488", "DELETE"]], "REMARK"),
        ([["x"]], "a corrections workbook"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(rows: list[list[object]], message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_corrections(workbook(("Sheet1", rows)), "V1.xlsx")
