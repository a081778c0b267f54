"""The rows of two HCPCS Level II releases side by side, and what differs between two rows of one code.

A row consists of the code's attributes, the dates of its life (added, terminated), and the publisher's last action on
it with its date. The action tells about the publisher's work, not about the code: rows that differ only there describe
the same code.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from codeset_pipeline.diff.text import text_change
from codeset_pipeline.model import FieldChange
from codeset_pipeline.snapshots.engine import bulk_engine
from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_ATTRIBUTES, HCPCS_CODES
from codeset_pipeline.snapshots.store import Snapshot

LIFE = ("added_date", "termination_date")
ACTION = ("action_code", "action_effective_date")
"""Fields of a change that tell of the publisher's action; all others tell of the code."""

DESCRIPTIONS = frozenset({"long_description", "short_description"})
_LISTS = frozenset(
    {
        "pricing_indicators",
        "cim_references",
        "mcm_references",
        "lab_certifications",
        "cross_references",
        "types_of_service",
    }
)
_COMPARED = (*HCPCS_ATTRIBUTES, *LIFE)
_LETTERS_OF_TEXT = frozenset("BCS")


class HcpcsRow(NamedTuple):
    """A code or modifier as one release has it; columns as in `HCPCS_CODES`, lists as JSON texts."""

    code: str
    is_modifier: bool
    long_description: str
    short_description: str
    pricing_indicators: str
    multiple_pricing_indicator: str
    cim_references: str
    mcm_references: str
    statute: str
    lab_certifications: str
    cross_references: str
    coverage: str
    asc_group: str
    asc_effective_date: date | None
    mog: str
    mog_policy: str
    mog_effective_date: date | None
    processing_note: str
    betos: str
    types_of_service: str
    anesthesia_units: int | None
    added_date: date | None
    action_effective_date: date | None
    termination_date: date | None
    action_code: str

    def valid_on(self, day: date) -> bool:
        """May the code be reported on a day? An added date that is not stated lies in the past."""
        begun = self.added_date is None or self.added_date <= day
        return begun and (self.termination_date is None or self.termination_date >= day)


Pair = tuple[HcpcsRow | None, HcpcsRow | None]

_COLUMNS = ", ".join(HcpcsRow._fields)


def rows_of(snapshot: Snapshot) -> dict[str, HcpcsRow]:
    """All rows of a release by code."""
    return {row[0]: HcpcsRow(*row) for row in snapshot.read(HCPCS_CODES, list(HcpcsRow._fields))}


# The last answer: the changes of a pair are found, and then proven from the same rows.
_answered: dict[tuple[Path, str, Path, str], dict[str, Pair]] = {}


def differing_rows(old: Snapshot, new: Snapshot) -> dict[str, Pair]:
    """Every code whose row is not the same in both releases, in code order; the action code alone does not count."""
    asked = (old.folder, old.content_hash, new.folder, new.content_hash)
    if asked not in _answered:
        _answered.clear()
        _answered[asked] = _compared(old, new)
    return _answered[asked]


def _compared(old: Snapshot, new: Snapshot) -> dict[str, Pair]:
    before, after = (", ".join(f"{side}.{name}" for name in HcpcsRow._fields) for side in ("o", "n"))
    differs = " OR ".join(
        f"o.{name} IS DISTINCT FROM n.{name}" for name in HcpcsRow._fields if name not in {"code", "action_code"}
    )
    with bulk_engine() as engine:
        rows: list[tuple[Any, ...]] = engine.execute(
            f"""
            SELECT {before}, {after}
            FROM (SELECT {_COLUMNS} FROM {old.relation(HCPCS_CODES)}) o
            FULL JOIN (SELECT {_COLUMNS} FROM {new.relation(HCPCS_CODES)}) n ON o.code = n.code
            WHERE o.code IS NULL OR n.code IS NULL OR {differs}
            ORDER BY coalesce(o.code, n.code)
            """
        ).fetchall()
    width = len(HcpcsRow._fields)
    pairs = [tuple(HcpcsRow(*half) if half[0] else None for half in (row[:width], row[width:])) for row in rows]
    return {(before or after).code: (before, after) for before, after in pairs}  # type: ignore[union-attr]


def same_layout(old: Snapshot, new: Snapshot) -> bool:
    """Do the rows of both releases come from the ANWEB text, or both from the workbook?

    The text cuts descriptions into lines of 80 and loses the blanks at their ends, so that the two layouts give one
    description with different blanks.
    """
    texts = ["anweb_text" in {item["role"] for item in snapshot.inputs} for snapshot in (old, new)]
    return texts[0] == texts[1]


def shown(row: HcpcsRow, name: str) -> str | bool | int | None:
    """A field as a change states it: lists with commas, dates as YYYY-MM-DD."""
    value = getattr(row, name)
    if name in _LISTS:
        return ", ".join(json.loads(value))
    return value.isoformat() if isinstance(value, date) else value


def in_blanks_only(before: HcpcsRow, after: HcpcsRow, name: str) -> bool:
    """Is the field a description whose two texts differ in nothing but blanks?"""
    old, new = getattr(before, name), getattr(after, name)
    return name in DESCRIPTIONS and old != new and text_change(old, new) == "spacing"


def field_changes(before: HcpcsRow, after: HcpcsRow, *, one_layout: bool) -> dict[str, FieldChange]:
    """What of a code differs between two of its rows: attributes and dates of life.

    Between two layouts, blanks in descriptions count only where the publisher's action says that a description changed.
    """
    blanks_count = one_layout or after.action_code in _LETTERS_OF_TEXT
    found = {}
    for name in _COMPARED:
        if getattr(before, name) == getattr(after, name):
            continue
        if not blanks_count and in_blanks_only(before, after, name):
            continue
        old, new = shown(before, name), shown(after, name)
        found[name] = FieldChange(old, new, text_change(str(old), str(new)) if name in DESCRIPTIONS else None)
    return found
