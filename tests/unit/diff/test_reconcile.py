"""Our changes held against the publisher's list: agreement, every seeded error, and lists that do not fit at once."""

from __future__ import annotations

import pytest

from codeset_pipeline.diff.reconcile import reconcile
from tests.generated_releases import Codes, Entry, categories, retitled, split, without
from tests.unit.diff.made import APR29, OCT28, OCT29, OCT30, Made, explained, unexplained

OLD = categories(count=4)
NEW = retitled(
    {**split(without(OLD, "A019"), "A010"), "A035": Entry(True, "New code", "A new code")}, "A020", "New words", "New"
)
# A019 deleted; A010 became a header; A010A, A010B and A035 added; A020 revised.
CHANGED = 6


def record(label: str, codes: Codes, code: str) -> str:
    entry = codes[code]
    return f"{label:<13}{int(entry.billable)} {code:<7} {entry.short:<60} {entry.long}\r\n"


def test_a_list_that_says_what_we_find_leaves_nothing_to_explain(made: Made) -> None:
    old, new = made(OCT28, OLD), made(OCT29, NEW, since=OLD)
    found = reconcile(old, new, [old, new])
    assert (found.covered, found.matched, found.explained, found.unexplained) == (True, CHANGED, (), ())
    assert found.publisher_totals == {
        "headers": {"added": 1, "deleted": 0, "revised": 0},
        "codes": {"added": 3, "deleted": 2, "revised": 1},
    }


SEEDED = [
    # What is changed in the list, and what must surface.
    ({record("Delete:", OLD, "A019"): ""}, [("A019", "ours", "deleted")]),
    ({record("Add:", NEW, "A035"): ""}, [("A035", "ours", "added")]),
    ({record("Add:", NEW, "A010B"): ""}, [("A010B", "ours", "added")]),
    (
        {record("Revise from:", OLD, "A020"): "", record("Revise to:", NEW, "A020"): ""},
        [("A020", "ours", "revised")],
    ),
    (
        {record("Delete:", OLD, "A010"): "", record("Add:", NEW, "A010"): ""},
        [("A010", "ours", "became_header")],
    ),
    ({"A new code": "A new cord"}, [("A035", "both", "added")]),
    (
        {record("Add:", NEW, "A010"): record("Add:", {**NEW, "A010": OLD["A010"]}, "A010")},
        [("A010", "both", "unchanged")],
    ),
    (
        {record("Delete:", OLD, "A019"): record("Delete:", OLD, "A019") + record("Delete:", OLD, "A030")},
        [("A030", "publisher", "deleted")],
    ),
    (
        {
            record("Add:", NEW, "A035"): record("Add:", NEW, "A035")
            + record("Add:", {"A037": Entry(True, "Bogus", "Bogus")}, "A037")
        },
        [("A037", "publisher", "added")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "surfaces"), SEEDED)
def test_every_error_seeded_into_the_list_surfaces_unexplained(
    made: Made, edit: dict[str, str], surfaces: list[tuple[str, str, str]]
) -> None:
    old, new = made(OCT28, OLD), made(OCT29, NEW, since=OLD, edit=edit)
    found = reconcile(old, new, [old, new])
    assert unexplained(found) == surfaces
    assert found.matched == CHANGED - sum(side != "publisher" for _, side, _ in surfaces)


def test_an_error_seeded_into_the_order_file_surfaces_too(made: Made) -> None:
    """The list is right and the row is not: a title, a flag, a missing row, an invented one."""
    old = made(OCT28, OLD)
    wrong = retitled({**without(NEW, "A035"), "A039A": Entry(True, "x", "x")}, "A031", "Garbled")
    listed = made(OCT29, NEW, since=OLD)
    new = made(OCT29, wrong)
    # The wrong rows arrive with the right list.
    new.manifest["tables"] |= {name: listed.manifest["tables"][name] for name in ("addenda", "addenda_totals")}
    new.manifest["inputs"] = listed.manifest["inputs"]
    for name in ("addenda", "addenda_totals"):
        (new.folder / f"{name}.parquet").write_bytes((listed.folder / f"{name}.parquet").read_bytes())
    found = reconcile(old, new, [old, new])
    assert unexplained(found) == [
        ("A031", "ours", "revised"),
        ("A035", "publisher", "added"),
        ("A039A", "ours", "added"),
    ]


def test_without_a_list_nothing_is_proven_and_nothing_is_called_unexplained(made: Made) -> None:
    old, new = made(OCT28, OLD), made(OCT29, NEW)
    found = reconcile(old, new, [old, new])
    assert (found.covered, found.matched, found.unexplained) == (False, 0, ())
    assert "proves" in found.note


# The April update that is not loaded: it took A031 away and brought A037.
APRIL = {**without(OLD, "A031"), "A037": Entry(True, "April", "A code of April")}
AFTER_APRIL = {**without(NEW, "A031"), "A037": APRIL["A037"]}


def test_a_list_from_a_mid_year_update_is_explained_when_the_counts_close(made: Made) -> None:
    """Without A031 the April list starts from one code less than October's."""
    april = without(OLD, "A031")
    old, new = made(OCT28, OLD), made(OCT29, without(NEW, "A031"), since=april)
    found = reconcile(old, new, [old, new])
    assert explained(found) == [("A031", "mid_year_base")]
    assert (found.unexplained, found.matched) == ((), CHANGED)


def test_a_list_from_a_mid_year_update_explains_nothing_when_the_counts_do_not_close(made: Made) -> None:
    april = without(OLD, "A031")
    edit = {record("Add:", NEW, "A035"): ""}
    old, new = made(OCT28, OLD), made(OCT29, without(NEW, "A031"), since=april, edit=edit)
    found = reconcile(old, new, [old, new])
    assert ("A035", "ours", "added") in unexplained(found)
    assert ("A031", "ours", "deleted") in unexplained(found)


def test_with_the_mid_year_update_loaded_the_lists_are_followed_one_after_the_other(made: Made) -> None:
    april_codes = without(OLD, "A031")
    old = made(OCT28, OLD)
    april = made(APR29, april_codes, since=OLD, base_year=2029)
    new = made(OCT29, without(NEW, "A031"), since=april_codes, base_year=2029)
    found = reconcile(old, new, [old, april, new])
    assert (found.covered, found.matched, found.explained, found.unexplained) == (True, CHANGED + 1, (), ())


def test_a_span_of_years_is_proven_by_its_lists_in_turn_and_backwards(made: Made) -> None:
    # A035 came in the first year and goes in the second, so that neither end knows it.
    last = retitled(without(NEW, "A035"), "A030", "Words of the second year")
    one, two, three = made(OCT28, OLD), made(OCT29, NEW, since=OLD), made(OCT30, last, since=NEW)
    for old, new in ((one, three), (three, one)):
        found = reconcile(old, new, [one, two, three])
        assert (found.covered, found.matched, found.explained, found.unexplained) == (True, CHANGED, (), ())


def test_an_error_in_any_list_of_a_span_surfaces(made: Made) -> None:
    last = retitled(NEW, "A030", "Words of the second year")
    one = made(OCT28, OLD)
    two = made(OCT29, NEW, since=OLD, edit={record("Delete:", OLD, "A019"): ""})
    three = made(OCT30, last, since=NEW)
    assert unexplained(reconcile(one, three, [one, two, three])) == [("A019", "ours", "deleted")]
    assert [code for code, *_ in unexplained(reconcile(three, one, [one, two, three]))] == ["A019"]
