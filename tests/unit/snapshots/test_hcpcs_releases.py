"""HCPCS releases in a workspace: which files make which revision, and what the gate stops."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.acquire.records import AcquiredMember, Acquisition
from codeset_pipeline.errors import GateError
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.snapshots.build import BuiltSnapshot
from codeset_pipeline.snapshots.gate import GateContext, pass_gate
from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_CODES, HCPCS_CORRECTIONS
from codeset_pipeline.snapshots.plan import RevisionPlan, plan_revisions
from codeset_pipeline.snapshots.revision import AcceptedRevision
from codeset_pipeline.sources.definition import source
from tests.hcpcs_releases import Code, Codes, anweb_excel, anweb_text, corrections, supplies, write_archive

APRIL = date(2031, 4, 1)
CODES = supplies()
MARCH_1, MARCH_5, MARCH_9, MARCH_20 = ((2031, 3, day) for day in (1, 5, 9, 20))
NAME = "april-2031-alpha-numeric-hcpcs-file.zip"
TEXT, EXCEL, NOTES = "HCPC2031_APR_ANWEB.txt", "HCPC2031_APR_ANWEB.xlsx", "proc_notes_APR2031.txt"


def workspace(home: Path) -> Workspace:
    return Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}")


def take(home: Path, *paths: Path, published: date | None = None) -> list[AcceptedRevision]:
    """Accept the files in turn; the revisions that the workspace then holds."""
    place = workspace(home)
    for path in paths:
        pipeline.accept(place, pipeline.discover("hcpcs", path), everything=True, published=published)
    return Acceptor(place, source("hcpcs")).revisions()


def descriptions(revision: AcceptedRevision) -> dict[str, str]:
    return dict(revision.snapshot.read(HCPCS_CODES, ["code", "long_description"]))


def words(codes: Codes, code: str, long: str) -> Codes:
    return {**codes, code: codes[code]._replace(long=long)}


def revised(version: int, *codes: tuple[str, str]) -> bytes:
    """A corrections file that gives codes other words."""
    return corrections(*((code, "Revise Long Desc", None, {"LONG DESC": f"{long} v{version}"}) for code, long in codes))


def planned(*acquisitions: Acquisition) -> list[tuple[date, list[str]]]:
    plans = plan_revisions("hcpcs", APRIL, acquisitions)
    assert [plan.revision for plan in plans] == list(range(len(plans)))
    return [(plan.published, [item.sha256 for item in plan.inputs]) for plan in plans]


def acquired(name: str, published: date, *members: AcquiredMember) -> Acquisition:
    return Acquisition("hcpcs", APRIL, name, f"sha of {name}", 1, published, "path", name, "", members)


def member(
    role: str, content: str, posted: date | None = None, written: date | None = None, path: str = ""
) -> AcquiredMember:
    return AcquiredMember(path or f"{role}.x", role, content, 1, posted, written)  # fmt: skip


def test_the_text_and_the_workbook_of_a_release_are_one_snapshot_which_the_text_decides(tmp_path: Path) -> None:
    other = words(CODES, "A1003", "Other words")
    path = write_archive(tmp_path / NAME, {TEXT: (anweb_text(CODES), MARCH_5), EXCEL: (anweb_excel(other), MARCH_5)})
    (revision,) = take(tmp_path / "home", path)
    assert descriptions(revision) == {code: entry.long for code, entry in CODES.items()}
    named = [oddity for oddity in revision.snapshot.oddities if "A1003" in oddity.what]
    assert [(oddity.line, oddity.decision) for oddity in named] == [(4, "The text counts.")]
    assert "Other words" in named[0].text


def test_the_workbook_alone_and_the_text_alone_hold_the_same_codes(tmp_path: Path) -> None:
    one = write_archive(tmp_path / "1" / NAME, {TEXT: (anweb_text(CODES), MARCH_5)})
    two = write_archive(tmp_path / "2" / NAME, {EXCEL: (anweb_excel(CODES), MARCH_5)})
    hashes = {take(tmp_path / f"home{n}", path)[0].snapshot.content_hash for n, path in enumerate((one, two))}
    assert len(hashes) == 1


def test_the_hash_does_not_depend_on_the_order_in_which_files_come(tmp_path: Path) -> None:
    files = [
        write_archive(tmp_path / "text" / NAME, {TEXT: (anweb_text(CODES), MARCH_5)}),
        write_archive(tmp_path / "excel" / NAME, {EXCEL: (anweb_excel(words(CODES, "A1003", "X")), MARCH_5)}),
        write_archive(
            tmp_path / "corrections" / "HCPC2031_APR_Corrections.zip",
            {
                "HCPC2031_APR_Corrections.xlsx": (revised(1, ("A1001", "One"), ("A1002", "Two")), MARCH_9),
                "HCPC2031_APR_Corrections_v2.xlsx": (revised(2, ("A1002", "Two")), MARCH_20),
            },
        ),
    ]
    together = tmp_path / "together"
    for number, path in enumerate(files):
        write_archive(together / str(number) / path.name, {}).write_bytes(path.read_bytes())
    found = {
        tuple((r.plan.published, r.snapshot.key, r.snapshot.content_hash) for r in take(tmp_path / f"home{n}", *order))
        for n, order in enumerate(order for order in itertools.permutations(files) if order[0] is not files[2])
    }
    found.add(
        tuple((r.plan.published, r.snapshot.key, r.snapshot.content_hash) for r in take(tmp_path / "all", together))
    )
    assert len(found) == 1
    assert [published for published, _, _ in found.pop()] == [date(*MARCH_5), date(*MARCH_9), date(*MARCH_20)]


def test_each_corrections_file_is_a_revision_of_its_own_date_upon_those_before(tmp_path: Path) -> None:
    release = write_archive(tmp_path / NAME, {TEXT: (anweb_text(CODES), MARCH_5)})
    corrected = write_archive(
        tmp_path / "corrections.zip",
        {
            "V1_HCPC2031_APR_Corrections.xlsx": (revised(1, ("A1001", "One"), ("A1002", "Two")), MARCH_9),
            "V2_HCPC2031_APR_Corrections.xlsx": (revised(2, ("A1002", "Two")), MARCH_20),
        },
    )
    revisions = take(tmp_path / "home", release, corrected)
    assert [(r.plan.revision, r.plan.published) for r in revisions] == [
        (0, date(*MARCH_5)),
        (1, date(*MARCH_9)),
        (2, date(*MARCH_20)),
    ]
    said = [(descriptions(r)["A1001"], descriptions(r)["A1002"]) for r in revisions]
    assert said == [("Supply of sort 1", "Supply of sort 2"), ("One v1", "Two v1"), ("One v1", "Two v2")]
    assert [len(r.snapshot.read(HCPCS_CORRECTIONS)) for r in revisions] == [0, 2, 3]


@pytest.mark.parametrize("names", [("V2_HCPC2031_APR_Corrections.xlsx", "V10_HCPC2031_APR_Corrections.xlsx")])
@pytest.mark.parametrize("turned", [False, True])
def test_corrections_of_one_day_are_applied_in_the_order_of_their_versions(
    tmp_path: Path, names: tuple[str, str], turned: bool
) -> None:
    members = {name: (revised(number, ("A1001", "Words")), MARCH_9) for number, name in enumerate(names, 1)}
    members = dict(reversed(members.items())) if turned else members
    path = write_archive(tmp_path / NAME, {TEXT: (anweb_text(CODES), MARCH_5), **members})
    revisions = take(tmp_path / "home", path)
    assert [r.plan.published for r in revisions] == [date(*MARCH_5), date(*MARCH_9)]
    assert descriptions(revisions[-1])["A1001"] == "Words v2"


def test_corrections_written_before_the_release_was_posted_belong_to_its_first_revision(tmp_path: Path) -> None:
    members = {"HCPC2031_APR_Corrections.xlsx": (revised(1, ("A1001", "One")), MARCH_1)}
    path = write_archive(tmp_path / NAME, {TEXT: (anweb_text(CODES), MARCH_5), **members})
    (revision,) = take(tmp_path / "home", path)
    assert (revision.plan.published, descriptions(revision)["A1001"]) == (date(*MARCH_5), "One v1")


def test_a_corrections_file_that_changes_no_code_is_still_on_record(tmp_path: Path) -> None:
    members = {"HCPC2031_APR_Corrections.xlsx": (corrections(("A1001", "Change Cov to C", None, {})), MARCH_9)}
    path = write_archive(tmp_path / NAME, {TEXT: (anweb_text(CODES), MARCH_5), **members})
    last = take(tmp_path / "home", path)[-1]
    assert [(row[2], row[6]) for row in last.snapshot.read(HCPCS_CORRECTIONS)] == [("A1001", True)]


def test_a_zip_posted_again_with_an_unchanged_companion_is_a_revision_of_the_day_it_was_written(tmp_path: Path) -> None:
    notes = (b"0001--Words of the note.\r\n", MARCH_1)
    again = words(CODES, "A1001", "Corrected words")
    one = write_archive(tmp_path / "1" / NAME, {TEXT: (anweb_text(CODES), MARCH_5), NOTES: notes})
    two = write_archive(tmp_path / "2" / NAME, {TEXT: (anweb_text(again), MARCH_20), NOTES: notes})
    for home, order in (("a", (one, two)), ("b", (two, one))):
        revisions = take(tmp_path / home, *order)
        assert [r.plan.published for r in revisions] == [date(*MARCH_1), date(*MARCH_20)]
        assert [descriptions(r)["A1001"] for r in revisions] == ["Supply of sort 1", "Corrected words"]


def test_two_members_rewritten_on_different_days_are_posted_together(tmp_path: Path) -> None:
    again = words({code: entry for code, entry in CODES.items() if code != "A1050"}, "A1001", "Corrected words")
    before = {TEXT: (anweb_text(CODES), MARCH_1), EXCEL: (anweb_excel(CODES), MARCH_1)}
    after = {TEXT: (anweb_text(again), MARCH_20), EXCEL: (anweb_excel(again), MARCH_9)}
    one, two = (write_archive(tmp_path / str(n) / NAME, members) for n, members in enumerate((before, after)))
    revisions = take(tmp_path / "home", one, two)
    assert [r.plan.published for r in revisions] == [date(*MARCH_1), date(*MARCH_20)]
    assert "A1050" not in descriptions(revisions[-1])


def test_the_date_that_the_user_gives_overrides_the_dates_of_the_members(tmp_path: Path) -> None:
    one = write_archive(tmp_path / "1" / NAME, {TEXT: (anweb_text(CODES), MARCH_5)})
    two = write_archive(tmp_path / "2" / NAME, {TEXT: (anweb_text(words(CODES, "A1001", "Again")), MARCH_9)})
    take(tmp_path / "home", one)
    revisions = take(tmp_path / "home", two, published=date(2031, 5, 2))
    assert [r.plan.published for r in revisions] == [date(*MARCH_5), date(2031, 5, 2)]


def test_bare_files_have_no_date_so_that_a_second_one_asks_for_it(tmp_path: Path) -> None:
    folders = [tmp_path / number / "2031-q2" for number in "12"]
    for folder, codes in zip(folders, (CODES, words(CODES, "A1001", "Again")), strict=True):
        folder.mkdir(parents=True)
        (folder / "anweb.xlsx").write_bytes(anweb_excel(codes))
    (first,) = take(tmp_path / "home", folders[0])
    assert first.plan.published == APRIL
    with pytest.raises(GateError, match=r"2031Q2: .*nothing tells which was posted later.*--published"):
        take(tmp_path / "home", folders[1])
    revisions = take(tmp_path / "home", folders[1], published=date(2031, 4, 9))
    assert [r.plan.published for r in revisions] == [APRIL, date(2031, 4, 9)]


def test_two_archives_written_on_one_day_with_different_texts_are_refused() -> None:
    day, old = date(2031, 3, 5), date(2031, 3, 1)
    one = acquired("1.zip", old, member("anweb_text", "A", written=day), member("processing_notes", "N", written=old))
    two = acquired("2.zip", old, member("anweb_text", "B", written=day), member("processing_notes", "N", written=old))
    with pytest.raises(GateError) as caught:
        planned(one, two)
    assert caught.value.failed == ("publication_order",)


def test_the_dates_of_corrections_do_not_say_when_the_release_was_posted() -> None:
    early, late = date(2031, 3, 5), date(2031, 5, 1)
    whole = acquired("1.zip", early, member("anweb_text", "A", written=early), member("corrections", "C", late, late))
    assert planned(whole) == [(early, ["A"]), (late, ["A", "C"])]


def test_corrections_without_a_release_are_none() -> None:
    assert planned(acquired("c.zip", APRIL, member("corrections", "C", date(2031, 3, 5)))) == []


def test_a_text_and_a_workbook_of_different_releases_are_refused(tmp_path: Path) -> None:
    other = {**CODES, "A2000": Code("Supply of another release")}
    path = write_archive(tmp_path / NAME, {TEXT: (anweb_text(CODES), MARCH_5), EXCEL: (anweb_excel(other), MARCH_5)})
    with pytest.raises(
        GateError, match=r"anweb_excel file disagrees with the main file on 1 codes.*--accept"
    ) as caught:
        take(tmp_path / "home", path)
    assert caught.value.failed == ("files_agree",)
    assert take(tmp_path / "home") == []


@pytest.mark.parametrize(
    ("rows", "failed"), [(6559, ()), (6558, ("known_counts",)), (6560, ("known_counts",)), (0, ("known_counts",))]
)
def test_a_release_whose_count_is_known_must_have_it(rows: int, failed: tuple[str, ...]) -> None:
    plan = RevisionPlan("hcpcs", date(2018, 1, 1), 0, date(2018, 1, 1), ())
    built = BuiltSnapshot(plan, {"hcpcs_codes": [(f"A{n:04}",) for n in range(rows)]})
    try:
        pass_gate(built, GateContext(known_counts=source("hcpcs").known_counts["2018Q1"]))
    except GateError as error:
        assert error.failed == failed
        assert f"{rows:,} rows, where this release is known to have 6,559 rows" in str(error)
    else:
        assert failed == ()


def test_a_quarter_that_lost_a_tenth_of_its_codes_is_stopped(tmp_path: Path) -> None:
    take(tmp_path / "home", write_archive(tmp_path / NAME, {TEXT: (anweb_text(CODES), MARCH_5)}))
    fewer = dict(list(CODES.items())[:50])
    name = "july-2031-alpha-numeric-hcpcs-file.zip"
    path = write_archive(tmp_path / name, {"HCPC2031_JUL_ANWEB.txt": (anweb_text(fewer), (2031, 6, 5))})
    with pytest.raises(GateError) as caught:
        take(tmp_path / "home", path)
    assert caught.value.failed == ("row_drift",)
    assert len(take(tmp_path / "home")) == 1


def test_the_file_of_the_year_before_under_a_new_name_is_stopped(tmp_path: Path) -> None:
    take(tmp_path / "home", write_archive(tmp_path / NAME, {TEXT: (anweb_text(CODES), MARCH_5)}))
    name = "april-2032-alpha-numeric-hcpcs-file.zip"
    path = write_archive(tmp_path / name, {"HCPC2032_APR_ANWEB.txt": (anweb_text(CODES), (2032, 3, 5))})
    with pytest.raises(GateError) as caught:
        take(tmp_path / "home", path)
    assert caught.value.failed == ("another_year",)
