"""Kinds, dates and fields of HCPCS changes, by what the rows of two quarters say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.diff.hcpcs_changes import diff_hcpcs
from codeset_pipeline.diff.hcpcs_groups import group_of
from codeset_pipeline.diff.hcpcs_rows import HcpcsRow
from codeset_pipeline.model import Change, FieldChange
from tests.unit.diff.hcpcs_made import Q1, Q2, MadeHcpcs, row

Rows = list[HcpcsRow]
MAR31, MAR15, FEB4, DEC31, JUN30 = (
    date(2031, 3, 31),
    date(2031, 3, 15),
    date(2031, 2, 4),
    date(2030, 12, 31),
    date(2031, 6, 30),
)


@pytest.fixture
def made(tmp_path: Path) -> MadeHcpcs:
    return MadeHcpcs(tmp_path)


def only(changes: list[Change]) -> Change:
    assert len(changes) == 1, changes
    return changes[0]


KINDS = {
    "a new code begins on its added date": (
        [],
        [row(added_date=Q2, action_code="A")],
        ("added", Q2, None, True),
    ),
    "a code issued retroactively begins before both releases": (
        [],
        [row(added_date=date(2030, 2, 4), action_code="A")],
        ("added", date(2030, 2, 4), None, True),
    ),
    "a code announced for a later day is not valid yet": (
        [],
        [row(added_date=date(2031, 10, 1), action_code="A")],
        ("added", date(2031, 10, 1), None, False),
    ),
    "a new code without an added date begins with the release": (
        [],
        [row(added_date=None, action_effective_date=None, action_code="A")],
        ("added", Q2, None, True),
    ),
    "a code that came and ended between the releases is added and not valid": (
        [],
        [row(added_date=FEB4, termination_date=MAR31, action_code="D")],
        ("added", FEB4, None, False),
    ),
    "a code is deleted from the day after its last valid day": (
        [row()],
        [row(termination_date=MAR31, action_effective_date=Q2, action_code="D")],
        ("deleted", Q2, True, False),
    ),
    "an end long past is dated by itself, not by the release": (
        [row()],
        [row(termination_date=date(2029, 6, 30), action_code="N")],
        ("deleted", date(2029, 7, 1), True, False),
    ),
    "a code whose end is announced is deleted, and valid until then": (
        [row()],
        [row(termination_date=JUN30, action_code="D")],
        ("deleted", date(2031, 7, 1), True, True),
    ),
    "a code that the publisher reactivates is valid from the action on": (
        [row(termination_date=date(2029, 12, 31))],
        [row(action_effective_date=Q2, action_code="R")],
        ("reactivated", Q2, False, True),
    ),
    "an end that is taken back makes the code valid from the day after it": (
        [row(termination_date=date(2029, 12, 31))],
        [row()],
        ("reactivated", date(2030, 1, 1), False, True),
    ),
    "a code added again after its end with the same words is reactivated": (
        [row(termination_date=date(2029, 12, 31))],
        [row(added_date=Q2, action_code="A")],
        ("reactivated", Q2, False, True),
    ),
    "a code added again after its end with other words is reused": (
        [row(termination_date=date(2029, 12, 31))],
        [row(added_date=Q2, action_code="A", long_description="Something else")],
        ("reused", Q2, False, True),
    ),
    "a code added anew with other words was never ended and is reused": (
        [row(added_date=Q1)],
        [row(added_date=Q2, action_code="A", long_description="Something else")],
        ("reused", Q2, True, True),
    ),
    "a corrected added date is a revision": (
        [row(added_date=Q1)],
        [row(added_date=date(2030, 11, 15))],
        ("revised", Q2, True, True),
    ),
    "an announced end that is moved is a revision": (
        [row(termination_date=JUN30)],
        [row(termination_date=date(2031, 9, 30))],
        ("revised", Q2, True, True),
    ),
    "an attribute changes on the day of the action": (
        [row(coverage="C")],
        [row(coverage="D", action_effective_date=MAR15, action_code="F")],
        ("revised", MAR15, True, True),
    ),
    "an action may be dated before the older release": (
        [row(coverage="C")],
        [row(coverage="D", action_effective_date=date(2030, 7, 1), action_code="N")],
        ("revised", date(2030, 7, 1), True, True),
    ),
    "an edit without action is dated by the release, not by an action of long ago": (
        [row(betos="Z2")],
        [row(betos="D1E")],
        ("revised", Q2, True, True),
    ),
    "a row that is gone after its end has aged out": (
        [row(termination_date=DEC31)],
        [],
        ("aged_out", Q2, False, None),
    ),
    "a row that is gone without an end is withdrawn": ([row()], [], ("withdrawn", Q2, True, None)),
    "a row that is gone before its announced end is withdrawn": (
        [row(termination_date=JUN30)],
        [],
        ("withdrawn", Q2, True, None),
    ),
}


@pytest.mark.parametrize("fact", KINDS)
def test_kind_day_and_validity(fact: str, made: MadeHcpcs) -> None:
    before, after, expected = KINDS[fact]
    kept = row("Z9999")
    change = only(diff_hcpcs(made(Q1, [kept, *before]), made(Q2, [kept, *after])))
    assert (str(change.kind), change.effective_from, change.billable_before, change.billable_after) == expected
    assert change.code == "A4000"


@pytest.mark.parametrize(("words", "kind"), [("Long description of A4000", "reactivated"), ("Other", "reused")])
def test_a_code_known_to_have_ended_comes_back_when_its_row_does(words: str, kind: str, made: MadeHcpcs) -> None:
    old, new = made(Q1, [row("Z9999")]), made(Q2, [row("Z9999"), row(added_date=Q2, action_code="A")])
    change = only(diff_hcpcs(old, new, {"A4000": words}))
    assert (str(change.kind), change.effective_from) == (kind, Q2)


def test_every_attribute_and_date_that_differs_is_a_field(made: MadeHcpcs) -> None:
    values: dict[str, object] = {
        "long_description": "Long Description of A4000",
        "short_description": "Short, of A4000",
        "pricing_indicators": ("00", "51"),
        "multiple_pricing_indicator": "A",
        "cim_references": ("35-7",),
        "mcm_references": ("2049",),
        "statute": "1833(t)",
        "lab_certifications": ("220",),
        "cross_references": ("A4001", "A4002"),
        "coverage": "D",
        "asc_group": "YY",
        "asc_effective_date": Q2,
        "mog": "111",
        "mog_policy": "X",
        "mog_effective_date": Q2,
        "processing_note": "0001",
        "betos": "D1E",
        "types_of_service": ("1", "P"),
        "anesthesia_units": 3,
        "added_date": date(2020, 2, 1),
    }
    change = only(diff_hcpcs(made(Q1, [row()]), made(Q2, [row(**values)])))
    assert set(change.fields) == {*values, "action_code"}
    assert change.fields["long_description"].text == "case"
    assert change.fields["short_description"].text == "punctuation"
    assert change.fields["cross_references"] == FieldChange("", "A4001, A4002")
    assert change.fields["added_date"] == FieldChange("2020-01-01", "2020-02-01")
    assert change.fields["anesthesia_units"] == FieldChange(None, 3)
    assert change.fields["action_code"] == FieldChange("N", "N")
    assert (change.title_before, change.title_after) == ("Long description of A4000", "Long Description of A4000")


def test_the_order_of_a_list_counts(made: MadeHcpcs) -> None:
    old, new = made(Q1, [row(types_of_service=("1", "P"))]), made(Q2, [row(types_of_service=("P", "1"))])
    assert only(diff_hcpcs(old, new)).fields["types_of_service"] == FieldChange("1, P", "P, 1")


def test_the_action_of_the_newer_row_and_its_date_stand_beside_what_changed(made: MadeHcpcs) -> None:
    ended = row(termination_date=MAR31, cross_references=("J1000",), action_effective_date=Q2, action_code="D")
    fields = only(diff_hcpcs(made(Q1, [row()]), made(Q2, [ended]))).fields
    assert fields == {
        "cross_references": FieldChange("", "J1000"),
        "termination_date": FieldChange(None, "2031-03-31"),
        "action_code": FieldChange("N", "D"),
        "action_effective_date": FieldChange("2020-01-01", "2031-04-01"),
    }


def test_another_action_alone_is_no_change_of_the_code(made: MadeHcpcs) -> None:
    old, new = made(Q1, [row(action_code="A")]), made(Q2, [row(action_effective_date=None)])
    assert diff_hcpcs(old, new) == []


def test_blanks_are_a_revision_in_one_layout_and_none_between_text_and_workbook(made: MadeHcpcs) -> None:
    old, spaced = row(long_description="Six (6)"), row(long_description="Six(6)")
    assert only(diff_hcpcs(made(Q1, [old]), made(Q2, [spaced]))).fields["long_description"].text == "spacing"
    assert diff_hcpcs(made(Q1, [old]), made(Q2, [spaced], excel=True)) == []
    # The publisher's word for it outweighs the layouts.
    listed = spaced._replace(action_code="C")
    assert (
        only(diff_hcpcs(made(Q1, [old]), made(Q2, [listed], excel=True))).fields["long_description"].text == "spacing"
    )


def test_between_two_revisions_every_change_is_corrected(made: MadeHcpcs) -> None:
    old = made(Q1, [row("A4000"), row("A4001", asc_group="20"), row("A4002")])
    new = made(Q1, [row("A4000"), row("A4001", asc_group="YY"), row("A4003", added_date=Q1, action_code="A")])
    found = {change.code: change for change in diff_hcpcs(old, new)}
    assert {code: str(change.kind) for code, change in found.items()} == dict.fromkeys(
        ("A4001", "A4002", "A4003"), "corrected"
    )
    assert found["A4001"].fields["asc_group"] == FieldChange("20", "YY")
    assert found["A4002"].fields["status"] == FieldChange("open", None)
    assert found["A4003"].fields["status"] == FieldChange(None, "open")


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("A1", "Modifiers"),
        ("J1000", "J: drugs not taken by mouth, chemotherapy"),
        ("C9000", "C: outpatient prospective payment system"),
        ("W0001", "W"),
    ],
)
def test_codes_are_grouped_by_their_letter_and_modifiers_apart(code: str, group: str) -> None:
    assert group_of(code) == group
