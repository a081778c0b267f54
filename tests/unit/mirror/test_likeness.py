"""The mirror behaves as the two sites do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from lxml import html

from tests.mirror import Mirror, genuine, small
from tests.mirror.cdc import ROOT
from tests.mirror.cms import ICD10_PAGE, PTP_PAGE
from tests.mirror.listing import Entry, directory_page

AGENT = {"User-Agent": "codeset-pipeline-tests/1 (+tests@example.org)"}
GATED = "/files/zip/medicare-ncci-2029q1-practitioner-ptp-edits-ccipra-v350r0-f1.zip"


def get(url: str, **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return requests.get(url, headers=AGENT | named, timeout=5)


@pytest.mark.genuine
@pytest.mark.parametrize("folder", ["FY2024", "FY2025", "FY2025-apr", "FY2026"])
def test_the_page_of_a_folder_is_the_genuine_one_to_the_byte(published_files: Path, folder: str) -> None:
    page = (published_files / "icd10cm" / folder / "index.html").read_bytes()
    line = rb"(\d+/\d+/\d+ +\d+:\d+ [AP]M) +(\d+) <A HREF=\"([^\"]*)\">([^<]*)</A>"
    found = re.findall(line, page)
    path = re.search(rb"<title>ftp.cdc.gov - ([^<]*)</title>", page)
    assert found
    assert path
    place = path[1].decode()
    entries = [
        Entry(
            place + name.decode(),
            datetime.strptime(when.decode(), "%m/%d/%Y %I:%M %p").replace(tzinfo=UTC),
            int(size),
        )
        for when, size, _, name in found
    ]
    assert directory_page(place, entries[::-1]) == page.rstrip(b"\r\n")


@pytest.mark.genuine
def test_the_genuine_mirror_serves_the_publishers_own_bytes(mirror: Mirror, published_files: Path) -> None:
    genuine.post_icd10_at_cms(mirror, published_files, {2024})
    path = "/files/zip/2024-code-descriptions-tabular-order-updated-02/01/2024.zip"
    name = "icd10cm/FY2024-apr/2024-code-descriptions-tabular-order-updated-02-01-2024.zip"
    assert get(mirror.cms_url + path).content == (published_files / name).read_bytes()


def test_years_and_code_sets_are_told_by_the_headings_alone(mirror: Mirror) -> None:
    small.post_icd10cm_at_cms(mirror)
    order = "ICD-10-PCS Order File (Long and Abbreviated Titles) (ZIP)"
    mirror.cms.post_icd10pcs(2030, order, "2030-order.zip", b"", small.at(2029, 6, 12), "Updated 07/09/2029")
    page = html.fromstring(get(mirror.cms_url + ICD10_PAGE).content)
    headings = [each.text_content() for each in page.iter("h3", "h4")]
    assert headings == [
        "2030 ICD-10 CM & PCS files",
        "2030 ICD-10-CM files",
        "2030 ICD-10-PCS files",
        "2029 ICD-10 CM & PCS files",
        "2029 ICD-10-CM files",
    ]
    items = [item.text_content() for item in page.iterfind(".//main//li")]
    assert f"{order} - Updated 07/09/2029" in items


def test_a_client_that_only_names_its_library_is_turned_away_by_cms(mirror: Mirror) -> None:
    small.post_icd10cm_at_cms(mirror)
    nameless = requests.get(mirror.cms_url + ICD10_PAGE, timeout=5)
    assert (nameless.status_code, "Access Denied" in nameless.text) == (403, True)
    assert get(mirror.cms_url + ICD10_PAGE).status_code == 200


def test_a_file_is_had_by_condition_and_in_ranges(mirror: Mirror) -> None:
    path, _ = small.post_icd10cm_at_cms(mirror)
    whole = get(mirror.cms_url + path)
    tag, changed = whole.headers["ETag"], whole.headers["Last-Modified"]
    assert get(mirror.cms_url + path, If_None_Match=tag).status_code == 304
    assert get(mirror.cms_url + path, If_Modified_Since=changed).status_code == 304
    rest = get(mirror.cms_url + path, Range="bytes=100-", If_Range=tag)
    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    assert rest.headers["Content-Range"] == f"bytes 100-{len(whole.content) - 1}/{len(whole.content)}"
    assert get(mirror.cms_url + path, Range=f"bytes={len(whole.content)}-").status_code == 416
    mirror.cms.repost(path, b"other content", small.at(2029, 8, 1))
    assert get(mirror.cms_url + path, If_None_Match=tag).content == b"other content"
    assert get(mirror.cms_url + path, If_Modified_Since=changed).status_code == 200
    assert get(mirror.cms_url + path, Range="bytes=5-", If_Range=tag).status_code == 200
    assert [entry.is_conditional for entry in mirror.requests.all] == [
        False,
        True,
        True,
        False,
        False,
        True,
        True,
        False,
    ]
    head = requests.head(mirror.cms_url + path, headers=AGENT, timeout=5)
    assert (head.headers["Content-Length"], head.content) == ("13", b"")


def test_a_gated_file_is_handed_out_after_the_agreement_only(mirror: Mirror) -> None:
    small.post_ncci(mirror)
    page = html.fromstring(get(mirror.cms_url + PTP_PAGE).content)
    hrefs = [link for _, _, link, _ in page.iterlinks() if "ccipra" in link]
    assert hrefs[0] == f"/license/ama?file={GATED}"
    assert hrefs[1].startswith("/license/ama?file=/files/zip//medicare")
    closed = get(mirror.cms_url + GATED)
    assert closed.url.endswith(hrefs[0])
    assert closed.headers["Content-Type"].startswith("text/html")
    session = requests.Session()
    session.headers.update(AGENT)
    form = html.fromstring(session.get(mirror.cms_url + hrefs[0], timeout=5).content).forms[0]
    assert (form.method, form.action, dict(form.fields)) == ("GET", GATED, {"agree": "yes", "next": "Accept"})
    opened = session.get(mirror.cms_url + form.action, params=dict(form.fields), timeout=5)
    assert opened.content[:2] == b"PK"
    # The browser then has what the site wants to see.
    assert session.get(mirror.cms_url + GATED, timeout=5).content == opened.content


def test_cdc_has_folders_without_validators_and_minds_no_case(mirror: Mirror) -> None:
    small.post_icd10cm_at_cdc(mirror)
    folder = get(f"{mirror.cdc_url}{ROOT}2030/")
    assert "ETag" not in folder.headers
    assert "icd10cm-Code%20Descriptions-2030.zip" in folder.text
    assert get(f"{mirror.cdc_url}{ROOT.lower()}2030/ICD10CM-code%20descriptions-2030.ZIP").content[:2] == b"PK"
    assert get(f"{mirror.cdc_url}{ROOT}2030").url.endswith("/2030/")
    assert get(f"{mirror.cdc_url}{ROOT}2031/").status_code == 404


def test_saved_files_have_the_names_that_a_browser_gives_them(mirror: Mirror, tmp_path: Path) -> None:
    small.post_icd10cm_at_cdc(mirror)
    mirror.cms.post_icd10cm(2024, "Code Descriptions", "2024-x-updated-02/01/2024.zip", b"x", small.at(2024, 2, 1))
    mirror.save(tmp_path / "cms", "cms")
    mirror.save(tmp_path / "cdc", "cdc")
    assert (tmp_path / "cms" / "2024-x-updated-02-01-2024.zip").read_bytes() == b"x"
    assert (tmp_path / "cdc" / "2030" / "icd10cm-Code Descriptions-2030.zip").is_file()
    assert not list(tmp_path.rglob("*.pdf"))
