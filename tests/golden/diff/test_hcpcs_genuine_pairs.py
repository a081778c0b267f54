"""Changes between published HCPCS releases against a set comparison, and their reconciliation with the publisher."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from codeset_pipeline.diff.hcpcs_changes import diff_hcpcs
from codeset_pipeline.diff.hcpcs_reconcile import hcpcs_published_totals, reconcile_hcpcs
from codeset_pipeline.diff.hcpcs_rows import ACTION
from codeset_pipeline.model import Change, PublishedTotals
from codeset_pipeline.snapshots.store import Snapshot
from tests.golden.diff.hcpcs_genuine import DAYS, dates_of, snapshot_of
from tests.golden.parse.hcpcs.genuine import CORRECTIONS, slow_rows

pytestmark = pytest.mark.genuine

NEIGHBOURS = [("2018", "2019"), ("2019", "2020Q1"), ("2020Q1", "2020Q2"), ("2020Q2", "2020Q3")]
Releases = Callable[[str], Snapshot]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """A release by name; with ` corrected` after all its corrections, with ` workbook` from that alone."""
    folder: Path = tmp_path_factory.mktemp("hcpcs")
    found: dict[str, Snapshot] = {}

    def release(name: str) -> Snapshot:
        if name not in found:
            year, _, variant = name.partition(" ")
            found[name] = snapshot_of(year, folder, corrected=variant == "corrected", excel_only=variant == "workbook")
        return found[name]

    return release


def of_kind(changes: list[Change], *kinds: str) -> dict[str, Change]:
    return {change.code: change for change in changes if change.kind in kinds}


def day(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()


@pytest.mark.parametrize(
    ("older", "newer", "new_codes", "newly_ended"),
    [(*pair, *counts) for pair, counts in zip(NEIGHBOURS, [(244, 33), (279, 89), (18, 1), (61, 9)], strict=True)],
)
def test_added_and_terminated_codes_are_those_of_a_set_comparison(
    older: str, newer: str, new_codes: int, newly_ended: int, releases: Releases
) -> None:
    before, after = dates_of(older), dates_of(newer)
    changes = diff_hcpcs(releases(older), releases(newer))
    came = {code: day(after[code][0]) for code in after.keys() - before.keys()}
    assert {code: change.effective_from for code, change in of_kind(changes, "added").items()} == came
    ended = {
        code: day(after[code][1]) + timedelta(days=1)
        for code in after.keys() & before.keys()
        if after[code][1] and not before[code][1]
    }
    assert {code: change.effective_from for code, change in of_kind(changes, "deleted").items()} == ended
    gone = before.keys() - after.keys()
    assert of_kind(changes, "aged_out", "withdrawn").keys() == gone
    assert of_kind(changes, "aged_out").keys() == {
        code for code in gone if before[code][1] and day(before[code][1]) < DAYS[newer]
    }
    assert (len(came), len(ended)) == (new_codes, newly_ended)


@pytest.mark.parametrize(("older", "newer"), NEIGHBOURS[:2])
def test_changed_codes_and_fields_are_those_of_a_slow_comparison(older: str, newer: str, releases: Releases) -> None:
    """Column by column over the texts, as strings."""

    def fields(row: dict[str, object]) -> dict[str, object]:
        # The five shifted dates of 2018 are blank for both.
        shifted = row["asc_group"] == "20" and older == "2018"
        kept = {name: value for name, value in row.items() if name not in {"action_code", "action_effective_date"}}
        for name, value in kept.items():
            if isinstance(value, str):
                kept[name] = " ".join(value.split())
        return {**kept, "asc_effective_date": ""} if shifted else kept

    before, after = slow_rows(older), slow_rows(newer)
    expected = {}
    for code in before.keys() & after.keys():
        was, now = fields(before[code]), fields(after[code])
        names = {name for name in now if was[name] != now[name]}
        if names:
            expected[code] = names
    changes = diff_hcpcs(releases(older), releases(newer))
    found = {
        change.code: set(change.fields) - set(ACTION)
        for change in changes
        if change.code in before and change.code in after
    }
    assert found == expected


PUBLISHED = {
    # Letters of the report, counted by hand: added (A), deleted (D), revised (the rest but N).
    "2019": (228, 49, 94 + 47 + 8 + 1 + 1),
    "2020Q1": (250, 99, 70 + 10 + 2),
    "2020Q2": (18, 1, 4),
    "2020Q3": (61, 9, 3 + 1 + 1),
}

RESIDUALS = {
    "2019": {
        "hcpcs_came_and_ended": 16,
        "hcpcs_correction_of_older_release": 18,
        "hcpcs_edited_in_place": 7,
        "hcpcs_action_date_only": 6,
        "hcpcs_left_out": 3,
        "hcpcs_already_in_older_release": 2,
        "hcpcs_revised_after_change": 1,
        "hcpcs_one_action_for_several_changes": 1,
        "hcpcs_report_text_cut": 1,
    },
    "2020Q1": {
        "hcpcs_action_date_only": 116,
        "hcpcs_correction_of_older_release": 19,
        "hcpcs_came_and_ended": 11,
        "hcpcs_edited_in_place": 6,
        "hcpcs_one_action_for_several_changes": 1,
    },
    "2020Q2": {"hcpcs_edited_in_place": 12, "hcpcs_action_date_only": 1},
    "2020Q3": {"hcpcs_one_action_for_several_changes": 1},
}


@pytest.mark.parametrize(("older", "newer"), NEIGHBOURS)
def test_neighbours_reconcile_without_rest(older: str, newer: str, releases: Releases) -> None:
    old, new = releases(older), releases(newer)
    found = reconcile_hcpcs(old, new)
    assert found.covered and found.unexplained == ()
    assert Counter(item.rule for item in found.explained) == RESIDUALS[newer]
    totals = PublishedTotals(*PUBLISHED[newer])
    assert PublishedTotals(**found.publisher_totals["codes"]) == totals
    assert hcpcs_published_totals(diff_hcpcs(old, new), found) == totals


VARIANTS = [*DAYS, *(f"{release} corrected" for release in CORRECTIONS), "2019 workbook"]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (first, second)
        for first, second in combinations(sorted(VARIANTS), 2)
        if DAYS[first.split()[0]] < DAYS[second.split()[0]]
    ],
)
def test_any_two_releases_reconcile_without_rest(older: str, newer: str, releases: Releases) -> None:
    """Also over years, after corrections, and between text and workbook; the newer one's report is the list."""
    old, new = releases(older), releases(newer)
    found = reconcile_hcpcs(old, new)
    assert found.unexplained == ()
    totals = hcpcs_published_totals(diff_hcpcs(old, new), found)
    assert totals == PublishedTotals(**found.publisher_totals["codes"])


