"""Education lists: nothing is missing, and each list fits a page."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from codeset_pipeline.codes import printed
from codeset_pipeline.errors import UsageError
from codeset_pipeline.model import ChangeKind, FieldChange
from codeset_pipeline.report.education import NO_SPECIALTY, by_chapter, by_specialty, lines_of, shortened
from codeset_pipeline.report.education_page import education_html, write_education
from codeset_pipeline.report.education_table import education_table
from codeset_pipeline.report.specialties import Specialty, specialties
from codeset_pipeline.report.table import Marked
from tests.unit.report.worlds import change, genuine_report, hostile_report, pair

HEART = Specialty("Cardiology", {"icd10cm": (("I00", "I99"), ("Z95", "Z95"))})
CHEST = Specialty("Chest", {"icd10cm": (("I26", "I28"), ("J", "J"))})


def test_a_range_counts_its_ends_and_everything_below_them() -> None:
    inside = ["I00", "I110", "I999", "Z95", "Z95811"]
    assert [code for code in (*inside, "H99", "J00", "Z94", "Z96", "I") if HEART.has("icd10cm", code)] == inside
    assert not HEART.has("hcpcs", "I110")


def test_every_change_stands_under_each_specialty_it_concerns_or_under_none() -> None:
    changes = [
        change("I2784", ChangeKind.ADDED, title_after="Fontan"),
        change("J18", ChangeKind.BECAME_HEADER),
        change("A00", ChangeKind.DELETED),
        change("Z95", ChangeKind.REVISED, fields={"long_title": FieldChange("Old pump", "New pump", "wording")}),
        change("I10", ChangeKind.NOTE_REVISED),
    ]
    found = {lesson.name: lesson for lesson in by_specialty(pair(changes), [HEART, CHEST])}
    assert list(found) == ["Cardiology", "Chest", NO_SPECIALTY]
    assert [item.code for item in found["Cardiology"].new] == ["I27.84"]
    assert [item.code for item in found["Chest"].new] == ["I27.84"]
    assert [item.code for item in found["Chest"].deleted] == ["J18"]
    assert [item.code for item in found[NO_SPECIALTY].deleted] == ["A00"]
    assert found["Cardiology"].notes == ["I10"]
    revised = found["Cardiology"].revised[0]
    assert isinstance(revised.before, Marked) and isinstance(revised.after, Marked)
    assert [part.text for part in revised.after.segments if part.changed] == ["New"]


def test_headers_and_changes_of_spelling_are_counted_and_not_taught() -> None:
    changes = [
        change("A00", ChangeKind.ADDED, billable_after=False),
        change("A01", ChangeKind.DELETED, billable_before=False),
        change("A02", ChangeKind.REVISED, fields={"long_title": FieldChange("x y", "X y", "case")}),
    ]
    (lesson,) = by_chapter(pair([*changes, change("A03", ChangeKind.ADDED)]))
    assert [item.code for item in lesson.new] == ["A03"]
    assert (lesson.deleted, lesson.revised, lesson.others) == ([], [], 1)


def test_a_long_list_is_drawn_together_by_families_and_keeps_count() -> None:
    changes = [
        change(f"S{n:03d}{m}XA", ChangeKind.ADDED, title_after=f"Injury {n} of part {m}")
        for n in range(60)
        for m in range(5)
    ]
    (lesson,) = by_chapter(pair(changes))
    short, drawn = shortened(lesson, 100)
    assert sum(item.count for item in short.new) == 300
    assert sum(map(lines_of, short.new)) <= 100
    assert drawn > 0
    assert shortened(lesson, 10_000) == (lesson, 0)


def test_a_family_names_its_first_and_last_code_and_the_words_they_share() -> None:
    titles = ["Blast injury of right ear", "Blast injury of left ear", "Blast injury of ear"]
    changes = [change(f"S09{n}", ChangeKind.ADDED, title_after=title) for n, title in enumerate(titles)]
    (lesson,) = by_chapter(pair(changes))
    short, drawn = shortened(lesson, 1)
    assert [(item.code, item.after, item.count) for item in short.new] == [("S09.0 to S09.2", "Blast injury …", 3)]
    assert drawn == 3


@pytest.mark.genuine
def test_the_genuine_update_is_taught_in_full() -> None:
    """Counts come from the publisher's own trailer: 487 additions, 28 deletions, 38 revisions among billable codes."""
    whole = genuine_report()
    lessons = by_chapter(whole.pairs[0])
    assert sum(len(lesson.new) for lesson in lessons) == 487
    assert sum(len(lesson.deleted) for lesson in lessons) == 28
    table = education_table(whole.pairs, specialties())
    codes = {(row.cells[2], row.cells[3]) for row in table.rows}
    taught = Counter(what for what, _ in codes)
    assert (taught["new"], taught["deleted"]) == (487, 28)
    for lesson in (*lessons, *by_specialty(whole.pairs[0], specialties())):
        short, _ = shortened(lesson, 108)
        assert sum(map(lines_of, (*short.new, *short.deleted, *short.revised))) <= 108, lesson.name


