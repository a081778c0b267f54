"""How the reports word counts, dates, kinds and code sets: plain terms of the field."""

from __future__ import annotations

from datetime import date

from codeset_pipeline.model import Release, ReleasePair

_CODE_SETS = {
    "icd10cm": "ICD-10-CM",
    "icd10pcs": "ICD-10-PCS",
    "hcpcs": "HCPCS Level II",
    "ncci-ptp-practitioner": "NCCI PTP (practitioner)",
    "ncci-ptp-hospital": "NCCI PTP (hospital)",
    "ncci-mue-practitioner": "NCCI MUE (practitioner)",
    "ncci-mue-outpatient": "NCCI MUE (outpatient hospital)",
    "ncci-mue-dme": "NCCI MUE (DME)",
    "ncci-aoc": "NCCI add-on codes",
    "ncci-medicaid-ptp-practitioner": "Medicaid NCCI PTP (practitioner)",
    "ncci-medicaid-ptp-hospital": "Medicaid NCCI PTP (hospital)",
    "ncci-medicaid-ptp-dme": "Medicaid NCCI PTP (DME)",
    "ncci-medicaid-mue-practitioner": "Medicaid NCCI MUE (practitioner)",
    "ncci-medicaid-mue-outpatient": "Medicaid NCCI MUE (outpatient hospital)",
    "ncci-medicaid-mue-dme": "Medicaid NCCI MUE (DME)",
    "cpt": "CPT",
}

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_SEVERITIES = {
    "will_deny": "will deny",
    "may_deny": "may deny",
    "text_only": "text only",
    "information": "information",
}


def code_set_name(code_set: str) -> str:
    """The code set as people write it: `icd10cm` → `ICD-10-CM`."""
    return _CODE_SETS.get(code_set, code_set)


def pair_name(pair: ReleasePair) -> str:
    """`ICD-10-CM FY2025 → FY2026`."""
    return f"{code_set_name(pair.code_set)} {pair.from_release.label} → {pair.to_release.label}"


def long_date(day: date) -> str:
    """`1 October 2025`; month names are written here because the machine's locale must not change a report."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def number(count: int) -> str:
    """`98,186`."""
    return f"{count:,}"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """`1 billable code`, `28 billable codes`."""
    return f"{number(count)} {singular if count == 1 else plural or singular + 's'}"


def were(count: int) -> str:
    return "was" if count == 1 else "were"


def kind_name(kind: str) -> str:
    """`became_header` → `became header`."""
    return kind.replace("_", " ")


def field_name(name: str) -> str:
    """`long_title` → `Long title`."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def severity_name(severity: str) -> str:
    return _SEVERITIES.get(severity, kind_name(severity))


def yes_no(value: bool | None) -> str:
    """`yes`, `no`, or nothing where the code does not exist."""
    return "" if value is None else "yes" if value else "no"


def code_noun(release: Release) -> str:
    """What the publisher counts: billable codes where the code set knows headers, edits for NCCI, else codes."""
    if release.code_set.startswith("ncci-"):
        return "code" if "-mue-" in release.code_set else "edit"
    return "code" if release.billable_rows is None else "billable code"
