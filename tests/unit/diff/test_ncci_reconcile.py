"""PTP changes held against the publisher's lists of additions, deletions and indicator changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from codeset_pipeline.diff.changes import find_changes
from codeset_pipeline.diff.proof import prove, totals_as_published
from codeset_pipeline.model import PublishedTotals, Reconciliation
from codeset_pipeline.snapshots.store import Snapshot
from tests.ncci_snapshots import made_snapshot
from tests.unit.diff.ncci_ptp_oracle import Row
from tests.unit.diff.test_ncci_ptp import CODE_SET, LAST_DAY, Q2, Q3, Q4, edit

ROLES = ("ptp_text_1", "ptp_additions_text", "ptp_deletions_text", "ptp_indicator_changes_text")
SWITCHED = [edit(until=LAST_DAY), edit(since=Q3, indicator="0")]


def releases(
    folder: Path, old: list[Row], new: list[Row], listed: list[tuple[str, str, str]], roles: tuple[str, ...] = ROLES,
    days: tuple[date, date] = (Q2, Q3),
) -> tuple[Snapshot, Snapshot]:  # fmt: skip
    """Two releases, the newer one with the list: (list, pair, indicator)."""
    rows = [(name, *pair.split("/"), number, indicator, "") for number, (name, pair, indicator) in enumerate(listed)]
    return (
        made_snapshot(folder, CODE_SET, days[0], {"ncci_ptp_edits": old}),
        made_snapshot(folder, CODE_SET, days[1], {"ncci_ptp_edits": new, "ncci_ptp_listed_changes": rows}, roles, 1),
    )


def proven(pair: tuple[Snapshot, Snapshot]) -> Reconciliation:
    return prove(*pair, pair)


def totals(pair: tuple[Snapshot, Snapshot]) -> PublishedTotals:
    return totals_as_published(CODE_SET, find_changes(*pair), proven(pair))


def test_lists_that_say_the_same_leave_nothing_over(tmp_path: Path) -> None:
    new = [edit(until=LAST_DAY), edit("A4216/J1885", since=Q3), edit("A4216/J9999", indicator="0")]
    listed = [
        ("additions", "A4216/J1885", "1"),
        ("deletions", "A4216/J7050", "1"),
        ("indicator_changes", "A4216/J9999", "1 to 0"),
    ]
    pair = releases(tmp_path, [edit(), edit("A4216/J9999")], new, listed)
    found = proven(pair)
    assert (found.covered, found.matched, found.explained, found.unexplained) == (True, 3, (), ())
    assert found.publisher_totals == {"codes": {"added": 1, "deleted": 1, "revised": 1}}
    assert totals(pair) == PublishedTotals(1, 1, 1)


def test_a_change_that_no_list_has_is_unexplained(tmp_path: Path) -> None:
    found = proven(releases(tmp_path, [edit()], [edit(until=LAST_DAY)], []))
    assert [(item.code, item.kind, item.side) for item in found.unexplained] == [
        ("A4216/J7050", "edit_deleted", "ours")
    ]


def test_a_listed_pair_that_did_not_change_is_unexplained(tmp_path: Path) -> None:
    found = proven(releases(tmp_path, [edit()], [edit()], [("additions", "A4216/J7050", "1")]))
    assert [(item.kind, item.side) for item in found.unexplained] == [("unchanged", "publisher")]


def test_another_indicator_on_the_list_is_unexplained(tmp_path: Path) -> None:
    found = proven(releases(tmp_path, [], [edit(since=Q3)], [("additions", "A4216/J7050", "0")]))
    assert [(item.kind, item.side, item.old, item.new) for item in found.unexplained] == [
        ("edit_added", "both", "0", "1")
    ]


def test_an_indicator_change_may_be_listed_in_its_place_alone(tmp_path: Path) -> None:
    pair = releases(tmp_path, [edit()], SWITCHED, [("indicator_changes", "A4216/J7050", "0")])
    found = proven(pair)
    assert found.unexplained == ()
    assert [(item.kind, item.rule) for item in found.explained] == [
        ("edit_added", "ncci_listed_as_indicator_change"),
        ("edit_deleted", "ncci_listed_as_indicator_change"),
    ]
    assert totals(pair) == PublishedTotals(0, 0, 1)


def test_an_indicator_change_may_be_listed_as_deletion_and_addition(tmp_path: Path) -> None:
    listed = [("additions", "A4216/J7050", "0"), ("deletions", "A4216/J7050", "1")]
    pair = releases(tmp_path, [edit()], SWITCHED, listed)
    found = proven(pair)
    assert (found.matched, found.unexplained) == (2, ())
    assert [item.rule for item in found.explained] == ["ncci_listed_as_deletion_and_addition"]
    assert totals(pair) == PublishedTotals(1, 1, 0)


def test_what_no_list_speaks_of_has_its_cause(tmp_path: Path) -> None:
    old = [edit(), edit("A4216/J1885", until=date(2021, 1, 1)), edit("A4216/J1886", until=date(2021, 1, 1))]
    new = [edit(rationale="Sequential procedure"), edit("A4216/J1886")]
    found = proven(releases(tmp_path, old, new, []))
    assert [(item.kind, item.rule) for item in found.explained] == [
        ("aged_out", "ncci_row_left_file"),
        ("reactivated", "ncci_no_list_for_it"),
        ("rationale_changed", "ncci_no_list_for_it"),
    ]
    assert found.unexplained == ()


def test_a_row_in_force_that_is_gone_needs_a_person(tmp_path: Path) -> None:
    found = proven(releases(tmp_path, [edit()], [], []))
    assert [item.kind for item in found.unexplained] == ["withdrawn"]


def test_without_all_three_lists_nothing_is_proven(tmp_path: Path) -> None:
    found = proven(releases(tmp_path, [edit()], [edit()], [], ROLES[:3]))
    assert (found.covered, found.note) == (False, "The publisher's list of indicator changes is not loaded.")
    none = proven(releases(tmp_path / "none", [edit()], [edit()], [], ROLES[:1]))
    assert not none.covered
    assert "zip of additions, deletions and revisions" in none.note


def test_lists_of_a_quarter_prove_nothing_over_two(tmp_path: Path) -> None:
    found = proven(releases(tmp_path, [edit()], [edit()], [], days=(Q2, Q4)))
    assert not found.covered
    assert "neighbouring quarters" in found.note
