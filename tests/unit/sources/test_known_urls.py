"""Every URL that was seen on the publishers' sites is recognised for what it is."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.sources.links import PageLink, recognise_url

pytestmark = pytest.mark.genuine

_MONTHS = {"jan": 1, "apr": 4}
_MUE = {"practitioner": "practitioner", "facility_outpatient": "outpatient", "dme": "dme"}
_PLACELESS = {"icd10cm-cdc": "icd10cm", "ncci_aoc": "ncci-aoc"}
_MEDICAID = {
    "practitioner-services": "practitioner",
    "outpatient-hospital-services": "hospital",
    "durable-medical-equipment": "dme",
    "durable-medical-equipment-services": "dme",
}
_COMPONENTS = {"addon replacement": "addon_replacement", "quarterly changes": "quarterly_changes"}


def _rows(published_files: Path) -> list[dict[str, str]]:
    with (published_files / "pages" / "known_urls.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def _expected_release(text: str) -> date | None:
    """The list's own way of writing releases: FY2026-Apr, 2026q3, 2026-q3, 2026-06-01(Q3), 2018."""
    fiscal = re.match(r"FY(\d{4})(?:-(Jan|Apr))?", text)
    if fiscal:
        return date(int(fiscal[1]), _MONTHS[fiscal[2].lower()], 1) if fiscal[2] else date(int(fiscal[1]) - 1, 10, 1)
    quarter = re.match(r"(\d{4}).*?[qQ]([1-4])", text)
    if quarter:
        return date(int(quarter[1]), {"1": 1, "2": 4, "3": 7, "4": 10}[quarter[2]], 1)
    return date(int(text) - 1, 10, 1) if re.fullmatch(r"\d{4}", text) else None


def _expected(row: dict[str, str]) -> tuple[str, str, str]:
    """Code set, component and part in this program's words."""
    code_set, component = row["code_set"], row["component"]
    if code_set == "ncci_mue":
        return f"ncci-mue-{_MUE[component]}", "mue_table", ""
    part = re.fullmatch(r"(?:full|licence gate) (f\d)", component)
    if part:
        return code_set.replace("_", "-"), "full", part[1]
    if code_set.startswith("medicaid_ncci_"):
        return f"ncci-medicaid-{code_set.removeprefix('medicaid_ncci_')}-{_MEDICAID[component]}", "edits", ""
    name = _PLACELESS.get(code_set, code_set.replace("_", "-"))
    return name, _COMPONENTS.get(component, component), ""


def test_every_url_with_evidence_is_the_right_code_set_component_and_release(published_files: Path) -> None:
    rows = [r for r in _rows(published_files) if r["evidence"] != "unverified" and r["component"] != "landing_page"]
    assert len(rows) > 130
    wrong = []
    for row in rows:
        found = recognise_url(row["url"])
        got = (found.code_set, found.component, found.part, found.effective_from) if found else None
        if got != (*_expected(row), _expected_release(row["release"])):
            wrong.append((row["url"], got, row))
    assert wrong == []


def test_links_through_the_agreement_page_are_gated_and_lead_to_one_file(published_files: Path) -> None:
    rows = [r for r in _rows(published_files) if r["component"].startswith("licence gate")]
    assert rows
    for row in rows:
        found = recognise_url(row["url"])
        assert found is not None and found.licence == "ama"
        named = row["url"].split("file=")[1].replace("//", "/")
        assert found.target.file_url == f"https://www.cms.gov{named}"


def test_the_lists_of_changes_are_not_gated(published_files: Path) -> None:
    rows = [r for r in _rows(published_files) if r["component"] == "quarterly changes"]
    assert rows
    assert {found.licence for r in rows if (found := recognise_url(r["url"]))} == {""}


def test_every_landing_page_is_known_as_one(published_files: Path) -> None:
    rows = [r for r in _rows(published_files) if r["component"] == "landing_page"]
    assert len(rows) > 15
    for row in rows:
        found = recognise_url(row["url"])
        assert found is not None and found.component == "landing_page", row
        family = row["code_set"].replace("_", "-").removesuffix("-cdc").replace("medicaid-ncci", "ncci-medicaid")
        assert found.code_set.startswith(family), row


def test_every_unverified_url_is_classified_without_an_error(published_files: Path) -> None:
    rows = [r for r in _rows(published_files) if r["evidence"] == "unverified"]
    assert rows
    for row in rows:
        found = recognise_url(row["url"])
        if found is not None and row["code_set"] != "bad_guess":
            assert (found.code_set, found.component) == (row["code_set"], row["component"])


def test_an_invented_name_of_ncci_edits_is_nothing(published_files: Path) -> None:
    assert recognise_url("https://www.cms.gov/files/zip/ncci-ptp-edits-2026-q1.zip") is None


def test_the_links_of_the_ptp_page_keep_their_record_counts_and_ranges(published_files: Path) -> None:
    html = (published_files / "pages/fixtures/ncci_ptp_page.links.excerpt.html").read_text("utf-8")
    found = []
    for href, text in re.findall(r'<a href="([^"]*)">([^<]*)</a>', html):
        link = recognise_url(f"https://www.cms.gov{href}", PageLink(href, text))
        assert link is not None
        found.append((str(link.effective_from), link.part, link.records, link.first, link.last))
    assert found == [
        ("2026-07-01", "f1", 675037, "0001A/0591T", "25441/G0471"),
        ("2026-07-01", "f2", 675235, "25442/01810", "37252/99452"),
        ("2026-07-01", "f3", 674890, "37253/0213T", "62322/J2001"),
        ("2026-07-01", "f4", 608227, "62323/0178T", "U0003/U0004"),
        ("2026-04-01", "f1", 675270, "0001A/0591T", "25447/G0471"),
        ("2026-04-01", "f2", 674903, "25448/01810", "37606/G0471"),
        ("2026-04-01", "f3", 674869, "37607/0213T", "62328/G0471"),
        ("2026-04-01", "f4", 606146, "62329/00635", "U0003/U0004"),
    ]


def test_the_hrefs_of_the_live_pages_are_all_recognised(published_files: Path) -> None:
    lines = (published_files / "pages/fixtures/ncci_hrefs.live_2026-05.txt").read_text("utf-8").splitlines()
    hrefs = [line for line in lines if line.startswith("/")]
    assert len(hrefs) == 12
    assert all(recognise_url(f"https://www.cms.gov{href}") for href in hrefs)
