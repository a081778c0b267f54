"""Totals in the publisher's terms, by chapter, and the sentences made of them."""

from __future__ import annotations

import pytest

from codeset_pipeline.model import (
    ChangeKind,
    Difference,
    Evidence,
    FieldChange,
    Mapping,
    PublishedTotals,
    Reconciliation,
    Relation,
)
from codeset_pipeline.report.change_tables import ADDED, NOTES, POA, REVISED
from codeset_pipeline.report.counts import by_chapter, overall, totals_rows
from codeset_pipeline.report.deleted_table import DELETED
from codeset_pipeline.report.proof_tables import chapter_table
from codeset_pipeline.report.summary import impact_sentences, proof, sentences
from codeset_pipeline.report.tables import tables_of
from tests.unit.report.worlds import UNCOVERED, change, pair, report

OF_EDITS = {
    ChangeKind.EDIT_ADDED,
    ChangeKind.EDIT_DELETED,
    ChangeKind.INDICATOR_CHANGED,
    ChangeKind.RATIONALE_CHANGED,
    ChangeKind.MUE_VALUE_CHANGED,
    ChangeKind.MAI_CHANGED,
    ChangeKind.PRIMARY_ADDED,
    ChangeKind.PRIMARY_DELETED,
}
OF_CODES = [kind for kind in ChangeKind if kind not in OF_EDITS]
RENAMED = FieldChange("a", "b", "wording")


def test_every_kind_of_change_has_exactly_one_table() -> None:
    groups = (ADDED, DELETED, REVISED, NOTES, POA)
    assert sorted(kind for group in groups for kind in group) == sorted(OF_CODES)


def test_every_change_stands_in_one_row_of_the_report() -> None:
    changes = [change(f"A{number:02d}", kind) for number, kind in enumerate(OF_CODES)]
    tables = tables_of(report(pair(changes)))
    codes = [row.cells[0] for name in ("Added", "Deleted", "Revised", "Notes", "POA") for row in tables[name].rows]
    assert sorted(str(code) for code in codes) == sorted(each.code for each in changes)


def test_a_code_that_became_a_header_counts_as_deleted_and_as_an_added_header() -> None:
    counts = overall(pair([change("B880", ChangeKind.BECAME_HEADER)]))
    assert (counts.deleted, counts.became_headers, counts.header_added, counts.header_deleted) == (1, 1, 1, 0)


def test_a_header_that_became_billable_counts_as_added_and_as_a_deleted_header() -> None:
    counts = overall(pair([change("B880", ChangeKind.BECAME_BILLABLE)]))
    assert (counts.added, counts.header_deleted, counts.deleted) == (1, 1, 0)


def test_an_added_header_is_no_added_code() -> None:
    counts = overall(pair([change("C50A", ChangeKind.ADDED, billable_after=False)]))
    assert (counts.added, counts.header_added) == (0, 1)


def test_a_revision_with_a_known_cause_is_counted_beside_the_publishers_terms() -> None:
    changes = [
        change("H35311", ChangeKind.REVISED, fields={"short_title": RENAMED}, explained="short titles"),
        change("H35312", ChangeKind.REVISED, fields={"short_title": RENAMED}),
    ]
    counts = overall(pair(changes))
    assert (counts.revised, counts.apart) == (1, 1)


def test_chapters_come_in_the_order_of_their_numbers() -> None:
    names = ["10 Respiratory", "2 Neoplasms", "1 Infections", ""]
    changes = [change(f"A0{n}", ChangeKind.ADDED, chapter=name) for n, name in enumerate(names)]
    assert [row.chapter for row in by_chapter(pair(changes))] == [
        "1 Infections",
        "2 Neoplasms",
        "10 Respiratory",
        "No chapter given",
    ]


def test_the_chapter_table_adds_up_to_the_headline_even_where_a_code_has_no_change_of_ours() -> None:
    table = chapter_table(pair([change("A001", ChangeKind.ADDED)], totals=PublishedTotals(3, 0, 0)))
    assert [row.cells[:2] for row in table.rows[1:]] == [("Counted in no chapter", 2), ("All chapters", 3)]


def test_our_totals_stand_beside_those_of_the_publisher() -> None:
    found = Reconciliation(True, (), 0, (), (), {"codes": {"added": 1, "deleted": 5}})
    rows = totals_rows(pair(totals=PublishedTotals(1, 2, 3), reconciliation=found))
    assert [(row.what, row.ours, row.publisher, row.equal) for row in rows if row.level == "codes"] == [
        ("added", 1, 1, True),
        ("deleted", 2, 5, False),
        ("revised", 3, None, None),
    ]


