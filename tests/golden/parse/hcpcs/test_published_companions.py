"""Transaction reports, corrections, NOC codes and processing notes as published, held against the releases."""

from __future__ import annotations

from datetime import date

import pytest

from codeset_pipeline.parse.hcpcs_correction_actions import CorrectionKind
from codeset_pipeline.parse.hcpcs_corrections import Corrections, parse_corrections
from codeset_pipeline.parse.hcpcs_noc import parse_noc_codes
from codeset_pipeline.parse.hcpcs_processing_notes import parse_processing_notes
from codeset_pipeline.parse.hcpcs_transaction_report import parse_transaction_report
from tests.golden.parse.hcpcs.genuine import CORRECTIONS, PRINTS, REPORT, TEXT, slow_rows
from tests.golden.parse.published import published

pytestmark = pytest.mark.genuine


@pytest.mark.parametrize("release", TEXT)
def test_the_transaction_report_says_what_the_action_codes_say(release: str) -> None:
    rows = slow_rows(release)
    report = parse_transaction_report(published(*REPORT[release]), release)
    assert {row.code: row.action_codes for row in report.rows} == {
        code: (row["action_code"],) for code, row in rows.items() if (release, code) != ("2018", "L1")
    }
    assert report.oddities == []


@pytest.mark.parametrize(("release", "rows"), [("2020Q2", 7097), ("2020Q3", 7158)])
def test_quarterly_reports_name_every_code_once(release: str, rows: int) -> None:
    report = parse_transaction_report(published(*REPORT[release]), release)
    assert len({row.code for row in report.rows}) == len(report.rows) == rows


def test_the_report_of_2020q3_has_the_modifier_cs_twice_in_one_of_its_lists() -> None:
    report = parse_transaction_report(published(*REPORT["2020Q3"]), "trans_alpha.xlsx")
    assert [row.action_codes for row in report.rows if row.code == "CS"] == [("C", "S")]
    (oddity,) = report.oddities
    assert (oddity.line, oddity.text.split(" | ")[0]) == (141, "No Change")


@pytest.mark.parametrize("release", PRINTS)
def test_printouts_say_the_same_as_the_workbook_as_far_as_they_go(release: str) -> None:
    archive, _ = REPORT[release]
    rows = {row.code: row for row in parse_transaction_report(published(*REPORT[release]), release).rows}
    for member in PRINTS[release]:
        printed = parse_transaction_report(published(archive, member), member)
        assert printed.truncated
        assert {row.code for row in printed.rows} == set(rows)
        for row in printed.rows:
            whole = rows[row.code]
            assert (row.action_codes, row.short_description) == (whole.action_codes, whole.short_description), row
            assert (whole.long_description or "").startswith(row.long_description or ""), row


def corrections(release: str) -> list[Corrections]:
    archive, members = CORRECTIONS[release]
    return [parse_corrections(published(archive, member), member) for member in members]


def test_all_corrections_are_understood_and_one_date_is_none() -> None:
    found = [parsed for release in CORRECTIONS for parsed in corrections(release)]
    assert [len(parsed.rows) for parsed in found] == [24, 28, 30, 28, 11, 3]
    assert all(row.kind is not CorrectionKind.UNCLEAR for parsed in found for row in parsed.rows)
    assert [(oddity.file, oddity.line, oddity.text) for parsed in found for oddity in parsed.oddities] == [
        ("HCPC2019_Corrections_ALPHA.xlsx", 14, "01/0/12019")
    ]


# What the next annual file has otherwise than the corrections: revised again in between, or written otherwise (G9489 by
# one letter, J2787 with a plain apostrophe).
CHANGED_SINCE = {
    "2018": {
        ("C9748", "asc_group"),
        ("C9748", "asc_effective_date"),
        ("G9489", "long_description"),
    },
    "2019": {
        ("Q2026", "asc_group"),
        ("Q2026", "asc_effective_date"),
        ("J2787", "short_description"),
        ("J2787", "long_description"),
    },
}


@pytest.mark.parametrize(("release", "following"), [("2018", "2019"), ("2019", "2020Q1")])
def test_the_next_annual_file_holds_the_corrected_values(release: str, following: str) -> None:
    after = slow_rows(following)
    values: dict[str, dict[str, object]] = {}
    gone: set[str] = set()
    for parsed in corrections(release):
        for row in parsed.rows:
            if row.kind is CorrectionKind.WITHDRAW:
                values.pop(row.code, None)
                gone.add(row.code)
            elif row.kind is not CorrectionKind.DELETE:
                values.setdefault(row.code, {}).update(row.values)
                for name, added in row.additions.items():
                    present = after[row.code][name]
                    assert isinstance(present, tuple) and set(added) <= set(present), (row.code, name)
    differing = set()
    for code, fields in values.items():
        for name, value in fields.items():
            if name == "action_code":
                continue
            if isinstance(value, date):
                value = value.strftime("%Y%m%d")
            elif value is None:
                value = ""
            there = after[code][name]
            equal = there == value
            if isinstance(there, str) and isinstance(value, str):
                equal = "".join(there.lower().split()) == "".join(value.lower().split())
            if not equal:
                differing.add((code, name))
    assert differing == CHANGED_SINCE[release]
    assert {code for code in gone if code in after} == ({"G9978", "G9979"} if release == "2018" else set())


def test_noc_codes_are_codes_of_their_release_with_its_dates() -> None:
    for release, rows in (("2018", 145), ("2019", 139)):
        archive = f"hcpcs/{release}-annual/{release}-HCPCS-NOC-Codes.zip"
        parsed = parse_noc_codes(published(archive, f"NOC_Codes_{release}.xlsx"), release)
        assert len(parsed.rows) == rows
        known = slow_rows(release)
        for row in parsed.rows:
            if row.termination_date and row.code in known:
                assert row.termination_date.strftime("%Y%m%d") == known[row.code]["termination_date"]


@pytest.mark.parametrize(
    ("release", "member", "notes"),
    [
        ("2018", "proc_notes_2018.txt", 216),
        ("2019", "proc_notes_2019.txt", 218),
        ("2020Q1", "proc_notes_2020.txt", 220),
    ],
)
def test_processing_notes_are_numbered_without_gap_and_explain_the_release(
    release: str, member: str, notes: int
) -> None:
    parsed = parse_processing_notes(published(TEXT[release][0], member), member)
    assert [int(note.number) for note in parsed.notes] == list(range(1, notes + 1))
    assert not any("\t" in note.text or note.text.endswith("*") for note in parsed.notes)
    used = {str(row["processing_note"]) for row in slow_rows(release).values()} - {""}
    # AX and V5289 have the number 0000, which stands for no note.
    assert used - {note.number for note in parsed.notes} == {"0000"}
