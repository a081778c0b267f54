"""People's decisions on findings: an append-only log that survives runs, kills and several writers.

`reviews/findings.jsonl` has one JSON object a line, told apart by `event`:

- `seen` (`id`, `finding`): a run reports a finding for the first time or with other content; `moved` (`lines`):
  findings that only stand on another line; `gone` and `back` (`ids`): findings that the last run over their file did
  not find any more, or found again;
- `state` (`id`, `state`, `by`, `at`, `note`, `replacement`, `finding`): a person decides; `states` (`decisions`, `by`,
  `at`, `source`): decisions that were made together and hold together or not at all;
- `mended` (`bytes`, `text`): the rest of an unfinished line, left by a killed writer, was cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import UsageError
from codeset_pipeline.impact.finding_record import finding_of, told_of
from codeset_pipeline.impact.rank import ranked
from codeset_pipeline.impact.review_book import STATES, Book, ReviewState, decisions_in, with_decisions
from codeset_pipeline.impact.review_journal import Entry, Journal
from codeset_pipeline.model import Finding

_EVENTS = frozenset({"seen", "moved", "gone", "back", "state", "states", "mended"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides on one finding; `replacement` as printed, empty when none is chosen."""

    finding_id: str
    state: str
    note: str = ""
    replacement: str = ""


class ReviewLog:
    """The review log of a workspace.

    Args:
        folder: `Workspace.reviews`; it is created with the first entry.
    """

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / "findings.jsonl", _EVENTS)

    def book(self) -> Book:
        """What the log says now.

        Raises:
            AssetError: an earlier line of the log is damaged. A last line cut short by a kill is no error.
        """
        return Book.of(self._journal.entries())

    def states(self) -> dict[str, ReviewState]:
        """The last decision on every finding that has one."""
        return self.book().states

    def set(self, finding_id: str, state: str, *, by: str, note: str = "", replacement: str = "", at: datetime) -> None:
        """Records a decision; when this returns, it is on the disk.

        Raises:
            UsageError: unknown state, nobody named, or a finding that no run has reported.
        """
        self.decide([Decision(finding_id, state, note, replacement)], by=by, at=at)

    def decide(
        self, decisions: Sequence[Decision], *, by: str, at: datetime, source: Mapping[str, Any] | None = None
    ) -> None:
        """Records decisions that were made together: all of them, or after a failure or kill none.

        Args:
            source: where they come from, such as a workbook's name and hash.

        Raises:
            UsageError: unknown state, nobody named, or a finding that no run has reported.
        """
        self.apply(lambda _: decisions, by=by, at=at, source=source)

    def apply(
        self,
        plan: Callable[[Book], Sequence[Decision]],
        *,
        by: str,
        at: datetime,
        source: Mapping[str, Any] | None = None,
    ) -> None:
        """Records what `plan` makes of the log, while nobody else writes to it; what it raises leaves the log as it is.

        Raises:
            UsageError: as for `decide`.
        """
        if not by.strip():
            raise UsageError("A decision needs the name of the person who made it; give it with --by.")
        with self._journal.writing():
            book = self.book()
            decisions = plan(book)
            _check(decisions, book)
            who = {"by": by.strip(), "at": at.isoformat()}
            if len(decisions) == 1 and source is None:
                one = decisions[0]
                entry = {"event": "state", "id": one.finding_id, **_said(one), **who}
                self._journal.append([{**entry, "finding": book.findings[one.finding_id]}])
            elif decisions:
                several = [{"id": each.finding_id, **_said(each)} for each in decisions]
                self._journal.append([{"event": "states", **who, "source": source or {}, "decisions": several}])

    def remember(self, findings: Sequence[Finding], files: Iterable[str] = (), at: datetime | None = None) -> None:
        """Records what a run found, so that it can be decided on.

        Args:
            findings: of the whole run.
            files: names or paths of the files that the run read; their earlier findings that are not among `findings`
                are put on record as gone.
        """
        names = {Path(file).name for file in files}
        if not findings and not names:
            return
        when = {} if at is None else {"at": at.isoformat(timespec="seconds")}
        with self._journal.writing():
            book = self.book()
            entries: list[dict[str, Any]] = []
            moved: dict[str, int] = {}
            back: list[str] = []
            for finding in findings:
                told, known = told_of(finding), book.findings.get(finding.id)
                if known != told:
                    if known is not None and {**known, "line": finding.line} == told:
                        moved[finding.id] = finding.line
                    else:
                        entries.append({"event": "seen", "id": finding.id, **when, "finding": told})
                        continue
                if finding.id in book.gone:
                    back.append(finding.id)
            here = {finding.id for finding in findings}
            gone = [
                finding_id
                for finding_id, told in book.findings.items()
                if finding_id not in here and finding_id not in book.gone and Path(told["asset"]).name in names
            ]
            if moved:
                entries.append({"event": "moved", **when, "lines": moved})
            if back:
                entries.append({"event": "back", **when, "ids": back})
            if gone:
                entries.append({"event": "gone", **when, "ids": gone})
            self._journal.append(entries)

    def decided(self, findings: Sequence[Finding]) -> list[Finding]:
        """Findings of a run with the decisions that hold for them, and earlier ones as history."""
        return with_decisions(findings, self.book())

    def worklist(self, *, everything: bool = False) -> list[Finding]:
        """The findings of the last run over each file with their states, in the order of the worklist.

        Args:
            everything: also those that the last run did not find any more.
        """
        return worklist_of(self.book(), everything=everything)

    def history(self, finding_id: str) -> list[dict[str, Any]]:
        """Everything on record about a finding and, marked by another `id`, about the same reference in other runs.

        Each entry has `at`, `id`, `event`, `state`, `by`, `note`, `replacement` and `what`, oldest first.

        Raises:
            UsageError: no run has reported such a finding.
        """
        entries = list(self._journal.entries())
        findings = Book.of(entries).findings
        if finding_id not in findings:
            raise UsageError(
                f"No finding has the id {finding_id!r}; 'codeset review list' shows those of the last runs."
            )
        thread = findings[finding_id].get("thread")
        related = {
            name for name, told in findings.items() if name == finding_id or (thread and told["thread"] == thread)
        }
        return [line for entry in entries for line in _history_lines(entry, related)]


