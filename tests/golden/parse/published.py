"""The publishers' own files, which lie beside the project; tests that need them skip where they are absent."""

from __future__ import annotations

import fnmatch
import zipfile
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"


def published(path: str, member: str | None = None) -> bytes:
    """A file below the data folder, or the one member of an archive whose name (without folder) matches."""
    file = DATA / path
    if not file.is_file():
        pytest.skip(f"the genuine file {path} is not beside the project (../shared/data)")
    if member is None:
        return file.read_bytes()
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if fnmatch.fnmatch(name.rsplit("/", 1)[-1], member)]
        assert len(names) == 1, f"{member} in {path}: {names}"
        return archive.read(names[0])


CM = {
    "FY2017": "icd10cm/FY2017/2017-icd10-code-descriptions.zip",
    "FY2018": "icd10cm/FY2018/2018-icd-10-code-descriptions.zip",
    "FY2021-jan": "icd10cm/FY2021-jan/2021-code-descriptions-tabular-order-updated-12162020.zip",
    "FY2024": "icd10cm/FY2024/icd10cm-CodesDescriptions-2024.zip",
    "FY2024-apr": "icd10cm/FY2024-apr/2024-code-descriptions-tabular-order-updated-02-01-2024.zip",
    "FY2025": "icd10cm/FY2025/2025-code-descriptions-tabular-order.zip",
    "FY2025-cdc": "icd10cm/FY2025/ICD10-CM Code Descriptions 2025.zip",
    "FY2025-apr": "icd10cm/FY2025-apr/Code-desciptions-April-2025.zip",
    "FY2026": "icd10cm/FY2026/2026-code-descriptions-tabular-order.zip",
    "FY2026-cdc": "icd10cm/FY2026/icd10cm-Code Descriptions-2026.zip",
}
"""Archives with code descriptions, by release."""

PCS = {
    "FY2025": "icd10pcs/FY2025/2025-icd-10-pcs-order-file-long-and-abbreviated-titles.zip",
    "FY2026": "icd10pcs/FY2026/2026-icd-10-pcs-order-file-long-and-abbreviated-titles.zip",
}

ORDER = "icd10cm[_-]order[_-][2A]*.txt"
CODES = "icd10cm[_-]codes[_-][2A]*.txt"
ORDER_ADDENDA = "icd10cm[_-]order[_-]addenda*.txt"
CODES_ADDENDA = "icd10cm[_-]codes[_-]addenda*.txt"
