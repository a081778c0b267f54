"""HCPCS changes held against the publisher's actions: agreement, every seeded error, and what is known to differ."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.diff.hcpcs_changes import diff_hcpcs
from codeset_pipeline.diff.hcpcs_known import HcpcsObserved, hcpcs_explanation, hcpcs_known_differences
from codeset_pipeline.diff.hcpcs_reconcile import hcpcs_published_totals, reconcile_hcpcs
from codeset_pipeline.diff.hcpcs_rows import HcpcsRow
from codeset_pipeline.model import PublishedTotals
from tests.unit.diff.hcpcs_made import Q1, Q2, Q3, MadeHcpcs, explained, row, unexplained

MAR31 = date(2031, 3, 31)
ENDED = {"termination_date": MAR31, "action_effective_date": Q2, "action_code": "D"}
NEW = {"added_date": Q2, "action_effective_date": Q2, "action_code": "A"}

OLD = [
    row("A4001"),
    row("A4002"),
    row("A4003"),
    row("A4004"),
    row("A4005", termination_date=date(2029, 12, 31)),
    row("A4006"),
    row("A4007"),
    row("A4008"),
    row("A4009"),
]


def _acted(code: str, letter: str, **values: object) -> HcpcsRow:
    return row(code, action_code=letter, action_effective_date=Q2, **values)


AGREED = [
    row("A4001", **ENDED, cross_references=("A4000",)),
    _acted("A4002", "C", long_description="New words", short_description="New"),
    _acted("A4003", "S", short_description="New"),
    _acted("A4004", "P", pricing_indicators=("51",)),
    _acted("A4005", "R"),
    _acted("A4006", "F", coverage="M"),
    _acted("A4007", "B", coverage="M", long_description="New words"),
    _acted("A4008", "T", betos="D1E"),
    row("A4009"),
    row("A4010", **NEW),
]


@pytest.fixture
def made(tmp_path: Path) -> MadeHcpcs:
    return MadeHcpcs(tmp_path)


def replaced(code: str, **values: object) -> list[HcpcsRow]:
    """The agreed rows with one of them otherwise."""
    return [item._replace(**values) if item.code == code else item for item in AGREED]  # type: ignore[arg-type]


def test_each_action_that_its_fields_bear_out_is_matched(made: MadeHcpcs) -> None:
    old, new = made(Q1, OLD), made(Q2, AGREED, report={})
    found = reconcile_hcpcs(old, new)
    assert (found.covered, found.matched, found.explained, found.unexplained) == (True, 9, (), ())
    assert found.lists == ("trans.xlsx", "action codes of anweb.txt")
    assert found.publisher_totals == {"codes": {"added": 2, "deleted": 1, "revised": 6}}
    assert hcpcs_published_totals(diff_hcpcs(old, new), found) == PublishedTotals(2, 1, 6)


def test_two_letters_of_a_report_are_both_to_be_borne_out(made: MadeHcpcs) -> None:
    found = reconcile_hcpcs(made(Q1, OLD), made(Q2, AGREED, report={"A4002": "CS"}))
    assert (found.matched, found.explained, found.unexplained) == (9, (), ())


def test_without_a_report_the_action_codes_stand_in_and_it_says_so(made: MadeHcpcs) -> None:
    found = reconcile_hcpcs(made(Q1, OLD), made(Q2, AGREED))
    assert (found.matched, found.lists) == (9, ("action codes of anweb.txt",))
    assert found.note.startswith("No transaction report")


SEEDED: dict[str, tuple[list[HcpcsRow], dict[str, str], list[tuple[str, str, str]]]] = {
    "an end without action": (
        replaced("A4001", action_code="N", action_effective_date=Q2),
        {},
        [("A4001", "ours", "deleted")],
    ),
    "an action D without an end": (
        replaced("A4009", action_code="D", action_effective_date=Q2),
        {},
        [("A4009", "publisher", "deleted")],
    ),
    "an addition without action": (replaced("A4010", action_code="N"), {}, [("A4010", "ours", "added")]),
    "an addition that the report calls a revision": (
        replaced("A4010", action_code="C"),
        {},
        [("A4010", "both", "revised")],
    ),
    "an addition that the report leaves out": (AGREED, {"A4010": ""}, [("A4010", "ours", "added")]),
    "an end that the report leaves out": (AGREED, {"A4001": ""}, [("A4001", "ours", "deleted")]),
    "an unchanged code with an action that the report leaves out": (
        replaced("A4009", action_code="F"),
        {"A4009": ""},
        [("A4009", "publisher", "unlisted")],
    ),
    "a code that only the report has": (AGREED, {"A4099": "A"}, [("A4099", "publisher", "added")]),
    "a code without change that only the report has": (AGREED, {"A4099": "N"}, [("A4099", "publisher", "unchanged")]),
    "a code that the report has and the file lost": (
        [item for item in AGREED if item.code != "A4009"],
        {"A4009": "N"},
        [("A4009", "both", "unchanged")],
    ),
    "a report that contradicts the file on an end": (AGREED, {"A4001": "N"}, [("A4001", "both", "unchanged")]),
    "a report that contradicts the file on a revision": (AGREED, {"A4004": "C"}, [("A4004", "both", "revised")]),
    "a report that contradicts the file on an unchanged code": (
        AGREED,
        {"A4009": "D"},
        [("A4009", "both", "deleted")],
    ),
    "a revision dated by this release without action": (
        replaced("A4006", action_code="N"),
        {},
        [("A4006", "ours", "revised")],
    ),
    "a reactivation without its code coming back": (
        replaced("A4009", action_code="R", action_effective_date=Q2),
        {},
        [("A4009", "publisher", "added")],
    ),
    "a deletion that the publisher calls a reactivation": (
        replaced("A4001", action_code="R"),
        {},
        [("A4001", "both", "added")],
    ),
}


@pytest.mark.parametrize("error", SEEDED)
def test_a_seeded_error_surfaces_and_nothing_else_does(error: str, made: MadeHcpcs) -> None:
    rows, report, expected = SEEDED[error]
    old, new = made(Q1, OLD), made(Q2, rows, report=report)
    found = reconcile_hcpcs(old, new)
    assert unexplained(found) == expected
    assert explained(found) == []


def test_unexplained_differences_show_in_the_totals(made: MadeHcpcs) -> None:
    old, new = made(Q1, OLD), made(Q2, AGREED, report={"A4010": ""})
    found = reconcile_hcpcs(old, new)
    assert found.publisher_totals["codes"]["added"] == 1
    assert hcpcs_published_totals(diff_hcpcs(old, new), found).added == 2


@pytest.mark.parametrize(
    ("theirs", "rule"),
    [
        ("Long description  of A4009", "matched"),
        ("Long descr", "hcpcs_report_text_cut"),
        ("Long Description-of A4009", "hcpcs_report_text_marks"),
        ("Long description of A4090", None),
    ],
)
def test_descriptions_of_the_report_are_held_against_the_release(
    theirs: str, rule: str | None, made: MadeHcpcs
) -> None:
    new = made(Q2, AGREED, report={}, texts={"A4009": ("Short of A4009", theirs)})
    found = reconcile_hcpcs(made(Q1, OLD), new)
    differences = [(item.code, item.rule) for item in (*found.explained, *found.unexplained)]
    assert differences == ([] if rule == "matched" else [("A4009", rule)])


# What differs for a known cause: older rows, newer rows, report, rule, and the publisher's totals that ours then equal.
KNOWN: dict[str, tuple[list[HcpcsRow], list[HcpcsRow], dict[str, str]]] = {
    "hcpcs_aged_out": ([row(termination_date=date(2029, 12, 31))], [], {}),
    "hcpcs_left_out": ([row()], [], {}),
    "hcpcs_correction_of_older_release": ([], [row(added_date=Q1)], {}),
    "hcpcs_update_between": ([], [row(added_date=date(2031, 2, 4))], {}),
    "hcpcs_edited_in_place": ([row(processing_note="0001")], [row()], {}),
    "hcpcs_action_date_only": ([row()], [row(action_effective_date=None)], {}),
    "hcpcs_came_and_ended": ([], [row(**{**ENDED, "added_date": date(2031, 2, 4)})], {}),
    "hcpcs_revised_after_change": (
        [],
        [row(added_date=date(2031, 2, 4), action_effective_date=Q2, action_code="C")],
        {},
    ),
    "hcpcs_already_in_older_release": ([row(**NEW)], [row(**NEW)], {}),
    "hcpcs_announced_for_another_day": (
        [row(added_date=MAR31, action_code="A")],
        [row(**NEW)],
        {},
    ),
    "hcpcs_one_action_for_several_changes": (
        [row()],
        [row(long_description="New words", betos="D1E", action_effective_date=Q2, action_code="C")],
        {},
    ),
    "hcpcs_action_without_its_field": ([row()], [row(action_effective_date=Q2, action_code="P")], {}),
    "hcpcs_not_in_report": ([row()], [row()], {"A4000": ""}),
}


@pytest.mark.parametrize("rule", KNOWN)
def test_what_is_known_to_differ_is_explained_once_and_the_totals_agree(rule: str, made: MadeHcpcs) -> None:
    before, after, report = KNOWN[rule]
    old, new = made(Q1, [*OLD, *before]), made(Q2, [*AGREED, *after], report=report)
    found = reconcile_hcpcs(old, new)
    assert (unexplained(found), explained(found), found.matched) == ([], [("A4000", rule)], 9)
    totals = hcpcs_published_totals(diff_hcpcs(old, new), found)
    assert totals == PublishedTotals(**found.publisher_totals["codes"])


def test_what_corrections_changed_in_the_newer_release_is_explained_by_them(made: MadeHcpcs) -> None:
    rows = replaced("A4006", action_code="N")
    found = reconcile_hcpcs(made(Q1, OLD), made(Q2, rows, report={"A4010": ""}, corrected=["A4006", "A4010"]))
    assert (unexplained(found), explained(found)) == (
        [],
        [("A4006", "hcpcs_corrected"), ("A4010", "hcpcs_corrected")],
    )


def test_a_report_posted_before_the_file_cannot_have_what_the_file_adds(made: MadeHcpcs) -> None:
    new = made(Q2, AGREED, report={"A4010": "", "A4001": "N"}, report_posted=date(2031, 3, 1))
    found = reconcile_hcpcs(made(Q1, OLD), new)
    assert unexplained(found) == []
    assert explained(found) == [("A4001", "hcpcs_report_older"), ("A4010", "hcpcs_report_older")]


def test_a_report_posted_before_the_file_may_have_older_descriptions(made: MadeHcpcs) -> None:
    texts = {"A4009": ("Short of A4009", "Other words")}
    new = made(Q2, AGREED, report={}, texts=texts, report_posted=date(2031, 3, 1))
    assert explained(reconcile_hcpcs(made(Q1, OLD), new)) == [("A4009", "hcpcs_report_older")]


def test_blanks_between_text_and_workbook_are_named_and_no_change(made: MadeHcpcs) -> None:
    old = made(Q1, [*OLD, row(long_description="Six (6)")])
    new = made(Q2, [*AGREED, row(long_description="Six(6)")], report={}, excel=True)
    assert explained(reconcile_hcpcs(old, new)) == [("A4000", "hcpcs_blanks_between_layouts")]


def test_over_several_quarters_earlier_changes_are_told_from_those_of_the_last_one(made: MadeHcpcs) -> None:
    later = [
        row("A4001", **{**ENDED, "action_code": "N"}),
        _acted("A4002", "N", long_description="New words"),
        *[item for item in OLD if item.code not in {"A4001", "A4002", "A4003"}],
        row("A4003", termination_date=date(2031, 6, 30), action_effective_date=Q3, action_code="D"),
    ]
    found = reconcile_hcpcs(made(Q1, OLD), made(Q3, later, report={}))
    assert (unexplained(found), found.matched) == ([], 1)
    assert explained(found) == [("A4001", "hcpcs_update_between"), ("A4002", "hcpcs_update_between")]


@pytest.mark.parametrize(("first", "second"), [(Q2, Q1), (Q1, Q1)])
def test_backwards_and_between_revisions_nothing_is_proven(first: date, second: date, made: MadeHcpcs) -> None:
    found = reconcile_hcpcs(made(first, OLD), made(second, AGREED, report={}))
    assert (found.covered, found.matched, found.unexplained) == (False, 0, ())
    assert found.note


RULES = {
    # For each rule, a case that it explains and a near miss that nothing explains.
    "hcpcs_corrected": (
        HcpcsObserved("ours", "added", frozenset(), "new", frozenset({"corrected"})),
        HcpcsObserved("ours", "added", frozenset(), "new"),
    ),
    "hcpcs_report_older": (
        HcpcsObserved("both", "disputed", frozenset("N"), "new", frozenset({"report_older"})),
        HcpcsObserved("both", "disputed", frozenset("N"), "new"),
    ),
    "hcpcs_aged_out": (
        HcpcsObserved("ours", "aged_out", frozenset()),
        HcpcsObserved("both", "aged_out", frozenset("N")),
    ),
    "hcpcs_left_out": (
        HcpcsObserved("ours", "withdrawn", frozenset()),
        HcpcsObserved("both", "withdrawn", frozenset("N")),
    ),
    "hcpcs_correction_of_older_release": (
        HcpcsObserved("ours", "deleted", frozenset("N"), "before"),
        HcpcsObserved("ours", "deleted", frozenset(), "before"),
    ),
    "hcpcs_update_between": (
        HcpcsObserved("ours", "added", frozenset("N"), "between"),
        HcpcsObserved("ours", "added", frozenset("N"), "new"),
    ),
    "hcpcs_edited_in_place": (
        HcpcsObserved("ours", "revised", frozenset("N"), "none"),
        HcpcsObserved("ours", "deleted", frozenset("N"), "none"),
    ),
    "hcpcs_action_date_only": (
        HcpcsObserved("ours", "unchanged", frozenset("N"), "none", frozenset({"action_date"})),
        HcpcsObserved("publisher", "unchanged", frozenset("D"), "none", frozenset({"action_date"})),
    ),
    "hcpcs_blanks_between_layouts": (
        HcpcsObserved("ours", "unchanged", frozenset("N"), "none", frozenset({"blanks"})),
        HcpcsObserved("publisher", "unchanged", frozenset("D"), "none", frozenset({"blanks"})),
    ),
    "hcpcs_came_and_ended": (
        HcpcsObserved("both", "added", frozenset("D"), "between", frozenset({"ended"})),
        HcpcsObserved("both", "added", frozenset("D"), "between"),
    ),
    "hcpcs_revised_after_change": (
        HcpcsObserved("both", "added", frozenset("C"), "between"),
        HcpcsObserved("both", "added", frozenset("C"), "new"),
    ),
    "hcpcs_already_in_older_release": (
        HcpcsObserved("publisher", "unchanged", frozenset("A"), "none", frozenset({"stood"})),
        HcpcsObserved("publisher", "unchanged", frozenset("A"), "none"),
    ),
    "hcpcs_announced_for_another_day": (
        HcpcsObserved("both", "revised", frozenset("A"), "none", frozenset({"redated"})),
        HcpcsObserved("both", "revised", frozenset("D"), "none", frozenset({"redated"})),
    ),
    "hcpcs_one_action_for_several_changes": (
        HcpcsObserved("both", "deleted", frozenset("D"), "new", frozenset({"borne_out"})),
        HcpcsObserved("both", "deleted", frozenset("A"), "new"),
    ),
    "hcpcs_action_without_its_field": (
        HcpcsObserved("publisher", "unchanged", frozenset("C")),
        HcpcsObserved("publisher", "unchanged", frozenset("D")),
    ),
    "hcpcs_not_in_report": (
        HcpcsObserved("publisher", "unchanged", frozenset(), "none", frozenset({"no_file_action"})),
        HcpcsObserved("publisher", "unchanged", frozenset()),
    ),
    "hcpcs_report_text_cut": (
        HcpcsObserved("both", "text", frozenset("A"), "none", frozenset({"report_cut"})),
        HcpcsObserved("both", "text", frozenset("A")),
    ),
    "hcpcs_report_text_marks": (
        HcpcsObserved("both", "text", frozenset("N"), "none", frozenset({"report_marks"})),
        HcpcsObserved("both", "text", frozenset("N")),
    ),
}


def test_every_rule_has_its_case() -> None:
    assert list(RULES) == [known.rule for known in hcpcs_known_differences()]
    assert all(known.cause.endswith(".") for known in hcpcs_known_differences())


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_explains_its_case_and_not_the_near_miss(rule: str) -> None:
    case, near_miss = RULES[rule]
    found = hcpcs_explanation(case)
    assert found is not None and found.rule == rule
    assert hcpcs_explanation(near_miss) is None