def test_deleted_codes_are_told_with_those_that_became_headers() -> None:
    changes = [change("B880", ChangeKind.BECAME_HEADER), change("B881", ChangeKind.DELETED)]
    lines = sentences(pair(changes, totals=PublishedTotals(0, 2, 0)))
    assert "2 billable codes were deleted; 1 of them became a header." in lines


def test_a_deleted_code_without_a_row_in_the_crosswalk_is_not_called_replaced() -> None:
    whole = pair([change("B881", ChangeKind.DELETED)])
    deleted = tables_of(report(whole))["Deleted"]
    how = [column.header for column in deleted.columns].index("Replace how")
    assert deleted.rows[0].cells[how] == "not in the crosswalk: needs a person"


@pytest.mark.parametrize(
    ("targets", "how"), [(1, "automatic"), (2, "needs a person: choose of 2"), (0, "no replacement: needs a person")]
)
def test_who_replaces_a_deleted_code(targets: int, how: str) -> None:
    relation = {0: Relation.NONE, 1: Relation.RENAMED, 2: Relation.SPLIT}[targets]
    goals: list[str | None] = [f"B88{n}" for n in range(1, targets + 1)] or [None]
    mappings = [
        Mapping("icd10cm", "B880", goal, relation, "", Evidence.PUBLISHER, automatic_forward=targets == 1)
        for goal in goals
    ]
    deleted = tables_of(report(pair([change("B880", ChangeKind.DELETED)], mappings)))["Deleted"]
    cells = dict(zip((column.header for column in deleted.columns), deleted.rows[0].cells, strict=True))
    assert cells["Replace how"] == how
    assert cells["Replaced by"] == ("\n".join(f"B88.{n}" for n in range(1, targets + 1)) or "none")


def test_wording_changes_come_before_those_of_case_and_spacing() -> None:
    kinds = {"A001": "spacing", "A002": "wording", "A003": "case", "A004": "punctuation"}
    changes = [
        change(code, ChangeKind.REVISED, fields={"long_title": FieldChange("a", "b", text)})
        for code, text in kinds.items()
    ]
    revised = tables_of(report(pair(changes)))["Revised"]
    assert [row.cells[0] for row in revised.rows] == ["A00.2", "A00.4", "A00.3", "A00.1"]


def test_nothing_is_proven_without_the_publishers_list() -> None:
    found = proof(report(pair(reconciliation=UNCOVERED)))
    assert (found.proven, found.figure) == (False, "–")
    assert "Nothing is proven" in found.sentence
    assert "The addenda of FY2026 are not loaded." in found.sentence


def test_an_unexplained_difference_is_told_in_the_badge() -> None:
    difference = Difference("A001", "code", "added", "ours", "We found it, the list has it not.")
    found = proof(report(pair(reconciliation=Reconciliation(True, (), 0, (), (difference,), {}))))
    assert (found.proven, found.figure) == (False, "1")


def test_without_files_of_the_users_the_report_says_so() -> None:
    assert impact_sentences(report(pair()))[0].startswith("No charge masters or rule files were given")
    assert "No charge masters or rule files" in tables_of(report(pair()))["Worklist"].nothing


def test_with_two_pairs_every_row_names_its_pair() -> None:
    tables = tables_of(report(pair([change("A001", ChangeKind.ADDED)]), pair([change("A002", ChangeKind.ADDED)])))
    assert [row.cells[:2] for row in tables["Added"].rows] == [
        ("ICD-10-CM FY2025 → FY2026", "A00.1"),
        ("ICD-10-CM FY2025 → FY2026", "A00.2"),
    ]


def test_a_note_shows_what_sort_of_instruction_it_is() -> None:
    by_name = change("A00", ChangeKind.NOTE_ADDED, fields={"excludes1": FieldChange(None, "typhoid (A01.-)")})
    by_field = change(
        "A01",
        ChangeKind.NOTE_REVISED,
        fields={"type": FieldChange("code_first", "code_first"), "text": FieldChange("old", "new", "wording")},
    )
    notes = tables_of(report(pair([by_name, by_field])))["Notes"]
    place = [column.header for column in notes.columns].index("Note")
    assert [row.cells[place] for row in notes.rows] == ["Excludes1", "Code first"]
