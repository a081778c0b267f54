"""The publisher's releases beside the project, read by a few lines of our own; tests skip where they are absent."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from codeset_pipeline.crosswalk.inputs import ConversionEntry, ReleaseCodes, Term
from codeset_pipeline.labels import effective_date
from codeset_pipeline.parse.conversion_table import parse_conversion_table

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "icd10cm"
TABLE = DATA / "FY2026" / "ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx"
ARCHIVES = {
    "FY2017": "2017-icd10-code-descriptions.zip",
    "FY2018": "2018-icd-10-code-descriptions.zip",
    "FY2021-jan": "2021-code-descriptions-tabular-order-updated-12162020.zip",
    "FY2024": "icd10cm-CodesDescriptions-2024.zip",
    "FY2025": "2025-code-descriptions-tabular-order.zip",
    "FY2026": "2026-code-descriptions-tabular-order.zip",
}


def order_archive(label: str) -> Path:
    path = DATA / label / ARCHIVES[label]
    if not path.is_file():
        pytest.skip(f"the genuine order file of {label} is not beside the project (../shared/data)")
    return path


@cache
def release(label: str) -> ReleaseCodes:
    """Order file: code in columns 7-13, flag in 15, long title from 78."""
    with zipfile.ZipFile(order_archive(label)) as archive:
        wanted = re.compile(r"order[-_ ]\d{4}\.txt$")
        (name,) = (name for name in archive.namelist() if wanted.search(name) and "addenda" not in name)
        lines = archive.read(name).decode().splitlines()
    return ReleaseCodes(
        effective_from=effective_date(label),
        billable={line[6:13].strip(): line[14] == "1" for line in lines},
        titles={line[6:13].strip(): line[77:].strip() for line in lines},
    )


def billable(label: str) -> set[str]:
    return {code for code, flag in release(label).billable.items() if flag}


@cache
def conversions() -> tuple[ConversionEntry, ...]:
    """The FY2026 conversion table, which holds every row since FY2017."""
    if not TABLE.is_file():
        pytest.skip("the genuine conversion table of FY2026 is not beside the project (../shared/data)")
    return tuple(
        ConversionEntry(
            current=row.current,
            effective_from=row.effective_from,
            previous=tuple(tuple(Term(*term) for term in group) for group in row.previous),
            reference=f"{TABLE.name} row {row.row}",
        )
        for row in parse_conversion_table(TABLE.read_bytes(), TABLE.name).rows
    )


@cache
def table_says() -> tuple[tuple[str, date, frozenset[str]], ...]:
    """New code, date, and the single codes its previous-code cell spells out, read straight from the sheet."""
    from python_calamine import CalamineWorkbook

    said = []
    for current, effective, previous in CalamineWorkbook.from_path(TABLE).get_sheet_by_index(0).to_python():
        if isinstance(effective, float):
            effective = date(int(effective), 10, 1)
        if isinstance(effective, date):
            codes = re.findall(r"(?<![-\w.])[A-Z]\d\w(?:\.\w+)?(?![-\w.])", str(previous))
            spelled = frozenset(code.replace(".", "") for code in codes)
            said.append((str(current).strip().replace(".", ""), effective, spelled))
    return tuple(said)
