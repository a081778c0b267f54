"""What a director reads first about an NCCI update: sentences, and the changes counted by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from codeset_pipeline.model import Change, ChangeKind, ReleasePair
from codeset_pipeline.report.ncci_words import kind_text
from codeset_pipeline.report.phrases import code_noun, code_set_name, counted, kind_name, long_date, number, were
from codeset_pipeline.report.table import Column, Row, Table


def ncci_sentences(pair: ReleasePair) -> list[str]:
    """What changed in one pair, in full sentences; what reaches back comes first."""
    release = pair.to_release
    noun = code_noun(release)
    lines = [
        f"{code_set_name(pair.code_set)} {release.label} is in force from {long_date(release.effective_from)} by date "
        f"of service; it has {counted(release.rows, noun)}."
    ]
    if "-ptp-" in pair.code_set:
        return [*lines, *_ptp(pair)]
    return [*lines, *(_mue(pair) if "-mue-" in pair.code_set else _add_on(pair))]


def kinds_table(pair: ReleasePair) -> Table:
    """The changes by kind, and how many of each reach dates of service before the new release."""
    totals = Counter(_kind(pair, change) for change in pair.changes)
    back = Counter(_kind(pair, change) for change in pair.changes if change.ncci and change.ncci.retroactive)
    rows = [Row((kind, count, back[kind])) for kind, count in totals.most_common()]
    return Table(
        "Kinds",
        "Changes by kind",
        "How many changes of each kind there are, and how many of them are retroactive.",
        (Column("Change", 58, "label"), Column("Changes", 12, "count"), Column("Retroactive", 16, "count")),
        rows,
        "Nothing changed between these releases.",
    )


def _kind(pair: ReleasePair, change: Change) -> str:
    return kind_text(change) if "-ptp-" in pair.code_set else kind_name(change.kind)


def _ptp(pair: ReleasePair) -> list[str]:
    changes = pair.changes
    added = [change for change in changes if change.kind is ChangeKind.EDIT_ADDED]
    deleted = [change for change in changes if change.kind is ChangeKind.EDIT_DELETED]
    switched = [change for change in changes if change.kind is ChangeKind.INDICATOR_CHANGED]
    lines = [_retroactive(changes, pair.to_release.effective_from)]
    listed = sum(_has(change, "pair_listed_before") for change in added)
    lines.append(
        f"{counted(len(added), 'edit')} {were(len(added))} added"
        + (f", {number(len(added) - listed)} of them on pairs that had none before." if added else ".")
    )
    eve = pair.to_release.effective_from - timedelta(days=1)
    usual = sum(change.ncci is not None and change.ncci.last_day == eve for change in deleted)
    lines.append(
        f"{counted(len(deleted), 'edit')} {were(len(deleted))} deleted"
        + (f", {number(usual)} of them with {long_date(eve)} as the last day." if deleted else ".")
    )
    if switched:
        allowed = sum(str(change.fields["modifier_indicator"].new) == "1" for change in switched)
        lines.append(
            f"{counted(len(switched), 'modifier indicator')} changed: for {number(allowed)} a modifier is now allowed, "
            f"for {number(len(switched) - allowed)} it no longer is."
        )
    taken_back = sum(_has(change, "never_in_force") for change in deleted)
    if taken_back:
        lines.append(
            f"{counted(taken_back, 'of the deleted edits', 'of the deleted edits')} {were(taken_back)} taken back "
            "altogether, as if never in force: what was denied by them may be resubmitted."
        )
    never = sum(_has(change, "never_in_force") for change in added)
    if never:
        lines.append(
            f"{counted(never, 'of the added edits', 'of the added edits')} {were(never)} never in force, being deleted "
            "as of the effective date."
        )
    swaps = sum(change.kind is ChangeKind.EDIT_ADDED and _has(change, "column_swap") for change in changes)
    if swaps:
        lines.append(f"In {counted(swaps, 'pair')} column 1 and column 2 changed places.")
    published = pair.published_totals
    listed_once = any(item.rule == "ncci_listed_as_indicator_change" for item in pair.reconciliation.explained)
    if listed_once and (published.added, published.deleted) != (len(added), len(deleted)):
        lines.append(
            f"The publisher counts {number(published.added)} added and {number(published.deleted)} deleted, because it "
            "lists a pair whose indicator changed once."
        )
    gone = sum(change.kind is ChangeKind.WITHDRAWN for change in changes)
    if gone:
        lines.append(
            f"{counted(gone, 'edit')} in force {'is' if gone == 1 else 'are'} missing from the new file without a "
            "deletion date: ask the publisher before relying on it."
        )
    return lines


def _retroactive(changes: Iterable[Change], release: date) -> str:
    back = [c.ncci.reach_from for c in changes if c.ncci is not None and c.ncci.reach_from is not None]
    if not back:
        return f"No change is retroactive: dates of service before {long_date(release)} are decided as before."
    first = min(back)
    return (
        f"{counted(len(back), 'change')} {'is' if len(back) == 1 else 'are'} RETROACTIVE, reaching dates of service "
        f"from {long_date(first)} on: claims decided already may be decided otherwise."
    )


def _mue(pair: ReleasePair) -> list[str]:
    kinds = Counter(change.kind for change in pair.changes)
    fields = [change.fields["mue_value"] for change in pair.changes if change.kind is ChangeKind.MUE_VALUE_CHANGED]
    raised = sum(isinstance(f.old, int) and isinstance(f.new, int) and f.new > f.old for f in fields)
    return [
        f"{counted(kinds[ChangeKind.ADDED], 'code')} {were(kinds[ChangeKind.ADDED])} added, and "
        f"{number(kinds[ChangeKind.DELETED])} {'is' if kinds[ChangeKind.DELETED] == 1 else 'are'} no longer published, "
        "which does not say that no limit is applied.",
        f"{counted(len(fields), 'value')} changed: {number(raised)} raised, {number(len(fields) - raised)} lowered.",
        f"{counted(kinds[ChangeKind.MAI_CHANGED], 'adjudication indicator')} changed.",
    ]


def _add_on(pair: ReleasePair) -> list[str]:
    kinds = Counter(change.kind for change in pair.changes)
    return [
        _retroactive(pair.changes, pair.to_release.effective_from),
        f"{counted(kinds[ChangeKind.ADDED], 'add-on code')} {were(kinds[ChangeKind.ADDED])} added and "
        f"{number(kinds[ChangeKind.DELETED])} deleted.",
        f"{counted(kinds[ChangeKind.PRIMARY_ADDED], 'primary code')} {were(kinds[ChangeKind.PRIMARY_ADDED])} added to "
        f"add-on codes, and {number(kinds[ChangeKind.PRIMARY_DELETED])} taken from them.",
    ]


def _has(change: Change, flag: str) -> bool:
    return change.ncci is not None and flag in change.ncci.flags
