"""How a code is carried on from one release to the next."""

from __future__ import annotations

import pytest

from codeset_pipeline.crosswalk.build import build_crosswalk, map_codes, unresolved_previous_codes
from codeset_pipeline.crosswalk.inputs import ConversionEntry, ReleaseCodes, Term
from codeset_pipeline.errors import UsageError
from codeset_pipeline.model import Evidence, Mapping
from tests.unit.crosswalk.worlds import day, pairs, release, row, words


def built(before: ReleaseCodes, after: ReleaseCodes, *rows: ConversionEntry) -> list[Mapping]:
    return build_crosswalk("icd10cm", [before, after], rows, [])


def only(mappings: list[Mapping]) -> Mapping:
    assert len(mappings) == 1, mappings
    return mappings[0]


def test_a_renamed_code_is_safe_in_both_directions() -> None:
    mapping = only(built(release(2024, "A00 B00"), release(2025, "A01 B00"), row(2025, "A01", "A00")))
    assert (mapping.source, mapping.target, mapping.relation, mapping.equivalence) == (
        "A00",
        "A01",
        "renamed",
        "equivalent",
    )
    assert mapping.automatic_forward and mapping.automatic_backward and not mapping.ambiguous
    assert (mapping.source_title, mapping.target_title) == ("A00 as of 2024", "A01 as of 2025")
    assert [(hop.effective_from, hop.reference) for hop in mapping.hops] == [(day(2025), "table, A01 2025")]


def test_a_split_code_needs_a_person_but_its_parts_count_back_to_it() -> None:
    mappings = built(
        release(2024, "A00"), release(2025, "A000 A001", "A00"), row(2025, "A000", "A00"), row(2025, "A001", "A00")
    )
    assert words(mappings) == {("A00", "A000"): "split", ("A00", "A001"): "split"}
    assert {mapping.equivalence for mapping in mappings} == {"source-is-broader-than-target"}
    assert all(mapping.ambiguous and not mapping.automatic_forward for mapping in mappings)
    assert all(mapping.automatic_backward for mapping in mappings)


def test_merged_codes_may_be_replaced_but_not_counted_back() -> None:
    mappings = built(release(2024, "A000 A001"), release(2025, "A00"), row(2025, "A00", "A000 A001"))
    assert words(mappings) == {("A000", "A00"): "merged", ("A001", "A00"): "merged"}
    assert {mapping.equivalence for mapping in mappings} == {"source-is-narrower-than-target"}
    assert all(mapping.automatic_forward and not mapping.automatic_backward for mapping in mappings)


def test_codes_that_are_split_and_merged_are_only_related() -> None:
    mappings = built(
        release(2024, "A1A A1B"), release(2025, "A2A A2B"), row(2025, "A2A", "A1A A1B"), row(2025, "A2B", "A1A")
    )
    assert words(mappings) == {
        ("A1A", "A2A"): "split_and_merged",
        ("A1A", "A2B"): "split",
        ("A1B", "A2A"): "merged",
    }
    assert mappings[0].equivalence == "related-to"
    assert [mapping.automatic_forward for mapping in mappings] == [False, False, True]


def test_a_code_carved_out_of_a_valid_one_replaces_nothing() -> None:
    mapping = only(built(release(2024, "A00"), release(2025, "A00 A01"), row(2025, "A01", "A00")))
    assert (mapping.relation, mapping.equivalence) == ("carved_out", "source-is-broader-than-target")
    assert not mapping.automatic_forward and mapping.automatic_backward and not mapping.ambiguous


def test_a_code_that_takes_over_an_ended_one_and_part_of_a_valid_one_is_no_rename() -> None:
    mappings = built(release(2024, "A00 B00"), release(2025, "A01 B00"), row(2025, "A01", "A00 B00"))
    assert words(mappings) == {("A00", "A01"): "merged", ("B00", "A01"): "carved_out"}
    assert [mapping.automatic_forward for mapping in mappings] == [True, False]
    assert not any(mapping.automatic_backward for mapping in mappings)


def test_a_combination_stands_for_its_codes_together_and_is_never_automatic() -> None:
    mappings = built(release(2024, "A00 B00 B01"), release(2025, "C00 B00"), row(2025, "C00", "A00 + B00 B01"))
    assert words(mappings) == {
        ("A00", "C00"): "combination",
        ("B00", "C00"): "carved_out",
        ("B01", "C00"): "combination",
    }
    assert [mapping.together_with for mapping in mappings] == [("B00", "B01"), ("A00",), ("A00",)]
    assert {mapping.equivalence for mapping in mappings} == {"related-to"}
    assert not any(mapping.automatic_forward or mapping.automatic_backward for mapping in mappings)


