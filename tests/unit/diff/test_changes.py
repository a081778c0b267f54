"""Each kind of change as a case of its own, and how the publisher counts it."""

from __future__ import annotations

import pytest

from codeset_pipeline.diff.changes import find_changes, published_totals
from codeset_pipeline.diff.notes import pair_notes
from codeset_pipeline.diff.text import text_change
from codeset_pipeline.model import PublishedTotals
from tests.generated_releases import Entry, categories, retitled, split, without
from tests.unit.diff.made import APR29, OCT28, OCT29, Made, changes

BASE = categories(count=3)


def test_nothing_changed_between_equal_releases(made: Made) -> None:
    assert changes(made(OCT28, BASE), made(OCT29, BASE)) == []


def test_added_and_deleted(made: Made) -> None:
    old, new = without(BASE, "A020"), without(BASE, "A019")
    found = find_changes(made(OCT28, old), made(OCT29, new))
    assert [(c.code, str(c.kind), c.effective_from) for c in found] == [
        ("A019", "deleted", OCT29),
        ("A020", "added", OCT29),
    ]
    assert (found[0].billable_before, found[0].billable_after) == (True, None)
    assert (found[1].title_before, found[1].title_after) == (None, "Disorder of sort A02, variety 0")
    assert published_totals(found) == PublishedTotals(1, 1, 0)


def test_a_code_that_became_a_header_counts_as_deleted_and_its_children_as_added(made: Made) -> None:
    found = find_changes(made(OCT28, BASE), made(OCT29, split(BASE, "A010")))
    assert [(c.code, str(c.kind)) for c in found] == [("A010", "became_header"), ("A010A", "added"), ("A010B", "added")]
    assert published_totals(found) == PublishedTotals(added=2, deleted=1, revised=0)


def test_a_header_that_became_billable_counts_as_added(made: Made) -> None:
    found = find_changes(made(OCT28, split(BASE, "A010")), made(OCT29, BASE))
    assert [(c.code, str(c.kind)) for c in found] == [
        ("A010", "became_billable"),
        ("A010A", "deleted"),
        ("A010B", "deleted"),
    ]
    assert published_totals(found) == PublishedTotals(added=1, deleted=2, revised=0)


def test_a_revised_title_names_its_fields(made: Made) -> None:
    (found,) = find_changes(made(OCT28, BASE), made(OCT29, retitled(BASE, "A010", "New words", "New")))
    assert str(found.kind) == "revised"
    assert {name: (f.old, f.new, f.text) for name, f in found.fields.items()} == {
        "long_title": ("Disorder of sort A01, variety 0", "New words", "wording"),
        "short_title": ("Disorder A01, 0", "New", "wording"),
    }
    assert published_totals([found]) == PublishedTotals(0, 0, 1)


def test_a_revised_header_is_a_change_but_not_one_of_the_billable_list(made: Made) -> None:
    found = find_changes(made(OCT28, BASE), made(OCT29, retitled(BASE, "A01", "New words")))
    assert [(c.code, str(c.kind)) for c in found] == [("A01", "revised")]
    assert published_totals(found) == PublishedTotals(0, 0, 0)


def test_a_code_that_changes_flag_and_title_has_both_changes(made: Made) -> None:
    new = retitled(split(BASE, "A010"), "A010", "New words")
    found = find_changes(made(OCT28, BASE), made(OCT29, new))
    assert [(c.code, str(c.kind)) for c in found][:2] == [("A010", "became_header"), ("A010", "revised")]
    assert published_totals(found).revised == 0


def test_a_code_that_comes_back_is_reactivated_or_with_another_meaning_reused(made: Made) -> None:
    old, new = made(OCT28, without(BASE, "A010", "A020", "A021")), made(OCT29, BASE)
    title = "Disorder of sort A02, variety 0"
    ended = {"A020": title.upper(), "A021": "Something else entirely"}
    assert changes(old, new, ended) == [("A010", "added"), ("A020", "reactivated"), ("A021", "reused")]
    assert published_totals(find_changes(old, new, ended)) == PublishedTotals(3, 0, 0)


def test_between_two_revisions_of_one_release_every_change_is_a_correction(made: Made) -> None:
    corrected = retitled(split(without(BASE, "A019"), "A020"), "A000", "Mended")
    found = find_changes(made(OCT28, BASE), made(OCT28, corrected))
    assert {str(c.kind) for c in found} == {"corrected"}
    assert {c.code: dict(c.fields).get("status") is not None for c in found} == {
        "A000": False,
        "A019": True,
        "A020": True,
        "A020A": True,
        "A020B": True,
    }


def test_short_titles_that_one_release_does_not_state_are_no_change(made: Made) -> None:
    assert changes(made(OCT28, BASE), made(APR29, BASE, xml=True)) == []


