"""What stands on the publishers' pages, and what it makes of a release."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.errors import SourceError
from codeset_pipeline.sources.directory_listing import listing_entries
from codeset_pipeline.sources.landing_page import page_links
from codeset_pipeline.sources.link_rules import rules_for, sites
from codeset_pipeline.sources.links import PageLink
from codeset_pipeline.sources.offers import Offers, gather, missing_link

CMS = "https://www.cms.gov"
ICD10 = f"{CMS}/medicare/coding-billing/icd-10-codes"
_ROOT = "https://ftp.cdc.gov/pub/Health_Statistics/NCHS/Publications/ICD10CM"

# Names say nothing of the year, nor of CM or PCS: the headings must.
BARE = """
<html><body><nav><ul><li><a href="/medicare/coding-billing/icd-10-codes">ICD-10 addendum</a></li></ul></nav>
<h2>ICD-10 Files</h2>
<button>2025 ICD-10 CM &amp; PCS files</button>
<h3>2025 ICD-10-CM files</h3>
<p>Use these codes from October 1, 2024.</p>
<ul>
 <li><a href="/files/zip/code-descriptions-tabular-order-0.zip">Code Descriptions in Tabular Order (ZIP)</a></li>
 <li><a href="/files/zip/addendum-0.zip">Addendum (ZIP)</a> - Updated 07/09/2024</li>
 <li><a href="/files/zip/download-17.zip">Conversion Table (ZIP)</a></li>
</ul>
<h3>2025 ICD-10-PCS files</h3>
<ul>
 <li><a href="/files/zip/order-file-0.zip">Order File (Long and Abbreviated Titles) (ZIP)</a> - Updated 07/11/2024</li>
 <li><a href="/files/zip/conversion-table-0.zip">Conversion Table (ZIP)</a></li>
</ul>
<button>2024 ICD-10 CM &amp; PCS files</button>
<p><strong>2024 ICD-10-CM files</strong></p>
<ul>
 <li><a href="/files/zip/code-descriptions-tabular-order.zip">Code Descriptions in Tabular Order (ZIP)</a></li>
 <li><a href="/files/zip/code-descriptions-updated.zip">April 1, 2024 Code Descriptions in Tabular Order (ZIP)</a></li>
