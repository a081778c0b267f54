"""Genuine order files read by a reader of its own: columns 7-13 the code, column 15 the flag, from 78 on the title."""

import zipfile
from pathlib import Path

import pytest

from codeset_pipeline.model import Change, ChangeKind, ReleasePair
from tests.unit.impact.pairs import change, pair

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def needs_data() -> Path:
    if not DATA.is_dir():
        pytest.skip("the publishers' files (../shared/data) are not here")
    return DATA


def order_file(archive: str) -> dict[str, tuple[bool, str]]:
    with zipfile.ZipFile(needs_data() / "icd10cm" / archive) as found:
        name = next(
            name
            for name in found.namelist()
            if "order" in name.lower() and "addenda" not in name.lower() and name.lower().endswith(".txt")
        )
        lines = found.read(name).decode("latin-1").splitlines()
    return {line[6:13].strip(): (line[14] == "1", line[77:].strip()) for line in lines if line.strip()}


def october_2025() -> ReleasePair:
    """FY2025 to FY2026 from the two order files; no crosswalk."""
    before = order_file("FY2025/2025-code-descriptions-tabular-order.zip")
    after = order_file("FY2026/2026-code-descriptions-tabular-order.zip")
    changes: list[Change] = []
    for code in sorted({*before, *after}):
        was, now = before.get(code), after.get(code)
        if was is None and now is not None:
            changes.append(change(code, ChangeKind.ADDED, None, now[1]))
        elif now is None and was is not None:
            changes.append(change(code, ChangeKind.DELETED, was[1], None))
        elif was is not None and now is not None and was[0] != now[0]:
            kind = ChangeKind.BECAME_BILLABLE if now[0] else ChangeKind.BECAME_HEADER
            changes.append(change(code, kind, was[1], now[1]))
        elif was is not None and now is not None and was[1] != now[1]:
            changes.append(change(code, ChangeKind.REVISED, was[1], now[1]))
    return pair(
        {code: flag for code, (flag, _) in before.items()},
        {code: flag for code, (flag, _) in after.items()},
        changes=changes,
        ever=frozenset({*before, *after}),
    )
