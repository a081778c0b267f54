"""Changes of instruction notes and of the POA-exempt list between two releases that both state them."""

from __future__ import annotations

from difflib import SequenceMatcher

from codeset_pipeline.diff.text import text_change
from codeset_pipeline.model import Change, ChangeKind, FieldChange
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.snapshots.tables import CODES, NOTES, POA_EXEMPT
from codeset_pipeline.sources.chapters import chapter_of

# Two notes in the same place are one note reworded when they are at least this alike (0-100); else one went, one came.
_ALIKE = 55


def _listed(snapshot: Snapshot) -> dict[tuple[str, str], list[str]]:
    notes: dict[tuple[str, str], list[str]] = {}
    for owner, kind, _, text in snapshot.read(NOTES):
        notes.setdefault((owner, kind), []).append(text)
    return notes


def pair_notes(old: list[str], new: list[str]) -> list[tuple[str | None, str | None]]:
    """What became of each note of a list: (before, after), None where it came or went; unchanged ones are left out.

    A note that only moved within its list is not a change.
    """
    from rapidfuzz import fuzz

    gone: list[str] = []
    came: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += old[a:b]
            came += new[c:d]
    for text in list(gone):
        if text in came:
            gone.remove(text)
            came.remove(text)
    scored = sorted(
        ((fuzz.ratio(g, c), i, j) for i, g in enumerate(gone) for j, c in enumerate(came)),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    partner: dict[int, int] = {}
    for score, i, j in scored:
        if score >= _ALIKE and i not in partner and j not in partner.values():
            partner[i] = j
    pairs: list[tuple[str | None, str | None]] = [
        (text, came[partner[i]] if i in partner else None) for i, text in enumerate(gone)
    ]
    return pairs + [(None, text) for j, text in enumerate(came) if j not in partner.values()]


def _state(snapshot: Snapshot) -> dict[str, tuple[bool, str]]:
    return {
        code: (billable, title) for code, billable, title in snapshot.read(CODES, ["code", "billable", "long_title"])
    }


def _change(
    old: Snapshot,
    new: Snapshot,
    owner: str,
    kind: ChangeKind,
    fields: dict[str, FieldChange],
    before: dict[str, tuple[bool, str]],
    after: dict[str, tuple[bool, str]],
) -> Change:
    was, now = before.get(owner), after.get(owner)
    return Change(
        new.code_set,
        owner,
        ChangeKind.CORRECTED if old.effective_from == new.effective_from else kind,
        new.effective_from,
        was[0] if was else None,
        now[0] if now else None,
        was[1] if was else None,
        now[1] if now else None,
        fields,
        chapter_of(new.code_set, owner),
    )


def diff_notes(old: Snapshot, new: Snapshot) -> list[Change]:
    """Notes added, deleted and revised, by owner and kind of note; empty unless both releases state notes.

    The field that changed is named after the kind of note, such as `excludes1`.
    """
    if not (old.has(NOTES) and new.has(NOTES)):
        return []
    notes_before, notes_after = _listed(old), _listed(new)
    before, after = _state(old), _state(new)
    changes = []
    for owner, kind in sorted(notes_before.keys() | notes_after.keys()):
        was, now = notes_before.get((owner, kind), []), notes_after.get((owner, kind), [])
        if was == now:
            continue
        for text, follower in pair_notes(was, now):
            if text is not None and follower is not None:
                what, field = ChangeKind.NOTE_REVISED, FieldChange(text, follower, text_change(text, follower))
            else:
                what = ChangeKind.NOTE_ADDED if text is None else ChangeKind.NOTE_DELETED
                field = FieldChange(text, follower)
            changes.append(_change(old, new, owner, what, {kind: field}, before, after))
    return changes


def diff_poa_exempt(old: Snapshot, new: Snapshot) -> list[Change]:
    """Codes that came onto or left the POA-exempt list; empty unless both releases state the list."""
    if not (old.has(POA_EXEMPT) and new.has(POA_EXEMPT)):
        return []
    was = {row[0] for row in old.read(POA_EXEMPT, ["code"])}
    now = {row[0] for row in new.read(POA_EXEMPT, ["code"])}
    before, after = _state(old), _state(new)
    changes = []
    for code in sorted(was ^ now):
        kind = ChangeKind.POA_EXEMPT_ADDED if code in now else ChangeKind.POA_EXEMPT_DELETED
        fields = {"poa_exempt": FieldChange(code in was, code in now)}
        changes.append(_change(old, new, code, kind, fields, before, after))
    return changes