</ul>
</body></html>
"""


def _offers(code_set: str, html: str, page: str = ICD10, site: str = "cms", base: str = CMS) -> Offers:
    rules = rules_for(code_set, site)
    assert rules is not None
    return gather(rules, sites()[site], base, code_set, [(page, page_links(html))])


def _names(offers: Offers) -> dict[str, list[str]]:
    return {offer.label: [f"{x.component}:{x.name}" for x in offer.files] for offer in offers.releases.values()}


def test_headings_tell_the_year_of_labels_that_repeat_and_keep_cm_and_pcs_apart() -> None:
    assert _names(_offers("icd10cm", BARE)) == {
        "FY2024": ["code_descriptions:code-descriptions-tabular-order.zip"],
        "FY2024-apr": ["code_descriptions:code-descriptions-updated.zip"],
        "FY2025": [
            "code_descriptions:code-descriptions-tabular-order-0.zip",
            "conversion_table:download-17.zip",
        ],
    }
    assert _names(_offers("icd10pcs", BARE)) == {"FY2025": ["order_file:order-file-0.zip"]}


def test_the_note_behind_a_link_tells_when_it_was_updated() -> None:
    offer = _offers("icd10pcs", BARE).releases[date(2024, 10, 1)]
    assert {link.name: link.updated for link in (*offer.files, *offer.others)} == {
        "order-file-0.zip": date(2024, 7, 11),
        "conversion-table-0.zip": None,
    }
    cm = _offers("icd10cm", BARE).releases[date(2024, 10, 1)]
    assert {link.name: link.updated for link in cm.others} == {"addendum-0.zip": date(2024, 7, 9)}


def test_a_button_of_another_sort_does_not_hide_the_heading_and_an_accordion_may_be_a_link() -> None:
    html = """<a href="#y2025" aria-expanded="false">2025 ICD-10 CM &amp; PCS files</a><h4>ICD-10-PCS files</h4>
    <ul><li><button>Copy link</button><a href="/files/zip/order-file.zip">Order File (ZIP)</a></li></ul>"""
    assert _names(_offers("icd10pcs", html)) == {"FY2025": ["order_file:order-file.zip"]}


def test_a_name_that_says_its_year_is_believed_over_the_heading() -> None:
    html = '<h3>2025 ICD-10-CM files</h3><a href="/files/zip/2024-code-descriptions-tabular-order.zip">Codes</a>'
    assert list(_offers("icd10cm", html).releases) == [date(2023, 10, 1)]


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("2024-code-descriptions-tabular-order-updated-02/01/2024.zip", date(2024, 4, 1)),
        ("2021-code-descriptions-tabular-order-updated-12162020.zip", date(2021, 1, 1)),
        ("april-1-2026-code-descriptions-tabular-order.zip", date(2026, 4, 1)),
        ("2025-code-description-tabular-order-april.zip", date(2025, 4, 1)),
        ("2026-code-descriptions-tabular-order-updated-07/15/2025.zip", date(2025, 10, 1)),
    ],
)
def test_a_file_posted_again_within_its_fiscal_year_is_the_update_that_followed(name: str, release: date) -> None:
    html = f'<a href="/files/zip/{name}">Code Descriptions</a>'
    offers = _offers("icd10cm", html)
    assert list(offers.releases) == [release]
    assert offers.releases[release].files[0].name == name.replace("/", "-")


def test_an_update_that_says_not_when_is_left_for_a_person() -> None:
    html = '<a href="/files/zip/2026-code-descriptions-tabular-order-updated.zip">Code Descriptions (ZIP)</a>'
    offers = _offers("icd10cm", html)
    assert offers.releases == {}
    assert [link.question for link in offers.undated] == ["its name says that it was updated, and not when"]


@pytest.mark.parametrize(
    "name",
    [
        "july-2026-alpha-numeric-hcpcs-file.zip",
        "July-2026-Alpha-Numeric-HCPCS-Files.zip",
        "2026-q3-alpha-numeric-hcpcs-file.zip",
    ],
)
def test_hcpcs_names_in_singular_and_plural_and_either_order(name: str) -> None:
    offers = _offers("hcpcs", f'<a href="/files/zip/{name}">the file</a>')
    assert [offer.label for offer in offers.releases.values()] == ["2026Q3"]


@pytest.mark.parametrize("quarter", ["2026-q3", "2026q3", "q3-2026"])
def test_quarter_and_year_stand_in_either_order(quarter: str) -> None:
    name = f"medicare-ncci-{quarter}-practitioner-services-mue-table.zip"
    offers = _offers("ncci-mue-practitioner", f'<a href="/files/zip/{name}">MUE</a>')
    assert list(offers.releases) == [date(2026, 7, 1)]


def test_a_version_that_contradicts_its_quarter_is_not_believed() -> None:
    name = "medicare-ncci-2026q3-practitioner-ptp-edits-ccipra-v321r0-f1.zip"
    offers = _offers("ncci-ptp-practitioner", f'<a href="/license/ama?file=/files/zip/{name}">PTP</a>')
    assert offers.releases == {}
    assert "v" not in offers.undated[0].part and "321" in offers.undated[0].question


def test_a_part_that_is_not_linked_makes_a_release_partial() -> None:
    links = "".join(
        f'<a href="/license/ama?file=/files/zip//medicare-ncci-2026q3-hospital-ptp-edits-ccioph-v322r0-f{n}.zip">x</a>'
        for n in (1, 2, 4)
    )
    offer = _offers("ncci-ptp-hospital", links).releases[date(2026, 7, 1)]
    assert (offer.state, offer.missing) == ("partial", ("list of changes", "PTP edits f3"))
    assert offer.files[0].target.path.startswith("/files/zip/medicare")


def test_a_release_without_its_codes_is_absent_and_one_with_all_parts_complete() -> None:
    names = ["2026-poa-exempt-codes", "2026-conversion-table"]
    html = "".join(f'<a href="/files/zip/{name}.zip">{name}</a>' for name in names)
    assert _offers("icd10cm", html).releases[date(2025, 10, 1)].state == "absent"
    names += ["2026-code-descriptions-tabular-order"]
    html = "".join(f'<a href="/files/zip/{name}.zip">{name}</a>' for name in names)
    partial = _offers("icd10cm", html).releases[date(2025, 10, 1)]
    assert (partial.state, partial.missing) == ("partial", ("tabular list",))
    names += ["2026-code-tables-tabular-and-index"]
    html = "".join(f'<a href="/files/zip/{name}.zip">{name}</a>' for name in names)
    assert _offers("icd10cm", html).releases[date(2025, 10, 1)].state == "complete"


def test_a_missing_link_shows_page_expectation_and_the_nearest_links() -> None:
    html = """<h3>2027 ICD-10-CM files</h3><a href="/files/zip/2027-codes-in-order.zip">2027 Codes and Titles (ZIP)</a>
    <a href="/privacy">Privacy</a><a href="/files/zip/2027-poa-exempt-codes.zip">2027 POA Exempt Codes (ZIP)</a>"""
    error = missing_link(_offers("icd10cm", html), "ICD-10-CM FY2027 code descriptions")
    assert isinstance(error, SourceError)
    text = str(error)
    assert ICD10 in text and "ICD-10-CM FY2027 code descriptions" in text
    assert "2027 Codes and Titles (ZIP) (2027-codes-in-order.zip)" in text
    assert "codeset update icd10cm --from PATH" in text


def test_links_to_the_site_itself_stay_with_a_mirror_and_links_elsewhere_are_nothing() -> None:
    html = """<a href="https://www.cms.gov/files/zip/2026-code-descriptions-tabular-order.zip">Code Descriptions</a>
    <a href="https://elsewhere.example/files/zip/2025-code-descriptions-tabular-order.zip">Code Descriptions</a>
    <a href="javascript:void(0)">Code Descriptions</a>"""
    base = "http://127.0.0.1:8100"
    offers = _offers("icd10cm", html, f"{base}/medicare/coding-billing/icd-10-codes", base=base)
    assert [link.target.url for offer in offers.releases.values() for link in offer.files] == [
        f"{base}/files/zip/2026-code-descriptions-tabular-order.zip"
    ]


def test_an_empty_page_has_no_links() -> None:
    assert page_links("") == [] and page_links(b"") == [] and page_links("<!-- -->") == []
    assert listing_entries("", f"{_ROOT}/") == []


@pytest.mark.genuine
def test_the_cdc_directories_with_typos_and_spaces(published_files: Path) -> None:
    rules = rules_for("icd10cm", "cdc")
    assert rules is not None
    found: dict[str, list[tuple[str, str, date | None, int | None]]] = {}
    pages = {"2024": "FY2024", "2025": "FY2025", "2025-Update": "FY2025-apr", "2026": "FY2026"}
    for directory, folder in pages.items():
        url = f"{_ROOT}/{directory}/"
        html = (published_files / "icd10cm" / folder / "index.html").read_bytes()
        links: list[PageLink] = [entry.link for entry in listing_entries(html, url)]
        offers = gather(rules, sites()["cdc"], "https://ftp.cdc.gov", "icd10cm", [(url, links)])
        for offer in offers.releases.values():
            found[offer.label] = [(x.component, x.name, x.posted, x.size) for x in offer.files]
    assert found["FY2025-apr"] == [
        ("code_descriptions", "Code-desciptions-April-2025.zip", date(2025, 1, 23), 2307694),
        ("tabular_index", "icd10cm-table-index-April-2025.zip", date(2025, 1, 23), 19958904),
    ]
    assert found["FY2026"] == [
        ("conversion_table", "ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx", date(2025, 6, 30), 164524),
        ("code_descriptions", "icd10cm-Code Descriptions-2026.zip", date(2025, 6, 12), 2198159),
        ("tabular_index", "icd10cm-table and index-2026.zip", date(2025, 6, 12), 18744973),
        ("poa_exempt", "POAexemptCodesFY26.zip", date(2025, 6, 10), 1228270),
    ]
    assert sorted(found) == ["FY2024", "FY2025", "FY2025-apr", "FY2026"]
    assert {component for component, *_ in found["FY2024"]} >= {"code_descriptions", "conversion_table"}
