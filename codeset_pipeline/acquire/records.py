"""Acquisition records: which release files were accepted into the workspace, from where, and when.

One small JSON file per accepted archive or bare file and release, written last, so that a release file counts from
the moment its record exists. Together with the blobs they are what everything else is rebuilt from.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from codeset_pipeline.acquire.blobs import sweep_abandoned, write_durably
from codeset_pipeline.errors import HistoryError


@dataclass(frozen=True, slots=True)
class AcquiredMember:
    """A release file: its path in the archive, its role, its own sha256 and size.

    Attributes:
        published: when this file was posted, where that is known better than for the archive as a whole.
        written: the date that the archive gives the file.
    """

    path: str
    role: str
    sha256: str
    bytes: int
    published: date | None = None
    written: date | None = None


@dataclass(frozen=True, slots=True)
class Acquisition:
    """One accepted archive or bare file of one release.

    Attributes:
        name: the file's name as supplied.
        sha256, bytes: of the file as a whole; its content is the blob of that name.
        published: date on which the publisher posted it, as far as names and headers tell; else the effective date.
        transport: `path`, `pypi`, `cms` or `cdc`.
        url: where it came from; for a local file its name only, so that nothing of the user's machine is recorded.
        retrieved_at: UTC time of the first acceptance (audit only).
        last_modified, etag: HTTP headers, where there were any.
        licence: who accepted which terms and when, for gated files.
        link_text: the words of the link it came from, which may state numbers of records and their range.
    """

    code_set: str
    effective_from: date
    name: str
    sha256: str
    bytes: int
    published: date
    transport: str
    url: str
    retrieved_at: str
    members: tuple[AcquiredMember, ...]
    last_modified: str | None = None
    etag: str | None = None
    licence: str | None = None
    link_text: str | None = None


def _load_member(raw: dict[str, Any]) -> AcquiredMember:
    dates = {name: date.fromisoformat(raw[name]) for name in ("published", "written") if raw.get(name)}
    return AcquiredMember(**{**raw, **dates})


def _load(raw: dict[str, Any]) -> Acquisition:
    raw = dict(raw)
    raw["effective_from"] = date.fromisoformat(raw["effective_from"])
    raw["published"] = date.fromisoformat(raw["published"])
    raw["members"] = tuple(_load_member(member) for member in raw["members"])
    return Acquisition(**raw)


def _read(path: Path) -> Acquisition:
    try:
        return _load(json.loads(path.read_text("utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HistoryError(
            f"The acquisition record {path} has changed on disk ({error}); restore it from a backup, or delete it and "
            "import the release file again with 'codeset update … --from PATH'."
        ) from error


class AcquisitionLog:
    """The records under `snapshots/acquisitions/<code set>/<effective date>/<sha256>.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, acquisition: Acquisition) -> Path:
        folder = self.folder / acquisition.code_set / acquisition.effective_from.isoformat()
        return folder / f"{acquisition.sha256}.json"

    def add(self, acquisition: Acquisition) -> bool:
        """Record an acquisition; False when the same bytes were recorded for this release before."""
        path = self._path(acquisition)
        if path.exists():
            return False
        text = json.dumps(asdict(acquisition), indent=2, default=str, ensure_ascii=False)
        sweep_abandoned(path)
        write_durably(path, (text + "\n").encode("utf-8"))
        return True

    def of_release(self, code_set: str, effective_from: date) -> list[Acquisition]:
        """The accepted files of one release, in order of their hashes.

        Raises:
            HistoryError: a record has changed so that it cannot be read.
        """
        folder = self.folder / code_set / effective_from.isoformat()
        return [_read(path) for path in sorted(folder.glob("[0-9a-f]*.json"))]

    def releases(self, code_set: str) -> list[date]:
        """Effective dates of the releases of which at least one file was accepted, oldest first."""
        folder = self.folder / code_set
        if not folder.is_dir():
            return []
        dates = [entry for entry in folder.iterdir() if entry.is_dir() and any(entry.glob("[0-9a-f]*.json"))]
        return sorted(date.fromisoformat(entry.name) for entry in dates)

    def code_sets(self) -> list[str]:
        """Code sets of which anything was accepted."""
        if not self.folder.is_dir():
            return []
        return sorted(entry.name for entry in self.folder.iterdir() if entry.is_dir())
