"""What each kind of correction does to the codes of a release."""

from __future__ import annotations

from datetime import date

import pytest

from codeset_pipeline.parse.anweb_rows import AnwebRow
from codeset_pipeline.parse.anweb_text import parse_anweb_text
from codeset_pipeline.parse.hcpcs_corrections import Corrections, parse_corrections
from codeset_pipeline.snapshots.correct_hcpcs import apply_corrections
from tests.hcpcs_releases import Code, anweb_text, corrections

RELEASE = parse_anweb_text(
    anweb_text({"A1000": Code("First supply", "First"), "A1001": Code("Second supply"), "Z9": Code("A way")}), "r.txt"
)
NEW_YEAR = date(2019, 1, 1)


def file(action: str, code: str = "A1000", effective: object = "20190101", **cells: object) -> Corrections:
    named = {name.replace("_", " "): value for name, value in cells.items()}
    return parse_corrections(corrections((code, action, effective, named)), f"{action}.xlsx")


def corrected(*files: Corrections) -> dict[str, AnwebRow]:
    rows, _, _ = apply_corrections(RELEASE, files)
    assert len({row.code for row in rows}) == len(rows)
    return {row.code: row for row in rows}


def changed(before: AnwebRow, after: AnwebRow) -> dict[str, object]:
    old = before._asdict()
    return {name: value for name, value in after._asdict().items() if value != old[name]}


ORIGINAL = {row.code: row for row in RELEASE.rows}


def test_without_corrections_the_release_stands() -> None:
    assert corrected() == ORIGINAL


def test_an_added_code_is_dated_by_the_correction_and_states_only_what_its_row_states() -> None:
    added = corrected(file("ADD CODE", "A1002", LONG_DESC="Third supply", COV="D"))["A1002"]
    stated = {name: value for name, value in added._asdict().items() if value not in ("", (), None, False)}
    assert stated == {
        "code": "A1002",
        "long_description": "Third supply",
        "coverage": "D",
        "added_date": NEW_YEAR,
        "action_effective_date": NEW_YEAR,
        "action_code": "A",
    }


def test_an_added_modifier_is_one() -> None:
    assert corrected(file("ADD MODIFIER", "Z8", LONG_DESC="Another way"))["Z8"].is_modifier


def test_an_added_code_whose_date_is_none_is_there_without_a_date() -> None:
    parsed = file("ADD CODE", "A1002", "01/0/12019", LONG_DESC="Third supply")
    added = corrected(parsed)["A1002"]
    assert (added.added_date, added.long_description) == (None, "Third supply")
    assert [oddity.text for oddity in parsed.oddities] == ["01/0/12019"]


def test_an_addition_of_a_code_that_is_there_gives_it_new_values() -> None:
    after = corrected(file("ADD CODE", LONG_DESC="Other words"))["A1000"]
    assert (after.long_description, after.short_description, after.added_date) == ("Other words", "First", NEW_YEAR)


def test_a_revised_description_takes_effect_on_the_corrections_date() -> None:
    after = corrected(file("Revise Long Desc", LONG_DESC="Clearer words"))["A1000"]
    assert changed(ORIGINAL["A1000"], after) == {
        "long_description": "Clearer words",
        "action_effective_date": NEW_YEAR,
    }


def test_another_field_is_revised_and_nothing_else() -> None:
    after = corrected(file("Change Cov to D"))["A1000"]
    assert changed(ORIGINAL["A1000"], after) == {"coverage": "D"}


def test_what_is_added_to_a_list_stands_behind_what_it_holds_and_only_once() -> None:
    one, two = file("Add Lab Cert code 220"), file("Add Lab Cert code 310")
    assert corrected(one, two, one)["A1000"].lab_certifications == ("220", "310")


def test_a_discontinued_code_ends_on_the_day_before_and_keeps_its_row() -> None:
    after = corrected(file("Discontinue", XREF_CODE="J1095"))["A1000"]
    assert changed(ORIGINAL["A1000"], after) == {
        "termination_date": date(2018, 12, 31),
        "action_effective_date": NEW_YEAR,
        "action_code": "D",
        "cross_references": ("J1095",),
    }


@pytest.mark.parametrize(
    "action",
    [
        "DELETE",
        "Remove, will be assigned at a later date",
        "DO NOT ADD - Remove from previous corrections document",
    ],
)
def test_a_deleted_or_withdrawn_code_is_not_in_the_release(action: str) -> None:
    assert corrected(file(action, effective=None)).keys() == {"A1001", "Z9"}


def test_a_withdrawn_addition_of_an_earlier_file_leaves_no_trace() -> None:
    added = file("ADD CODE", "A1002", LONG_DESC="Third supply")
    withdrawn = file("DO NOT ADD - Remove from previous corrections document", "A1002", None)
    assert corrected(added, withdrawn) == ORIGINAL
    assert "A1002" in corrected(withdrawn, added)


def test_a_code_deleted_in_error_comes_back_as_the_release_had_it() -> None:
    restored = file("Removed in error - add back to file", effective=None)
    assert corrected(file("DELETE", effective=None), restored) == ORIGINAL
    assert corrected(restored) == ORIGINAL


@pytest.mark.parametrize(
    ("action", "code", "effective", "why"),
    [
        ("See transmittal 4000", "A1000", "20190101", "not understood"),
        (
            "Should not have been updated - revert back to 2017 description",
            "A1000",
            None,
            "the release of 2017, which is not at hand",
        ),
        ("Discontinue", "A1000", None, "it gives no date"),
        ("Discontinue", "A9999", "20190101", "the release has no such code"),
        ("Change Cov to D", "A9999", None, "the release has no such code"),
        ("Removed in error - add back to file", "A9999", None, "the release has no such code"),
    ],
)
def test_a_correction_that_cannot_be_applied_is_named_with_file_row_and_text_and_changes_nothing(
    action: str, code: str, effective: object, why: str
) -> None:
    rows, applied, oddities = apply_corrections(RELEASE, [file(action, code, effective)])
    assert rows == RELEASE.rows
    assert [(row[0], row[1], row[2], row[6]) for row in applied] == [(f"{action}.xlsx", 4, code, False)]
    (oddity,) = oddities
    assert (oddity.file, oddity.line, oddity.text) == (f"{action}.xlsx", 4, action)
    assert why in oddity.what
    assert code in oddity.what


def test_every_correction_is_on_record_with_what_became_of_it() -> None:
    files = [file("Change Cov to D"), file("DELETE", "A1001", None)]
    _, applied, oddities = apply_corrections(RELEASE, files)
    assert applied == [
        ("Change Cov to D.xlsx", 4, "A1000", "revise", "Change Cov to D", NEW_YEAR, True),
        ("DELETE.xlsx", 4, "A1001", "delete", "DELETE", None, True),
    ]
    assert oddities == []


def test_the_last_file_has_the_last_word() -> None:
    one, two = (file("Revise Long Desc", LONG_DESC=words) for words in ("One", "Two"))
    assert corrected(one, two)["A1000"].long_description == "Two"
    assert corrected(two, one)["A1000"].long_description == "One"
