"""Crosswalks over several years."""

from __future__ import annotations

from codeset_pipeline.crosswalk.build import build_crosswalk, invert
from codeset_pipeline.model import Evidence, Relation
from tests.unit.crosswalk.worlds import day, decision, pairs, release, row, words


def test_a_split_that_converges_again_is_one_target() -> None:
    world = [release(2023, "A00"), release(2024, "A01 A02"), release(2025, "A03")]
    rows = [row(2024, "A01", "A00"), row(2024, "A02", "A00"), row(2025, "A03", "A01 A02")]
    (mapping,) = build_crosswalk("icd10cm", world, rows, [])
    assert (mapping.source, mapping.target, mapping.relation) == ("A00", "A03", "renamed")
    assert mapping.automatic_forward and mapping.automatic_backward
    assert [(hop.source, hop.target, str(hop.relation)) for hop in mapping.hops] == [
        ("A00", "A01", "split"),
        ("A00", "A02", "split"),
        ("A01", "A03", "merged"),
        ("A02", "A03", "merged"),
    ]


def test_a_code_carved_out_before_its_origin_was_renamed_makes_the_origin_ambiguous() -> None:
    world = [release(2023, "A00"), release(2024, "A00 A01"), release(2025, "A01 A02")]
    mappings = build_crosswalk("icd10cm", world, [row(2024, "A01", "A00"), row(2025, "A02", "A00")], [])
    assert words(mappings) == {("A00", "A01"): "split", ("A00", "A02"): "split"}
    assert all(mapping.ambiguous and not mapping.automatic_forward for mapping in mappings)


def test_a_code_whose_rest_ended_without_successor_is_not_replaced_by_what_was_carved_out_of_it() -> None:
    world = [release(2023, "A00"), release(2024, "A00 B00"), release(2025, "B00")]
    (mapping,) = build_crosswalk("icd10cm", world, [row(2024, "B00", "A00")], [])
    assert (mapping.target, mapping.automatic_forward, mapping.ambiguous) == ("B00", False, True)
    assert "ended without a known successor, in A00" in mapping.note


def test_where_the_years_between_are_not_loaded_a_code_ends_when_it_is_last_named() -> None:
    world = [release(2020, "A00"), release(2025, "A01 A02")]
    mappings = build_crosswalk("icd10cm", world, [row(2021, "A01", "A00"), row(2023, "A02", "A00")], [])
    hops = {mapping.target: mapping.hops[0] for mapping in mappings}
    assert [str(hops[target].relation) for target in ("A01", "A02")] == ["carved_out", "renamed"]
    assert "inferred" in hops["A02"].reference and "inferred" not in hops["A01"].reference
    assert words(mappings) == {("A00", "A01"): "split", ("A00", "A02"): "split"}


def test_where_the_years_between_are_not_loaded_a_code_ends_when_its_children_arrive() -> None:
    world = [release(2020, "A00 B00"), release(2025, "A01 A000 B00", "A00")]
    mappings = build_crosswalk("icd10cm", world, [row(2021, "A01", "A00"), row(2023, "A000", "B00")], [])
    (child,) = [mapping for mapping in mappings if (mapping.source, mapping.target) == ("A00", "A000")]
    assert (child.hops[0].effective_from, child.evidence) == (day(2023), Evidence.HIERARCHY)
    assert words(mappings)["A00", "A01"] == "split"


def test_a_code_that_lived_only_between_two_loaded_releases_is_passed_through() -> None:
    world = [release(2020, "Z910"), release(2025, "Z91A41 Z91A48 Z910", "Z91A4")]
    rows = [row(2022, "Z91A4", "Z910"), row(2023, "Z91A41", "Z91A4"), row(2023, "Z91A48", "Z91A4")]
    mappings = build_crosswalk("icd10cm", world, rows, [])
    assert words(mappings) == {("Z910", "Z91A41"): "carved_out", ("Z910", "Z91A48"): "carved_out"}
    assert [(hop.source, hop.target) for hop in mappings[0].hops] == [("Z910", "Z91A4"), ("Z91A4", "Z91A41")]


def test_a_chain_that_ends_in_a_deleted_code_is_none_and_keeps_its_hops() -> None:
    world = [release(2023, "A00"), release(2024, "A01"), release(2025, "B00")]
    (mapping,) = build_crosswalk("icd10cm", world, [row(2024, "A01", "A00")], [])
    assert (mapping.target, mapping.relation) == (None, Relation.NONE)
    assert [(hop.source, hop.target) for hop in mapping.hops] == [("A00", "A01"), ("A01", None)]


