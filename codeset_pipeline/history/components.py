"""The versioned tables of a code set that is dated by release, and how each is read from a snapshot."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Table

from codeset_pipeline.history import schema
from codeset_pipeline.history.fold import Key, Values
from codeset_pipeline.snapshots.ncci_tables import NCCI_MUE_VALUES
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.snapshots.tables import CODES, NOTES, POA_EXEMPT
from codeset_pipeline.snapshots.tables import Table as SnapshotTable
from codeset_pipeline.sources.definition import source


def _codes(snapshot: Snapshot) -> dict[Key, Values]:
    columns = ["code", "billable", "short_title", "long_title"]
    return {(code,): tuple(rest) for code, *rest in snapshot.read(CODES, columns)}


def _notes(snapshot: Snapshot) -> dict[Key, Values]:
    texts: dict[Key, list[str]] = {}
    for owner, kind, _, text in snapshot.read(NOTES):
        texts.setdefault((owner, kind), []).append(text)
    return {key: (json.dumps(listed, ensure_ascii=False),) for key, listed in texts.items()}


def _poa_exempt(snapshot: Snapshot) -> dict[Key, Values]:
    return dict.fromkeys(snapshot.read(POA_EXEMPT, ["code"]), ())


def _mue_values(snapshot: Snapshot) -> dict[Key, Values]:
    return {(code,): tuple(rest) for code, *rest in snapshot.read(NCCI_MUE_VALUES)}


@dataclass(frozen=True)
class Component:
    """One versioned table.

    Attributes:
        table: where its rows live in the database.
        states: the snapshot table without which a release says nothing about it.
        content: reads the whole table as a release states it.
        key, values: its columns besides the code set and the time axes.
        unstated: positions in `values` that a release may leave unstated.
    """

    table: Table
    states: SnapshotTable
    content: Callable[[Snapshot], dict[Key, Values]]
    key: tuple[str, ...]
    values: tuple[str, ...]
    unstated: frozenset[int] = frozenset()


COMPONENTS = (
    Component(schema.icd10_code, CODES, _codes, ("code",), ("billable", "short_title", "long_title"), frozenset({1})),
    Component(schema.icd10_note, NOTES, _notes, ("owner", "kind"), ("texts",)),
    Component(schema.icd10_poa_exempt, POA_EXEMPT, _poa_exempt, ("code",), ()),
)

NCCI_MUE_COMPONENTS = (
    Component(schema.ncci_mue_value, NCCI_MUE_VALUES, _mue_values, ("code",), ("mue_value", "mai", "rationale")),
)

# By layout.
_COMPONENTS = {"icd10": COMPONENTS, "ncci_mue": NCCI_MUE_COMPONENTS}


def components_of(code_set: str) -> tuple[Component, ...]:
    """The versioned tables of a code set that is dated by release."""
    return _COMPONENTS[source(code_set).layout]
