"""The tables of changes: added, deleted with replacements, revised, notes, present-on-admission exemption.

Every kind of change belongs to exactly one of them, so no change is left out of a report.
"""

from __future__ import annotations

from collections.abc import Iterable

from codeset_pipeline.codes import printed
from codeset_pipeline.model import Change, ChangeKind, FieldChange, ReleasePair
from codeset_pipeline.report.deleted_table import deleted_table
from codeset_pipeline.report.phrases import field_name, kind_name, pair_name, yes_no
from codeset_pipeline.report.table import Cell, Column, Marked, Row, Table
from codeset_pipeline.report.words import mark_words

ADDED = frozenset({ChangeKind.ADDED, ChangeKind.BECAME_BILLABLE, ChangeKind.REACTIVATED, ChangeKind.REUSED})
REVISED = frozenset({ChangeKind.REVISED, ChangeKind.CORRECTED})
NOTES = frozenset({ChangeKind.NOTE_ADDED, ChangeKind.NOTE_DELETED, ChangeKind.NOTE_REVISED})
POA = frozenset({ChangeKind.POA_EXEMPT_ADDED, ChangeKind.POA_EXEMPT_DELETED})

_UPDATE = Column("Update", 26, "label")
_CODE = Column("Code", 11, "code")
_KIND = Column("Kind", 15, "label")
_BILLABLE = Column("Billable", 9, "label")
_FROM = Column("Effective from", 13, "date")
_CHAPTER = Column("Chapter", 60)

_TEXT_CHANGES = ("wording", "accents", "punctuation", "case", "spacing")
_NOTE_TEXTS = ("text", "note")


def change_tables(pairs: Iterable[ReleasePair]) -> list[Table]:
    """The five tables over all pairs, in the order of the report."""
    found = tuple(pairs)
    return [added_table(found), deleted_table(found), revised_table(found), notes_table(found), poa_table(found)]


def added_table(pairs: tuple[ReleasePair, ...]) -> Table:
    rows = [
        Row(
            (
                pair_name(pair),
                printed(pair.code_set, change.code),
                change.title_after,
                kind_name(change.kind),
                yes_no(change.billable_after),
                change.effective_from,
                change.chapter,
            ),
            kind=change.kind,
        )
        for pair, change in _of(pairs, ADDED)
    ]
    return Table(
        "Added",
        "Added codes",
        "Codes that exist, or may be reported, for the first time. ICD-10 rows that are not billable are headers.",
        (_UPDATE, _CODE, Column("Title", 70), _KIND, _BILLABLE, _FROM, _CHAPTER),
        rows,
        "No code was added between these releases.",
    )


def revised_table(pairs: tuple[ReleasePair, ...]) -> Table:
    """One row per revised code, changes of wording first, then those of accents, punctuation, case and spacing."""
    found = sorted(_of(pairs, REVISED), key=lambda item: _strength(_main_field(item[1])[1]))
    rows = []
    for pair, change in found:
        name, main = _main_field(change)
        old, new = _marked(main.old, main.new)
        cells = (
            pair_name(pair),
            printed(pair.code_set, change.code),
            old,
            new,
            _text_change(main),
            field_name(name),
            _other_fields(change, name),
            yes_no(change.billable_after),
            change.effective_from,
            change.explained or "",
            change.chapter,
        )
        rows.append(Row(cells, kind=change.kind))
    return Table(
        "Revised",
        "Revised codes",
        "Codes that go on with another text. Words taken out are struck through, words put in are marked.",
        (
            _UPDATE,
            _CODE,
            Column("Old text", 56),
            Column("New text", 56),
            Column("Text change", 14, "label"),
            Column("Field", 13, "label"),
            Column("Also changed", 44),
            _BILLABLE,
            _FROM,
            Column("Not on the publisher's list because", 24),
            _CHAPTER,
        ),
        rows,
        "No title was revised between these releases.",
    )