def test_two_quality_codes_were_reused_and_three_rows_vanished_in_2019(releases: Releases) -> None:
    changes = diff_hcpcs(releases("2018"), releases("2019"))
    reused = of_kind(changes, "reused")
    assert {code: change.effective_from for code, change in reused.items()} == dict.fromkeys(
        ("G9890", "G9891"), date(2018, 4, 1)
    )
    assert of_kind(changes, "withdrawn").keys() == {"DA", "G9976", "G9977"}
    # The corrections of 2018 deleted the two, so that they are new after them.
    changes = diff_hcpcs(releases("2018 corrected"), releases("2019"))
    assert {change.code: str(change.kind) for change in changes if change.code in reused} == {
        "G9890": "added",
        "G9891": "added",
    }


def test_codes_that_came_and_ended_between_two_years_are_added_and_not_valid(releases: Releases) -> None:
    added = of_kind(diff_hcpcs(releases("2018"), releases("2019")), "added")
    over = {code for code, change in added.items() if not change.billable_after}
    assert " ".join(sorted(over)) == (
        "C9030 C9031 C9032 C9033 C9463 C9464 C9465 C9466 C9467 C9468 C9469 C9750 K0903 Q9993 Q9994 Q9995"
    )
    assert all(added[code].fields["termination_date"].new in {"2018-06-30", "2018-12-31"} for code in over)


def test_the_five_shifted_dates_are_corrected_between_the_revisions_of_2018(releases: Releases) -> None:
    changes = diff_hcpcs(releases("2018"), releases("2018 corrected"))
    assert {str(change.kind) for change in changes} == {"corrected"}
    mended = {
        change.code: (change.fields["asc_group"].new, change.fields["asc_effective_date"].new)
        for change in changes
        if "asc_group" in change.fields
    }
    assert mended == {
        "C9488": ("YY", "2017-04-01"),
        "C9745": ("YY", "2017-07-01"),
        "C9746": ("YY", "2017-07-01"),
        "C9747": ("YY", "2017-07-01"),
        "C9748": ("YY", "2018-01-01"),
    }


@pytest.mark.parametrize("release", ["2018", "2020Q1"])
def test_text_and_workbook_of_one_release_are_one_code_set(release: str, releases: Releases) -> None:
    assert diff_hcpcs(releases(release), releases(f"{release} workbook")) == []


def test_a_drug_code_was_issued_retroactively_and_ended_at_once(releases: Releases) -> None:
    found = of_kind(diff_hcpcs(releases("2020Q2"), releases("2020Q3")), "deleted")["C9058"]
    assert found.effective_from == date(2020, 7, 1)
    assert (found.fields["added_date"].old, found.fields["added_date"].new) == ("2020-04-01", "2019-11-15")
    assert found.fields["action_code"].new == "D"