def test_a_deleted_code_of_which_nothing_is_known_has_a_row_that_says_so() -> None:
    mapping = only(built(release(2016, "S061X7D S061X7A", "S061X7"), release(2017, "S061X7A", "S061X7")))
    assert (mapping.source, mapping.target, mapping.relation) == ("S061X7D", None, "none")
    assert mapping.equivalence == "not-related-to" and "No successor is known" in mapping.note
    assert [(hop.effective_from, hop.target) for hop in mapping.hops] == [(day(2017), None)]


def test_the_children_of_a_code_that_became_a_header_follow_it_where_the_table_is_silent() -> None:
    mappings = built(
        release(2024, "C8339 Z8572"),
        release(2025, "C83390 C83398 Z8572", "C8339"),
        row(2025, "C83390", "Z8572"),
        row(2025, "C83398", "Z8572"),
    )
    assert {(m.source, m.target, m.evidence) for m in mappings if m.source == "C8339"} == {
        ("C8339", "C83390", Evidence.HIERARCHY),
        ("C8339", "C83398", Evidence.HIERARCHY),
    }


def test_a_child_that_the_table_takes_from_elsewhere_keeps_its_parent_from_being_a_rename() -> None:
    mappings = built(
        release(2024, "C860 Z8572"),
        release(2025, "C8600 C8601 Z8572", "C860"),
        row(2025, "C8600", "C860"),
        row(2025, "C8601", "Z8572"),
    )
    assert [(m.source, m.target, str(m.evidence), m.automatic_forward) for m in mappings if m.source == "C860"] == [
        ("C860", "C8600", "publisher", False),
        ("C860", "C8601", "hierarchy", False),
    ]


def test_a_code_with_placeholders_is_followed_by_the_codes_that_fill_them_with_the_same_7th_character() -> None:
    mappings = built(
        release(2021, "V2981XA V2981XD", "V2981"),
        release(2022, "V29811A V29811D V29818A V29818D", "V2981 V29811 V29818"),
    )
    assert pairs(mappings) == {
        ("V2981XA", "V29811A"),
        ("V2981XA", "V29818A"),
        ("V2981XD", "V29811D"),
        ("V2981XD", "V29818D"),
    }


@pytest.mark.parametrize(
    ("previous", "sources"),
    [
        ("A01-A03", {"A01", "A020", "A03"}),
        ("A0-A02", {"A00", "A01", "A020"}),
        ("A02", {"A020"}),
        ("A-", {"A00", "A01", "A020", "A03", "A04"}),
        ("A03~B00", {"A03", "A04", "B00X"}),
    ],
)
def test_ranges_prefixes_headers_and_categories_stand_for_the_billable_codes_in_them(
    previous: str, sources: set[str]
) -> None:
    old = "A00 A01 A020 A03 A04 B00X B01"
    mappings = built(release(2024, old, "A0 A02 B00"), release(2025, f"{old} C00"), row(2025, "C00", previous))
    assert {mapping.source for mapping in mappings} == sources


def test_a_previous_code_that_was_never_in_use_is_reported_and_maps_nothing() -> None:
    world = [release(2024, "H059"), release(2025, "H059 H05831", "H0583")]
    rows = [row(2025, "H05831", "H0583")]
    assert build_crosswalk("icd10cm", world, rows, []) == []
    (oddity,) = unresolved_previous_codes(world, rows, [])
    assert (oddity.text, oddity.file) == ("H0583", "table, H05831 2025")


def test_what_a_new_code_was_before_is_answered_for_every_new_code() -> None:
    before, after = release(2024, "A00 B00"), release(2025, "A01 B00 C00")
    mappings = build_crosswalk("icd10cm", [after, before], [row(2025, "A01", "A00"), row(2025, "C00")], [])
    assert words(mappings) == {("A01", "A00"): "renamed", ("C00", None): "none"}


def test_a_code_that_was_asked_for_and_goes_on_is_answered_as_unchanged() -> None:
    world = [release(2024, "A00 B00"), release(2025, "A01 B00")]
    mappings = map_codes("icd10cm", world, [row(2025, "A01", "A00")], [], ["b00", "A00"])
    assert [(m.source, m.target, str(m.relation)) for m in mappings] == [
        ("B00", "B00", "unchanged"),
        ("A00", "A01", "renamed"),
    ]


def test_a_code_that_the_first_release_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"Z99\.9 is not in the release of 2024-10-01"):
        map_codes("icd10cm", [release(2024, "A00"), release(2025, "A00")], [], [], ["Z99.9"])


def test_one_release_or_releases_out_of_order_are_refused() -> None:
    one, two, three = release(2023, "A00"), release(2024, "A00"), release(2025, "A00")
    for releases in ([], [one], [one, one], [one, three, two]):
        with pytest.raises(UsageError, match="two or more releases"):
            build_crosswalk("icd10cm", releases, [], [])


def test_an_unknown_kind_of_term_is_refused() -> None:
    odd = ConversionEntry("A01", day(2025), ((Term("guess", "A00", "A00"),),), "table")
    with pytest.raises(UsageError, match="guess"):
        built(release(2024, "A00"), release(2025, "A01"), odd)