def notes_table(pairs: tuple[ReleasePair, ...]) -> Table:
    rows = []
    for pair, change in _of(pairs, NOTES):
        name, main = _main_field(change, prefer=_NOTE_TEXTS)
        old, new = _marked(main.old, main.new)
        instruction, rest = _instruction(change, name)
        cells = (
            pair_name(pair),
            printed(pair.code_set, change.code),
            change.title_after or change.title_before,
            kind_name(change.kind),
            instruction,
            old,
            new,
            rest,
            change.effective_from,
            change.chapter,
        )
        rows.append(Row(cells, kind=change.kind))
    return Table(
        "Notes",
        "Instruction notes",
        "Includes, excludes, code first, use additional and 7th-character notes that were added, deleted or revised.",
        (
            _UPDATE,
            Column("Code or section", 14, "code"),
            Column("Title", 40),
            _KIND,
            Column("Note", 18, "label"),
            Column("Old text", 52),
            Column("New text", 52),
            Column("Also changed", 30),
            _FROM,
            _CHAPTER,
        ),
        rows,
        "No instruction note changed, or one of the releases was loaded without its tabular XML, where they are.",
    )


def poa_table(pairs: tuple[ReleasePair, ...]) -> Table:
    rows = [
        Row(
            (
                pair_name(pair),
                printed(pair.code_set, change.code),
                change.title_after or change.title_before,
                "became exempt" if change.kind is ChangeKind.POA_EXEMPT_ADDED else "no longer exempt",
                change.effective_from,
                change.chapter,
            ),
            kind=change.kind,
        )
        for pair, change in _of(pairs, POA)
    ]
    return Table(
        "POA",
        "Present-on-admission exemption",
        "Codes that joined or left the list of codes exempt from present-on-admission reporting.",
        (_UPDATE, _CODE, Column("Title", 70), Column("Exemption", 17, "label"), _FROM, _CHAPTER),
        rows,
        "No exemption changed, or one of the releases was loaded without its POA-exempt list.",
    )


def _of(pairs: Iterable[ReleasePair], kinds: frozenset[ChangeKind]) -> list[tuple[ReleasePair, Change]]:
    return [(pair, change) for pair in pairs for change in pair.changes if change.kind in kinds]


def _strength(change: FieldChange) -> int:
    return _TEXT_CHANGES.index(change.text) if change.text in _TEXT_CHANGES else len(_TEXT_CHANGES)


def _main_field(change: Change, prefer: tuple[str, ...] = ()) -> tuple[str, FieldChange]:
    """The field to show in full: the one whose text changed most, a long title before a short one."""
    if not change.fields:
        return "title", FieldChange(change.title_before, change.title_after)
    return min(
        change.fields.items(),
        key=lambda item: (item[0] not in prefer, _strength(item[1]), "short" in item[0], item[0]),
    )


def _other_fields(change: Change, shown: str) -> str:
    parts = []
    for name, each in change.fields.items():
        if name != shown:
            kind = f" ({_text_change(each)})" if each.text else ""
            parts.append(f"{field_name(name)}: {_value(each.old)} → {_value(each.new)}{kind}")
    return "\n".join(parts)


def _instruction(change: Change, shown: str) -> tuple[str, str]:
    """What sort of note it is, and its further fields. A sort that stands in a field of its own did not change."""
    if shown not in _NOTE_TEXTS:
        return field_name(shown), _other_fields(change, shown)
    sorts, rest = [], {}
    for name, each in change.fields.items():
        if name == shown:
            continue
        if each.old == each.new or None in (each.old, each.new):
            sorts.append(field_name(_value(each.new if each.old is None else each.old)))
        else:
            rest[name] = f"{field_name(name)}: {_value(each.old)} → {_value(each.new)}"
    return ", ".join(sorts), "\n".join(rest.values())


def _text_change(change: FieldChange) -> str:
    if change.text is None:
        return ""
    return change.text if change.text == "wording" else f"{change.text} only"


def _marked(old: str | bool | int | None, new: str | bool | int | None) -> tuple[Cell, Cell]:
    if isinstance(old, str) and isinstance(new, str):
        left, right = mark_words(old, new)
        return Marked(tuple(left), "old"), Marked(tuple(right), "new")
    return _value(old, none=""), _value(new, none="")


def _value(value: str | bool | int | None, none: str = "(none)") -> str:
    if value is None:
        return none
    if isinstance(value, bool):
        return yes_no(value)
    return str(value)
