"""Crosswalks of genuine releases."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from codeset_pipeline.crosswalk.build import build_crosswalk, unresolved_previous_codes
from codeset_pipeline.crosswalk.publish import write_crosswalk
from codeset_pipeline.model import Mapping
from tests.golden.crosswalk.genuine import (
    ARCHIVES,
    TABLE,
    billable,
    conversions,
    order_archive,
    release,
    table_says,
)

pytestmark = pytest.mark.genuine

SPOT_CHECK = Path(__file__).resolve().parents[3] / "benchmarks" / "crosswalk_spot_check.py"


@cache
def crosswalk(*labels: str) -> tuple[Mapping, ...]:
    return tuple(build_crosswalk("icd10cm", [release(label) for label in labels], conversions(), []))


def rows_of(mappings: tuple[Mapping, ...], source: str) -> dict[str | None, str]:
    return {row.target: f"{row.relation}, {row.evidence}" for row in mappings if row.source == source}


# Deleted billable codes as the publisher's addenda count them.
@pytest.mark.parametrize(
    ("before", "after", "deleted"), [("FY2017", "FY2018", 142), ("FY2024", "FY2025", 36), ("FY2025", "FY2026", 28)]
)
def test_every_deleted_code_of_a_year_has_a_disposition(before: str, after: str, deleted: int) -> None:
    ended = billable(before) - billable(after)
    mappings = crosswalk(before, after)
    assert len(ended) == deleted
    assert ended <= {row.source for row in mappings}
    assert {row.source for row in mappings} <= billable(before)
    assert {row.target for row in mappings} - {None} <= billable(after)
    assert all((str(row.relation) == "carved_out") == (row.source not in ended) for row in mappings)


@pytest.mark.parametrize(("before", "after"), [("FY2017", "FY2018"), ("FY2024", "FY2025"), ("FY2025", "FY2026")])
def test_a_year_says_what_the_table_spells_out(before: str, after: str) -> None:
    when = release(after).effective_from
    spelled = {
        (source, current)
        for current, effective, sources in table_says()
        if effective == when
        for source in sources & billable(before)
    }
    published = {(row.source, row.target) for row in crosswalk(before, after) if str(row.evidence) == "publisher"}
    assert len(spelled) > 100
    assert spelled <= published


def test_the_codes_that_fy2018_barred_or_dropped_have_no_successor() -> None:
    """Later encounters of head injuries that ended in death, and joints that a thumb does not have."""
    alone = [row.source for row in crosswalk("FY2017", "FY2018") if row.target is None]
    barred = [code for code in alone if code[:3] == "S06" and code[5] in "78" and code[6] in "DS"]
    thumb = [code for code in alone if code[:5] in ("S6313", "S6314")]
    assert (len(barred), len(thumb), len(alone)) == (72, 36, 108)


def test_codes_that_the_table_forgot_are_followed_by_their_children() -> None:
    year = crosswalk("FY2024", "FY2025")
    assert rows_of(year, "C8339") == {
        "C83390": "split_and_merged, hierarchy",
        "C83398": "split_and_merged, hierarchy",
    }
    assert rows_of(year, "C860") == {"C8600": "split, publisher", "C8601": "split_and_merged, hierarchy"}
    # FY2023's rows for V29.811A and V29.818A name V29.80XA, which never existed.
    assert rows_of(crosswalk("FY2021-jan", "FY2024"), "V2981XA") == {
        "V29811A": "split, hierarchy",
        "V29818A": "split, hierarchy",
    }


def test_obesity_of_class_3_came_from_an_ended_and_a_valid_code() -> None:
    mappings = crosswalk("FY2024", "FY2025")
    assert rows_of(mappings, "E668")["E66813"] == "split_and_merged, publisher"
    assert rows_of(mappings, "E6601") == {"E66813": "carved_out, publisher"}


def test_labyrinthine_codes_merged_in_fy2020_may_be_replaced_and_nothing_else_may() -> None:
    safe = [row for row in crosswalk(*ARCHIVES) if row.automatic_forward]
    assert {(row.source, row.target) for row in safe} == {
        ("H8141", "H814"),
        ("H8142", "H814"),
        ("H8143", "H814"),
        ("H8149", "H814"),
    }


def test_nine_years_are_composed_for_every_ended_code() -> None:
    mappings = crosswalk(*ARCHIVES)
    ended = billable("FY2017") - billable("FY2026")
    rows = [row for row in mappings if row.source in ended]
    assert {row.source for row in rows} == ended
    assert all(row.hops for row in mappings)
    assert {row.target for row in rows} - {None} <= billable("FY2026")
    assert all(row.hops[0].source == row.source for row in mappings if len(row.hops) == 1)
    assert all(
        any(hop.source == row.source for hop in row.hops) and any(hop.target == row.target for hop in row.hops)
        for row in mappings
    )
    assert Counter(str(row.relation) for row in rows)["none"] == 108
    assert rows_of(mappings, "K352").keys() == {"K35200", "K35201", "K35209", "K35210", "K35211", "K35219"}


def test_a_code_that_came_and_went_between_loaded_releases_is_seen_to_have_lost_something() -> None:
    rows = [row for row in crosswalk(*ARCHIVES) if row.source == "Q512"]
    assert {row.target for row in rows} == {"Q5121", "Q5122", "Q5128"}
    assert all("without a known successor, in Q5120" in row.note and not row.automatic_forward for row in rows)


def test_previous_codes_that_never_were_are_reported() -> None:
    told = unresolved_previous_codes([release(label) for label in ("FY2025", "FY2026")], conversions(), [])
    assert {oddity.text for oddity in told} == {"H0583", "H4084", "Z773", "Z4089"}


@pytest.mark.parametrize("labels", [tuple(ARCHIVES), ("FY2018", "FY2021-jan"), ("FY2017", "FY2026")], ids="→".join)
def test_the_independent_walk_over_the_table_agrees(labels: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "crosswalk.csv"
    write_crosswalk(path, crosswalk(*labels))
    releases = [f"{release(label).effective_from}={order_archive(label)}" for label in labels]
    done = subprocess.run(
        [sys.executable, str(SPOT_CHECK), str(path), "--table", str(TABLE), *releases],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[:3000]
    assert " 0 disagreements" in done.stdout


def test_the_independent_walk_notices_a_wrong_row_and_a_missing_one(tmp_path: Path) -> None:
    path = tmp_path / "crosswalk.csv"
    good = crosswalk("FY2024", "FY2025")
    write_crosswalk(path, [row for row in good if (row.source, row.target) != ("E668", "E66811")])
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\nE66.01,", "\nE66.09,", 1), encoding="utf-8")
    releases = [f"{release(label).effective_from}={order_archive(label)}" for label in ("FY2024", "FY2025")]
    done = subprocess.run(
        [sys.executable, str(SPOT_CHECK), str(path), "--table", str(TABLE), *releases],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "E668: the table leads to E66811, the crosswalk does not" in done.stdout
    assert "E6601: the table leads to E66813, the crosswalk does not" in done.stdout
    assert "E6609: has rows, but neither ended nor is named in the table" in done.stdout
