"""Small made-up releases, posted on both sites under names and labels such as the publishers use.

Everything in them is made up. The NCCI files hold HCPCS Level II codes only.
"""

from __future__ import annotations

from datetime import UTC, datetime

from tests import generated_releases as icd10
from tests import hcpcs_releases as hcpcs
from tests.mirror import cms
from tests.mirror.running import Mirror

FY2029 = icd10.categories(count=12)
FY2030 = icd10.retitled(icd10.split(icd10.without(FY2029, "A009"), "A010"), "A020", "Disorder with a new title")
# FY2030 as posted again with a title mended.
FY2030_CORRECTED = icd10.retitled(FY2030, "A021", "Disorder with its title mended")
Q1 = hcpcs.supplies(20)
Q2 = {**Q1, "A2000": hcpcs.Code("A new supply", added="20290401", changed="20290401", action="A")}


def at(year: int, month: int, day: int) -> datetime:
    """Noon of a day, as the sites give it."""
    return datetime(year, month, day, 12, tzinfo=UTC)


def descriptions(year: int, codes: icd10.Codes, before: icd10.Codes | None = None) -> bytes:
    """The zip of code descriptions of an October release."""
    return icd10.archive(icd10.release_members(year, codes, before), (year - 1, 6, 10))


def conversion(year: int) -> bytes:
    """The zip of a conversion table that knows what FY2030 did."""
    table = icd10.conversion_csv([("A01.0A", year - 1, "A01.0"), ("A01.0B", year - 1, "A01.0")])
    return icd10.archive({f"ICD-10-CM-Conversion-Table-FY{year}.csv": table}, (year - 1, 6, 10))


def post_fy2029_at_cms(mirror: Mirror) -> str:
    """FY2029 on cms.gov; returns the path of its code descriptions."""
    label, name = "2029 Code Descriptions in Tabular Order (ZIP)", "2029-code-descriptions-tabular-order.zip"
    return mirror.cms.post_icd10cm(2029, label, name, descriptions(2029, FY2029), at(2028, 6, 12))


def post_icd10cm_at_cms(mirror: Mirror) -> tuple[str, str]:
    """FY2029 and FY2030 on cms.gov; returns the paths of their code descriptions."""
    site, old = mirror.cms, post_fy2029_at_cms(mirror)
    name, label = "code-descriptions-tabular-order.zip", "Code Descriptions in Tabular Order (ZIP)"
    new = site.post_icd10cm(2030, f"2030 {label}", f"2030-{name}", descriptions(2030, FY2030, FY2029), at(2029, 6, 12))
    site.post_icd10cm(
        2030, "2030 Conversion Table (ZIP)", "2030-conversion-table.zip", conversion(2030), at(2029, 6, 12)
    )
    guidelines = "FY 2030 ICD-10-CM Coding Guidelines (PDF)"
    site.post_document(2030, guidelines, "fy-2030-icd-10-cm-coding-guidelines.pdf", at(2029, 6, 20))
    return old, new


def post_icd10cm_at_cdc(mirror: Mirror) -> tuple[str, str]:
    """FY2029 and FY2030 on ftp.cdc.gov; returns the paths of their code descriptions."""
    site = mirror.cdc
    old = site.post("2029", "ICD10-CM Code Descriptions 2029.zip", descriptions(2029, FY2029), at(2028, 6, 12))
    new = site.post("2030", "icd10cm-Code Descriptions-2030.zip", descriptions(2030, FY2030, FY2029), at(2029, 6, 12))
    table = icd10.conversion_csv([("A01.0A", 2029, "A01.0"), ("A01.0B", 2029, "A01.0")])
    site.post("2030", "ICD-10-CM-CONVERSION-TABLE-FY2030.csv", table, at(2029, 6, 12))
    site.post("2030", "ICD-10-CM-October-2029-Guidelines.pdf", b"%PDF-1.4\n%%EOF\n", at(2029, 7, 2))
    return old, new


def quarter(year: int, month: str, codes: hcpcs.Codes) -> bytes:
    """The zip of a quarter: ANWEB as text and as workbook."""
    stem = f"HCPC{year}_{month}_ANWEB"
    members = {f"{stem}.txt": hcpcs.anweb_text(codes), f"{stem}.xlsx": hcpcs.anweb_excel(codes)}
    return icd10.archive(members, (year, 1 if month == "JAN" else 3, 10))


