"""Where ended HCPCS codes go, in code sets of a few made-up rows."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeset_pipeline.crosswalk.hcpcs import (
    HcpcsCode,
    HcpcsRelease,
    build_hcpcs_crosswalk,
    map_hcpcs_codes,
    unresolved_decisions,
)
from codeset_pipeline.crosswalk.inputs import CuratedDecision
from codeset_pipeline.errors import UsageError
from codeset_pipeline.model import Mapping, Relation

YEARS_END, NEW_YEAR = date(2018, 12, 31), date(2019, 1, 1)


def code(
    name: str,
    *references: str,
    text: str = "",
    added: date | None = date(2010, 1, 1),
    ended: date | None = None,
) -> HcpcsCode:
    return HcpcsCode(
        name, len(name) == 2, text or f"Thing {name}", "", "Z2", ("9",), ("00",), "C", references, added, ended
    )


def release(year: int, *codes: HcpcsCode, month: int = 1) -> HcpcsRelease:
    return HcpcsRelease(date(year, month, 1), {row.code: row for row in codes}, f"HCPC {year}")


def crosswalk(
    *after: HcpcsCode, before: tuple[HcpcsCode, ...] = (), curated: tuple[CuratedDecision, ...] = ()
) -> list[Mapping]:
    """From 2018, whose codes have no end yet, to 2019."""
    open_rows = before or tuple(code(row.code, text=row.long_description) for row in after if row.added != NEW_YEAR)
    return build_hcpcs_crosswalk([release(2018, *open_rows), release(2019, *after)], curated)


def words(rows: list[Mapping]) -> dict[tuple[str, str | None], str]:
    return {(row.source, row.target): f"{row.relation}, {row.evidence}" for row in rows}


def decision(
    source: str, target: str | None, relation: Relation | None = None, day: date = NEW_YEAR
) -> CuratedDecision:
    return CuratedDecision(source, target, day, relation, "Seen.", "R. Roe", date(2018, 11, 5), "hcpcs.csv line 2")


def test_a_new_code_named_by_the_ended_one_is_the_same_thing_renamed() -> None:
    (row,) = crosswalk(code("C9001", "J0001", ended=YEARS_END), code("J0001", added=NEW_YEAR))
    assert (row.source, row.target, row.relation, row.equivalence) == ("C9001", "J0001", "renamed", "equivalent")
    assert row.automatic_forward
    assert row.automatic_backward
    (hop,) = row.hops
    assert (hop.effective_from, hop.relation, hop.reference) == (
        NEW_YEAR,
        "renamed",
        "HCPC 2019, C9001: cross-reference",
    )


def test_a_target_that_was_in_use_before_is_not_counted_back() -> None:
    (row,) = crosswalk(code("C9001", "J0001", ended=YEARS_END), code("J0001"))
    assert (row.relation, row.equivalence) == ("merged", "source-is-narrower-than-target")
    assert row.automatic_forward
    assert not row.automatic_backward


def test_two_ended_codes_with_one_successor_are_merged() -> None:
    rows = crosswalk(
        code("L7260", "L7259", ended=YEARS_END),
        code("L7261", "L7259", ended=YEARS_END),
        code("L7259", added=NEW_YEAR),
    )
    assert words(rows) == {("L7260", "L7259"): "merged, publisher", ("L7261", "L7259"): "merged, publisher"}


def test_a_code_with_two_successors_is_split_and_leaves_a_choice() -> None:
    rows = crosswalk(
        code("K0100", "L0001", "L0002", ended=YEARS_END), code("L0001", added=NEW_YEAR), code("L0002", added=NEW_YEAR)
    )
    assert words(rows) == {("K0100", "L0001"): "split, publisher", ("K0100", "L0002"): "split, publisher"}
    assert all(row.ambiguous and not row.automatic_forward and row.automatic_backward for row in rows)


def test_cpt_targets_are_kept_and_never_automatic() -> None:
    (row,) = crosswalk(code("C9741", "33289", ended=YEARS_END))
    assert (row.target, row.relation, row.note) == ("33289", "renamed", "CPT code; not in this code set.")
    assert not row.automatic_forward
    assert not row.automatic_backward
    (row,) = crosswalk(code("C9750", "0525T", ended=YEARS_END))
    assert row.target == "0525T"


def test_a_dental_code_is_called_one() -> None:
    (row,) = crosswalk(code("G9001", "D0120", ended=YEARS_END))
    assert (row.target, row.note) == ("D0120", "CDT code; not in this code set.")


def test_the_word_cpt_is_no_code() -> None:
    (row,) = crosswalk(code("P7001", "CPT", ended=YEARS_END))
    assert (row.target, row.relation, row.evidence) == (None, "none", "publisher")
    assert "without naming a code" in row.note


def test_the_word_cpt_beside_a_code_leaves_a_choice() -> None:
    (row,) = crosswalk(code("G0100", "G0200", "CPT", ended=YEARS_END), code("G0200", added=NEW_YEAR))
    assert (row.target, row.relation, row.ambiguous, row.automatic_forward) == ("G0200", "split", True, False)
    assert "without naming a code" in row.note


def test_a_modifier_does_not_take_the_place_of_a_code_by_itself() -> None:
    (row,) = crosswalk(code("A0888", "QM", ended=YEARS_END), code("QM", added=NEW_YEAR))
    assert (row.target, row.automatic_forward) == ("QM", False)
    assert "stands beside a code" in row.note


def test_another_billing_unit_is_never_automatic() -> None:
    (row,) = crosswalk(
        code("C9121", "J0883", text="Injection, argatroban, per 5 mg", ended=YEARS_END),
        code("J0883", text="Injection, argatroban, 1 mg", added=NEW_YEAR),
    )
    assert (row.relation, row.equivalence) == ("renamed", "related-to")
    assert not row.automatic_forward
    assert not row.automatic_backward
    assert "5 mg of C9121, 1 mg of J0883" in row.note


def test_a_target_that_begins_after_a_gap_is_not_automatic() -> None:
    (row,) = crosswalk(code("C9001", "J0001", ended=date(2018, 6, 30)), code("J0001", added=NEW_YEAR))
    assert not row.automatic_forward
    assert "only from 2019-01-01" in row.note


def test_ended_targets_are_followed_over_generations() -> None:
    (_, _, row) = sorted(
        crosswalk(
            code("S0001", "C9001", ended=date(2018, 3, 31)),
            code("C9001", "Q0001", added=date(2018, 4, 1), ended=date(2018, 6, 30)),
            code("Q0001", "J0001", added=date(2018, 7, 1), ended=YEARS_END),
            code("J0001", added=NEW_YEAR),
            before=(code("S0001"),),
        ),
        key=lambda row: row.source,
    )
    assert [(hop.source, hop.target) for hop in row.hops] == [
        ("S0001", "C9001"),
        ("C9001", "Q0001"),
        ("Q0001", "J0001"),
    ]
    assert (row.source, row.relation, row.automatic_forward, row.automatic_backward) == ("S0001", "renamed", True, True)


def test_a_code_on_the_way_that_had_cases_of_its_own_makes_it_a_merger() -> None:
    rows = crosswalk(
        code("C9001", "Q0001", ended=date(2018, 6, 30)),
        code("Q0001", "J0001", ended=YEARS_END),
        code("J0001", added=NEW_YEAR),
    )
    assert words(rows) == {("C9001", "J0001"): "merged, publisher", ("Q0001", "J0001"): "renamed, publisher"}


def test_references_that_run_in_a_circle_end_in_none() -> None:
    rows = crosswalk(code("G0001", "G0002", ended=YEARS_END), code("G0002", "G0001", ended=YEARS_END))
    assert words(rows) == {("G0001", None): "none, publisher", ("G0002", None): "none, publisher"}
    assert "lead back to G0001" in rows[0].note


def test_a_reference_to_a_code_that_nobody_has_is_named() -> None:
    (row,) = crosswalk(code("C9468", "J7023", ended=YEARS_END))
    assert row.target is None
    assert "J7023 leads nowhere" in row.note


def test_the_newest_release_that_has_the_row_counts() -> None:
    releases = [
        release(2018, code("C9001")),
        release(
            2019, code("C9001", "J0001", ended=YEARS_END), code("J0001", added=NEW_YEAR), code("J0002", added=NEW_YEAR)
        ),
        release(
            2020, code("C9001", "J0002", ended=YEARS_END), code("J0001", added=NEW_YEAR), code("J0002", added=NEW_YEAR)
        ),
        # The row has aged out of the file.
        release(2021, code("J0001", added=NEW_YEAR), code("J0002", added=NEW_YEAR)),
    ]
    (row,) = build_hcpcs_crosswalk(releases, [])
    assert (row.target, row.hops[0].reference) == ("J0002", "HCPC 2020, C9001: cross-reference")


def test_the_last_valid_day_belongs_to_the_code() -> None:
    assert crosswalk(code("G0001", "G0002", ended=NEW_YEAR), code("G0002")) == []
    assert len(crosswalk(code("G0001", "G0002", ended=YEARS_END), code("G0002"))) == 1


def test_codes_that_ended_before_the_first_release_have_no_row_until_asked_for() -> None:
    old = code("C9001", "J0001", ended=date(2017, 12, 31))
    new = code("J0001", added=date(2018, 1, 1))
    releases = [release(2018, old, new), release(2019, old, new)]
    assert build_hcpcs_crosswalk(releases, []) == []
    (row,) = map_hcpcs_codes(releases, [], ["c9001"])
    assert (row.target, row.note) == ("J0001", "C9001 had already ended on 2017-12-31, before 2018-01-01.")


def test_a_code_of_a_few_months_between_the_releases_has_a_row() -> None:
    rows = crosswalk(code("C9001", added=date(2018, 4, 1), ended=date(2018, 6, 30)), before=(code("G0001"),))
    assert ("C9001", None) in words(rows)


def test_a_code_whose_last_day_is_the_first_releases_own_is_within_the_span() -> None:
    """The first release does not have it; a later one adds it after the fact."""
    late = code("C9001", added=date(2017, 10, 1), ended=date(2018, 1, 1))
    assert words(crosswalk(late, before=(code("G0001"),))).keys() >= {("C9001", None)}


def test_a_code_that_was_never_in_force_has_none() -> None:
    never = code("C9001", added=NEW_YEAR, ended=YEARS_END)
    assert crosswalk(never, code("G0001"), before=(code("G0001"),)) == []


def test_a_code_left_out_without_an_end_is_shown() -> None:
    (row,) = crosswalk(code("G0001"), before=(code("G0001"), code("G9976")))
    assert (row.source, row.target) == ("G9976", None)
    assert "ask the publisher" in row.note


def test_a_code_that_came_to_mean_something_else_is_shown() -> None:
    before = (code("G9890", text="Dilated macular exam performed", added=date(2018, 1, 1)),)
    (row,) = crosswalk(
        code("G9890", text="Bridge payment for diabetes prevention", added=date(2018, 4, 1)), before=before
    )
    assert (row.source, row.target, row.relation) == ("G9890", None, "none")
    assert "another meaning since 2018-04-01" in row.note


def test_living_codes_keep_their_references_to_themselves() -> None:
    assert crosswalk(code("E0971", "K0021"), code("K0021")) == []


class TestDecisions:
    ended = (code("C9001", "J0001", ended=YEARS_END), code("J0001", added=NEW_YEAR), code("J0002", added=NEW_YEAR))

    def test_a_decision_wins_over_the_publisher(self) -> None:
        (row,) = crosswalk(*self.ended, curated=(decision("C9001", "J0002"),))
        assert (row.target, row.evidence, row.automatic_forward) == ("J0002", "curated", True)
        assert row.note == "Decided by R. Roe on 2018-11-05: Seen."

    def test_a_decision_for_none_is_one(self) -> None:
        (row,) = crosswalk(*self.ended, curated=(decision("C9001", None),))
        assert (row.target, row.relation, row.evidence) == (None, "none", "curated")

    def test_a_decision_of_another_time_is_left_alone(self) -> None:
        for day in (date(2018, 1, 1), date(2019, 4, 1)):
            (row,) = crosswalk(*self.ended, curated=(decision("C9001", "J0002", day=day),))
            assert row.evidence == "publisher"

    def test_part_of_a_living_code_can_be_carved_out(self) -> None:
        (row,) = crosswalk(code("G0001"), code("G0002", added=NEW_YEAR), curated=(decision("G0001", "G0002"),))
        assert (row.relation, row.automatic_forward) == ("carved_out", False)

    def test_a_decision_for_an_ended_code_is_followed_further(self) -> None:
        rows = crosswalk(*self.ended, code("G0001", ended=YEARS_END), curated=(decision("G0001", "C9001"),))
        assert (
            words(rows)["G0001", "J0001"] == "merged, curated" or words(rows)["G0001", "J0001"] == "merged, publisher"
        )

    def test_a_decision_on_a_code_that_never_was_is_reported(self) -> None:
        releases = [release(2018, code("G0001")), release(2019, code("G0001"))]
        (oddity,) = unresolved_decisions(releases, [decision("G0009", "G0001")])
        assert oddity.text == "G0009"


class TestSuggestions:
    def test_the_same_drug_under_a_new_code_is_suggested_but_not_applied(self) -> None:
        (row,) = crosswalk(
            code("C9036", text="Injection, patisiran, 0.1 mg", ended=YEARS_END),
            code("J0222", text="Injection, patisiran, 0.1 mg", added=NEW_YEAR),
            code("J0223", text="Injection, givosiran, 0.1 mg", added=NEW_YEAR),
        )
        assert (row.target, row.relation, row.evidence, row.equivalence) == (
            "J0222",
            "renamed",
            "suggested",
            "related-to",
        )
        assert not row.automatic_forward
        assert not row.automatic_backward
        assert "added on 2019-01-01, the day after the end" in row.note

    def test_nothing_alike_is_none(self) -> None:
        (row,) = crosswalk(
            code("G0001", text="Wheelchair ramp", ended=YEARS_END), code("G0002", text="Hearing aid", added=NEW_YEAR)
        )
        assert (row.target, row.relation) == (None, "none")
        assert "alike enough" in row.note

    def test_they_can_be_left_out(self) -> None:
        same = "Injection, patisiran, 0.1 mg"
        releases = [
            release(2018, code("C9036", text=same)),
            release(2019, code("C9036", text=same, ended=YEARS_END), code("J0222", text=same, added=NEW_YEAR)),
        ]
        (row,) = build_hcpcs_crosswalk(releases, [], suggest=False)
        assert row.target is None

    def test_a_suggestion_for_an_ended_target_is_a_suggestion_for_the_code_that_names_it(self) -> None:
        rows = crosswalk(
            code("C9001", "Q0001", text="Injection, patisiran, 0.1 mg", ended=date(2018, 6, 30)),
            code("Q0001", text="Injection, patisiran, 0.1 mg", ended=YEARS_END),
            code("J0001", text="Injection, patisiran, 0.1 mg", added=NEW_YEAR),
        )
        assert words(rows) == {("C9001", "J0001"): "merged, suggested", ("Q0001", "J0001"): "renamed, suggested"}


class TestAskingForCodes:
    releases = (release(2018, code("G0001"), code("QM")), release(2019, code("G0001"), code("QM")))

    def test_a_code_that_goes_on_is_unchanged(self) -> None:
        (row,) = map_hcpcs_codes(self.releases, [], [" g0001 "])
        assert (row.target, row.relation, row.automatic_forward) == ("G0001", "unchanged", True)

    def test_an_unknown_code_is_misuse(self) -> None:
        with pytest.raises(UsageError, match="Z9999 is in no release from 2018-01-01 to 2019-01-01; check"):
            map_hcpcs_codes(self.releases, [], ["Z9999"])

    def test_two_releases_in_order_are_needed(self) -> None:
        for releases in (self.releases[:1], self.releases[::-1]):
            with pytest.raises(UsageError, match="two or more releases"):
                build_hcpcs_crosswalk(releases, [])


NAMES = [f"G000{number}" for number in range(7)]


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from([*NAMES, "33289"]), max_size=3)))
def test_any_web_of_references_leads_to_the_living_codes_that_can_be_reached(web: dict[str, list[str]]) -> None:
    """Codes in the web have ended; the others live. What can be reached is found by widening a set until it stays."""
    rows = [code(name, *web.get(name, []), ended=YEARS_END if name in web else None) for name in NAMES]
    releases = [release(2018, *(code(name) for name in NAMES)), release(2019, *rows)]
    mapped: dict[str, set[str]] = {name: set() for name in web}
    for row in build_hcpcs_crosswalk(releases, [], suggest=False):
        mapped[row.source] |= {row.target} if row.target else set()
    for name in web:
        reached, size = set(web[name]), -1
        while len(reached) != size:
            size = len(reached)
            reached |= {target for code in list(reached) for target in web.get(code, [])}
        assert mapped[name] == reached - web.keys()