def test_a_code_that_ended_and_came_back_is_not_deleted() -> None:
    world = [release(2023, "A00"), release(2024, "A01"), release(2025, "A00")]
    assert build_crosswalk("icd10cm", world, [row(2024, "A01", "A00"), row(2025, "A00", "A01")], []) == []


def test_codes_that_swap_their_numbers_are_not_followed_in_circles() -> None:
    world = [release(year, "A00 A01") for year in (2022, 2023, 2024, 2025)]
    rows = [row(year, *pair) for year in (2023, 2024, 2025) for pair in (("A00", "A01"), ("A01", "A00"))]
    mappings = build_crosswalk("icd10cm", world, rows, [])
    assert words(mappings) == {("A00", "A01"): "carved_out", ("A01", "A00"): "carved_out"}
    assert not any(mapping.automatic_forward or mapping.automatic_backward for mapping in mappings)


def test_a_code_that_stood_beside_another_is_named_as_the_first_release_knew_it() -> None:
    world = [release(2023, "A00 B00"), release(2024, "A01 B01"), release(2025, "C00")]
    rows = [row(2024, "A01", "A00"), row(2024, "B01", "B00"), row(2025, "C00", "A01 + B01")]
    mappings = build_crosswalk("icd10cm", world, rows, [])
    assert words(mappings) == {("A00", "C00"): "combination", ("B00", "C00"): "combination"}
    assert [mapping.together_with for mapping in mappings] == [("B00",), ("A00",)]


def test_a_code_that_also_absorbed_one_from_nowhere_is_not_counted_back() -> None:
    world = [release(2023, "A00"), release(2024, "A00 N00"), release(2025, "A01")]
    (mapping,) = build_crosswalk("icd10cm", world, [row(2024, "N00"), row(2025, "A01", "A00 N00")], [])
    assert (mapping.relation, mapping.automatic_forward, mapping.automatic_backward) == (Relation.MERGED, True, False)


def test_a_decision_replaces_everything_said_about_its_source_on_its_date() -> None:
    world = [release(2024, "A00 B00"), release(2025, "A000 A001 B00", "A00")]
    rows = [row(2025, "A000", "A00"), row(2025, "A001", "A00")]
    (mapping,) = build_crosswalk("icd10cm", world, rows, [decision(2025, "A00", "B00")])
    assert (mapping.target, mapping.evidence, mapping.relation) == ("B00", Evidence.CURATED, Relation.MERGED)
    assert mapping.automatic_forward and "R. Roe" in mapping.note and mapping.hops[0].reference == "c.csv 2"


def test_a_decision_that_there_is_no_successor_stands() -> None:
    world = [release(2024, "A00"), release(2025, "A01")]
    (mapping,) = build_crosswalk("icd10cm", world, [row(2025, "A01", "A00")], [decision(2025, "A00", None)])
    assert (mapping.target, mapping.relation, mapping.evidence) == (None, Relation.NONE, Evidence.CURATED)


def test_a_decision_carries_through_later_years_and_its_word_stands_for_its_own_step() -> None:
    world = [release(2023, "A00"), release(2024, "A01"), release(2025, "A02")]
    decisions = [decision(2024, "A00", "A01", Relation.SPLIT)]
    (mapping,) = build_crosswalk("icd10cm", world, [row(2025, "A02", "A01")], decisions)
    assert (mapping.target, mapping.evidence) == ("A02", Evidence.PUBLISHER)
    assert [str(hop.relation) for hop in mapping.hops] == ["split", "renamed"]
    (first,) = build_crosswalk("icd10cm", world[:2], [], decisions)
    assert (first.relation, first.automatic_forward) == (Relation.SPLIT, False)


def test_a_crosswalk_read_backwards_swaps_split_and_merged_and_both_flags() -> None:
    world = [release(2024, "A00 B00"), release(2025, "A000 A001 B00", "A00")]
    rows = [row(2025, "A000", "A00"), row(2025, "A001", "A00 B00")]
    forward = build_crosswalk("icd10cm", world, rows, [])
    backward = invert(forward)
    assert words(backward) == {
        ("A000", "A00"): "merged",
        ("A001", "A00"): "split_and_merged",
        ("A001", "B00"): "carved_out",
    }
    assert [(m.automatic_forward, m.ambiguous, m.equivalence) for m in backward] == [
        (True, False, "source-is-narrower-than-target"),
        (False, True, "related-to"),
        (False, True, "source-is-narrower-than-target"),
    ]
    assert pairs(invert(backward)) == pairs(forward)
