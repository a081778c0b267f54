"""Changes of add-on codes and their primary codes between two releases.

Every row that changed gives a change of its own, known by add-on code, primary code and effective date:
`primary_added`, `primary_deleted` (the edit ended: its own, the add-on code's or the primary's deletion date was
filled in), `reactivated` (the date was taken out), `revised` (type, notes, or a date that was moved), `aged_out` and
`withdrawn` (the row is gone). Beside them the add-on code itself has one where it came (`added`), ended (`deleted`),
came back (`reactivated`) or left the file. Between two revisions of one release every change is `corrected`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from codeset_pipeline.diff.ncci_add_on_rows import (
    CONTRACTOR_DEFINED,
    END_DATES,
    AddOnEdit,
    add_on_edits,
    life_of_codes,
)
from codeset_pipeline.diff.ncci_reach import Reach, day_after, first_release_after, reach
from codeset_pipeline.model import Change, ChangeKind, FieldChange, NcciFacts
from codeset_pipeline.snapshots.store import Snapshot

Fields = dict[str, FieldChange]
_NOWHERE = Reach(None, None, None)
_COMPARED = ("edit_type", *END_DATES, "notes")


def diff_ncci_add_on(old: Snapshot, new: Snapshot) -> list[Change]:
    """The changes from one release to another by add-on code: those of the code itself, then of its primaries."""
    before, after = add_on_edits(old), add_on_edits(new)
    differ = _Difference(new.code_set, old.effective_from, new.effective_from)
    changes: list[Change] = []
    for key in before.keys() | after.keys():
        one, other = before.get(key), after.get(key)
        if one != other:
            changes += differ.of_rows(one, other)
    lives, now = life_of_codes(before), life_of_codes(after)
    whole = set()
    if not differ.correction:
        for code in lives.keys() | now.keys():
            for change in differ.of_code(code, lives.get(code), now.get(code)):
                changes.append(change)
                whole.add((code, change.kind))
    return sorted((_marked(change, whole) for change in changes), key=_order)


class _Difference:
    """What the rows of two releases amount to."""

    def __init__(self, code_set: str, older: date, newer: date) -> None:
        self._code_set, self._newer = code_set, newer
        self._release = first_release_after(older, newer)
        self.correction = older == newer

    def of_rows(self, before: AddOnEdit | None, after: AddOnEdit | None) -> Iterator[Change]:
        edit = after or before
        if edit is None:
            return
        if self.correction:
            fields = _fields(before, after)
            if before is None or after is None:
                fields = {"status": FieldChange(_status(before), _status(after)), **fields}
            yield self._row(edit, ChangeKind.CORRECTED, fields, _NOWHERE)
        elif before is None:
            touched = reach(edit.effective_from, edit.held_until, self._release)
            yield self._row(edit, ChangeKind.PRIMARY_ADDED, _fields(None, edit), touched)
        elif after is None:
            ended = before.held_until < self._newer
            yield self._row(edit, ChangeKind.AGED_OUT if ended else ChangeKind.WITHDRAWN, {}, _NOWHERE)
        else:
            yield from self._stayed(before, after)

    def _stayed(self, before: AddOnEdit, after: AddOnEdit) -> Iterator[Change]:
        fields = _fields(before, after)
        earlier, later = sorted((before.held_until, after.held_until))
        if earlier < later:
            dates = {name: fields.pop(name) for name in END_DATES if name in fields}
            touched = reach(day_after(earlier), later, self._release)
            kind = _kind_of_end(before.held_until, after.held_until, ChangeKind.PRIMARY_DELETED)
            yield self._row(after, kind, dates, touched)
        if fields:
            touched = _NOWHERE
            if "edit_type" in fields:
                touched = reach(after.effective_from, earlier, self._release)
            yield self._row(after, ChangeKind.REVISED, fields, touched)

    def of_code(self, code: str, before: tuple[date, date] | None, after: tuple[date, date] | None) -> Iterator[Change]:
        if after is None:
            if before is not None:
                kind = ChangeKind.AGED_OUT if before[1] < self._newer else ChangeKind.WITHDRAWN
                yield self._code(code, kind, self._newer, _NOWHERE, before[1])
        elif before is None:
            yield self._code(code, ChangeKind.ADDED, after[0], reach(*after, self._release), after[1])
        elif before[1] != after[1] and date.max in (before[1], after[1]):
            earlier, later = sorted((before[1], after[1]))
            kind = _kind_of_end(before[1], after[1], ChangeKind.DELETED)
            touched = reach(day_after(earlier), later, self._release)
            yield self._code(code, kind, day_after(earlier), touched, after[1])

    def _row(self, edit: AddOnEdit, kind: ChangeKind, fields: Fields, touched: Reach) -> Change:
        keys = {"add_on_code": edit.add_on_code, "primary_code": edit.primary_code}
        stated = {"edit_type": edit.edit_type, "notes": edit.notes}
        flags = ("contractor_defined",) if edit.primary_code == CONTRACTOR_DEFINED else ()
        facts = NcciFacts(
            keys, stated, touched.first, _last(edit.held_until), touched.past_from is not None, *touched[1:], flags
        )
        return Change(self._code_set, edit.add_on_code, kind, edit.effective_from, fields=fields, ncci=facts)

    def _code(self, code: str, kind: ChangeKind, day: date, touched: Reach, last: date) -> Change:
        retroactive = touched.past_from is not None
        facts = NcciFacts({"add_on_code": code}, {}, touched.first, _last(last), retroactive, *touched[1:])
        return Change(self._code_set, code, kind, day, ncci=facts)


def _kind_of_end(before: date, after: date, ended: ChangeKind) -> ChangeKind:
    if before == date.max:
        return ended
    return ChangeKind.REACTIVATED if after == date.max else ChangeKind.REVISED


def _fields(before: AddOnEdit | None, after: AddOnEdit | None) -> Fields:
    found = {}
    for name in _COMPARED:
        old, new = _shown(before, name), _shown(after, name)
        if old != new:
            found[name] = FieldChange(old, new)
    return found


def _shown(edit: AddOnEdit | None, name: str) -> str | None:
    value = None if edit is None else getattr(edit, name)
    return value.isoformat() if isinstance(value, date) else value


def _status(edit: AddOnEdit | None) -> str | None:
    return None if edit is None else ("in force" if edit.held_until == date.max else "ended")


def _last(day: date) -> date | None:
    return None if day == date.max else day


# The change of the add-on code that a change of one of its rows goes with.
_WITH_CODE = {ChangeKind.PRIMARY_ADDED: ChangeKind.ADDED, ChangeKind.PRIMARY_DELETED: ChangeKind.DELETED}


def _marked(change: Change, whole: set[tuple[str, ChangeKind]]) -> Change:
    facts = change.ncci
    if facts is None or (change.code, _WITH_CODE.get(change.kind)) not in whole:
        return change
    return replace(change, ncci=replace(facts, flags=(*facts.flags, "with_add_on_code")))


def _order(change: Change) -> tuple[str, bool, str, date, str]:
    keys = change.ncci.keys if change.ncci else {}
    primary = keys.get("primary_code", "")
    return change.code, bool(primary), primary, change.effective_from, change.kind
