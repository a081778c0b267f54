"""Generated releases taken into a workspace, and the hash of what its history says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from codeset_pipeline import pipeline
from codeset_pipeline.history.content_hash import content_hash
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.settings import Workspace

# Made-up releases are small and alike, which the gate would rightly find strange.
ANYTHING = frozenset({"row_drift", "another_year", "hierarchy", "files_agree", "publisher_counts"})


def workspace(home: Path) -> Workspace:
    return Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}")


def take(home: Path, path: Path, published: date | None = None, release: str | None = None) -> None:
    """Accept one file and bring the history up to date, as `codeset update` does."""
    accept(home, path, published, release)
    pipeline.load(workspace(home), "icd10cm")


def accept(home: Path, path: Path, published: date | None = None, release: str | None = None) -> None:
    intake = pipeline.discover("icd10cm", path, release)
    pipeline.accept(
        workspace(home), intake, release=release, everything=True, checks_to_accept=ANYTHING, published=published
    )


def history_hash(home: Path) -> str:
    database = HistoryDatabase(workspace(home).database_url)
    try:
        with database.reading() as connection:
            return content_hash(connection)
    finally:
        database.dispose()
