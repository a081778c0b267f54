"""`check_codes` against the slow way: read every table that was published by then, and look at each pair of codes."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest
from sqlalchemy import Connection

from codeset_pipeline.demo.ncci_layouts import AddOnEdit, MueValue, PtpEdit
from codeset_pipeline.errors import HistoryError, UsageError
from codeset_pipeline.ncci_check.check import check_codes
from tests.unit.ncci_check.conftest import CODES, DAYS, POSTED, QUARTERS, World

# A day before anything was posted, the days of posting and those before them, and no such day at all.
PUBLISHED = [None, date(2025, 11, 30), date(2025, 12, 1), date(2026, 3, 1), date(2026, 7, 8), date(2026, 7, 9)]


def _said(published: date | None) -> list[date]:
    return [quarter for quarter in QUARTERS if published is None or POSTED[quarter] <= published]


def _edits(world: World, on: date, published: date | None) -> list[tuple[object, ...]]:
    found = []
    for one, two in permutations(CODES, 2):
        for edit in _last_stated(world, published).values():
            never = edit.modifier_indicator == "9" and edit.deleted_on == edit.effective_from
            held = edit.effective_from <= on and (edit.deleted_on is None or on <= edit.deleted_on)
            if (edit.column_1, edit.column_2) == (one, two) and held and not never:
                until = edit.deleted_on.isoformat() if edit.deleted_on else None
                found.append(
                    (one, two, edit.effective_from.isoformat(), until, edit.modifier_indicator, edit.rationale)
                )
    return sorted(found, key=str)


def _last_stated(world: World, published: date | None) -> dict[tuple[object, ...], PtpEdit]:
    """Every edit as the last file that has it states it: absence is no deletion."""
    return {(e.column_1, e.column_2, e.effective_from): e for quarter in _said(published) for e in world.ptp[quarter]}


def _mue(world: World, on: date, published: date | None) -> dict[str, MueValue]:
    tables = [quarter for quarter in _said(published) if quarter <= on]
    return {value.code: value for value in world.mue[tables[-1]]} if tables else {}


def _add_ons(world: World, on: date, published: date | None) -> dict[str, tuple[str, set[str]]]:
    """Add-on code → status, and its primaries among the codes."""
    rows: list[AddOnEdit] = world.add_on[_said(published)[-1]] if _said(published) else []
    found = {}
    for code in CODES:
        own = []
        for row in rows:
            ends = [day for day in (row.add_on_deleted_on, row.primary_deleted_on, row.deleted_on) if day]
            if row.add_on_code == code and row.effective_from <= on and all(on <= day for day in ends):
                own.append(row)
        if own:
            beside = {row.primary_code for row in own} & set(CODES)
            loose = any(row.edit_type != "1" for row in own)
            status = "primary_present" if beside else "cannot_be_proven" if loose else "primary_missing"
            found[code] = (status, beside)
    return found


@pytest.mark.parametrize("published", PUBLISHED, ids=str)
def test_every_finding_on_every_day_is_what_the_tables_say(
    world: World, connection: Connection, published: date | None
) -> None:
    some = 0
    for on in DAYS:
        found = check_codes(connection, CODES, on, setting="practitioner", published=published)
        edits = [
            (e.column_1, e.column_2, e.effective_from, e.effective_to, e.modifier_indicator, e.rationale)
            for e in found.edits
        ]
        assert sorted(edits, key=str) == _edits(world, on, published)
        values = {m.code: MueValue(m.code, m.mue_value, m.mai, m.rationale) for m in found.mue}
        assert values == _mue(world, on, published)
        add_ons = {a.add_on_code: (a.status, set(a.primaries_present)) for a in found.add_on}
        assert add_ons == _add_ons(world, on, published)
        some += len(edits) + len(values) + len(add_ons)
    assert some > 100 or published == date(2025, 11, 30)


def test_retroactive_is_what_was_first_said_for_a_later_quarter(world: World, connection: Connection) -> None:
    told = set()
    for on in DAYS:
        for edit in check_codes(connection, CODES, on, setting="practitioner").edits:
            key = (edit.column_1, edit.column_2, date.fromisoformat(edit.effective_from))
            first = next(q for q in QUARTERS if key in {(e[0], e[1], e.effective_from) for e in world.ptp[q]})
            wanted = key[2] < first if key[2] >= first or first != QUARTERS[0] else None
            assert edit.retroactive is wanted
            told.add(edit.retroactive)
    assert told == {True, False, None}


def test_an_edit_that_left_the_file_stays_and_says_so(world: World, connection: Connection) -> None:
    def keys(quarter: date) -> set[tuple[object, ...]]:
        return {(e.column_1, e.column_2, e.effective_from) for e in world.ptp[quarter]}

    gone = dict.fromkeys(keys(QUARTERS[0]) - keys(QUARTERS[1]) - keys(QUARTERS[2]), QUARTERS[1])
    gone |= dict.fromkeys(keys(QUARTERS[1]) - keys(QUARTERS[2]), QUARTERS[2])
    assert len(gone) == 2
    edits = check_codes(connection, CODES, DAYS[-1], setting="practitioner").edits
    missing = {
        (e.column_1, e.column_2, date.fromisoformat(e.effective_from)): date.fromisoformat(e.missing_from)
        for e in edits
        if e.missing_from
    }
    assert missing == gone


def test_units_are_held_against_the_value(world: World, connection: Connection) -> None:
    code, value = max(((v.code, v.value) for v in world.mue[QUARTERS[2]]), key=lambda item: item[1])
    for units, exceeded in ((value, False), (value + 1, True)):
        found = check_codes(connection, [], QUARTERS[2], setting="practitioner", units={code.lower(): units})
        assert [(m.code, m.mue_value, m.units, m.exceeded) for m in found.mue] == [(code, value, units, exceeded)]


def test_a_code_that_no_table_has_is_unknown(world: World, connection: Connection) -> None:
    listed = {code for rows in world.ptp.values() for edit in rows for code in edit[:2]}
    listed |= {value.code for rows in world.mue.values() for value in rows}
    listed |= {code for rows in world.add_on.values() for row in rows for code in (row.add_on_code, row.primary_code)}
    found = check_codes(connection, [*CODES, "Z9999"], QUARTERS[2], setting="practitioner")
    assert found.unknown == tuple(code for code in [*CODES, "Z9999"] if code not in listed)
    assert "A0014" in found.unknown


def test_a_code_of_column_2_alone_is_known(world: World, connection: Connection) -> None:
    """On a day before any table, nothing is found among two codes, and both are known all the same."""
    found = check_codes(connection, CODES[:12], date(2000, 1, 1), setting="practitioner")
    assert (found.edits, found.mue, found.unknown) == ((), (), ())


def test_before_the_oldest_table_it_says_what_cannot_be_known(world: World, connection: Connection) -> None:
    found = check_codes(connection, CODES, date(2025, 12, 31), setting="practitioner")
    notes = {item.code_set: (item.known, item.note) for item in found.coverage}
    assert not notes["ncci-mue-practitioner"][0]
    assert "cannot be known" in str(notes["ncci-mue-practitioner"][1])
    assert notes["ncci-ptp-practitioner"][0]
    assert "as later files state it" in str(notes["ncci-ptp-practitioner"][1])


def test_after_the_newest_quarter_it_says_that_a_later_release_may_differ(connection: Connection) -> None:
    found = check_codes(connection, CODES, date(2026, 10, 1), setting="practitioner")
    assert all("loaded up to 2026Q3" in str(item.note) for item in found.coverage)


@pytest.mark.parametrize(
    ("word", "settings"),
    [
        ("ncci", ("practitioner",)),
        ("NCCI-PTP-Practitioner", ("practitioner",)),
        ("ncci-practitioner", ("practitioner",)),
        ("ncci-aoc", ("add-on codes",)),
    ],
)
def test_a_word_stands_for_its_setting(connection: Connection, word: str, settings: tuple[str, ...]) -> None:
    assert check_codes(connection, CODES[:2], QUARTERS[0], setting=word).settings == settings


def test_misuse_says_what_to_do(connection: Connection) -> None:
    with pytest.raises(UsageError, match="no NCCI setting"):
        check_codes(connection, CODES[:2], QUARTERS[0], setting="inpatient")
    with pytest.raises(UsageError, match="no code of five characters"):
        check_codes(connection, ["A00"], QUARTERS[0])
    with pytest.raises(HistoryError, match="codeset update ncci-ptp-hospital"):
        check_codes(connection, CODES[:2], QUARTERS[0], setting="hospital")
