"""The releases of a workspace as they lie on disk."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq


class Publication(NamedTuple):
    """One revision of a release; in the order in which the publisher posted them."""

    published: date
    effective_from: date
    revision: int
    folder: Path

    def rows(self, table: str, columns: Iterable[str] | None = None) -> list[dict[str, Any]]:
        """The rows of a table, empty where the release does not have it."""
        path = self.folder / f"{table}.parquet"
        return pq.read_table(path, columns=columns and list(columns)).to_pylist() if path.is_file() else []


def _as_date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def publications(snapshots: Path, code_set: str, listed: Iterable[tuple[Any, ...]]) -> list[Publication]:
    """The revisions of a code set.

    Args:
        listed: (code set, effective date, revision, published, directory, hash), which tell the current snapshot of a
            revision from those that were made of fewer files; the manifest on disk must have the hash.
    """
    found = []
    for name, effective, revision, published, key, content_hash in listed:
        if name != code_set:
            continue
        folder = snapshots / code_set / _as_date(effective).isoformat() / key
        manifest = json.loads((folder / "manifest.json").read_text())
        assert manifest["snapshot_hash"] == content_hash, f"{folder} is not what was loaded"
        found.append(Publication(_as_date(published), _as_date(effective), revision, folder))
    return sorted(found)


def known_at_each(said: list[Publication]) -> list[dict[date, Publication]]:
    """After each publication: effective date → the revision that counts, in the order in which they take effect."""
    states = []
    newest: dict[date, Publication] = {}
    for publication in said:
        newest[publication.effective_from] = publication
        states.append(dict(sorted(newest.items())))
    return states
