"""Which quarter a HCPCS file belongs to, told from names that the publisher and its users really use."""

from __future__ import annotations

import csv
import hashlib
import zipfile
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.errors import AmbiguousRelease, SourceError
from codeset_pipeline.sources.definition import source
from codeset_pipeline.sources.member import Member
from codeset_pipeline.sources.recognise import Recognised, recognise, require_release

HCPCS = source("hcpcs")
MONTHS = {"JAN": 1, "APR": 4, "JUL": 7, "OCT": 10}


def seen(name: str, *members: str, **more: object) -> Recognised:
    archive = name.endswith(".zip")
    found = recognise(HCPCS, name, [Member(m) for m in members or (name,)], archive=archive, **more)  # type: ignore[arg-type]
    assert found is not None, f"{name} is not recognised as HCPCS"
    return found


def first_day(label: str) -> date:
    """The first day of a quarter written as 2026Q3."""
    year, quarter = label.split("Q")
    return date(int(year), {"1": 1, "2": 4, "3": 7, "4": 10}[quarter], 1)


@pytest.mark.genuine
def test_every_known_address_of_a_release_names_its_quarter(published_files: Path) -> None:
    with (published_files / "pages" / "known_urls.tsv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["code_set"] == "hcpcs"]
    told = 0
    for row in rows:
        if row["evidence"] == "unverified" or row["component"] == "landing_page":
            continue
        expected = first_day(row["release"])
        name = row["url"].rsplit("/", 1)[-1]
        month = next(month for month, number in MONTHS.items() if number == expected.month)
        member = f"HCPC{expected.year}_{month}_ANWEB.txt"
        assert require_release(seen(name, member)) == expected, name
        # The name of the archive and that of the member each tell by themselves.
        assert require_release(seen(name, "anweb.txt")) == expected, name
        assert require_release(seen(member)) == expected, member
        told += 1
    assert told >= 11


@pytest.mark.genuine
def test_every_genuine_file_is_told_from_its_names_alone_as_the_catalogue_knows_it(published_files: Path) -> None:
    folders = {"2018-annual": "2018Q1", "2019-annual": "2019Q1"}
    folders |= {f"2020-q{quarter}": f"2020Q{quarter}" for quarter in (1, 2, 3)}
    hashes = set()
    for folder, label in folders.items():
        for path in sorted((published_files / "hcpcs" / folder).iterdir()):
            members = zipfile.ZipFile(path).namelist() if path.suffix == ".zip" else [path.name]
            found = recognise(
                HCPCS, path.name, [Member(m) for m in members], folders=(folder,), archive=path.suffix == ".zip"
            )
            if found is None:
                assert "Record-Layout" in path.name
                continue
            assert require_release(found) == first_day(label), path.name
            assert found.unrecognised == ()
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            assert HCPCS.known_archives[sha256] == label, path.name
            hashes.add(sha256)
    assert hashes == set(HCPCS.known_archives)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("HCPC2026_{}_ANWEB.txt", "anweb_text"),
        ("HCPC2026_{}_ANWEB.xlsx", "anweb_excel"),
        ("HCPC2026_{}_ANWEB_v2.txt", "anweb_text"),
        ("HCPC2026_{}_ANWEB_v5.xlsx", "anweb_excel"),
        ("HCPC2026_{}_Transaction Report.xlsx", "transaction_report"),
        ("HCPC2026_{}_Transaction Report_v3.xlsx", "transaction_report"),
        ("HCPC2026_{}_Corrections.xlsx", "corrections"),
        ("HCPC2026_{}_Corrections_v2.xlsx", "corrections"),
        ("NOC codes_{}2026.xlsx", "noc"),
    ],
)
@pytest.mark.parametrize("month", MONTHS)
def test_a_member_names_its_quarter_and_what_it_is(name: str, role: str, month: str) -> None:
    found = seen(name.format(month))
    assert [file.role for file in found.files] == [role]
    assert require_release(found) == date(2026, MONTHS[month], 1)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("HCPC2018_CONTR_ANWEB_disc.txt", "anweb_text"),
        ("HCPC2018_CONTR_ANWEB_disc.xlsx", "anweb_excel"),
        ("HCPC18_Trans_Report_Alpha.xlsx", "transaction_report"),
        ("V4_HCPC2018_Corrections_ANWEB.xlsx", "corrections"),
        ("NOC_Codes_2018.xlsx", "noc"),
        ("proc_notes_2018.txt", "processing_notes"),
    ],
)
def test_a_year_alone_is_the_annual_release_of_january(name: str, role: str) -> None:
    found = seen(name)
    assert [file.role for file in found.files] == [role]
    assert require_release(found) == date(2018, 1, 1)