def worklist_of(book: Book, *, everything: bool = False) -> list[Finding]:
    """See `ReviewLog.worklist`."""
    found = [finding_of(told) for name, told in book.findings.items() if everything or name not in book.gone]
    return ranked(with_decisions(found, book))


def _check(decisions: Sequence[Decision], book: Book) -> None:
    for each in decisions:
        if each.state not in STATES:
            raise UsageError(f"{each.state!r} is no review state; use one of {', '.join(STATES)}.")
    unknown = [each.finding_id for each in decisions if each.finding_id not in book.findings]
    if unknown:
        more = f" (and {len(unknown) - 1} more)" if len(unknown) > 1 else ""
        raise UsageError(
            f"No finding has the id {unknown[0]!r}{more}; 'codeset review list' shows those of the last runs."
        )


def _said(decision: Decision) -> dict[str, str]:
    found = {"state": decision.state, "note": decision.note}
    return {**found, "replacement": decision.replacement} if decision.replacement else found


def _history_lines(entry: Entry, related: set[str]) -> list[dict[str, Any]]:
    event, at = entry["event"], entry.get("at", "")
    blank = {"state": "", "by": "", "note": "", "replacement": ""}
    lines = []
    for finding_id, state in decisions_in(entry):
        if finding_id in related:
            source = (entry.get("source") or {}).get("workbook")
            lines.append(
                {
                    "at": at,
                    "id": finding_id,
                    "event": "decided",
                    "state": state.state,
                    "by": state.by,
                    "note": state.note,
                    "replacement": state.replacement,
                    "what": f"read from {source}" if source else "",
                }
            )
    if event == "seen" and entry["id"] in related:
        told = entry["finding"]
        what = f"{Path(told['asset']).name}, line {told['line']}: {told['action']}"
        lines.append({"at": at, "id": entry["id"], "event": "reported", **blank, "what": what})
    elif event == "moved":
        for finding_id in sorted(related & entry["lines"].keys()):
            what = f"now on line {entry['lines'][finding_id]}"
            lines.append({"at": at, "id": finding_id, "event": "moved", **blank, "what": what})
    elif event in ("gone", "back"):
        what = "the last run did not find it any more" if event == "gone" else "a run found it again"
        lines += [
            {"at": at, "id": name, "event": event, **blank, "what": what} for name in entry["ids"] if name in related
        ]
    return lines
