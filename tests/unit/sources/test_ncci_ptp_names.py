"""PTP releases told from the names under which CMS publishes them."""

from __future__ import annotations

from datetime import date

import pytest

from codeset_pipeline.errors import SourceError, UsageError
from codeset_pipeline.labels import effective_date, label_of, ncci_version
from codeset_pipeline.sources.definition import code_sets, source
from codeset_pipeline.sources.member import Member
from codeset_pipeline.sources.recognise import Recognised, recognise

PTP_SETS = [name for name in code_sets() if source(name).layout == "ncci_ptp"]


def told(archive: str, *members: str) -> dict[str, Recognised]:
    """What each PTP code set makes of an archive (of a bare file, when no members are given)."""
    inside = [Member(name) for name in members] or [Member(archive)]
    found = {name: recognise(source(name), archive, inside, archive=bool(members)) for name in PTP_SETS}
    return {name: item for name, item in found.items() if item is not None}


@pytest.mark.parametrize(
    ("archive", "members", "code_set", "start", "roles"),
    [
        (
            "medicare-ncci-2026q3-practitioner-ptp-edits-ccipra-v322r0-f1.zip",
            ["ccipra-v322r0-f1.TXT", "ccipra-v322r0-f1.xlsx"],
            "ncci-ptp-practitioner",
            date(2026, 7, 1),
            ["ptp_text_1", "ptp_excel_1"],
        ),
        (
            "medicare-ncci-2026-q4-hospital-ptp-edits-ccioph-v323r0-f1.zip",
            ["ccioph-v323r0-f1.txt"],
            "ncci-ptp-hospital",
            date(2026, 10, 1),
            ["ptp_text_1"],
        ),
        (
            "medicare-ncci-2025q1-practitioner-ptp-edits-ccipra-v310r0-f4.zip",
            ["ccipra-v310r0-f4.TXT"],
            "ncci-ptp-practitioner",
            date(2025, 1, 1),
            ["ptp_text_4"],
        ),
        ("ccipra-v301r0-f2.TXT", [], "ncci-ptp-practitioner", date(2024, 4, 1), ["ptp_text_2"]),
        (
            "medicare-ncci-2026q3-practitioner-quarterly-additions-deletions-revisions-ptp.zip",
            ["MCR_NCCI_Additions_Eff_07-01-2026.txt", "MCR_NCCI_CCMIChgs_Eff_07-01-2026.xlsx"],
            "ncci-ptp-practitioner",
            date(2026, 7, 1),
            ["ptp_additions_text", "ptp_indicator_changes_excel"],
        ),
        (
            "medicare-ncci-2026q4-hospital-quarterly-additions-deletions-revisions-ptp.zip",
            ["MCR_NCCI_Deletions_Eff_10-01-2026.txt"],
            "ncci-ptp-hospital",
            date(2026, 10, 1),
            ["ptp_deletions_text"],
        ),
        (
            "medicaid-ncci-q1-2026-ptp-edits-practitioner-services.zip",
            ["whatever.txt"],
            "ncci-medicaid-ptp-practitioner",
            date(2026, 1, 1),
            ["ptp_text_1"],
        ),
        (
            "medicaid-ncci-2026-q3-ptp-edits-durable-medical-equipment.zip",
            ["edits.txt", "edits.xlsx"],
            "ncci-medicaid-ptp-dme",
            date(2026, 7, 1),
            ["ptp_text_1", "ptp_excel_1"],
        ),
        (
            "medicaid-ncci-q2-2026-ptp-edits-outpatient-hospital-services.zip",
            ["edits.TXT"],
            "ncci-medicaid-ptp-hospital",
            date(2026, 4, 1),
            ["ptp_text_1"],
        ),
    ],
)
def test_an_archive_belongs_to_one_code_set_and_quarter(
    archive: str, members: list[str], code_set: str, start: date, roles: list[str]
) -> None:
    found = told(archive, *members)
    assert list(found) == [code_set]
    assert found[code_set].effective_from == start
    assert [file.role for file in found[code_set].files] == roles


def test_names_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(SourceError, match="name quarter 2 and 3 at once"):
        told("medicare-ncci-2026q3-practitioner-ptp-edits-ccipra-v322r0-f1.zip", "ccipra-v321r0-f1.TXT")


def test_mue_and_other_archives_are_no_ptp_release() -> None:
    assert told("medicare-ncci-2026-q3-practitioner-services-mue-table.zip", "MCR_MUE_PractitionerServices.csv") == {}
    assert told("medicaid-ncci-2026-q3-mue-edits-practitioner-services.zip", "edits.txt") == {}


@pytest.mark.parametrize(
    ("version", "start", "label"),
    [
        ("v301", date(2024, 4, 1), "2024Q2"),
        ("v302", date(2024, 7, 1), "2024Q3"),
        ("v310", date(2025, 1, 1), "2025Q1"),
        ("v313", date(2025, 10, 1), "2025Q4"),
        ("V322", date(2026, 7, 1), "2026Q3"),
        ("v323r1", date(2026, 10, 1), "2026Q4"),
    ],
)
def test_a_version_names_a_release(version: str, start: date, label: str) -> None:
    assert effective_date(version) == start
    assert label_of("ncci-ptp-hospital", start) == label
    assert ncci_version(start) == version[:4].lower()


def test_a_version_of_no_quarter_is_no_release() -> None:
    with pytest.raises(UsageError):
        effective_date("v324")
