"""Changes of medically unlikely edits between two releases.

Kinds (DESIGN section 5): `added`; `deleted`: the value is no longer published (it may still be applied, because the
publisher keeps some confidential); `mue_value_changed`; `mai_changed` (the adjudication indicator);
`rationale_changed`. A code may have several. The published table has no dates: every change holds from the newer
release on. Between two revisions of one release a code has one change, `corrected`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from codeset_pipeline.model import Change, ChangeKind, FieldChange, NcciFacts
from codeset_pipeline.snapshots.ncci_tables import NCCI_MUE_VALUES
from codeset_pipeline.snapshots.store import Snapshot


class MueValue(NamedTuple):
    """What the table says of a code; columns as in `NCCI_MUE_VALUES`."""

    mue_value: int
    mai: str
    rationale: str


_KINDS = {
    "mue_value": ChangeKind.MUE_VALUE_CHANGED,
    "mai": ChangeKind.MAI_CHANGED,
    "rationale": ChangeKind.RATIONALE_CHANGED,
}


def mue_values(snapshot: Snapshot) -> dict[str, MueValue]:
    """Code → value, adjudication indicator and rationale."""
    rows = snapshot.read(NCCI_MUE_VALUES, ["code", *MueValue._fields])
    return {code: MueValue(*values) for code, *values in rows}


def diff_ncci_mue(old: Snapshot, new: Snapshot) -> list[Change]:
    """The changes from one release to another, in code order."""
    before, after = mue_values(old), mue_values(new)
    correction = old.effective_from == new.effective_from
    changes = []
    for code in sorted(before.keys() | after.keys()):
        if before.get(code) == after.get(code):
            continue
        one, other = before.get(code), after.get(code)
        found = _corrected(one, other) if correction else _kinds(one, other)
        stated = (other or one or MueValue(0, "", ""))._asdict()
        for kind, fields in found:
            facts = NcciFacts({"code": code}, stated, new.effective_from)
            changes.append(Change(new.code_set, code, kind, new.effective_from, fields=fields, ncci=facts))
    return changes


def _fields(before: MueValue | None, after: MueValue | None) -> dict[str, FieldChange]:
    return {
        name: FieldChange(getattr(before, name, None), getattr(after, name, None))
        for name in MueValue._fields
        if getattr(before, name, None) != getattr(after, name, None)
    }


def _kinds(before: MueValue | None, after: MueValue | None) -> Iterator[tuple[ChangeKind, dict[str, FieldChange]]]:
    fields = _fields(before, after)
    if before is None or after is None:
        yield ChangeKind.ADDED if before is None else ChangeKind.DELETED, fields
        return
    for name, field in fields.items():
        yield _KINDS[name], {name: field}


def _corrected(before: MueValue | None, after: MueValue | None) -> Iterator[tuple[ChangeKind, dict[str, FieldChange]]]:
    fields = _fields(before, after)
    if before is None or after is None:
        status = FieldChange(*("published" if each else None for each in (before, after)))
        fields = {"status": status, **fields}
    yield ChangeKind.CORRECTED, fields