@pytest.mark.parametrize(
    "name",
    ["HCPC18_Trans_Report_Alpha_ChangesbyHCPC.prn", "HCPC2018_README.txt", "HCPCS18_recordlayout.txt"],
)
def test_a_printout_or_a_document_is_known_and_not_read(name: str) -> None:
    found = seen("2018-Alpha-Numeric-HCPCS-File.zip", "HCPC2018_CONTR_ANWEB.txt", name)
    assert (list(found.ignored), found.unrecognised) == ([name], ())


def test_a_member_that_nothing_knows_is_named() -> None:
    found = seen("2018-Alpha-Numeric-HCPCS-File.zip", "HCPC2018_CONTR_ANWEB.txt", "surprise.csv")
    assert found.unrecognised == ("surprise.csv",)


@pytest.mark.parametrize(
    ("folder", "effective"),
    [
        ("2020-q2", date(2020, 4, 1)),
        ("2020Q2", date(2020, 4, 1)),
        ("q2-2020", date(2020, 4, 1)),
        ("2020_Q3", date(2020, 7, 1)),
        ("HCPCS 2020 Q4", date(2020, 10, 1)),
        ("2020-july", date(2020, 7, 1)),
        ("2018-annual", date(2018, 1, 1)),
    ],
)
def test_a_folder_names_the_quarter_of_files_that_name_none(folder: str, effective: date) -> None:
    assert require_release(seen("anweb.xlsx", folders=("hcpcs", folder))) == effective
    assert require_release(seen("trans_alpha.xlsx", folders=(folder, "Excel files"))) == effective


def test_the_innermost_folder_that_names_a_quarter_counts() -> None:
    assert require_release(seen("anweb.xlsx", folders=("2019-annual", "2020-q3"))) == date(2020, 7, 1)


def test_a_folder_makes_a_file_of_a_year_one_of_its_quarter() -> None:
    assert require_release(seen("HCPC2020_ANWEB.txt", folders=("2020-q3",))) == date(2020, 7, 1)


@pytest.mark.parametrize("folders", [(), ("downloads",), ("q2",), ("2020",)])
def test_a_file_whose_quarter_no_name_tells_is_asked_for_and_not_guessed(folders: tuple[str, ...]) -> None:
    found = seen("anweb.xlsx", folders=folders)
    assert found.effective_from is None
    with pytest.raises(AmbiguousRelease, match=r"anweb\.xlsx.*--release"):
        require_release(found)


def test_the_users_release_settles_it() -> None:
    assert seen("anweb.xlsx", release=date(2020, 4, 1)).effective_from == date(2020, 4, 1)
    assert seen("HCPC2020_ANWEB.txt", release=date(2020, 4, 1)).effective_from == date(2020, 4, 1)


@pytest.mark.parametrize(
    ("name", "more", "message"),
    [
        ("HCPC2026_APR_ANWEB.txt", {"release": date(2026, 7, 1)}, "another quarter than 2026Q3"),
        ("HCPC2025_APR_ANWEB.txt", {"release": date(2026, 4, 1)}, "another quarter than 2026Q2"),
        ("HCPC2026_APR_ANWEB.txt", {"folders": ("2026-q3",)}, "its names and its folder name different quarters"),
        ("HCPC2025_APR_ANWEB.txt", {"folders": ("2026-q2",)}, "its names and its folder name different quarters"),
    ],
)
def test_a_name_that_contradicts_the_user_or_its_folder_is_an_error(
    name: str, more: dict[str, object], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        seen(name, **more)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (["HCPC2026_APR_ANWEB.txt", "HCPC2026_JUL_ANWEB.xlsx"], "the file names name quarter 2 and 3 at once"),
        (["HCPC2025_APR_ANWEB.txt"], "the file names name year 2025 and 2026 at once"),
    ],
)
def test_members_and_archive_that_contradict_each_other_are_an_error(members: list[str], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        seen("april-2026-alpha-numeric-hcpcs-file.zip", *members)


def test_a_file_known_by_its_content_is_told_whatever_its_name_and_not_taken_for_another() -> None:
    sha256, label = next((sha, label) for sha, label in HCPCS.known_archives.items() if label == "2020Q3")
    assert seen("anweb.xlsx", sha256=sha256).effective_from == first_day(label)
    with pytest.raises(SourceError, match="known by its content as 2020Q3, not 2020Q2"):
        seen("anweb.xlsx", sha256=sha256, release=date(2020, 4, 1))
