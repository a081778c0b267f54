"""What the review log says, read from its first entry to its last: findings, decisions, and what of them still holds.

What carries over to another run is decided here and explained in the decision record on reviews.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from codeset_pipeline.impact.finding_record import Told
from codeset_pipeline.impact.review_journal import Entry
from codeset_pipeline.model import Finding

PROPOSED, APPROVED, REJECTED, DEFERRED = STATES = ("proposed", "approved", "rejected", "deferred")

_MOST_SHOWN = 5
#: Kinds of finding that mean that the code may not be reported any more.
_ENDED = frozenset({"deleted", "became_header", "aged_out", "withdrawn", "header"})


@dataclass(frozen=True, slots=True)
class ReviewState:
    """The last decision on a finding: what, by whom, when (ISO date and time), why, and by which code instead.

    Attributes:
        replacement: the code that a person chose, as printed; empty when none was.
    """

    state: str
    by: str
    at: str
    note: str = ""
    replacement: str = ""


@dataclass
class Book:
    """The log, folded.

    Attributes:
        findings: id → the finding as last seen, as JSON.
        gone: ids that the last run over their file did not find again.
        states: id → last decision.
    """

    findings: dict[str, Told] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    states: dict[str, ReviewState] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Book:
        book = cls()
        for entry in entries:
            book.take(entry)
        return book

    def take(self, entry: Entry) -> None:
        event = entry["event"]
        if event == "seen":
            self.findings[entry["id"]] = entry["finding"]
            self.gone.discard(entry["id"])
        elif event == "moved":
            for finding_id, line in entry["lines"].items():
                self.findings[finding_id] = {**self.findings[finding_id], "line": line}
        elif event == "gone":
            self.gone.update(entry["ids"])
        elif event == "back":
            self.gone.difference_update(entry["ids"])
        for finding_id, state in decisions_in(entry):
            self.states[finding_id] = state


def decisions_in(entry: Entry) -> list[tuple[str, ReviewState]]:
    """The decisions of a log entry: one, or those that were made together."""
    if entry["event"] == "state":
        return [(entry["id"], _state(entry, entry))]
    if entry["event"] == "states":
        return [(each["id"], _state(each, entry)) for each in entry["decisions"]]
    return []


def _state(each: Mapping[str, Any], entry: Entry) -> ReviewState:
    return ReviewState(each["state"], entry["by"], entry["at"], each.get("note", ""), each.get("replacement", ""))


def with_decisions(findings: Sequence[Finding], book: Book) -> list[Finding]:
    """The findings with what people decided on them, in this run's terms.

    A decision on the finding itself always holds. Without one, a decision on the same change of the same reference
    holds that was made under another id (the file's name has another date, or other releases were compared), unless
    there are several that disagree. An approval does not hold for a line that was to be changed by an earlier release
    and was not: that is asked again. Every other decision on the reference is shown as history.
    """
    if not book.states:
        return list(findings)
    here = {finding.id for finding in findings}
    by_thread: dict[str, list[tuple[Told, ReviewState]]] = defaultdict(list)
    for finding_id, state in book.states.items():
        told = book.findings.get(finding_id)
        if told is not None and told.get("thread"):
            by_thread[told["thread"]].append((told, state))
    return [_decided(finding, book, by_thread.get(finding.thread, ()), here) for finding in findings]


def _decided(finding: Finding, book: Book, related: Sequence[tuple[Told, ReviewState]], here: set[str]) -> Finding:
    own = book.states.get(finding.id)
    others = [(told, state) for told, state in related if told["id"] != finding.id and told["id"] not in here]
    if own is None and not others:
        return finding
    history = tuple(_line(told, state) for told, state in sorted(others, key=lambda item: item[1].at, reverse=True))
    held = own or _carried(finding, others)
    if held is None:
        return replace(finding, previously=history[:_MOST_SHOWN])
    return replace(
        finding,
        state=held.state,
        state_by=held.by,
        state_at=held.at,
        state_note=held.note or None,
        state_replacement=held.replacement or None,
        previously=history[:_MOST_SHOWN],
    )


def _carried(finding: Finding, others: Sequence[tuple[Told, ReviewState]]) -> ReviewState | None:
    same = [(told, state) for told, state in others if _same_change(finding, told)]
    if len({(state.state, state.replacement) for _, state in same}) != 1:
        return None
    told, state = max(same, key=lambda item: item[1].at)
    if state.state == APPROVED and finding.overdue and told.get("release") != finding.release:
        return None
    return None if state.state == PROPOSED else state


def _same_change(finding: Finding, told: Told) -> bool:
    """The same change, or the same end of the code seen from a later release, in which it is over already."""
    since = finding.effective_from.isoformat()
    if told["code"] != finding.code:
        return False
    if finding.overdue and finding.kind in _ENDED:
        return told["kind"] in _ENDED and told["effective_from"] <= since
    return bool(told["kind"] == finding.kind and told["effective_from"] == since)


def _line(told: Told, state: ReviewState) -> str:
    chosen = f", replacement {state.replacement}" if state.replacement else ""
    note = f": {state.note}" if state.note else ""
    what = str(told["kind"]).replace("_", " ")
    return (
        f"{state.at[:10]} {state.state} by {state.by} ({told['code']} {what} {told['effective_from']}, finding "
        f"{told['id']}){chosen}{note}"
    )


def wording_mark(state: str, note: str | None, replacement: str | None) -> str:
    """A mark of what a row of the worklist said, by which an edited row is told from an untouched one."""
    text = "\x1f".join((state, (note or "").strip(), (replacement or "").strip()))
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:8]


def basis_of(finding: Finding) -> str:
    """The decision that a worklist was written from: its time (or `-`) and the mark of its wording."""
    mark = wording_mark(finding.state, finding.state_note, finding.state_replacement)
    return f"{finding.state_at or '-'} {mark}"