def test_accents_that_only_the_xml_writes_are_shown_and_explained(made: Made) -> None:
    plain = retitled(BASE, "A010", "Meniere's disease")
    accented = retitled(BASE, "A010", "Ménière's disease")
    (found,) = find_changes(made(OCT28, plain), made(APR29, accented, xml=True))
    assert (str(found.kind), found.explained) == ("revised", "accents_in_tabular_xml")
    assert published_totals([found]) == PublishedTotals(0, 0, 0)


def test_accents_that_change_between_two_order_files_are_an_ordinary_revision(made: Made) -> None:
    plain = retitled(BASE, "A010", "Meniere's disease")
    (found,) = find_changes(made(OCT28, plain), made(OCT29, retitled(BASE, "A010", "Ménière's disease")))
    assert found.explained is None
    assert published_totals([found]) == PublishedTotals(0, 0, 1)


def test_other_words_in_the_xml_are_not_explained(made: Made) -> None:
    (found,) = find_changes(made(OCT28, BASE), made(APR29, retitled(BASE, "A010", "Other words"), xml=True))
    assert found.explained is None


def test_notes_come_go_and_are_reworded(made: Made) -> None:
    old = made(
        OCT28, BASE, notes={("A01", "excludes1"): ["acute form (A02.0)", "stays"], ("A02", "includes"): ["gone note"]}
    )
    new = made(
        OCT29,
        BASE,
        notes={("A01", "excludes1"): ["stays", "acute form (A02.1)"], ("chapter 1", "codeFirst"): ["a new note"]},
    )
    found = find_changes(old, new)
    assert [(c.code, str(c.kind), {n: (f.old, f.new) for n, f in c.fields.items()}) for c in found] == [
        ("A01", "note_revised", {"excludes1": ("acute form (A02.0)", "acute form (A02.1)")}),
        ("A02", "note_deleted", {"includes": ("gone note", None)}),
        ("chapter 1", "note_added", {"codeFirst": (None, "a new note")}),
    ]


def test_a_release_without_notes_says_nothing_about_them(made: Made) -> None:
    assert changes(made(OCT28, BASE, notes={("A01", "includes"): ["x"]}), made(OCT29, BASE)) == []


def test_a_note_that_only_moved_is_unchanged() -> None:
    assert pair_notes(["one", "two", "three"], ["three", "one", "two"]) == []


def test_notes_with_nothing_in_common_are_one_gone_and_one_come() -> None:
    assert pair_notes(["fracture of femur"], ["zygomycosis"]) == [
        ("fracture of femur", None),
        (None, "zygomycosis"),
    ]


def test_codes_come_onto_the_poa_exempt_list_and_leave_it(made: Made) -> None:
    old, new = made(OCT28, BASE, exempt=["A000", "A001"]), made(OCT29, BASE, exempt=["A001", "A010"])
    assert changes(old, new) == [("A000", "poa_exempt_deleted"), ("A010", "poa_exempt_added")]
    assert changes(old, made(APR29, BASE)) == []


@pytest.mark.parametrize(
    ("old", "new", "sort"),
    [
        ("Type 2  diabetes ", "Type 2 diabetes", "spacing"),
        ("Non-ST", "Non -ST", "spacing"),
        ("crohn's disease", "Crohn's disease", "case"),
        ("Crohn's disease", "Crohns disease", "punctuation"),
        ("Crohn's Disease", "crohns  disease", "punctuation"),
        ("Meniere's disease", "Ménière's disease", "accents"),
        ("Rib(s), left-sided", "Ribs left sided", "punctuation"),
        ("Type-2 (mild)", "Type 2, mild", "punctuation"),
        ("left eye", "right eye", "wording"),
        ("stage 1", "stage 2", "wording"),
        ("Type 1", "Type I", "wording"),
    ],
)
def test_sorts_of_text_change(old: str, new: str, sort: str) -> None:
    assert (text_change(old, new), text_change(new, old)) == (sort, sort)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("> 20 mm", "< 20 mm"),
        ("score of >=4", "score of <=4"),
        ("-1.0", "+1.0"),
        ("1.5 cm", "15 cm"),
        ("at -1", "at 1"),
    ],
)
def test_a_sign_that_turns_the_meaning_round_is_a_change_of_wording(old: str, new: str) -> None:
    assert text_change(old, new) == "wording"


def test_an_entry_keeps_its_own_chapter(made: Made) -> None:
    new = {**BASE, "S72": Entry(False, "Fracture", "Fracture"), "S729": Entry(True, "Fracture", "Fracture of femur")}
    found = find_changes(made(OCT28, BASE), made(OCT29, new))
    assert {c.chapter for c in found} == {"19. Injury, poisoning and other external causes"}
