"""MUE and add-on code changes: hand-made cases, and made quarters against the generator's list of what it changed."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from ncci_made_tables import TableQuarter, add_on_quarters, mue_quarters

from codeset_pipeline.demo.ncci_layouts import AddOnEdit, MueValue
from codeset_pipeline.diff.changes import find_changes
from codeset_pipeline.diff.proof import prove, totals_as_published
from codeset_pipeline.model import Change, PublishedTotals
from codeset_pipeline.snapshots.store import Snapshot
from tests.ncci_snapshots import made_snapshot

Q2, Q3 = date(2026, 4, 1), date(2026, 7, 1)
LAST_DAY, LONG_AGO = date(2026, 6, 30), date(2015, 1, 1)
MUE, ADD_ON = "ncci-mue-practitioner", "ncci-aoc"


def mue(code: str = "A4216", value: int = 2, mai: str = "1", rationale: str = "Clinical: Data") -> MueValue:
    return MueValue(code, value, mai, rationale)


def add_on(
    primary: str = "B1000", since: date = LONG_AGO, *, kind: str = "1", code: str = "A1000", until: date | None = None,
    code_until: date | None = None, primary_until: date | None = None, notes: str = "",
) -> AddOnEdit:  # fmt: skip
    return AddOnEdit(kind, code, code_until, primary, primary_until, since, until, notes)


def snapshots(
    folder: Path, old: list[MueValue] | list[AddOnEdit], new: list[MueValue] | list[AddOnEdit], days: tuple[date, date]
) -> tuple[Snapshot, Snapshot]:
    of_units = any(isinstance(row, MueValue) for row in (*old, *new))
    code_set, table = (MUE, "ncci_mue_values") if of_units else (ADD_ON, "ncci_add_on_edits")
    made = [
        made_snapshot(folder, code_set, day, {table: [tuple(row) for row in rows]}, revision=number)
        for number, (day, rows) in enumerate(zip(days, (old, new), strict=True))
    ]
    return made[0], made[1]


def changed(
    folder: Path,
    old: list[MueValue] | list[AddOnEdit],
    new: list[MueValue] | list[AddOnEdit],
    days: tuple[date, date] = (Q2, Q3),
) -> list[Change]:
    return find_changes(*snapshots(folder, old, new, days))


def told(changes: list[Change]) -> list[tuple[object, ...]]:
    """Kind, primary code, and the dates of service reached."""
    return [
        (str(c.kind), c.ncci.keys.get("primary_code"), c.ncci.reach_from, c.ncci.reach_to) for c in changes if c.ncci
    ]


def test_a_value_and_its_indicator_are_two_changes(tmp_path: Path) -> None:
    changes = changed(tmp_path, [mue()], [mue(value=3, mai="3")])
    assert [(str(c.kind), {n: (f.old, f.new) for n, f in c.fields.items()}) for c in changes] == [
        ("mue_value_changed", {"mue_value": (2, 3)}),
        ("mai_changed", {"mai": ("1", "3")}),
    ]
    assert {c.effective_from for c in changes} == {Q3}


def test_a_code_that_left_the_table_is_deleted_and_one_that_came_is_added(tmp_path: Path) -> None:
    changes = changed(tmp_path, [mue("A4216")], [mue("A4217", value=0)])
    assert [(c.code, str(c.kind)) for c in changes] == [("A4216", "deleted"), ("A4217", "added")]
    assert changes[1].fields["mue_value"].new == 0


def test_mue_revisions_are_corrections(tmp_path: Path) -> None:
    changes = changed(tmp_path, [mue(), mue("A4217")], [mue(value=3, rationale="CMS Policy")], (Q3, Q3))
    assert [(c.code, str(c.kind), sorted(c.fields)) for c in changes] == [
        ("A4216", "corrected", ["mue_value", "rationale"]),
        ("A4217", "corrected", ["mai", "mue_value", "rationale", "status"]),
    ]


def test_a_primary_comes_and_another_goes(tmp_path: Path) -> None:
    changes = changed(tmp_path, [add_on()], [add_on(until=LAST_DAY), add_on("B2000", Q3)])
    assert told(changes) == [("primary_deleted", "B1000", None, None), ("primary_added", "B2000", None, None)]


@pytest.mark.parametrize("which", ["until", "code_until", "primary_until"])
def test_any_of_the_three_deletion_dates_ends_the_edit(tmp_path: Path, which: str) -> None:
    ended = add_on(**{which: date(2026, 1, 31)})  # type: ignore[arg-type]
    changes = changed(tmp_path, [add_on(), add_on("B2000")], [ended, add_on("B2000")])
    assert told(changes) == [("primary_deleted", "B1000", date(2026, 2, 1), LAST_DAY)]


def test_an_add_on_code_that_ends_is_told_beside_its_primaries(tmp_path: Path) -> None:
    old = [add_on(), add_on("B2000")]
    changes = changed(tmp_path, old, [row._replace(add_on_deleted_on=LAST_DAY) for row in old])
    assert [kind for kind, *_ in told(changes)] == ["deleted", "primary_deleted", "primary_deleted"]
    assert changes[0].effective_from == Q3
    assert all(c.ncci and c.ncci.flags == ("with_add_on_code",) for c in changes[1:])


def test_a_new_add_on_code_is_told_with_its_primaries(tmp_path: Path) -> None:
    changes = changed(tmp_path, [], [add_on(since=date(2026, 1, 1)), add_on("B2000", Q3)])
    assert told(changes) == [
        ("added", None, date(2026, 1, 1), LAST_DAY),
        ("primary_added", "B1000", date(2026, 1, 1), LAST_DAY),
        ("primary_added", "B2000", None, None),
    ]


def test_types_and_notes_are_revised_and_only_the_type_touches_claims(tmp_path: Path) -> None:
    changes = changed(tmp_path, [add_on(), add_on("CCCCC")], [add_on(kind="3"), add_on("CCCCC", notes="See manual")])
    assert told(changes) == [("revised", "B1000", LONG_AGO, LAST_DAY), ("revised", "CCCCC", None, None)]
    assert changes[1].ncci is not None
    assert changes[1].ncci.flags == ("contractor_defined",)


def test_rows_that_left_the_table(tmp_path: Path) -> None:
    changes = changed(tmp_path, [add_on(), add_on("B2000", until=LAST_DAY), add_on("B3000")], [add_on("B3000")])
    assert told(changes) == [("withdrawn", "B1000", None, None), ("aged_out", "B2000", None, None)]


def test_an_end_taken_back_or_moved(tmp_path: Path) -> None:
    old = [add_on(until=date(2025, 12, 31)), add_on("B2000", until=date(2025, 12, 31)), add_on("B3000")]
    changes = changed(tmp_path, old, [add_on(), add_on("B2000", until=date(2026, 1, 31)), add_on("B3000")])
    assert told(changes) == [
        ("reactivated", "B1000", date(2026, 1, 1), LAST_DAY),
        ("revised", "B2000", date(2026, 1, 1), date(2026, 1, 31)),
    ]


def test_totals_count_codes_for_mue_and_edits_for_add_on_codes(tmp_path: Path) -> None:
    pairs = [
        snapshots(tmp_path / "mue", [mue(), mue("A4217")], [mue(value=3, mai="3"), mue("A4218")], (Q2, Q3)),
        snapshots(
            tmp_path / "aoc", [add_on()], [add_on(code_until=LAST_DAY), add_on("B2000", Q3, code="A2000")], (Q2, Q3)
        ),
    ]
    totals = [totals_as_published(pair[1].code_set, find_changes(*pair), prove(*pair, pair)) for pair in pairs]
    assert totals == [PublishedTotals(1, 1, 1), PublishedTotals(1, 1, 0)]
    assert not prove(*pairs[0], pairs[0]).covered


def _pair(folder: Path, quarters: list[TableQuarter[MueValue]] | list[TableQuarter[AddOnEdit]]) -> list[Change]:
    return changed(folder, quarters[0].rows, quarters[1].rows, (quarters[0].start, quarters[1].start))


def test_made_mue_tables_change_as_the_generator_lists(tmp_path: Path) -> None:
    counts = {"added": 5, "no_longer_published": 4, "value_changed": 6, "mai_changed": 3, "value_and_mai_changed": 2,
              "rationale_changed": 3}  # fmt: skip
    quarters = list(islice(mue_quarters(400, counts=counts), 2))
    wanted: Counter[tuple[str, str]] = Counter()
    for change in quarters[1].changes:
        row = change.new or change.old
        assert row is not None
        kinds = {
            "added": ["added"], "no_longer_published": ["deleted"],
            "value_and_mai_changed": ["mue_value_changed", "mai_changed"], "value_changed": ["mue_value_changed"],
        }  # fmt: skip
        wanted.update((kind, row.code) for kind in kinds.get(change.kind, [change.kind]))
    assert Counter((str(c.kind), c.code) for c in _pair(tmp_path, quarters)) == wanted


def test_made_add_on_tables_change_as_the_generator_lists(tmp_path: Path) -> None:
    quarters = list(islice(add_on_quarters(600), 2))
    rows = {
        (r.add_on_code, r.primary_code, r.effective_from) for c in quarters[1].changes for r in [c.new or c.old] if r
    }
    found = {
        (c.code, c.ncci.keys["primary_code"], c.effective_from)
        for c in _pair(tmp_path, quarters)
        if c.ncci and "primary_code" in c.ncci.keys
    }
    assert found == rows
    kinds = Counter(str(c.kind) for c in _pair(tmp_path, quarters))
    assert kinds["primary_added"] == sum(change.old is None for change in quarters[1].changes)
