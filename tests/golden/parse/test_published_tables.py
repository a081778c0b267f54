"""Conversion tables and POA-exempt lists as published."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from codeset_pipeline.labels import effective_date
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.conversion_table import parse_conversion_table
from codeset_pipeline.parse.order_file import parse_order_file
from codeset_pipeline.parse.poa_exempt import parse_poa_exempt
from tests.golden.parse.published import CM, ORDER, published

pytestmark = pytest.mark.genuine

CONVERSION = {
    "FY2017": "icd10cm/FY2017/ICD-10-CM_ConversionTable-FY17.xlsx",
    "FY2018": "icd10cm/FY2018/ICD-10-CM-Conversion-Table-FY18-Effective-10-1-2017.xlsx",
    "FY2021-jan": "icd10cm/FY2021-jan/ICD-10-CM-Conversion-Table-FY2021-Jan-2021.xlsx",
    "FY2024": "icd10cm/FY2024/ICD-10-CM-Conversion-Table-FY2024-Effective-10-01-2023-Final (updated 9-21-2023).xlsx",
    "FY2025": "icd10cm/FY2025/icd-10-cm-conversion-table-FY2025.xlsx",
    "FY2026": "icd10cm/FY2026/ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx",
}

# Additions of billable codes that the addenda of these releases count.
ADDED = {"FY2018": 360, "FY2024": 395, "FY2025": 252, "FY2026": 487}


@pytest.mark.parametrize("release", CONVERSION)
def test_every_row_is_understood_and_names_a_billable_code_of_the_release(release: str) -> None:
    table = parse_conversion_table(published(CONVERSION[release]), release)
    billable = {row.code for row in parse_order_file(published(CM[release], ORDER), release).rows if row.billable}
    newest = effective_date(release)
    assert max(row.effective_from for row in table.rows) <= newest
    unknown = {row.current for row in table.rows if row.effective_from == newest} - billable
    # Every table since has the misprint E11.3X11 for E11.37X1, between E11.3599 and E11.37X2.
    assert unknown == ({"E113X11"} if release == "FY2017" else set())
    assert all((row.form == "none") == (row.previous_text.strip() in ("", "None")) for row in table.rows)
    assert table.preamble.startswith("The National Center for Health Statistics")


@pytest.mark.parametrize("release", ADDED)
def test_the_newest_rows_are_the_years_additions(release: str) -> None:
    table = parse_conversion_table(published(CONVERSION[release]), release)
    newest = [row for row in table.rows if row.effective_from == effective_date(release)]
    assert len(newest) == ADDED[release]


def test_mid_year_additions_carry_their_own_dates() -> None:
    table = parse_conversion_table(published(CONVERSION["FY2026"]), "FY2026")
    days = Counter(row.effective_from for row in table.rows if row.effective_from.month != 10)
    # U07.0 and U07.1; J12.82 and five others; three in April 2022; 42 in April 2023.
    assert days == {date(2020, 4, 1): 2, date(2021, 1, 1): 6, date(2022, 4, 1): 3, date(2023, 4, 1): 42}
    assert {row.current for row in table.rows if row.effective_from == date(2020, 4, 1)} == {"U070", "U071"}


def test_the_oddities_of_fy2026_are_eight_repeated_rows_three_missing_dots_and_blanks() -> None:
    oddities = parse_conversion_table(published(CONVERSION["FY2026"]), "FY2026").oddities
    assert [oddity.text for oddity in oddities if "not written" in oddity.what] == ["W453XXA", "W453XXD", "W453XXS"]
    repeated = [oddity.what.split()[0] for oddity in oddities if "rows, alike" in oddity.what]
    assert repeated == ["O4420", "O4421", "O4422", "O4423", "O4430", "O4431", "O4432", "O4433"]
    assert len(oddities) == 12


# List, rows in FY2025 and FY2026, as the ReadMe in each zip counts them (revisions are listed twice).
POA = [("exempt", "", 38154, 38349), ("add", "Add", 49, 209), ("delete", "Delete", 5, 14), ("revise", "Revise", 4, 50)]


@pytest.mark.parametrize(("action", "word", "fy2025", "fy2026"), POA)
def test_poa_lists_hold_what_the_readme_counts_in_both_formats(
    action: str, word: str, fy2025: int, fy2026: int
) -> None:
    for release, count in (("FY2025", fy2025), ("FY2026", fy2026)):
        path = f"icd10cm/{release}/POAexemptCodesFY{release[-2:]}.zip"
        oddities: list[Oddity] = []
        text, book = (
            parse_poa_exempt(
                published(path, f"POAexempt{word}CodesFY??.{kind}"), release, action=action, oddities=oddities
            )
            for kind in ("txt", "xlsx")
        )
        assert text == book
        assert len(text) == count
        assert oddities == []


def test_order_numbers_of_the_poa_list_are_those_of_the_order_file() -> None:
    order = {row.code: row for row in parse_order_file(published(CM["FY2026"], ORDER), "FY2026").rows}
    rows = parse_poa_exempt(
        published("icd10cm/FY2026/POAexemptCodesFY26.zip", "POAexemptCodesFY26.txt"), "FY2026", action="exempt"
    )
    assert {(row.code, row.order_number) for row in rows} == {(row.code, order[row.code].order_number) for row in rows}
    assert all(order[row.code].billable for row in rows)
