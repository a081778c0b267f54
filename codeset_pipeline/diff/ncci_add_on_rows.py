"""Add-on edits of a release by their key, and the last day on which each holds."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from codeset_pipeline.snapshots.ncci_tables import NCCI_ADD_ON_EDITS
from codeset_pipeline.snapshots.store import Snapshot

CONTRACTOR_DEFINED = "CCCCC"
END_DATES = ("add_on_deleted_on", "primary_deleted_on", "deleted_on")


class AddOnEdit(NamedTuple):
    """An add-on code and one of its primary codes; columns as in `NCCI_ADD_ON_EDITS`."""

    edit_type: str
    add_on_code: str
    add_on_deleted_on: date | None
    primary_code: str
    primary_deleted_on: date | None
    effective_from: date
    deleted_on: date | None
    notes: str | None

    @property
    def key(self) -> tuple[str, str, date]:
        return self.add_on_code, self.primary_code, self.effective_from

    @property
    def held_until(self) -> date:
        """The edit holds until the first of its own, the add-on code's and the primary's deletion date; `date.max`
        while there is none."""
        return min((day for name in END_DATES if (day := getattr(self, name)) is not None), default=date.max)


def add_on_edits(snapshot: Snapshot) -> dict[tuple[str, str, date], AddOnEdit]:
    """All rows of a release by their key."""
    rows = [AddOnEdit(*row) for row in snapshot.read(NCCI_ADD_ON_EDITS, list(AddOnEdit._fields))]
    return {row.key: row for row in rows}


def life_of_codes(edits: dict[tuple[str, str, date], AddOnEdit]) -> dict[str, tuple[date, date]]:
    """Add-on code → first and last day on which it may stand beside any primary."""
    lives: dict[str, tuple[date, date]] = {}
    for edit in edits.values():
        first, last = lives.get(edit.add_on_code, (edit.effective_from, edit.held_until))
        lives[edit.add_on_code] = min(first, edit.effective_from), max(last, edit.held_until)
    return lives