def test_the_page_holds_every_text_as_text_and_no_script() -> None:
    whole = hostile_report()
    text = education_html("chapter", [(whole.pairs[0], by_chapter(whole.pairs[0]))], sample=True, foot="<foot>")
    assert "<script" not in text and "<img" not in text
    assert "SAMPLE DATA" in text
    assert "&lt;foot&gt;" in text
    assert "default-src 'none'; style-src 'sha256-" in text
    ids = re.findall(r'id="([^"]+)"', text)
    assert set(re.findall(r'href="#([^"]+)"', text)) == set(ids)


def test_a_replacement_and_none_are_told_apart() -> None:
    whole = hostile_report().pairs[0]
    (item,) = [item for lesson in by_chapter(whole) for item in lesson.deleted]
    assert item.code == printed("icd10cm", "A002")
    assert item.replacements[0].startswith("A00.1 =cmd")
    ended = pair([change("A00", ChangeKind.DELETED)])
    text = education_html("chapter", [(ended, by_chapter(ended))], sample=False, foot="")
    assert "No replacement is on record." in text


def test_without_changes_no_file_is_written(tmp_path: Path) -> None:
    assert write_education([pair()], [HEART], tmp_path, sample=False, foot="") == []
    made = write_education([pair([change("I10", ChangeKind.ADDED)])], [HEART], tmp_path, sample=False, foot="")
    assert [path.name for path in made] == ["education_by_specialty.html", "education_by_chapter.html"]


def test_the_specialties_that_come_with_the_program_have_names_and_ranges_in_order() -> None:
    found = specialties()
    assert len({each.name for each in found}) == len(found) >= 15
    assert all(low <= high for each in found for ranges in each.ranges.values() for low, high in ranges)
    assert {"icd10cm", "hcpcs"} == {code_set for each in found for code_set in each.ranges}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- name: A\n  icd10cm: [I99-I00]", "'I99-I00' is no beginning or range"),
        ("- name: A\n  icd10cm: I00", "must be a list"),
        ("- icd10cm: [I00]", "has no name"),
        ("name: A", "must be a list of specialties"),
        ("- name: [", "is no YAML"),
    ],
)
def test_a_file_of_specialties_that_cannot_be_used_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "specialties.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        specialties(path)
    with pytest.raises(UsageError, match="cannot be read"):
        specialties(tmp_path / "missing.yml")


def test_a_file_of_specialties_is_read_with_and_without_dots(tmp_path: Path) -> None:
    path = tmp_path / "specialties.yml"
    path.write_text("- name: Eyes\n  icd10cm: [e11.3, H00 - H59]\n", encoding="utf-8")
    assert specialties(path) == (Specialty("Eyes", {"icd10cm": (("E113", "E113"), ("H00", "H59"))}),)
