"""The publishers' own files, posted as they are or were on the two sites.

Where only the content of an archive lies beside the project and not the archive itself, it is packed again under the
name the site uses. Links to what is not here are left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from tests import generated_releases as icd10
from tests.mirror.running import Mirror

_OLD = "/medicare/coding/icd10/downloads/"
_ORDER = "Code Descriptions in Tabular Order"

# Year on the page, label, name on the site, file beside the project (packed into a zip where that is no zip), date
# posted, and what stands after the link.
_ICD10CM: list[tuple[int, str, str, str, str, str]] = [
    (2017, f"{_ORDER} (ZIP)", f"{_OLD}2017-icd10-code-descriptions.zip", "FY2017/2017-icd10-code-descriptions.zip",
     "2016-07-01", ""),
    (2017, "Code Tables and Index (ZIP)", f"{_OLD}2017-icd10-code-tables-index.zip",
     "FY2017/ICD10CM_FY2017_Full_XML.zip", "2016-07-01", ""),
    (2018, f"{_ORDER} (ZIP)", f"{_OLD}2018-icd-10-code-descriptions.zip", "FY2018/2018-icd-10-code-descriptions.zip",
     "2017-06-27", ""),
    (2021, f"2021 {_ORDER} (ZIP)", "2021-code-descriptions-tabular-order-updated-12162020.zip",
     "FY2021-jan/2021-code-descriptions-tabular-order-updated-12162020.zip", "2020-12-16", "Updated 12/16/2020"),
    (2021, "2021 Code Tables, Tabular and Index (ZIP)", "2021-code-tables-tabular-and-index-updated-12162020.zip",
     "FY2021-jan/icd10cm_tabular_2021.xml", "2020-12-16", "Updated 12/16/2020"),
    (2024, f"2024 {_ORDER} (ZIP)", "2024-code-descriptions-tabular-order-updated-02/01/2024.zip",
     "FY2024-apr/2024-code-descriptions-tabular-order-updated-02-01-2024.zip", "2024-02-01", "Updated 02/01/2024"),
    (2025, "2025 POA Exempt Codes (ZIP)", "2025-poa-exempt-codes.zip", "FY2025/POAexemptCodesFY25.zip",
     "2024-07-09", ""),
    (2025, "2025 Conversion Table (ZIP)", "2025-conversion-table.zip",
     "FY2025/icd-10-cm-conversion-table-FY2025.xlsx", "2024-07-09", ""),
    (2025, f"2025 {_ORDER} (ZIP)", "2025-code-descriptions-tabular-order.zip",
     "FY2025/2025-code-descriptions-tabular-order.zip", "2024-06-20", ""),
    (2025, f"April 1, 2025 {_ORDER} (ZIP)", "2025-code-descriptions-tabular-order-april.zip",
     "FY2025-apr/Code-desciptions-April-2025.zip", "2025-01-23", ""),
    (2025, "April 1, 2025 Code Tables, Tabular and Index (ZIP)", "2025-code-tables-tabular-and-index-april.zip",
     "FY2025-apr/icd10cm-tabular-April-2025.xml", "2025-01-23", ""),
    (2026, "2026 POA Exempt Codes (ZIP)", "2026-poa-exempt-codes.zip", "FY2026/POAexemptCodesFY26.zip",
     "2025-06-10", ""),
    (2026, "2026 Conversion Table (ZIP)", "2026-conversion-table.zip",
     "FY2026/ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx", "2025-06-30", ""),
    (2026, f"2026 {_ORDER} (ZIP)", "2026-code-descriptions-tabular-order.zip",
     "FY2026/2026-code-descriptions-tabular-order.zip", "2025-06-12", ""),
    (2026, "2026 Addendum (ZIP)", "2026-addendum.zip", "FY2026/icd10cm-addenda-2026.zip", "2025-06-10", ""),
    (2026, "April 1, 2026 Code Tables, Tabular and Index (ZIP)", "april-1-2026-code-tables-tabular-index.zip",
     "FY2026-apr/icd10c-tabular-April-1-2026.xml", "2026-01-26", ""),
]  # fmt: skip
_ICD10PCS: list[tuple[int, str, str]] = [
    (2025, "FY2025/2025-icd-10-pcs-order-file-long-and-abbreviated-titles.zip", "2024-06-20"),
    (2026, "FY2026/2026-icd-10-pcs-order-file-long-and-abbreviated-titles.zip", "2025-06-12"),
]
# Folder and name at the CDC, file beside the project, date posted.
_CDC: list[tuple[str, str, str, str]] = [
    ("2017", "ICD10CM_FY2017_Full_XML.zip", "FY2017/ICD10CM_FY2017_Full_XML.zip", "2016-07-01"),
    ("2017", "ICD-10-CM_ConversionTable-FY17.xlsx", "FY2017/ICD-10-CM_ConversionTable-FY17.xlsx", "2016-08-01"),
    ("2018", "2018-ICD-10-Code-Order-Descriptions.zip", "FY2018/2018-icd-10-code-descriptions.zip", "2017-06-27"),
    ("2018", "ICD-10-CM-Conversion-Table-FY18-Effective-10-1-2017.xlsx",
     "FY2018/ICD-10-CM-Conversion-Table-FY18-Effective-10-1-2017.xlsx", "2017-08-01"),
    ("2021", "icd10cm_tabular_2021.xml", "FY2021-jan/icd10cm_tabular_2021.xml", "2020-12-16"),
    ("2021", "icd10cm-addenda-files-Jan-2021.zip", "FY2021-jan/icd10cm-addenda-files-Jan-2021.zip", "2020-12-16"),
    ("2021", "ICD-10-CM-Conversion-Table-FY2021-Jan-2021.xlsx",
     "FY2021-jan/ICD-10-CM-Conversion-Table-FY2021-Jan-2021.xlsx", "2020-12-16"),
    ("2026-update", "icd10cm-April-1-2026-XML.zip", "FY2026-apr/icd10c-tabular-April-1-2026.xml", "2026-01-26"),
]  # fmt: skip
# Folders whose page lies beside the project, which tells when each file was posted.
_CDC_PAGES = {"2024": "FY2024", "2025": "FY2025", "2025-Update": "FY2025-apr", "2026": "FY2026"}
# Label, name on the site, files beside the project, date posted, and what stands after the link.
_HCPCS: list[tuple[str, str, list[str], str, str]] = [
    ("2018 Alpha-Numeric HCPCS File (ZIP)", "2018-Alpha-Numeric-HCPCS-File.zip",
     ["2018-annual/2018-Alpha-Numeric-HCPCS-File.zip"], "2017-11-15", ""),
    ("2018 Alpha-Numeric Corrections (ZIP)", "2018-HCPCS-Alpha-Numeric-Corrections.zip",
     ["2018-annual/2018-HCPCS-Alpha-Numeric-Corrections.zip"], "2018-01-10", ""),
    ("2018 NOC Codes (ZIP)", "2018-HCPCS-NOC-Codes.zip", ["2018-annual/2018-HCPCS-NOC-Codes.zip"], "2017-11-15", ""),
    ("2018 Record Layout (ZIP)", "2018-HCPCS-Record-Layout-.zip", ["2018-annual/2018-HCPCS-Record-Layout-.zip"],
     "2017-11-15", ""),
    ("2019 Alpha-Numeric HCPCS File (ZIP)", "2019-Alpha-Numeric-HCPCS-File.zip",
     ["2019-annual/2019-Alpha-Numeric-HCPCS-File.zip"], "2018-11-20", ""),
    ("2019 Alpha-Numeric Corrections (ZIP)", "2019-HCPCS-Alpha-Numeric-Corrections.zip",
     ["2019-annual/2019-HCPCS-Alpha-Numeric-Corrections.zip"], "2018-12-20", ""),
    ("2019 NOC Codes (ZIP)", "2019-HCPCS-NOC-Codes.zip", ["2019-annual/2019-HCPCS-NOC-Codes.zip"], "2018-11-20", ""),
    ("2020 Alpha-Numeric HCPCS File (ZIP)", "2020-Alpha-Numeric-HCPCS-File.zip",
     ["2020-q1/2020-Alpha-Numeric-HCPCS-File.zip"], "2019-12-10", "Updated 12/10/2019"),
    ("April 2020 Alpha-Numeric HCPCS File (ZIP)", "april-2020-alpha-numeric-hcpcs-file.zip",
     ["2020-q2/anweb.xlsx", "2020-q2/trans_alpha.xlsx"], "2020-03-16", ""),
    ("July 2020 Alpha-Numeric HCPCS File (ZIP)", "july-2020-alpha-numeric-hcpcs-file.zip",
     ["2020-q3/anweb.xlsx", "2020-q3/trans_alpha.xlsx"], "2020-06-12", ""),
]  # fmt: skip
_LINE = re.compile(r"(\d+/\d+/\d+ +\d+:\d+ [AP]M) +(\d+) <A HREF=\"[^\"]*\">([^<]*)</A>")


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(hour=12, tzinfo=UTC)


def _archived(files: list[Path], posted: str) -> bytes:
    """A zip as it is, or other files packed into one that carries the date they were posted."""
    if len(files) == 1 and files[0].suffix == ".zip":
        return files[0].read_bytes()
    year, month, day = (int(part) for part in posted.split("-"))
    return icd10.archive({file.name: file.read_bytes() for file in files}, (year, month, day))


def post_icd10_at_cms(mirror: Mirror, data: Path, years: Collection[int] | None = None) -> None:
    """ICD-10-CM and ICD-10-PCS on cms.gov; of some fiscal years only, if named."""
    for year, label, name, file, posted, note in _ICD10CM:
        if years is None or year in years:
            content = _archived([data / "icd10cm" / file], posted)
            mirror.cms.post_icd10cm(year, label, name, content, _day(posted), note)
    for year, file, posted in _ICD10PCS:
        if years is None or year in years:
            label = f"{year} ICD-10-PCS Order File (Long and Abbreviated Titles) (ZIP)"
            content = (data / "icd10pcs" / file).read_bytes()
            mirror.cms.post_icd10pcs(year, label, Path(file).name, content, _day(posted))
            mirror.cms.post_document(
                year, f"FY {year} ICD-10-CM Coding Guidelines (PDF)", f"fy-{year}-guidelines.pdf", _day(posted)
            )


def post_icd10cm_at_cdc(mirror: Mirror, data: Path, folders: Collection[str] | None = None) -> None:
    """ICD-10-CM on ftp.cdc.gov; of some folders only, if named."""
    for folder, name, file, posted in _CDC:
        if folders is None or folder in folders:
            path = data / "icd10cm" / file
            content = _archived([path], posted) if name.endswith(".zip") else path.read_bytes()
            mirror.cdc.post(folder, name, content, _day(posted))
    for folder, place in _CDC_PAGES.items():
        if folders is not None and folder not in folders:
            continue
        page = (data / "icd10cm" / place / "index.html").read_text("utf-8")
        for when, _, name in _LINE.findall(page):
            posted_at = datetime.strptime(when, "%m/%d/%Y %I:%M %p").replace(tzinfo=UTC)
            path = data / "icd10cm" / place / name
            if path.is_file():
                mirror.cdc.post(folder, name, path.read_bytes(), posted_at)
            elif name.endswith(".pdf"):
                mirror.cdc.post(folder, name, b"%PDF-1.4\n%%EOF\n", posted_at)


def post_hcpcs(mirror: Mirror, data: Path, names: Collection[str] | None = None) -> None:
    """HCPCS Level II on cms.gov; of some files only, if named by their name on the site."""
    for label, name, files, posted, note in _HCPCS:
        if names is None or name in names:
            content = _archived([data / "hcpcs" / file for file in files], posted)
            mirror.cms.post_hcpcs(label, name, content, _day(posted), note)


def post_all(mirror: Mirror, data: Path) -> None:
    post_icd10_at_cms(mirror, data)
    post_icd10cm_at_cdc(mirror, data)
    post_hcpcs(mirror, data)


def release_at_cms(path: str) -> str:
    """The release of a file on cms.gov as the folder beside the project is called; empty where its name tells it."""
    folders = {name if name.startswith("/") else f"/files/zip/{name}": file for _, _, name, file, _, _ in _ICD10CM}
    return folders[path].split("/")[0] if path in folders else ""
