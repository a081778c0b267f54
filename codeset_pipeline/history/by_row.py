"""What a release states of each of its rows, for the fold by row."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Table

from codeset_pipeline.history import schema
from codeset_pipeline.history.fold import Key
from codeset_pipeline.history.fold_by_row import Statement
from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_ATTRIBUTES, HCPCS_CODES
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.sources.definition import source

# Actions that say what was changed: coverage, descriptions, payment, other (publisher's record layout, position 293).
_REVISIONS = frozenset("BCFPST")


def hcpcs_statements(snapshot: Snapshot) -> dict[Key, Statement]:
    """Code → attributes, first day (None where the release has none that can be read), last day, day of change."""
    columns = ["code", *HCPCS_ATTRIBUTES, "added_date", "action_effective_date", "termination_date", "action_code"]
    statements: dict[Key, Statement] = {}
    for code, *row in snapshot.read(HCPCS_CODES, columns):
        values = tuple(row[: len(HCPCS_ATTRIBUTES)])
        added, changed, terminated, action = row[len(HCPCS_ATTRIBUTES) :]
        statements[(code,)] = Statement(
            values, added, terminated, changed, reactivated=action == "R", named=action in _REVISIONS
        )
    return statements


Statements = Callable[[Snapshot], dict[Key, Statement]]

# By layout: the versioned table, and how a release's statements are read.
_BY_ROW: dict[str, tuple[Table, Statements]] = {"hcpcs": (schema.hcpcs_code, hcpcs_statements)}


def rows_of(code_set: str) -> tuple[Table, Statements]:
    """The versioned table of a code set that is dated by row, and how a release's statements are read."""
    return _BY_ROW[source(code_set).layout]
