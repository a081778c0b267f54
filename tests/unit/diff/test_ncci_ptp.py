"""PTP edits: what changed between two quarters, and which dates of service that reaches."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from codeset_pipeline.diff.ncci_ptp import changes_of, diff_ncci_ptp
from codeset_pipeline.diff.ncci_ptp_rows import PtpEdit
from codeset_pipeline.model import Change
from tests.ncci_snapshots import made_snapshot
from tests.unit.diff.ncci_ptp_oracle import Row, Told, told

Q2, Q3, Q4 = date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)
LAST_DAY = date(2026, 6, 30)
OLD_DAY = date(2020, 1, 1)
CODE_SET = "ncci-ptp-practitioner"
MISUSE = "Misuse of Column Two code with Column One code"


def edit(pair: str = "A4216/J7050", since: date = OLD_DAY, until: date | None = None, indicator: str = "1",
         rationale: str = MISUSE, prior: bool = False) -> Row:  # fmt: skip
    return (*pair.split("/"), since, until, indicator, prior, rationale)


def changed(tmp_path: Path, old: list[Row], new: list[Row], days: tuple[date, date] = (Q2, Q3)) -> list[Change]:
    snapshots = [
        made_snapshot(tmp_path, CODE_SET, day, {"ncci_ptp_edits": rows}, revision=number)
        for number, (day, rows) in enumerate(zip(days, (old, new), strict=True))
    ]
    return diff_ncci_ptp(*snapshots)


def one(changes: list[Change], kind: str) -> Change:
    found = [change for change in changes if change.kind == kind]
    assert len(found) == 1, changes
    return found[0]


def reached(change: Change) -> tuple[bool, date | None, date | None]:
    assert change.ncci is not None
    return change.ncci.retroactive, change.ncci.reach_from, change.ncci.reach_to


def flags(change: Change) -> tuple[str, ...]:
    assert change.ncci is not None
    return change.ncci.flags


def test_a_new_edit_from_the_quarter_on_carries_its_key(tmp_path: Path) -> None:
    (change,) = changed(tmp_path, [], [edit(since=Q3)])
    assert (change.code, change.kind, change.effective_from) == ("A4216/J7050", "edit_added", Q3)
    assert change.ncci is not None
    assert change.ncci.keys == {"column_1": "A4216", "column_2": "J7050"}
    assert change.ncci.holds_from == Q3
    assert reached(change) == (False, None, None)


def test_a_new_edit_on_a_pair_that_was_listed_before_says_so(tmp_path: Path) -> None:
    changes = changed(tmp_path, [edit(until=date(2021, 1, 1))], [edit(until=date(2021, 1, 1)), edit(since=Q3)])
    assert flags(one(changes, "edit_added")) == ("pair_listed_before",)


def test_a_deletion_on_the_last_day_of_the_quarter_is_not_retroactive(tmp_path: Path) -> None:
    change = one(changed(tmp_path, [edit()], [edit(until=LAST_DAY)]), "edit_deleted")
    assert change.ncci is not None
    assert (change.ncci.last_day, change.ncci.holds_from) == (LAST_DAY, Q3)
    assert reached(change) == (False, None, None)


def test_a_deletion_in_the_past_reaches_the_days_after_it(tmp_path: Path) -> None:
    change = one(changed(tmp_path, [edit()], [edit(until=date(2026, 1, 31))]), "edit_deleted")
    assert reached(change) == (True, date(2026, 2, 1), LAST_DAY)


def test_an_edit_that_begins_in_the_past_reaches_back(tmp_path: Path) -> None:
    change = one(changed(tmp_path, [], [edit(since=date(2026, 1, 1))]), "edit_added")
    assert reached(change) == (True, date(2026, 1, 1), LAST_DAY)


def test_an_edit_that_came_and_ended_in_the_past_reaches_its_own_days(tmp_path: Path) -> None:
    change = one(changed(tmp_path, [], [edit(since=date(2026, 1, 1), until=date(2026, 3, 31))]), "edit_added")
    assert reached(change) == (True, date(2026, 1, 1), date(2026, 3, 31))


def test_an_edit_that_was_never_in_force_reaches_no_day(tmp_path: Path) -> None:
    day = date(2026, 1, 1)
    change = one(changed(tmp_path, [], [edit(since=day, until=day, indicator="9")]), "edit_added")
    assert flags(change) == ("never_in_force",)
    assert reached(change) == (False, None, None)
    assert change.ncci is not None
    assert change.ncci.holds_from is None


def test_an_edit_taken_back_altogether_is_one_deletion(tmp_path: Path) -> None:
    since = date(2025, 1, 1)
    (change,) = changed(tmp_path, [edit(since=since)], [edit(since=since, until=since, indicator="9")])
    assert (change.kind, flags(change)) == ("edit_deleted", ("never_in_force",))
    assert reached(change) == (True, since, LAST_DAY)
    assert set(change.fields) == {"deleted_on", "modifier_indicator"}


def test_an_edit_of_one_day_with_an_indicator_was_in_force(tmp_path: Path) -> None:
    day = date(2026, 1, 1)
    change = one(changed(tmp_path, [], [edit(since=day, until=day, indicator="0")]), "edit_added")
    assert reached(change) == (True, day, day)


def test_one_edit_ends_and_the_next_begins_with_another_indicator(tmp_path: Path) -> None:
    changes = changed(tmp_path, [edit()], [edit(until=LAST_DAY), edit(since=Q3, indicator="0")])
    assert [str(change.kind) for change in changes] == ["edit_deleted", "edit_added", "indicator_changed"]
    change = one(changes, "indicator_changed")
    assert (change.fields["modifier_indicator"].old, change.fields["modifier_indicator"].new) == ("1", "0")
    assert change.effective_from == Q3
    assert flags(change) == ("successor",)
    assert reached(change) == (False, None, None)


def test_the_next_edit_with_the_same_indicator_is_no_indicator_change(tmp_path: Path) -> None:
    changes = changed(tmp_path, [edit()], [edit(until=LAST_DAY), edit(since=Q3)])
    assert [str(change.kind) for change in changes] == ["edit_deleted", "edit_added"]


def test_a_gap_between_two_edits_is_no_indicator_change(tmp_path: Path) -> None:
    ended = edit(until=LAST_DAY - timedelta(days=1))
    changes = changed(tmp_path, [edit()], [ended, edit(since=Q3, indicator="0")])
    assert [str(change.kind) for change in changes] == ["edit_deleted", "edit_added"]


def test_an_indicator_changed_in_place_rewrites_every_day_of_the_edit(tmp_path: Path) -> None:
    change = one(changed(tmp_path, [edit()], [edit(indicator="0")]), "indicator_changed")
    assert reached(change) == (True, OLD_DAY, LAST_DAY)
    assert change.effective_from == OLD_DAY


def test_another_rationale_decides_no_claim(tmp_path: Path) -> None:
    change = one(changed(tmp_path, [edit()], [edit(rationale="Sequential procedure")]), "rationale_changed")
    assert reached(change) == (False, None, None)


def test_a_deletion_date_taken_out_puts_the_edit_back_in_force(tmp_path: Path) -> None:
    change = one(changed(tmp_path, [edit(until=date(2025, 12, 31))], [edit()]), "reactivated")
    assert reached(change) == (True, date(2026, 1, 1), LAST_DAY)


def test_a_deletion_date_moved_touches_the_days_between(tmp_path: Path) -> None:
    later = date(2026, 1, 31)
    change = one(changed(tmp_path, [edit(until=date(2025, 12, 31))], [edit(until=later)]), "revised")
    assert reached(change) == (True, date(2026, 1, 1), later)
    back = one(changed(tmp_path, [edit(until=later)], [edit(until=date(2025, 12, 31))]), "revised")
    assert reached(back) == (True, date(2026, 1, 1), later)


def test_rows_that_left_the_file_had_ended_or_are_an_anomaly(tmp_path: Path) -> None:
    old = [edit(), edit("A4216/J1885", until=date(2025, 1, 1)), edit("A4216/J1886", until=Q3)]
    changes = changed(tmp_path, old, [])
    assert [(change.code, str(change.kind)) for change in changes] == [
        ("A4216/J1885", "aged_out"),
        ("A4216/J1886", "withdrawn"),
        ("A4216/J7050", "withdrawn"),
    ]


def test_columns_that_change_places_point_at_each_other(tmp_path: Path) -> None:
    new = [edit(until=LAST_DAY), edit("J7050/A4216", since=Q3)]
    deleted, added = changed(tmp_path, [edit()], new)
    assert (flags(deleted), flags(added)) == (("column_swap",), ("column_swap",))
    assert deleted.ncci is not None
    assert added.ncci is not None
    assert (deleted.ncci.counterpart, added.ncci.counterpart) == ("J7050/A4216", "A4216/J7050")


def test_between_two_revisions_everything_is_a_correction(tmp_path: Path) -> None:
    old = [edit(), edit("A4216/J1885", since=Q3)]
    new = [edit(until=date(2026, 1, 31)), edit("A4217/J1885", since=date(2026, 1, 1))]
    changes = changed(tmp_path, old, new, (Q3, Q3))
    assert {str(change.kind) for change in changes} == {"corrected"}
    by_code = {change.code: change for change in changes}
    assert set(by_code["A4216/J7050"].fields) == {"deleted_on"}
    assert reached(by_code["A4216/J7050"]) == (True, date(2026, 2, 1), LAST_DAY)
    assert by_code["A4216/J1885"].fields["status"].new is None
    assert reached(by_code["A4217/J1885"]) == (True, date(2026, 1, 1), LAST_DAY)


def test_over_several_quarters_only_what_no_release_between_can_have_published_in_time_is_retroactive(
    tmp_path: Path,
) -> None:
    new = [edit(since=Q3), edit("A4216/J1885", since=date(2026, 6, 1))]
    changes = {change.code: change for change in changed(tmp_path, [], new, (Q2, Q4))}
    assert reached(changes["A4216/J7050"]) == (False, None, None)
    assert reached(changes["A4216/J1885"]) == (True, date(2026, 6, 1), LAST_DAY)


def test_backwards_in_time_nothing_is_retroactive(tmp_path: Path) -> None:
    changes = changed(tmp_path, [edit(until=OLD_DAY), edit("A4216/J1885")], [edit()], (Q3, Q2))
    assert [str(change.kind) for change in changes] == ["withdrawn", "reactivated"]
    assert [reached(change) for change in changes] == [(False, None, None)] * 2


_DAYS = [date(2026, 5, 28) + timedelta(days=number) for number in range(60)]
_SOME = [_DAYS[0], _DAYS[1], _DAYS[2], LAST_DAY - timedelta(days=1), LAST_DAY, Q3, _DAYS[40]]
_EDITS = st.builds(
    lambda pair, since, end, indicator, rationale, prior: edit(
        pair,
        since,
        since if indicator == "9" else end if end is not None and end >= since else None,
        indicator,
        rationale,
        prior,
    ),
    st.sampled_from(["A1/B1", "B1/A1", "A1/C1"]),
    st.sampled_from(_SOME),
    st.sampled_from([None, *_SOME]),
    st.sampled_from("0119"),
    st.sampled_from([MISUSE, "Sequential procedure"]),
    st.booleans(),
)
_RELEASES = st.lists(_EDITS, max_size=9, unique_by=lambda row: tuple(row[:3])).map(
    lambda rows: sorted(rows, key=lambda row: tuple(map(str, row[:3])))
)


def as_told(changes: list[Change]) -> list[Told]:
    found = []
    for change in changes:
        facts = change.ncci
        assert facts is not None
        assert facts.retroactive == (facts.reach_from is not None)
        days = (facts.holds_from, facts.reach_from, facts.reach_to)
        found.append(Told(str(change.kind), *facts.keys.values(), change.effective_from, *days))
    return sorted(found, key=lambda item: (*map(str, item[1:4]), item.kind, str(item)))


@settings(max_examples=150, deadline=None)
@given(_RELEASES, _RELEASES)
def test_every_change_is_what_a_day_by_day_reading_tells(old: list[Row], new: list[Row]) -> None:
    before, after = ({row[:3]: PtpEdit(*row) for row in rows} for rows in (old, new))
    keys = sorted(before.keys() | after.keys(), key=lambda key: tuple(map(str, key)))
    rows = [(before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]
    gained = {key[:2] for key in after.keys() - before.keys()}
    earlier = {pair: [row for key, row in before.items() if key[:2] == pair] for pair in gained}
    earlier = {pair: edits for pair, edits in earlier.items() if edits}
    assert as_told(changes_of(CODE_SET, (Q2, Q3), rows, earlier)) == told(old, new, Q3, _DAYS)


def test_two_releases_of_many_edits_are_joined_as_a_sorted_merge_would(tmp_path: Path) -> None:
    random = Random(4)

    def some(pair: str, since: date) -> Row:
        end = random.choice([None, None, *(day for day in _SOME if day >= since)])
        indicator = random.choice("0119")
        return edit(pair, since, since if indicator == "9" else end, indicator, prior=random.random() < 0.1)

    keys = [(f"A{one:03}/B{other:03}", day) for one in range(20) for other in range(20) for day in _SOME]
    old = {key: some(*key) for key in random.sample(keys, 1500)}
    new = {key: row for key, row in old.items() if random.random() < 0.97}
    new |= {key: some(*key) for key in random.sample(keys, 200)}
    before, after = (sorted(rows.values(), key=lambda row: tuple(map(str, row[:3]))) for rows in (old, new))
    found = as_told(changed(tmp_path, before, after))
    assert len(found) > 150
    assert found == told(before, after, Q3, _DAYS)
