"""The tables of NCCI changes: retroactive ones first, then PTP edits by kind, MUE values, add-on codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from codeset_pipeline.model import Change, ChangeKind, ReleasePair
from codeset_pipeline.report.ncci_words import MAIS, flags_text, indicator_text, kind_text, meaning, to_do
from codeset_pipeline.report.phrases import field_name, kind_name, pair_name
from codeset_pipeline.report.table import Cell, Column, Row, Table

_ADDED = frozenset({ChangeKind.EDIT_ADDED})
_DELETED = frozenset({ChangeKind.EDIT_DELETED})
_INDICATOR = frozenset({ChangeKind.INDICATOR_CHANGED})

_UPDATE = Column("Update", 30, "label")
_FROM = Column("Effective from", 13, "date")
_LAST = Column("Last day", 13, "date")
_KIND = Column("Change", 19, "label")
_REACH = (Column("Reaches service dates from", 14, "date"), Column("to", 13, "date"))
_INDICATOR_NOW = Column("Modifier indicator", 22, "label")
_RATIONALE = Column("Rationale", 40)
_NOTE = Column("Note", 34)


def is_ncci(pair: ReleasePair) -> bool:
    """Does the pair consist of NCCI releases?"""
    return pair.code_set.startswith("ncci-")


def ncci_tables(pairs: Iterable[ReleasePair]) -> list[Table]:
    """The tables of the NCCI pairs among `pairs`: those of the sorts that occur."""
    found = [pair for pair in pairs if is_ncci(pair)]
    ptp = [pair for pair in found if "-ptp-" in pair.code_set]
    mue = [pair for pair in found if "-mue-" in pair.code_set]
    add_on = [pair for pair in found if pair.code_set == "ncci-aoc"]
    tables = []
    if ptp:
        tables += [_retroactive(ptp), *(_edits(ptp, *about) for about in _EDIT_TABLES), _others(ptp)]
    if mue:
        tables.append(_mue(mue))
    if add_on:
        tables.append(_add_on(add_on))
    return tables


_EDIT_TABLES = (
    (
        _ADDED,
        "Edits added",
        "Pairs with a new edit: column 2 is not paid beside column 1 for one patient on one day.",
        "No edit was added between these releases.",
    ),
    (
        _DELETED,
        "Edits deleted",
        "Edits that got a deletion date; the last day is the last date of service on which they hold.",
        "No edit was deleted between these releases.",
    ),
    (
        _INDICATOR,
        "Indicator changes",
        "Pairs for which a modifier is now allowed or no longer allowed.",
        "No modifier indicator changed between these releases.",
    ),
)


class _Pairs:
    """The columns that name the two codes of an edit, with descriptions where HCPCS Level II is loaded."""

    def __init__(self, pairs: Sequence[ReleasePair]) -> None:
        self._described = any(pair.descriptions for pair in pairs)

    @property
    def columns(self) -> tuple[Column, ...]:
        names = (Column("Column 1", 11, "code"), Column("Column 2", 11, "code"))
        if not self._described:
            return names
        text = Column("HCPCS description", 26)
        return (names[0], text, names[1], text)

    def cells(self, pair: ReleasePair, change: Change) -> tuple[Cell, ...]:
        one, two = _key(change, "column_1"), _key(change, "column_2")
        if not self._described:
            return one, two
        return one, pair.descriptions.get(one, ""), two, pair.descriptions.get(two, "")


def _retroactive(pairs: Sequence[ReleasePair]) -> Table:
    codes = _Pairs(pairs)
    found = [
        (pair, change)
        for pair in pairs
        for change in pair.changes
        if change.ncci is not None and change.ncci.retroactive
    ]
    found.sort(key=lambda item: (_reach(item[1])[0] or date.max, item[1].code, item[1].effective_from))
    rows = [
        Row(
            (
                pair_name(pair),
                *codes.cells(pair, change),
                kind_text(change),
                *_reach(change),
                to_do(change),
                _indicator(change),
                change.effective_from,
                _last(change),
                _attribute(change, "rationale"),
            ),
            kind=change.kind,
        )
        for pair, change in found
    ]
    return Table(
        "Retroactive",
        "Retroactive changes",
        "Changes that reach dates of service before the new release: claims decided already may be decided otherwise. "
        "Each stands in the table of its kind as well.",
        (
            _UPDATE,
            *codes.columns,
            _KIND,
            *_REACH,
            Column("What to do", 36),
            _INDICATOR_NOW,
            _FROM,
            _LAST,
            _RATIONALE,
        ),
        rows,
        "No change reaches dates of service before the new release.",
    )


def _edits(pairs: Sequence[ReleasePair], kinds: frozenset[ChangeKind], name: str, intro: str, nothing: str) -> Table:
    codes = _Pairs(pairs)
    rows = [
        Row(
            (
                pair_name(pair),
                *codes.cells(pair, change),
                kind_text(change),
                _indicator(change),
                change.effective_from,
                _last(change),
                "retroactive" if change.ncci and change.ncci.retroactive else "",
                *_reach(change),
                meaning(change),
                _attribute(change, "rationale"),
                flags_text(change.ncci) if change.ncci else "",
            ),
            kind=change.kind,
        )
        for pair, change in _retroactive_first(pairs, kinds)
    ]
    return Table(
        name,
        name,
        intro,
        (
            _UPDATE,
            *codes.columns,
            _KIND,
            _INDICATOR_NOW,
            _FROM,
            _LAST,
            Column("Retroactive", 12, "label"),
            *_REACH,
            Column("What it means", 38),
            _RATIONALE,
            _NOTE,
        ),
        rows,
        nothing,
    )


def _others(pairs: Sequence[ReleasePair]) -> Table:
    codes = _Pairs(pairs)
    kinds = frozenset(ChangeKind) - _ADDED - _DELETED - _INDICATOR
    rows = [
        Row(
            (
                pair_name(pair),
                *codes.cells(pair, change),
                kind_text(change),
                _fields(change),
                change.effective_from,
                _last(change),
                "retroactive" if change.ncci and change.ncci.retroactive else "",
                *_reach(change),
                meaning(change),
                flags_text(change.ncci) if change.ncci else "",
            ),
            kind=change.kind,
        )
        for pair, change in _retroactive_first(pairs, kinds)
    ]
    return Table(
        "Other edit changes",
        "Other changes of edits",
        "Other rationales, deletion dates that were moved or taken out, corrections, and rows that left the file.",
        (
            _UPDATE,
            *codes.columns,
            _KIND,
            Column("What changed", 52),
            _FROM,
            _LAST,
            Column("Retroactive", 12, "label"),
            *_REACH,
            Column("What it means", 38),
            _NOTE,
        ),
        rows,
        "There are no other changes between these releases.",
    )


def _mue(pairs: Sequence[ReleasePair]) -> Table:
    described = any(pair.descriptions for pair in pairs)
    rows = []
    for pair in pairs:
        for change in pair.changes:
            value, mai = change.fields.get("mue_value"), change.fields.get("mai")
            cells: tuple[Cell, ...] = (
                pair_name(pair),
                change.code,
                *([pair.descriptions.get(change.code, "")] if described else []),
                _MUE_KINDS.get(change.kind, kind_name(change.kind)),
                _number(value.old if value else _same(change, "mue_value")),
                _number(value.new if value else _same(change, "mue_value")),
                _mai(mai.old if mai else _same(change, "mai")),
                _mai(mai.new if mai else _same(change, "mai")),
                change.effective_from,
                _attribute(change, "rationale"),
            )
            rows.append(Row(cells, kind=change.kind))
    return Table(
        "MUE",
        "Medically unlikely edits",
        "The most units of a code that are paid for one patient, per claim line or day. A value that is no longer "
        "published may still be applied.",
        (
            _UPDATE,
            Column("Code", 11, "code"),
            *([Column("HCPCS description", 26)] if described else []),
            _KIND,
            Column("Old value", 10, "count"),
            Column("New value", 10, "count"),
            Column("Old adjudication indicator", 22, "label"),
            Column("New adjudication indicator", 22, "label"),
            _FROM,
            _RATIONALE,
        ),
        rows,
        "No MUE value changed between these releases.",
    )


_MUE_KINDS = {ChangeKind.DELETED: "no longer published", ChangeKind.MUE_VALUE_CHANGED: "value changed"}


def _add_on(pairs: Sequence[ReleasePair]) -> Table:
    rows = [
        Row(
            (
                pair_name(pair),
                change.code,
                _key(change, "primary_code"),
                _AOC_KINDS.get(change.kind, kind_name(change.kind)),
                _attribute(change, "edit_type"),
                change.effective_from,
                _last(change),
                "retroactive" if change.ncci and change.ncci.retroactive else "",
                *_reach(change),
                _fields(change) if change.kind not in {ChangeKind.PRIMARY_ADDED} else "",
                flags_text(change.ncci) if change.ncci else "",
            ),
            kind=change.kind,
        )
        for pair, change in _retroactive_first(pairs, frozenset(ChangeKind))
    ]
    return Table(
        "Add-on codes",
        "Add-on codes and their primary codes",
        "An add-on code is paid only beside one of its primary codes; rows without a primary are about the add-on code "
        "itself.",
        (
            _UPDATE,
            Column("Add-on code", 12, "code"),
            Column("Primary code", 12, "code"),
            _KIND,
            Column("Type", 7, "label"),
            _FROM,
            _LAST,
            Column("Retroactive", 12, "label"),
            *_REACH,
            Column("What changed", 44),
            _NOTE,
        ),
        rows,
        "No add-on code changed between these releases.",
    )


_AOC_KINDS = {ChangeKind.ADDED: "add-on code added", ChangeKind.DELETED: "add-on code deleted"}


def _retroactive_first(pairs: Sequence[ReleasePair], kinds: frozenset[ChangeKind]) -> list[tuple[ReleasePair, Change]]:
    found = [(pair, change) for pair in pairs for change in pair.changes if change.kind in kinds]
    return sorted(found, key=lambda item: not (item[1].ncci and item[1].ncci.retroactive))


def _key(change: Change, name: str) -> str:
    return change.ncci.keys.get(name, "") if change.ncci else ""


def _attribute(change: Change, name: str) -> str:
    value = change.ncci.attributes.get(name) if change.ncci else None
    return "" if value is None else str(value)


def _last(change: Change) -> date | None:
    return change.ncci.last_day if change.ncci else None


def _reach(change: Change) -> tuple[date | None, date | None]:
    return (change.ncci.reach_from, change.ncci.reach_to) if change.ncci else (None, None)


def _indicator(change: Change) -> str:
    field = change.fields.get("modifier_indicator")
    if field is not None and field.old is not None:
        return f"{field.old} → {indicator_text(field.new)}"
    return indicator_text(_attribute(change, "modifier_indicator"))


def _fields(change: Change) -> str:
    return "\n".join(
        f"{field_name(name)}: {_or_none(field.old)} → {_or_none(field.new)}" for name, field in change.fields.items()
    )


def _or_none(value: str | bool | int | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "(none)" if value in (None, "") else str(value)


def _same(change: Change, name: str) -> str | bool | int | None:
    """A value that did not change; nothing for a code that came or went."""
    if change.kind in {ChangeKind.ADDED, ChangeKind.DELETED} or change.ncci is None:
        return None
    return change.ncci.attributes.get(name)


def _number(value: str | bool | int | None) -> int | None:
    return value if isinstance(value, int) else None


def _mai(value: str | bool | int | None) -> str:
    return MAIS.get(str(value), str(value)) if value not in (None, "") else ""
