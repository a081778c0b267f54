"""NCCI rules among the codes of one asset, such as a charge master of some thousand codes.

For impact: `changes_among` narrows the changes of a release pair to those that touch the asset; the others read what
holds on a date straight from a snapshot, whatever the number of codes. (For a handful of codes, with what was published
by when, see `codeset_pipeline.ncci_check`.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from codeset_pipeline.model import Change
from codeset_pipeline.snapshots.engine import bulk_engine
from codeset_pipeline.snapshots.ncci_tables import NCCI_ADD_ON_EDITS, NCCI_MUE_VALUES, NCCI_PTP_EDITS
from codeset_pipeline.snapshots.store import Snapshot

_CONTRACTOR_DEFINED = "CCCCC"


@dataclass(frozen=True, slots=True)
class EditAmong:
    """A PTP edit in force between two of the codes; `deleted_on` is its last day, None while it is open."""

    column_1: str
    column_2: str
    modifier_indicator: str
    rationale: str
    effective_from: date
    deleted_on: date | None


@dataclass(frozen=True, slots=True)
class AddOnRequirement:
    """What an add-on code needs beside it.

    Attributes:
        edit_types: `1` (all primary codes are listed), `2` (none is), `3` (some are).
        primaries: the primary codes that the table lists.
        present: those of them that are among the codes.
        contractor_defined: the contractor may accept primary codes that are not listed (types 2 and 3).
    """

    add_on_code: str
    edit_types: tuple[str, ...]
    primaries: frozenset[str]
    present: frozenset[str]
    contractor_defined: bool


def changes_among(changes: Iterable[Change], codes: Collection[str]) -> list[Change]:
    """The changes that touch exactly these codes, in their order.

    A PTP change belongs to them when column 1 and column 2 are both among them, a change of an MUE when its code is,
    one of an add-on code when the add-on code is. Changes of other code sets are left out.
    """
    wanted = frozenset(codes)
    return [change for change in changes if change.ncci is not None and wanted.issuperset(_names(change))]


def _names(change: Change) -> tuple[str, ...]:
    keys = change.ncci.keys if change.ncci else {}
    if "column_1" in keys:
        return keys["column_1"], keys["column_2"]
    return (change.code,)


def edits_among(snapshot: Snapshot, codes: Collection[str], on: date) -> list[EditAmong]:
    """The PTP edits of a release in force on a date between any two of the codes, by column 1 and column 2."""
    with bulk_engine() as engine:
        rows = engine.execute(
            f"""
            WITH wanted AS (SELECT unnest($codes) AS code)
            SELECT column_1, column_2, modifier_indicator, rationale, effective_from, deleted_on
            FROM {snapshot.relation(NCCI_PTP_EDITS)}
            WHERE column_1 IN (SELECT code FROM wanted) AND column_2 IN (SELECT code FROM wanted)
              AND effective_from <= $day AND (deleted_on IS NULL OR deleted_on >= $day)
              AND NOT (modifier_indicator = '9' AND deleted_on IS NOT DISTINCT FROM effective_from)
            ORDER BY column_1, column_2, effective_from
            """,
            {"codes": sorted(set(codes)), "day": on},
        ).fetchall()
    return [EditAmong(*row) for row in rows]


def mue_among(snapshot: Snapshot, codes: Collection[str]) -> dict[str, tuple[int, str]]:
    """Code → MUE value and adjudication indicator, for those of the codes with a published value."""
    rows = snapshot.read(NCCI_MUE_VALUES, ["code", "mue_value", "mai"])
    wanted = frozenset(codes)
    return {code: (value, mai) for code, value, mai in rows if code in wanted}


def add_ons_among(snapshot: Snapshot, codes: Collection[str], on: date) -> list[AddOnRequirement]:
    """What those of the codes that are add-on codes on a date need beside them, in code order."""
    columns = ["add_on_code", "primary_code", "edit_type", "effective_from"]
    ends = ["add_on_deleted_on", "primary_deleted_on", "deleted_on"]
    wanted = frozenset(codes)
    types: dict[str, set[str]] = {}
    primaries: dict[str, set[str]] = {}
    for add_on, primary, kind, since, *deleted in snapshot.read(NCCI_ADD_ON_EDITS, columns + ends):
        if add_on in wanted and since <= on and all(day is None or on <= day for day in deleted):
            types.setdefault(add_on, set()).add(kind)
            primaries.setdefault(add_on, set()).add(primary)
    found = []
    for code in sorted(types):
        listed = frozenset(primaries[code] - {_CONTRACTOR_DEFINED, ""})
        loose = listed != primaries[code] or bool(types[code] & {"2", "3"})
        found.append(AddOnRequirement(code, tuple(sorted(types[code])), listed, (listed & wanted) - {code}, loose))
    return found
