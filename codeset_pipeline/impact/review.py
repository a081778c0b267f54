"""People's decisions on findings: an append-only log that survives runs, kills and several writers.

`reviews/findings.jsonl` has one JSON object a line: `{"event": "seen", "id", "finding"}` when a run reports a finding
for the first time or with other content, `{"event": "state", "id", "state", "by", "at", "note", "finding"}` when a
person decides. Nothing is ever changed or removed, so the file is its own audit trail.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import AssetError, UsageError
from codeset_pipeline.impact.rank import ranked
from codeset_pipeline.model import Finding, Severity

STATES = ("proposed", "approved", "rejected", "deferred")

_STATE_FIELDS = frozenset({"state", "state_by", "state_at", "state_note", "state_replacement", "previously"})
_LOCK_SECONDS = 60


@dataclass(frozen=True, slots=True)
class ReviewState:
    """The last decision on a finding: what, by whom, when (ISO date and time), why."""

    state: str
    by: str
    at: str
    note: str = ""


class ReviewLog:
    """The review log of a workspace.

    Args:
        folder: `Workspace.reviews`; it is created with the first entry.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "findings.jsonl"

    def states(self) -> dict[str, ReviewState]:
        """The last decision on every finding that has one.

        Raises:
            AssetError: an earlier line of the log is damaged. A last line cut short by a kill is no error.
        """
        return {
            entry["id"]: ReviewState(entry["state"], entry["by"], entry["at"], entry.get("note", ""))
            for entry in self._entries()
            if entry["event"] == "state"
        }

    def set(self, finding_id: str, state: str, *, by: str, note: str = "", at: datetime) -> None:
        """Records a decision; when this returns, it is on the disk.

        Raises:
            UsageError: unknown state, nobody named, or a finding that no run has reported.
        """
        if state not in STATES:
            raise UsageError(f"{state!r} is no review state; use one of {', '.join(STATES)}.")
        if not by.strip():
            raise UsageError("A decision needs the name of the person who made it; give it with --by.")
        with self._writing():
            finding = self._seen().get(finding_id)
            if finding is None:
                raise UsageError(
                    f"No finding has the id {finding_id!r}; 'codeset review list' shows those of the last runs."
                )
            decision = {"state": state, "by": by.strip(), "at": at.isoformat(), "note": note}
            self._append([{"event": "state", "id": finding_id, **decision, "finding": finding}])

    def remember(self, findings: Sequence[Finding]) -> None:
        """Records findings that are new or have changed since they were last seen, so that they can be decided on."""
        if not findings:
            return
        with self._writing():
            seen = self._seen()
            news = [
                {"event": "seen", "id": finding.id, "finding": told}
                for finding in findings
                if seen.get(finding.id) != (told := _told(finding))
            ]
            self._append(news)

    def worklist(self) -> list[Finding]:
        """Every finding ever remembered, as last seen, with its state, in the order of the worklist."""
        return with_states([_finding(told) for told in self._seen().values()], self.states(), sort=True)

    def _seen(self) -> dict[str, Mapping[str, Any]]:
        return {entry["id"]: entry["finding"] for entry in self._entries() if entry["event"] == "seen"}

    def _entries(self) -> Iterator[dict[str, Any]]:
        try:
            data = self._file.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise AssetError(f"{self._file} cannot be read ({error.strerror}); check its permissions.") from None
        whole = data[: data.rfind(b"\n") + 1]  # what follows the last line end was never finished
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                entry = json.loads(line)
                known = entry["event"] in ("seen", "state") and isinstance(entry["id"], str)
            except (ValueError, KeyError, TypeError):
                known = False
            if not known:
                raise AssetError(
                    f"{self._file}, line {number}, is damaged; restore the file from a copy, or remove that line."
                )
            yield entry

    def _append(self, entries: Sequence[Mapping[str, Any]]) -> None:
        if not entries:
            return
        text = "".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n" for entry in entries)
        with self._file.open("ab") as log:
            log.write(text.encode())
            log.flush()
            os.fsync(log.fileno())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Holds the log for one writer and mends what a killed one left."""
        from filelock import FileLock, Timeout

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / "findings.jsonl.lock", timeout=_LOCK_SECONDS):
                self._mend()
                yield
        except Timeout:
            raise AssetError(f"Another program holds {self._file}; wait until it has finished and retry.") from None
        except OSError as error:
            raise AssetError(f"{self._file} cannot be written ({error.strerror}); check its folder.") from None

    def _mend(self) -> None:
        """Cuts off a last line without an end: its writer was killed and never reported success."""
        if not self._file.exists():
            self._file.touch()
            if os.name == "posix":  # the new name must survive a power cut too
                folder = os.open(self._folder, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
            return
        data = self._file.read_bytes()
        end = data.rfind(b"\n") + 1
        if end < len(data):
            os.truncate(self._file, end)


def with_states(findings: Sequence[Finding], states: Mapping[str, ReviewState], *, sort: bool = False) -> list[Finding]:
    """The findings with what people decided on them."""
    found = [
        finding
        if (known := states.get(finding.id)) is None
        else replace(finding, state=known.state, state_by=known.by, state_at=known.at, state_note=known.note or None)
        for finding in findings
    ]
    return ranked(found) if sort else found


def _told(finding: Finding) -> dict[str, Any]:
    """A finding as JSON, without its review state."""
    told = {name: value for name, value in asdict(finding).items() if name not in _STATE_FIELDS}
    return {
        **told,
        "effective_from": finding.effective_from.isoformat(),
        "severity": str(finding.severity),
        "candidates": list(finding.candidates),
    }


def _finding(told: Mapping[str, Any]) -> Finding:
    known = {field.name for field in fields(Finding)} - _STATE_FIELDS
    values = {name: value for name, value in told.items() if name in known}
    return Finding(
        **{
            **values,
            "effective_from": date.fromisoformat(told["effective_from"]),
            "severity": Severity(told["severity"]),
            "candidates": tuple(told["candidates"]),
        }
    )
