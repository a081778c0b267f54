"""Order files, codes files and addenda as published.

Expected counts are the publisher's: those in the addenda trailers, which were written by another program than ours.
"""

from __future__ import annotations

import pytest

from codeset_pipeline.parse.addenda import parse_codes_addenda, parse_order_addenda
from codeset_pipeline.parse.codes_file import parse_codes_file
from codeset_pipeline.parse.order_file import parse_order_file
from tests.golden.parse.published import CM, CODES, CODES_ADDENDA, ORDER, ORDER_ADDENDA, PCS, published

pytestmark = pytest.mark.genuine

# Headers and codes, as stated in the trailers of the addenda that lead to or from the release.
COUNTS = {
    "FY2017": (22344, 71486),
    "FY2018": (22423, 71704),
    "FY2021-jan": (22737, 72621),
    "FY2024": (23252, 74044),
    "FY2024-apr": (23252, 74044),
    "FY2025": (23324, 74260),
    "FY2025-cdc": (23324, 74260),
    "FY2025-apr": (23324, 74260),
    "FY2026": (23467, 74719),
    "FY2026-cdc": (23467, 74719),
}

# Additions, deletions and revisions of billable codes, as published.
CHANGES = {
    "FY2017": (1974, 311, 425),
    "FY2018": (360, 142, 226),
    "FY2021-jan": (496, 59, 47),
    "FY2024": (395, 25, 22),
    "FY2024-apr": (0, 0, 0),
    "FY2025": (252, 36, 13),
    "FY2025-cdc": (252, 36, 13),
    "FY2025-apr": (0, 0, 0),
    "FY2026": (487, 28, 38),
    "FY2026-cdc": (487, 28, 38),
}


@pytest.mark.parametrize("release", CM)
def test_the_order_file_holds_what_the_publisher_counts_and_the_codes_file_repeats_it(release: str) -> None:
    order = parse_order_file(published(CM[release], ORDER), release)
    billable = [(row.code, row.long_title) for row in order.rows if row.billable]
    assert (len(order.rows) - len(billable), len(billable)) == COUNTS[release]
    assert order.oddities == []
    assert [row.order_number for row in order.rows] == list(range(1, len(order.rows) + 1))
    # The codes file is sorted by code, the order file is not.
    codes = parse_codes_file(published(CM[release], CODES), release)
    assert sorted(codes) == sorted(billable)


@pytest.mark.parametrize("release", CM)
def test_addenda_list_what_their_trailers_count(release: str) -> None:
    addenda = parse_order_addenda(published(CM[release], ORDER_ADDENDA), release, with_flags=True)
    assert addenda.oddities == []
    assert [total.level for total in addenda.totals] == ["headers", "codes"]
    codes = addenda.totals[1]
    assert (codes.additions, codes.deletions, codes.revisions) == CHANGES[release]
    assert (addenda.totals[0].to_count, codes.to_count) == COUNTS[release]
    listed = [row.label for row in addenda.rows if row.billable]
    assert (listed.count("add"), listed.count("delete"), listed.count("revise_to")) == CHANGES[release]


@pytest.mark.parametrize("release", CM)
def test_codes_addenda_repeat_the_order_addenda_except_for_short_titles(release: str) -> None:
    order = parse_order_addenda(published(CM[release], ORDER_ADDENDA), release, with_flags=True)
    codes = parse_codes_addenda(published(CM[release], CODES_ADDENDA), release)
    assert codes.oddities == []
    titles = {(row.code, row.label): row.long_title for row in order.rows if row.billable}
    short_only = {
        code
        for code, label in titles
        if label == "revise_from" and titles[code, "revise_from"] == titles[code, "revise_to"]
    }
    expected = {
        (row.code, row.label, row.long_title)
        for row in order.rows
        if row.billable and not (row.code in short_only and row.label.startswith("revise"))
    }
    assert {(row.code, row.label, row.long_title) for row in codes.rows} == expected


@pytest.mark.parametrize(("release", "headers", "codes"), [("FY2025", 908, 78948), ("FY2026", 914, 79115)])
def test_procedure_files_have_the_same_layout(release: str, headers: int, codes: int) -> None:
    order = parse_order_file(published(PCS[release], "icd10pcs_order_*.txt"), release, code_set="icd10pcs")
    flags = [row.billable for row in order.rows]
    assert (flags.count(False), flags.count(True)) == (headers, codes)
    assert order.oddities == []
    addenda = parse_order_addenda(published(PCS[release], "*order_addenda_*.txt"), release, with_flags=False)
    assert addenda.oddities == []
    assert [total.to_count for total in addenda.totals] == [headers, codes]
