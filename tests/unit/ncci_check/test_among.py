"""NCCI rules among the codes of a charge master, read from a snapshot."""

from __future__ import annotations

from datetime import date

from codeset_pipeline import pipeline
from codeset_pipeline.history.ncci_among import add_ons_among, changes_among, edits_among, mue_among
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.store import Snapshot
from tests.unit.ncci_check.conftest import CODES, DAYS, QUARTERS, World


def _chosen(world: World, code_set: str) -> pipeline.LoadedReleases:
    place = Workspace.at(world.home, f"sqlite:///{world.home / 'codeset.sqlite'}")
    return pipeline.choose(place, code_set, "previous", "latest")


def _newest(world: World, code_set: str) -> Snapshot:
    chosen = _chosen(world, code_set)
    return chosen.snapshot(chosen.new)


def test_the_edits_among_some_codes_are_those_with_both_codes_among_them(world: World) -> None:
    snapshot, codes = _newest(world, "ncci-ptp-practitioner"), set(CODES[:9])
    some = 0
    for on in DAYS:
        wanted = [
            (e.column_1, e.column_2, e.effective_from)
            for e in world.ptp[QUARTERS[2]]
            if {e.column_1, e.column_2} <= codes
            and e.effective_from <= on
            and (e.deleted_on is None or on <= e.deleted_on)
            and not (e.modifier_indicator == "9" and e.deleted_on == e.effective_from)
        ]
        found = [(e.column_1, e.column_2, e.effective_from) for e in edits_among(snapshot, codes, on)]
        assert found == wanted
        some += len(found)
    assert some


def test_the_changes_among_some_codes_are_those_with_both_codes_among_them(world: World) -> None:
    place = Workspace.at(world.home, f"sqlite:///{world.home / 'codeset.sqlite'}")
    changes = pipeline.differences_between(place, _chosen(world, "ncci-ptp-practitioner")).changes
    found = changes_among(changes, CODES[:6])
    wanted = [change for change in changes if set(change.code.split("/")) <= set(CODES[:6])]
    assert 0 < len(found) < len(changes)
    assert found == wanted


def test_the_values_of_some_codes(world: World) -> None:
    values = {value.code: (value.value, value.mai) for value in world.mue[QUARTERS[2]]}
    codes = [*CODES[:7], "Z9999"]
    found = mue_among(_newest(world, "ncci-mue-practitioner"), codes)
    assert found == {code: values[code] for code in codes if code in values}


def test_add_on_codes_name_their_primaries_and_which_are_there(world: World) -> None:
    on = date(2026, 7, 1)
    rows = [
        row
        for row in world.add_on[QUARTERS[2]]
        if row.effective_from <= on
        and all(on <= end for end in (row.add_on_deleted_on, row.primary_deleted_on, row.deleted_on) if end)
    ]
    found = {item.add_on_code: item for item in add_ons_among(_newest(world, "ncci-aoc"), CODES[:8], on)}
    assert set(found) == {row.add_on_code for row in rows} & set(CODES[:8])
    assert found
    for code, item in found.items():
        listed = {row.primary_code for row in rows if row.add_on_code == code} - {"CCCCC"}
        assert item.primaries == listed
        assert item.present == listed & set(CODES[:8])
        assert item.contractor_defined == any(row.edit_type != "1" for row in rows if row.add_on_code == code)
