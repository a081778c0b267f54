"""Changes of PTP edits between two releases.

An edit is known by column 1, column 2 and its effective date; the pair alone may be repeated. Kinds (DESIGN section 5):
- `edit_added`: the older release does not have it. `deleted_on` among its fields says that it had ended again already.
- `edit_deleted`: a deletion date was filled in; the date is the edit's last day.
- `reactivated`: the deletion date was taken out again. `revised`: it was moved, or the mark "prior to 1996" changed.
- `indicator_changed`: the modifier indicator of the edit is another one. Where the publisher ends an edit and lets
  another begin the next day with another indicator, the pair gets one such change (flag `successor`) beside those two.
- `rationale_changed`: the same edit for another reason; no claim is decided by it.
- `aged_out`, `withdrawn`: the row is gone, and the edit had ended or had not.
- `corrected`: any change between two revisions of one release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from codeset_pipeline.diff.ncci_ptp_kinds import (
    Verdict,
    all_fields,
    appeared,
    disappeared,
    reach_of_correction,
    stayed,
)
from codeset_pipeline.diff.ncci_ptp_rows import Pair, PtpEdit, States, differing_edits
from codeset_pipeline.diff.ncci_reach import first_release_after, reach
from codeset_pipeline.model import Change, ChangeKind, FieldChange, NcciFacts
from codeset_pipeline.snapshots.store import Snapshot

_DAY = timedelta(days=1)


def diff_ncci_ptp(old: Snapshot, new: Snapshot) -> list[Change]:
    """The changes from one release to another, in order of column 1, column 2 and effective date."""
    found = differing_edits(old, new)
    return changes_of(new.code_set, (old.effective_from, new.effective_from), found.rows, found.earlier)


def changes_of(
    code_set: str, releases: tuple[date, date], rows: Iterable[States], earlier: dict[Pair, list[PtpEdit]]
) -> list[Change]:
    """The changes that differing rows amount to.

    Args:
        releases: effective dates of the older and the newer release.
        earlier: for each pair that gained an edit, the older release's edits on it.
    """
    release = first_release_after(*releases)
    if releases[0] == releases[1]:
        return [_corrected(code_set, before, after, release) for before, after in rows]
    changes: list[Change] = []
    swaps = _Swaps()
    now: dict[Pair, dict[date, PtpEdit]] = {
        pair: {edit.effective_from: edit for edit in edits} for pair, edits in earlier.items()
    }
    added: list[PtpEdit] = []
    for before, after in rows:
        edit = after or before
        if edit is None:
            continue
        if before is None or edit.pair in now:
            _overlay(now.setdefault(edit.pair, {}), before, after)
        if before is None:
            added.append(edit)
        for verdict in _verdicts(before, after, releases[1], release):
            change = _change(code_set, edit, verdict)
            if before is None and edit.pair in earlier:
                change = _flagged(change, "pair_listed_before")
            swaps.note(change, edit, len(changes))
            changes.append(change)
    for place, other in swaps.found():
        changes[place] = _flagged(changes[place], "column_swap", other)
    changes += _successors(code_set, added, now, release)
    changes.sort(key=_order)
    return changes


def _verdicts(before: PtpEdit | None, after: PtpEdit | None, newer: date, release: date) -> Iterator[Verdict]:
    if after is None:
        if before is not None:
            yield disappeared(before, newer)
    elif before is None:
        yield appeared(after, release)
    else:
        yield from stayed(before, after, release)


def _overlay(edits: dict[date, PtpEdit], before: PtpEdit | None, after: PtpEdit | None) -> None:
    if after is not None:
        edits[after.effective_from] = after
    elif before is not None:
        edits.pop(before.effective_from, None)


def _change(code_set: str, edit: PtpEdit, verdict: Verdict) -> Change:
    touched = verdict.reach
    facts = NcciFacts(
        {"column_1": edit.column_1, "column_2": edit.column_2},
        {"modifier_indicator": edit.modifier_indicator, "rationale": edit.rationale},
        touched.first,
        None if edit.never_in_force else edit.deleted_on,
        touched.past_from is not None,
        touched.past_from,
        touched.past_to,
        ("never_in_force",) if edit.never_in_force else (),
    )
    code = f"{edit.column_1}/{edit.column_2}"
    return Change(code_set, code, verdict.kind, edit.effective_from, fields=verdict.fields, ncci=facts)


def _corrected(code_set: str, before: PtpEdit | None, after: PtpEdit | None, release: date) -> Change:
    edit = after or before
    if edit is None:
        raise AssertionError("a differing row stands in at least one of the releases")
    verdict = Verdict(ChangeKind.CORRECTED, all_fields(before, after), reach_of_correction(before, after, release))
    return _change(code_set, edit, verdict)


def _flagged(change: Change, flag: str, counterpart: str | None = None) -> Change:
    facts = change.ncci
    if facts is None:
        return change
    return replace(
        change,
        ncci=replace(facts, flags=(*facts.flags, flag), counterpart=counterpart or facts.counterpart),
    )


class _Swaps:
    """Pairs that lost an edit in one direction and gained one in the other."""

    def __init__(self) -> None:
        self._added: dict[Pair, list[int]] = {}
        self._deleted: dict[Pair, list[int]] = {}

    def note(self, change: Change, edit: PtpEdit, place: int) -> None:
        if edit.never_in_force:
            return
        if change.kind is ChangeKind.EDIT_ADDED and edit.deleted_on is None:
            self._added.setdefault(edit.pair, []).append(place)
        elif change.kind is ChangeKind.EDIT_DELETED:
            self._deleted.setdefault(edit.pair, []).append(place)

    def found(self) -> Iterator[tuple[int, str]]:
        """Place of each change concerned, with the other direction as `COLUMN 1/COLUMN 2`."""
        for pair, places in self._added.items():
            turned = (pair[1], pair[0])
            if turned in self._deleted:
                yield from ((place, "/".join(turned)) for place in places)
                yield from ((place, "/".join(pair)) for place in self._deleted[turned])


def _successors(
    code_set: str, added: Iterable[PtpEdit], now: dict[Pair, dict[date, PtpEdit]], release: date
) -> Iterator[Change]:
    """One `indicator_changed` for each new edit that begins the day after another on its pair ended, with another
    indicator."""
    for edit in added:
        if edit.never_in_force:
            continue
        day_before = edit.effective_from - _DAY
        for other in now[edit.pair].values():
            if other.held_until != day_before or other.never_in_force:
                continue
            if other.modifier_indicator == edit.modifier_indicator:
                continue
            fields = {
                "modifier_indicator": FieldChange(other.modifier_indicator, edit.modifier_indicator),
                "effective_from": FieldChange(other.effective_from.isoformat(), edit.effective_from.isoformat()),
            }
            touched = reach(edit.effective_from, edit.held_until, release)
            change = _change(code_set, edit, Verdict(ChangeKind.INDICATOR_CHANGED, fields, touched))
            yield _flagged(change, "successor")


def _order(change: Change) -> tuple[str, str, date, int]:
    keys = change.ncci.keys if change.ncci else {}
    return keys["column_1"], keys["column_2"], change.effective_from, _KINDS[change.kind]


_KINDS = {kind: place for place, kind in enumerate(ChangeKind)}
