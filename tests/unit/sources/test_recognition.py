"""Which release a file belongs to, told from names that the publishers really use."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.errors import AmbiguousRelease, SourceError
from codeset_pipeline.sources.definition import source
from codeset_pipeline.sources.member import Member
from codeset_pipeline.sources.recognise import Recognised, recognise, require_release

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
CM = source("icd10cm")


def seen(name: str, *members: str, written: date | None = None, **more: object) -> Recognised:
    found = recognise(CM, name, [Member(m, written) for m in members or (name,)], archive=name.endswith(".zip"), **more)
    assert found is not None, f"{name} is not recognised as ICD-10-CM"
    return found


OCTOBER = {
    2014: "2014-icd10-code-descriptions.zip",
    2015: "2015-code-descriptions.zip",
    2016: "2016-code-descriptions-in-tabular-order.zip",
    2017: "2017-icd10-code-descriptions.zip",
    2018: "2018-ICD-10-Code-Order-Descriptions.zip",
    2019: "2019-icd-10-cm-code-descriptions.zip",
    2020: "2020-icd-10-cm-codes.zip",
    2022: "Code Descriptions zip.zip",
    2023: "icd10-Order-CodeFiles2023.zip",
    2024: "icd10cm-CodesDescriptions-2024.zip",
    2025: "ICD10-CM Code Descriptions 2025.zip",
    2026: "icd10cm-Code Descriptions-2026.zip",
    2027: "2027-code-descriptions-tabular-order.zip",
}


@pytest.mark.parametrize("year", OCTOBER)
def test_an_october_archive_names_its_fiscal_year(year: int) -> None:
    found = seen(OCTOBER[year], f"icd10cm_order_{year}.txt", written=date(year - 1, 6, 20))
    assert require_release(found) == date(year - 1, 10, 1)


@pytest.mark.parametrize(
    ("name", "member", "effective"),
    [
        ("april-1-2026-code-descriptions-tabular-order.zip", "icd10cm_order_2026.txt", date(2026, 4, 1)),
        ("2025-code-descriptions-tabular-order-april.zip", "icd10cm_order_2025.txt", date(2025, 4, 1)),
        ("Code-desciptions-April-2025.zip", "icd10cm-order-April-2025.txt", date(2025, 4, 1)),
        ("icd10cm-Codes-Descriptions-April-2024.zip", "icd10cm-order-April-2024.txt", date(2024, 4, 1)),
        ("icd10cm-April-1-2026-XML.zip", "icd10c-tabular-April-1-2026.xml", date(2026, 4, 1)),
    ],
)
def test_a_mid_year_archive_that_names_its_month_is_told(name: str, member: str, effective: date) -> None:
    assert require_release(seen(name, member)) == effective


@pytest.mark.parametrize(
    ("name", "effective"),
    [
        ("icd10cm_order_2020.txt", date(2019, 10, 1)),
        ("icd10cm_tabular_2022.xml", date(2021, 10, 1)),
        ("icd10cm-tabular-April-2025.xml", date(2025, 4, 1)),
        ("icd10c-tabular-April-1-2026.xml", date(2026, 4, 1)),
        ("icd10cm-tabular_-2027.xml", date(2026, 10, 1)),
        ("ICD-10-CM_ConversionTable-FY17.xlsx", date(2016, 10, 1)),
        ("ICD-10-CM-Conversion-Table-FY18-Effective-10-1-2017.xlsx", date(2017, 10, 1)),
        ("ICD-10-CM-Conversion-Table-FY2021-Jan-2021.xlsx", date(2021, 1, 1)),
        (
            "ICD-10-CM-Conversion-Table-FY2024-Effective-10-01-2023-Final (updated 9-21-2023).xlsx",
            date(2023, 10, 1),
        ),
        ("ICD-10-CM-CONVERSION-TABLE-FY2027.xlsx", date(2026, 10, 1)),
        ("POAexemptCodesFY25.txt", date(2024, 10, 1)),
    ],
)
def test_a_bare_file_names_its_release(name: str, effective: date) -> None:
    assert require_release(seen(name)) == effective


UNTOLD = [
    ("2023-code-descriptions-tabular-order-updated-01/11/2023.zip", "icd10cm_order_2023.txt"),
    ("2024-code-descriptions-tabular-order-updated-02/01/2024.zip", "icd10cm_order_2024.txt"),
    ("2024-code-descriptions-tabular-order-updated-02-01-2024.zip", "icd10cm_order_2024.txt"),
    ("2022-code-descriptions-tabular-order-updated-02012022.zip", "icd10cm_order_2022.txt"),
    ("2021-code-descriptions-tabular-order-updated-12162020.zip", "icd10cm_order_2021.txt"),
    ("2023-code-tables-tabular-and-index-updated-01/11/2023.zip", "icd10cm_tabular_2023.xml"),
    ("2026-code-descriptions-tabular-order-updated.zip", "icd10cm_order_2026.txt"),
]


@pytest.mark.parametrize(("name", "member"), UNTOLD)
def test_a_mid_year_archive_that_reuses_octobers_names_is_asked_for_and_not_guessed(name: str, member: str) -> None:
    found = seen(name, member)
    assert found.effective_from is None
    with pytest.raises(AmbiguousRelease, match=r"--release") as caught:
        require_release(found)
    assert caught.value.exit_code == 2


def test_a_mid_year_archive_saved_under_octobers_name_betrays_itself_by_the_dates_of_its_members() -> None:
    found = seen("2023.zip", "icd10cm_order_2023.txt", written=date(2023, 1, 9))
    assert found.effective_from is None
    assert "2023-01-09" in found.question


def test_the_users_release_settles_a_name_that_does_not_tell() -> None:
    name, member = UNTOLD[0]
    assert seen(name, member, release=date(2023, 4, 1)).effective_from == date(2023, 4, 1)


def test_a_folder_named_after_the_release_settles_it_too() -> None:
    name, member = UNTOLD[2]
    assert require_release(seen(name, member, folders=("icd10cm", "FY2024-apr"))) == date(2024, 4, 1)


def test_a_date_before_october_only_says_when_the_file_was_posted() -> None:
    found = seen("2023-code-descriptions-tabular-order-updated-07/05/2022.zip", "icd10cm_order_2023.txt")
    assert (found.effective_from, found.posted) == (date(2022, 10, 1), date(2022, 7, 5))


def test_a_file_in_another_years_folder_is_an_error() -> None:
    with pytest.raises(SourceError, match="fiscal year 2025 but lies in a folder for 2026"):
        seen("2025-code-descriptions-tabular-order.zip", "icd10cm_order_2025.txt", folders=("FY2026",))


def test_a_file_given_another_years_release_is_an_error() -> None:
    with pytest.raises(SourceError, match="named for FY2025, not for FY2026"):
        seen("2025-code-descriptions-tabular-order.zip", "icd10cm_order_2025.txt", release=date(2025, 10, 1))


def test_a_file_given_another_months_release_is_an_error() -> None:
    with pytest.raises(SourceError, match="not for FY2026-jan"):
        seen("april-1-2026-code-descriptions-tabular-order.zip", "icd10cm_order_2026.txt", release=date(2026, 1, 1))


def test_an_archive_with_files_of_two_years_is_an_error() -> None:
    with pytest.raises(SourceError, match="2024 and 2025"):
        seen("everything.zip", "icd10cm_order_2024.txt", "icd10cm_order_2025.txt")


def test_content_known_by_its_hash_overrules_names_and_contradicts_a_wrong_release() -> None:
    sha256 = next(hash for hash, label in CM.known_archives.items() if label == "FY2021-jan")
    name, member = UNTOLD[4]
    assert require_release(seen(name, member, sha256=sha256)) == date(2021, 1, 1)
    with pytest.raises(SourceError, match="known by its content as FY2021-jan"):
        seen(name, member, sha256=sha256, release=date(2020, 10, 1))


def test_files_are_told_by_their_roles_and_what_is_not_read_is_named() -> None:
    found = seen(
        "2026-code-descriptions-tabular-order.zip",
        "icd10OrderFiles.pdf",
        "Code Descriptions/icd10cm_codes_2026.txt",
        "icd10cm_codes_addenda_2026.txt",
        "icd10cm_order_2026.txt",
        "icd10cm-order-addenda-2026.txt",
        "surprise.dat",
    )
    assert {file.path.rsplit("/", 1)[-1]: file.role for file in found.files} == {
        "icd10cm_codes_2026.txt": "codes",
        "icd10cm_codes_addenda_2026.txt": "codes_addenda",
        "icd10cm_order_2026.txt": "order",
        "icd10cm-order-addenda-2026.txt": "order_addenda",
    }
    assert (list(found.ignored), found.unrecognised) == (["icd10OrderFiles.pdf"], ("surprise.dat",))


def test_procedure_codes_are_not_taken_for_diagnosis_codes() -> None:
    members = [Member("icd10pcs_order_2026.txt"), Member("order_addenda_2026.txt"), Member("icd10pcsOrderFile.pdf")]
    name = "2026-icd-10-pcs-order-file-long-and-abbreviated-titles.zip"
    assert recognise(CM, name, members, archive=True) is None
    found = recognise(source("icd10pcs"), name, members, archive=True)
    assert found is not None
    assert {file.role for file in found.files} == {"order", "order_addenda"}
    assert require_release(found) == date(2025, 10, 1)


# What an archive of each kind holds, under the name that reappears every year.
MEMBERS = {
    "code_descriptions": "icd10cm_order_{year}.txt",
    "order_txt": "icd10cm_order_{year}.txt",
    "tabular_index": "icd10cm_tabular_{year}.xml",
    "tabular_xml": "icd10cm_tabular_{year}.xml",
    "conversion_table": "icd10cm_conversion_table_{year}.xlsx",
    "poa_exempt": "POAexemptCodesFY{year}.txt",
}


@pytest.mark.genuine
def test_every_known_address_of_a_release_file_is_told_rightly_or_asked_for() -> None:
    table = DATA / "pages" / "known_urls.tsv"
    if not table.is_file():
        pytest.skip("the list of known addresses is not beside the project (../shared/data/pages)")
    told = asked = 0
    with table.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["evidence"] != "unverified"]
    for row in rows:
        if not row["code_set"].startswith("icd10cm") or row["component"] not in MEMBERS:
            continue
        # The addresses were written down with their releases: FY2023-Apr(updated), FY2026.
        label = row["release"].removesuffix("(updated)").lower()
        year, _, month = label.removeprefix("fy").partition("-")
        expected = date(int(year), {"apr": 4, "jan": 1}[month], 1) if month else date(int(year) - 1, 10, 1)
        name = row["url"].split("/zip/")[-1] if "/zip/" in row["url"] else row["url"].rsplit("/", 1)[-1]
        name = name.replace("%20", " ")
        archive = name.endswith(".zip")
        members = [Member(MEMBERS[row["component"]].format(year=year) if archive else name)]
        found = recognise(CM, name, members, archive=archive)
        assert found is not None, name
        if "updated" in name:
            assert found.effective_from is None, name
            asked += 1
        elif (row["component"], month) == ("order_txt", "apr"):
            # The publisher's directory for 2022 holds April's order file under October's name: its name cannot tell.
            continue
        else:
            assert found.effective_from == expected, name
            told += 1
    assert told >= 40
    assert asked >= 7


@pytest.mark.genuine
def test_the_catalogue_of_known_archives_agrees_with_the_folders_they_lie_in() -> None:
    import hashlib

    if not DATA.is_dir():
        pytest.skip("the genuine files are not beside the project (../shared/data)")
    checked = 0
    for code_set in ("icd10cm", "icd10pcs"):
        catalogue = source(code_set).known_archives
        for path in sorted((DATA / code_set).glob("FY*/*")):
            label = catalogue.get(hashlib.sha256(path.read_bytes()).hexdigest())
            if label is not None:
                assert label == path.parent.name, path.name
                checked += 1
    assert checked == sum(len(source(code_set).known_archives) for code_set in ("icd10cm", "icd10pcs"))


def test_documentation_written_later_does_not_make_an_october_archive_doubtful() -> None:
    members = [
        Member("icd10cm_order_2020.txt", date(2019, 7, 11)),
        Member("icd10cm_codes_2020.txt", date(2019, 7, 11)),
        Member("icd10OrderFiles.pdf", date(2019, 11, 20)),
    ]
    found = recognise(source("icd10cm"), "2020-icd-10-cm-codes.zip", members, archive=True)
    assert found is not None and found.effective_from == date(2019, 10, 1)
