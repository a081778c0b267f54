"""ANWEB files as published: row counts, every field against a slow reader, and text against workbook."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date
from functools import cache

import pytest

from codeset_pipeline.parse.anweb_excel import parse_anweb_excel
from codeset_pipeline.parse.anweb_rows import Anweb
from codeset_pipeline.parse.anweb_text import parse_anweb_text
from codeset_pipeline.parse.hcpcs_compare import compare_anweb, settle_anweb
from tests.golden.parse.hcpcs.genuine import EXCEL, TEXT, slow_rows
from tests.golden.parse.published import published

pytestmark = pytest.mark.genuine

COUNTS = {"2018": 6559, "2019": 6800, "2020Q1": 7079, "2020Q2": 7097, "2020Q3": 7158}
MODIFIERS = {"2018": 354, "2019": 360, "2020Q1": 369, "2020Q2": 369, "2020Q3": 369}
"""Record id 7, counted in the files by hand."""

SHIFTED = {"C9488": "20170401", "C9745": "20170701", "C9746": "20170701", "C9747": "20170701", "C9748": "20180101"}


@cache
def text_of(release: str) -> Anweb:
    return parse_anweb_text(published(*TEXT[release]), f"{release}.txt")


@cache
def excel_of(release: str) -> Anweb:
    return parse_anweb_excel(published(*EXCEL[release]), f"{release}.xlsx")


@pytest.mark.parametrize(("release", "preamble"), [("2018", 11), ("2019", 8), ("2020Q1", 9)])
def test_texts_have_the_published_rows_below_their_disclaimers(release: str, preamble: int) -> None:
    parsed = text_of(release)
    assert (len(parsed.rows), parsed.preamble_lines) == (COUNTS[release], preamble)
    assert sum(row.is_modifier for row in parsed.rows) == MODIFIERS[release]


@pytest.mark.parametrize(
    ("release", "above"), [("2018", 10), ("2019", 7), ("2020Q1", 10), ("2020Q2", 10), ("2020Q3", 0)]
)
def test_workbooks_have_the_published_rows_below_their_headers(release: str, above: int) -> None:
    parsed = excel_of(release)
    assert (len(parsed.rows), parsed.preamble_lines) == (COUNTS[release], above)
    assert sum(row.is_modifier for row in parsed.rows) == MODIFIERS[release]
    g0503 = next(row for row in parsed.rows if row.code == "G0503")
    assert g0503.long_description.endswith(
        "and/or other treatment goals and are prepared for discharge from active treatment"
    )
    assert len(g0503.lines) == (1 if release == "2018" else 2)


@pytest.mark.parametrize("release", TEXT)
def test_every_field_is_what_stands_in_its_columns(release: str) -> None:
    expected = slow_rows(release)
    rows = text_of(release).rows
    assert [row.code for row in rows] == list(expected)
    for row in rows:
        found = row._asdict()
        for name, value in expected[row.code].items():
            read = found[name]
            if isinstance(read, date):
                read = read.strftime("%Y%m%d")
            elif isinstance(read, int):
                read = str(read)
            elif read is None and not (row.code in SHIFTED and name == "asc_effective_date" and release == "2018"):
                read = ""
            elif read is None:
                read, value = None, None
            assert read == value, (row.code, name)


def test_the_five_shifted_asc_dates_of_2018_are_the_only_oddities_of_its_text() -> None:
    parsed = text_of("2018")
    assert {(oddity.what[:5], oddity.text) for oddity in parsed.oddities} == set(SHIFTED.items())
    assert len(parsed.oddities) == 5
    shifted = [row for row in parsed.rows if row.code in SHIFTED]
    assert {(row.asc_group, row.asc_effective_date) for row in shifted} == {("20", None)}
    assert {(code, "asc_effective_date") for code in SHIFTED} == parsed.damaged


def test_the_only_oddity_of_2019_is_the_line_of_316_characters() -> None:
    assert [(oddity.line, oddity.what) for oddity in text_of("2019").oddities] == [
        (4461, "1 continuation line of 316 characters.")
    ]
    assert text_of("2020Q1").oddities == []


IN_BLANKS_2018 = (
    "K2 K3 TC A4221 C9738 G0490 G0492 G0501 G0502 G0503 G0504 G8126 G9481 G9482 G9483 G9484 G9485 G9486 G9487 G9488 "
    "G9489 G9490 G9667 G9678 G9703 G9712 G9776 G9909 G9911 G9916 G9943 G9944 J0150 L3760 L5668 S3620"
)
"""The workbook of 2018 has single blanks throughout; the text kept double ones inside its lines."""

IN_BLANKS_2019 = "C9754 G0417 G0418 G0419 G0502 G0503 G9482 G9486 G9488 G9627 G9986"
"""Two blanks in the workbook fell on the end of a line of the text. The same codes in 2020Q1."""

NO_ACTION_DATE_2019 = (
    "A0130 A0180 A0190 A0200 A0210 A4580 A4590 A4635 A4640 C1883 E0500 E0565 G0118 L0810 L0820 L0830 L1080 L1310 L2250 "
    "L2260 L2270 L2280 L2300 L2310 L2335 L2340 L2350 L2360 L2375 L2380 L2385 L2390 L2395 L2520 L2530 L2540 L2550 L5632 "
    "L5636 L5638 L5640 L5642 L5643 L5644 L5647 L5649 L5651 L5652 L5653 L5654 L5655 L5656 L5658 L5670 L5672 L5680 L5682 "
    "L5684 L5686 L5688 L5690 L5692 L5694 L5696 L5697 L5698 L5710 L5712 L5714 L5716 L5718 L5722 L5724 L5726 L5728 L5780 "
    "L5850 L5910 L5940 L5950 L5960 L6615 L6623 L6625 L6628 L6629 L6630 L6632 L6635 L6637 L6641 L6642 L6645 L6650 L6655 "
    "L6660 L6665 L6670 L6672 L6680 L6682 L6684 L6686 L6689 L6690 L6691 V2102 V2109 V2209 V2210 V2219 V2303 V2314 V2502 "
    "V2522"
)
"""The workbook of 2019 has no action effective date; the text of 2020Q1 has lost it too."""


def differing(release: str) -> dict[str, list[str]]:
    """Codes by what differs, taken from the sentences that a person would read."""
    found: dict[str, list[str]] = {}
    for oddity in compare_anweb(text_of(release), excel_of(release)):
        code, what = oddity.what.split(": ", 1)
        kind = what.split(" differs")[0] + (" in blanks" if what.endswith("in blanks only.") else "")
        found.setdefault(kind, []).append(code)
        assert oddity.decision == "The text counts."
    return found


def test_text_and_workbook_of_2018_differ_in_blanks_only() -> None:
    found = differing("2018")
    assert found == {"long description in blanks": IN_BLANKS_2018.split()}


def test_text_and_workbook_of_2019_were_two_states_of_the_data() -> None:
    found = differing("2019")
    assert {kind: len(codes) for kind, codes in found.items()} == {
        "action effective date": 115,
        "long description in blanks": 11,
        "types of service": 2,
    }
    assert found["action effective date"] == NO_ACTION_DATE_2019.split()
    assert found["long description in blanks"] == IN_BLANKS_2019.split()
    assert found["types of service"] == ["E0210", "E0776"]


def test_text_and_workbook_of_2020_differ_in_blanks_only() -> None:
    assert differing("2020Q1") == {"long description in blanks": IN_BLANKS_2019.split()}


@pytest.mark.parametrize("release", TEXT)
def test_settled_rows_are_those_of_the_text_where_it_is_whole(release: str) -> None:
    text, excel = text_of(release), excel_of(release)
    settled = settle_anweb(text, excel)
    assert settled.rows == text.rows
    assert len(settled.oddities) == len(text.oddities) + len(excel.oddities) + len(compare_anweb(text, excel))


@pytest.mark.parametrize(
    ("release", "actions"),
    [
        ("2018", {"N": 6232, "A": 152, "P": 64, "C": 50, "D": 40, "S": 19, "F": 2}),
        ("2020Q3", {"N": 7083, "A": 61, "D": 9, "C": 4, "S": 1}),
    ],
)
def test_action_codes_come_in_the_published_numbers(release: str, actions: dict[str, int]) -> None:
    assert Counter(row.action_code for row in excel_of(release).rows) == actions


def test_a_text_release_is_parsed_within_a_second() -> None:
    data = published(*TEXT["2020Q1"])
    best = min(_seconds(data) for _ in range(3))
    assert best <= 1.0


def _seconds(data: bytes) -> float:
    start = time.perf_counter()
    parse_anweb_text(data, "2020Q1.txt")
    return time.perf_counter() - start
