"""Which code set and quarter the files of the MUE and add-on code tables belong to, told from their names."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.errors import AmbiguousRelease, SourceError
from codeset_pipeline.sources.definition import code_sets, source
from codeset_pipeline.sources.member import Member
from codeset_pipeline.sources.recognise import Recognised, recognise, require_release

Q1, Q2, Q3, Q4 = (date(2026, month, 1) for month in (1, 4, 7, 10))
TABLES = [name for name in code_sets() if source(name).layout in {"ncci_mue", "ncci_aoc"}]


def seen(code_set: str, name: str, *members: str, **more: object) -> Recognised | None:
    archive = name.endswith(".zip")
    found = [Member(member) for member in members or (name,)]
    return recognise(source(code_set), name, found, archive=archive, **more)  # type: ignore[arg-type]


def told(code_set: str, name: str, *members: str, **more: object) -> date:
    found = seen(code_set, name, *members, **more)
    assert found is not None, f"{name} is not recognised as {code_set}"
    return require_release(found)


MEMBERS = {
    "ncci-mue-practitioner": "MCR_MUE_PractitionerServices_Eff_{:%m-%d-%Y}",
    "ncci-mue-outpatient": "MCR_MUE_OutpatientHospitalServices_Eff_{:%m-%d-%Y}",
    "ncci-mue-dme": "MCR_MUE_DMESupplierServices_Eff_{:%m-%d-%Y}",
}
COMPONENTS = {"practitioner": "practitioner", "facility_outpatient": "outpatient", "dme": "dme"}


@pytest.mark.genuine
def test_every_known_mue_address_names_its_code_set_and_quarter_and_no_other(published_files: Path) -> None:
    with (published_files / "pages" / "known_urls.tsv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if "ncci_mue" in row["code_set"]]
    tried = 0
    for row in rows:
        if row["component"] == "landing_page":
            continue
        medicaid = row["code_set"].startswith("medicaid")
        setting = "practitioner" if medicaid else COMPONENTS[row["component"]]
        code_set = f"ncci-{'medicaid-' if medicaid else ''}mue-{setting}"
        year, quarter = row["release"].split("-q")
        start = date(int(year), 3 * int(quarter) - 2, 1)
        name = row["url"].rsplit("/", 1)[-1]
        stem = f"MCD_MUE_{quarter}" if medicaid else MEMBERS[code_set].format(start)
        for ending in ("txt",) if medicaid else ("csv", "xlsx"):
            assert told(code_set, name, f"{stem}.{ending}") == start
        # Under members' names that nobody has seen the archive's name is enough.
        assert told(code_set, name, "table.csv") == start
        others = [other for other in TABLES if other != code_set and seen(other, name, f"{stem}.csv")]
        assert others == []
        tried += 1
    assert tried >= 10


@pytest.mark.parametrize("code_set", MEMBERS)
def test_a_bare_file_names_its_code_set_and_quarter(code_set: str) -> None:
    name = MEMBERS[code_set].format(Q3)
    assert told(code_set, f"{name}.csv") == told(code_set, f"{name}.xlsx") == Q3
    assert [other for other in TABLES if seen(other, f"{name}.csv")] == [code_set]


def test_archive_and_members_of_other_quarters_contradict_each_other() -> None:
    archive = "medicare-ncci-2026-q3-practitioner-services-mue-table.zip"
    with pytest.raises(SourceError, match="quarter 2 and 3"):
        seen("ncci-mue-practitioner", archive, "MCR_MUE_PractitionerServices_Eff_04-01-2026.csv")


def test_a_member_of_another_setting_is_not_read() -> None:
    archive = "medicare-ncci-2026-q3-practitioner-services-mue-table.zip"
    assert seen("ncci-mue-practitioner", archive, "MCR_MUE_DMESupplierServices_Eff_07-01-2026.csv") is None


def aoc(name: str, *members: str, **more: object) -> date:
    return told("ncci-aoc", name, *members, **more)


def test_the_version_inside_names_the_quarter_of_an_add_on_code_file() -> None:
    for name in ("AOC_V2026Q2-MCR.xlsx", "AOC_V2026Q2-F-MCR.txt"):
        assert aoc(name) == aoc("add-code-edits-medicare-effective-04012026.zip", name) == Q2
        assert aoc("whatever.zip", name) == Q2


@pytest.mark.parametrize(
    ("archive", "version", "start"),
    [
        # The address of a third quarter's archive names 1 June; the same day lies in the second quarter.
        ("add-code-edits-medicare-effective-06012026.zip", "2026Q3", Q3),
        ("add-code-edits-medicare-effective-06012026.zip", "2026Q2", Q2),
        ("add-code-edits-replacement-file-medicare-effective-01012026-zip.zip", "2026Q1", Q1),
        ("add-code-edits-replacement-file-medicare-effective-02152026-zip.zip", "2026Q1", Q1),
        ("add-code-edits-medicare-effective-12052025.zip", "2026Q1", Q1),
    ],
)
def test_a_day_in_the_archive_s_name_need_not_be_the_first_of_the_quarter(
    archive: str, version: str, start: date
) -> None:
    assert aoc(archive, f"AOC_V{version}-MCR.xlsx", f"AOC_V{version}-F-MCR.txt") == start


@pytest.mark.parametrize(
    ("archive", "member", "folder", "start"),
    [
        ("add-code-edits-medicare-effective-01012026.zip", "AOC_V2026Q3-MCR.xlsx", "2026Q3", Q3),
        ("add-code-edits-medicare-effective-07012026.zip", "AOC_V2026Q2-MCR.xlsx", "2026-q2", Q2),
        ("add-code-edits-medicare-effective-06012026.zip", "edits.xlsx", "2026Q3", Q3),
        ("add-code-edits-medicare-effective-06012026.zip", "edits.xlsx", "2026Q2", Q2),
        ("add-code-edits-medicare-effective-12152025.zip", "edits.xlsx", "2026Q1", Q1),
        ("add-code-edits-medicare.zip", "edits.xlsx", "2026Q4", Q4),
    ],
)
def test_where_the_names_cannot_settle_it_the_user_is_asked_and_may_say(
    archive: str, member: str, folder: str, start: date
) -> None:
    found = seen("ncci-aoc", archive, member)
    assert found is not None
    with pytest.raises(AmbiguousRelease, match="--release"):
        require_release(found)
    assert aoc(archive, member, release=start) == start
    assert aoc(archive, member, folders=[folder]) == start


def test_the_archive_s_day_alone_tells_where_it_can() -> None:
    assert aoc("add-code-edits-medicare-effective-07012026.zip", "edits.xlsx") == Q3
    assert aoc("add-code-edits-replacement-file-medicare-effective-01152026-zip.zip", "edits.xlsx") == Q1


def test_what_cannot_be_together_is_refused() -> None:
    with pytest.raises(SourceError, match="2026Q2 and 2026Q3"):
        seen("ncci-aoc", "add-code-edits.zip", "AOC_V2026Q2-MCR.xlsx", "AOC_V2026Q3-F-MCR.txt")
    with pytest.raises(SourceError, match="another quarter"):
        seen("ncci-aoc", "AOC_V2026Q2-MCR.xlsx", release=Q4)
    with pytest.raises(SourceError, match="folder"):
        seen("ncci-aoc", "AOC_V2026Q2-MCR.xlsx", folders=["2026Q4"])


def test_guessed_names_belong_to_nothing() -> None:
    for name in ("mue-values-2026-q1.zip", "ncci-ptp-edits-2026-q1.zip"):
        assert [code_set for code_set in TABLES if seen(code_set, name, "table.csv")] == []