def post_hcpcs(mirror: Mirror) -> tuple[str, str]:
    """Two quarters of 2029 on cms.gov; returns their paths."""
    site = mirror.cms
    old = site.post_hcpcs(
        "January 2029 Alpha-Numeric HCPCS File (ZIP)",
        "january-2029-alpha-numeric-hcpcs-file.zip",
        quarter(2029, "JAN", Q1),
        at(2028, 12, 5),
    )
    new = site.post_hcpcs(
        "April 2029 Alpha-Numeric HCPCS Files (ZIP)",
        "april-2029-alpha-numeric-hcpcs-files.zip",
        quarter(2029, "APR", Q2),
        at(2029, 3, 12),
        "Updated 03/12/2029",
    )
    return old, new


_PTP_HEAD = (
    "CPT only copyright 2028 American Medical Association.  All rights reserved.\t\t\t\t\t\t\r\n"
    "Column1/Column2 Edits\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n"
    "\t\t\t\t*=no data\t1=allowed\t\r\n"
    "\t\t\t\t\t9=not applicable\t\r\n"
)


def ptp_part(version: str, part: int) -> bytes:
    """A part of the procedure to procedure edits, of codes for supplies."""
    rows = [
        f"A{1000 + part}\tA{1100 + n}\t\t20290101\t*\t1\tMisuse of Column Two code with Column One code\r\n"
        for n in range(4)
    ]
    name = f"ccipra-{version}-f{part}.TXT"
    return icd10.archive({name: (_PTP_HEAD + "".join(rows)).encode("latin-1")}, (2028, 12, 1))


def post_ncci(mirror: Mirror) -> list[str]:
    """A quarter of the practitioner edits behind the gate, one link with a slash too many, and what is open beside."""
    site, when = mirror.cms, at(2028, 12, 1)
    paths = []
    for part in (1, 2):
        stem = f"medicare-ncci-2029q1-practitioner-ptp-edits-ccipra-v350r0-f{part}.zip"
        label = f"Practitioner PTP Edits v350r0 (4 Records) A{1000 + part}/A1100 -- A{1000 + part}/A1103"
        name = stem if part == 1 else f"/files/zip//{stem}"
        content = ptp_part("v350r0", part)
        paths.append(site.post_ncci(cms.PTP_PAGE, "Practitioner PTP Edits", label, name, content, when, gated=True))
    changes = "medicare-ncci-2029q1-practitioner-quarterly-additions-deletions-revisions-ptp.zip"
    notice = icd10.archive({"MCR_NCCI_Additions_Eff_01-01-2029.txt": b"Sample\r\n"}, (2028, 12, 1))
    label = "2029 Q1 Practitioner Quarterly Additions, Deletions and Revisions (ZIP)"
    site.post_ncci(cms.PTP_PAGE, "Quarterly Additions, Deletions, and Revisions", label, changes, notice, when)
    table = (
        '"Sample, no genuine file\nof anybody"\r\n"HCPCS/\nCPT Code","Practitioner Services MUE Values",'
        '"MUE Adjudication Indicator","MUE Rationale"\r\nA1000,2,"3 Date of Service Edit: Clinical","Sample"\r\n'
    )
    members = {"MCR_MUE_PractitionerServices_Eff_01-01-2029.csv": table.encode("latin-1")}
    site.post_ncci(
        cms.MUE_PAGE,
        "Medicare NCCI MUE tables",
        "Practitioner Services MUE Table - Effective 01/01/2029 (ZIP)",
        "medicare-ncci-2029-q1-practitioner-services-mue-table.zip",
        icd10.archive(members, (2028, 12, 1)),
        when,
    )
    site.post_ncci(
        cms.AOC_PAGE,
        "Add-on Code Edits",
        "Add-on Code Edits Medicare Effective 01/01/2029 (ZIP)",
        "add-code-edits-medicare-effective-01012029.zip",
        icd10.archive({"AOC_V2029Q1-F-MCR.txt": b""}, (2028, 12, 1)),
        when,
    )
    return paths


def post_all(mirror: Mirror) -> None:
    post_icd10cm_at_cms(mirror)
    post_icd10cm_at_cdc(mirror)
    post_hcpcs(mirror)
    post_ncci(mirror)
