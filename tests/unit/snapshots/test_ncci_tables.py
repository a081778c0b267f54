"""MUE and add-on code releases in a workspace: two files of one table, replacements, and what is not accepted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ncci_archives import write_zip
from ncci_write_tables import write_add_on, write_mue

from codeset_pipeline import pipeline
from codeset_pipeline.acquire.records import AcquiredMember, Acquisition
from codeset_pipeline.demo.ncci_layouts import (
    AddOnEdit,
    ListedChange,
    MueValue,
    add_on_text,
    add_on_workbook,
    listed_changes_text,
    listed_changes_workbook,
    medicaid_mue_text,
    mue_csv,
    mue_workbook,
)
from codeset_pipeline.errors import GateError, ParseError, SourceError
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.snapshots.build import BuiltSnapshot
from codeset_pipeline.snapshots.ncci_listed_changes import add_listed_changes
from codeset_pipeline.snapshots.ncci_tables import NCCI_ADD_ON_EDITS, NCCI_MUE_VALUES
from codeset_pipeline.snapshots.plan import ReleaseInput, RevisionPlan, plan_revisions
from codeset_pipeline.snapshots.revision import AcceptedRevision
from codeset_pipeline.sources.definition import source

MUE, ADD_ON = "ncci-mue-practitioner", "ncci-aoc"
JULY, POSTED = date(2026, 7, 1), date(2026, 6, 5)
VALUES = [MueValue(f"A{4000 + n}", n % 7, "123"[n % 3], "CMS Policy") for n in range(1200)]
EDITS = [AddOnEdit("1", f"A{4000 + n}", None, "A0425", None, date(2013, 4, 1), None, "") for n in range(1200)]
ZIP = "medicare-ncci-2026-q3-practitioner-services-mue-table.zip"
CSV, XLSX = (f"MCR_MUE_PractitionerServices_Eff_07-01-2026.{ending}" for ending in ("csv", "xlsx"))
AOC_ZIP = "add-code-edits-medicare-effective-07012026.zip"
AOC_XLSX, AOC_TXT = "AOC_V2026Q3-MCR.xlsx", "AOC_V2026Q3-F-MCR.txt"
HTML = b"<!DOCTYPE html><html><body>License for use of Current Procedural Terminology</body></html>"


def workspace(home: Path) -> Workspace:
    return Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}")


def take(home: Path, code_set: str, *paths: Path, accept: tuple[str, ...] = ()) -> list[AcceptedRevision]:
    place = workspace(home)
    for path in paths:
        intake = pipeline.discover(code_set, path)
        pipeline.accept(place, intake, everything=True, checks_to_accept=frozenset(accept))
    return Acceptor(place, source(code_set)).revisions()


def mue_values(revision: AcceptedRevision) -> dict[str, int]:
    return dict(revision.snapshot.read(NCCI_MUE_VALUES, ["code", "mue_value"]))


def changed(values: list[MueValue], code: str, value: int) -> list[MueValue]:
    return [row._replace(value=value) if row.code == code else row for row in values]


def test_csv_and_workbook_are_one_table_which_the_csv_decides(tmp_path: Path) -> None:
    other = changed(VALUES, "A4003", 500)
    members = {CSV: mue_csv(VALUES, "practitioner", 2026), XLSX: mue_workbook(other, "practitioner", 2026)}
    (revision,) = take(tmp_path / "home", MUE, write_zip(tmp_path / ZIP, members, POSTED))
    assert mue_values(revision) == {row.code: row.value for row in VALUES}
    (odd,) = revision.snapshot.oddities
    assert odd.text == "A4003: 3 (MAI 1) and 500 (MAI 1)"
    assert odd.decision == "The text is used."


def test_the_workbook_alone_makes_the_same_snapshot(tmp_path: Path) -> None:
    one = write_mue(tmp_path, JULY, VALUES)
    (both,) = take(tmp_path / "both", MUE, one)
    members = {XLSX: mue_workbook(VALUES, "practitioner", 2026)}
    (alone,) = take(tmp_path / "alone", MUE, write_zip(tmp_path / "x" / ZIP, members, POSTED))
    (tmp_path / CSV).write_bytes(mue_csv(VALUES, "practitioner", 2026))
    (bare,) = take(tmp_path / "bare", MUE, tmp_path / CSV)
    assert both.snapshot.content_hash == alone.snapshot.content_hash == bare.snapshot.content_hash


def test_a_workbook_that_cannot_be_read_is_left_out_and_named(tmp_path: Path) -> None:
    members = {CSV: mue_csv(VALUES, "practitioner", 2026), XLSX: mue_workbook(VALUES, "dme", 2026)}
    (revision,) = take(tmp_path / "home", MUE, write_zip(tmp_path / ZIP, members, POSTED))
    (odd,) = revision.snapshot.oddities
    assert odd.file.endswith(XLSX)
    assert "DME" in odd.text
    assert odd.decision.startswith("Left out")


def test_two_files_that_say_different_things_do_not_make_a_release(tmp_path: Path) -> None:
    other = [row._replace(value=row.value + 1) for row in VALUES]
    members = {CSV: mue_csv(VALUES, "practitioner", 2026), XLSX: mue_workbook(other, "practitioner", 2026)}
    with pytest.raises(GateError, match="files_agree"):
        take(tmp_path / "home", MUE, write_zip(tmp_path / ZIP, members, POSTED))


BAD_MEMBERS = [
    (MUE, ZIP, {CSV: HTML}, "web page"),
    (MUE, ZIP, {CSV: mue_csv(VALUES, "outpatient", 2026)}, "Outpatient"),
    (MUE, ZIP, {CSV: mue_csv([*VALUES, VALUES[3]._replace(value=77)], "practitioner", 2026)}, "each code once"),
    (MUE, ZIP, {CSV: mue_csv(changed(VALUES, "A4003", 90_001), "practitioner", 2026)}, "90001"),
    (ADD_ON, AOC_ZIP, {AOC_XLSX: HTML}, "web page"),
    (ADD_ON, AOC_ZIP, {AOC_TXT: add_on_text(EDITS).replace(b"2013091", b"2013366", 1)}, "2013366"),
    (ADD_ON, AOC_ZIP, {AOC_XLSX: add_on_workbook([EDITS[0]._replace(edit_type="7"), *EDITS], 2026)}, "type 1, 2 or 3"),
]


@pytest.mark.parametrize(("code_set", "name", "members", "text"), BAD_MEMBERS)
def test_a_bad_file_is_refused_by_name_and_the_last_good_release_stays(
    code_set: str, name: str, members: dict[str, bytes], text: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    good = {MUE: lambda: write_mue(tmp_path, date(2026, 4, 1), VALUES)}
    good[ADD_ON] = lambda: write_add_on(tmp_path, date(2026, 4, 1), EDITS)
    before = [revision.release for revision in take(home, code_set, good[code_set]())]
    with pytest.raises(ParseError) as caught:
        take(home, code_set, write_zip(tmp_path / name, members, POSTED))
    assert text in str(caught.value)
    assert f"{name}/{next(iter(members))}" in str(caught.value)
    assert [r.release for r in Acceptor(workspace(home), source(code_set)).revisions()] == before


@pytest.mark.parametrize(("code_set", "name"), [(MUE, ZIP), (ADD_ON, AOC_ZIP)])
@pytest.mark.parametrize("content", [HTML, b"", b"PK\x03\x04 cut off"])
def test_what_is_no_zip_is_refused(code_set: str, name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=name):
        take(tmp_path / "home", code_set, tmp_path / name)


def test_a_table_that_lost_a_third_of_its_rows_is_not_accepted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    take(home, MUE, write_mue(tmp_path, date(2026, 4, 1), VALUES))
    with pytest.raises(GateError, match="row_drift"):
        take(home, MUE, write_mue(tmp_path, JULY, VALUES[:800]))


def test_a_quarter_may_repeat_the_table_of_another_fiscal_year(tmp_path: Path) -> None:
    paths = [write_mue(tmp_path, start, VALUES) for start in (JULY, date(2026, 10, 1))]
    assert len(take(tmp_path / "home", MUE, *paths)) == 2


def test_the_medicaid_table_has_no_indicator(tmp_path: Path) -> None:
    rows = [row._replace(mai="") for row in VALUES]
    name = "medicaid-ncci-q1-2026-mue-edits-practitioner-services.zip"
    path = write_zip(tmp_path / name, {"MCD.txt": medicaid_mue_text(rows, "practitioner", 2026)}, POSTED)
    (revision,) = take(tmp_path / "home", "ncci-medicaid-mue-practitioner", path)
    assert revision.plan.effective_from == date(2026, 1, 1)
    assert revision.snapshot.read(NCCI_MUE_VALUES) == sorted((row.code, row.value, "", row.rationale) for row in rows)


def test_workbook_and_text_of_the_add_on_codes_are_compared_and_the_workbook_is_used(tmp_path: Path) -> None:
    ended = [EDITS[0]._replace(deleted_on=date(2026, 6, 30)), EDITS[1]._replace(notes="Other"), *EDITS[3:]]
    members = {AOC_XLSX: add_on_workbook(EDITS, 2026), AOC_TXT: add_on_text(ended)}
    (revision,) = take(tmp_path / "home", ADD_ON, write_zip(tmp_path / AOC_ZIP, members, POSTED))
    rows = revision.snapshot.read(NCCI_ADD_ON_EDITS, ["add_on_code", "deleted_on", "notes"])
    assert rows == [(edit.add_on_code, None, "") for edit in EDITS]
    odd = {oddity.what: oddity.text for oddity in revision.snapshot.oddities}
    assert odd == {
        "1 edits stand only in one of workbook and text.": "A4002/A0425 from 2013-04-01",
        "1 edits have other deletion dates in the text than in the workbook.": (
            "A4000/A0425: deleted_on None / 2026-06-30"
        ),
        "1 edits have other notes in the text than in the workbook.": "A4001/A0425: notes  / Other",
    }


def test_the_text_alone_makes_the_same_snapshot_and_a_bad_text_does_not_hold_up_the_workbook(tmp_path: Path) -> None:
    hashes = set()
    for number, members in enumerate(
        (
            {AOC_XLSX: add_on_workbook(EDITS, 2026), AOC_TXT: add_on_text(EDITS)},
            {AOC_TXT: add_on_text(EDITS)},
            {AOC_XLSX: add_on_workbook(EDITS, 2026), AOC_TXT: b"4broken\r\n"},
        )
    ):
        path = write_zip(tmp_path / str(number) / AOC_ZIP, members, POSTED)
        (revision,) = take(tmp_path / f"home{number}", ADD_ON, path)
        hashes.add(revision.snapshot.content_hash)
        assert [odd.decision[:8] for odd in revision.snapshot.oddities] == (["Left out"] if number == 2 else [])
    assert len(hashes) == 1


def test_edits_stated_twice_with_different_values_stop_the_gate_until_somebody_has_looked(tmp_path: Path) -> None:
    twice = [*EDITS, *(edit._replace(deleted_on=date(2020, 12, 31)) for edit in EDITS[:2])]
    path = write_add_on(tmp_path, JULY, twice)
    with pytest.raises(GateError, match="rows_once") as caught:
        take(tmp_path / "home", ADD_ON, path)
    assert "A4000/A0425 stands twice" in str(caught.value)
    assert "line 1203" in str(caught.value)
    (revision,) = take(tmp_path / "home", ADD_ON, path, accept=("rows_once",))
    assert revision.snapshot.rows == len(EDITS)


def test_an_archive_named_for_another_day_is_taken_by_the_version_inside_and_reported(tmp_path: Path) -> None:
    members = {AOC_XLSX: add_on_workbook(EDITS, 2026), AOC_TXT: add_on_text(EDITS)}
    path = write_zip(tmp_path / "add-code-edits-medicare-effective-06012026.zip", members, POSTED)
    (revision,) = take(tmp_path / "home", ADD_ON, path)
    assert revision.plan.effective_from == JULY
    (odd,) = revision.snapshot.oddities
    assert (odd.text, odd.decision) == ("2026-06-01, 2026Q3", "Taken as 2026Q3.")


def acquired(name: str, content: str, written: date | None) -> Acquisition:
    member = AcquiredMember(AOC_XLSX, "aoc_excel", content, 1, None, written)
    return Acquisition(ADD_ON, JULY, name, f"sha {name} {content}", 1, JULY, "path", name, "", (member,))


REPLACEMENT = "add-code-edits-replacement-file-medicare-effective-07012026-zip.zip"


@pytest.mark.parametrize(
    ("name", "written", "published"),
    [
        (REPLACEMENT, date(2026, 8, 3), date(2026, 8, 3)),
        (AOC_ZIP, date(2026, 8, 3), date(2026, 8, 3)),
        # A date far from the quarter tells when somebody packed the file; that it came later is certain.
        (REPLACEMENT, date(1980, 1, 1), date(2026, 7, 2)),
        (REPLACEMENT, None, date(2026, 7, 2)),
        (REPLACEMENT, date(2026, 6, 20), date(2026, 7, 2)),
        ("add-code-edits-replacement-file-medicare-effective-08152026.zip", None, date(2026, 8, 15)),
    ],
)
def test_a_replacement_is_a_revision_whatever_the_order_of_arrival(
    name: str, written: date | None, published: date
) -> None:
    files = [acquired(AOC_ZIP, "first", POSTED), acquired(name, "second", written)]
    for order in (files, files[::-1]):
        plans = plan_revisions(ADD_ON, JULY, order)
        assert [(p.revision, p.published, p.inputs[0].sha256) for p in plans] == [
            (0, JULY, "first"),
            (1, published, "second"),
        ]


def test_two_files_that_nothing_puts_in_order_are_a_question() -> None:
    with pytest.raises(GateError, match="--published"):
        plan_revisions(ADD_ON, JULY, [acquired(AOC_ZIP, "first", None), acquired(AOC_ZIP, "second", None)])


def test_a_replacement_without_a_date_is_reported(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = write_add_on(tmp_path, JULY, EDITS)
    second = write_add_on(tmp_path, JULY, EDITS[1:], replacement=True, posted=date(1980, 1, 1))
    revisions = take(home, ADD_ON, first, second)
    assert [(r.plan.revision, r.snapshot.rows) for r in revisions] == [(0, 1200), (1, 1199)]
    assert [odd.what for odd in revisions[1].snapshot.oddities] == ["Nothing tells when this replacement was posted."]


LISTS = [ListedChange("A4216", "J7050", "1"), ListedChange("A4217", "J7050", "0")]


def listed(members: dict[str, bytes]) -> BuiltSnapshot:
    inputs = tuple(ReleaseInput(role, f"{role}.x", "changes.zip", "", role, 1, JULY) for role in members)
    built = BuiltSnapshot(RevisionPlan("ncci-ptp-practitioner", JULY, 0, JULY, inputs))
    add_listed_changes(built, lambda item: members[item.role])
    return built


def test_the_change_files_make_one_table_of_three_lists() -> None:
    text, excel = listed_changes_text(LISTS, 2026), listed_changes_workbook(LISTS, 2026)
    built = listed({"ptp_additions_text": text, "ptp_additions_excel": excel, "ptp_deletions_excel": excel})
    assert built.tables["ncci_ptp_listed_changes"] == [
        ("additions", "A4216", "J7050", 4, "1", ""),
        ("additions", "A4217", "J7050", 5, "0", ""),
        ("deletions", "A4216", "J7050", 3, "1", ""),
        ("deletions", "A4217", "J7050", 4, "0", ""),
    ]
    assert built.oddities == []


def test_a_list_that_cannot_be_read_is_named_and_the_others_count() -> None:
    text, excel = listed_changes_text(LISTS, 2026), listed_changes_workbook(LISTS[:1], 2026)
    built = listed({"ptp_additions_text": HTML, "ptp_deletions_text": text, "ptp_deletions_excel": excel})
    assert {row[0] for row in built.tables["ncci_ptp_listed_changes"]} == {"deletions"}
    assert [odd.decision for odd in built.oddities] == [
        "Left out; the changes are not held against this list.",
        "The text is used.",
    ]
    assert "A4217/J7050" in built.oddities[1].text
    assert "ncci_ptp_listed_changes" not in listed({"ptp_additions_text": HTML}).tables
