"""What a check found as an object of lists and plain values, as it goes out in JSON."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from codeset_pipeline.ncci_check.findings import AddOnFinding, Check, Coverage, PairFinding, UnitsFinding

# The members of a check that are rows of one kind, and their columns.
FINDING_COLUMNS = {
    name: tuple(field.name for field in fields(kind))
    for name, kind in (
        ("edits", PairFinding), ("mue", UnitsFinding), ("add_on", AddOnFinding), ("coverage", Coverage),
    )
}  # fmt: skip


def check_document(found: Check) -> dict[str, Any]:
    """The check as `codeset check --format json` prints it."""
    document: dict[str, Any] = _plain(asdict(found))
    return document


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value
