"""The PTP edits of two releases side by side: the rows that differ, and the earlier edits on pairs that gained one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from codeset_pipeline.snapshots.engine import bulk_engine
from codeset_pipeline.snapshots.ncci_tables import NCCI_PTP_EDITS
from codeset_pipeline.snapshots.store import Snapshot

NOT_APPLICABLE = "9"
_DAY = timedelta(days=1)


class PtpEdit(NamedTuple):
    """An edit as one release has it; columns as in `NCCI_PTP_EDITS`."""

    column_1: str
    column_2: str
    effective_from: date
    deleted_on: date | None
    modifier_indicator: str
    prior_to_1996: bool
    rationale: str

    @property
    def pair(self) -> tuple[str, str]:
        return self.column_1, self.column_2

    @property
    def never_in_force(self) -> bool:
        """A deletion date on the effective date, with modifier indicator 9, takes the edit back altogether."""
        return self.deleted_on == self.effective_from and self.modifier_indicator == NOT_APPLICABLE

    @property
    def held_until(self) -> date:
        """The last day on which it holds: the deletion date, `date.max` while there is none, and for an edit that was
        never in force the day before its first."""
        if self.deleted_on is None:
            return date.max
        return self.effective_from - _DAY if self.never_in_force else self.deleted_on


Pair = tuple[str, str]
States = tuple[PtpEdit | None, PtpEdit | None]


class Differing(NamedTuple):
    """Attributes:
    rows: every edit that is not the same in both releases as (before, after), in key order.
    earlier: for each pair that gained an edit, the older release's edits on it, by effective date.
    """

    rows: list[States]
    earlier: dict[Pair, list[PtpEdit]]


_COLUMNS = ", ".join(PtpEdit._fields)
_WIDTH = len(PtpEdit._fields)


def differing_edits(old: Snapshot, new: Snapshot) -> Differing:
    """Join both releases on their key in DuckDB; only what differs becomes Python objects."""
    key = NCCI_PTP_EDITS.key
    before, after = (", ".join(f"{side}.{name} AS {side}_{name}" for name in PtpEdit._fields) for side in ("o", "n"))
    same_key = " AND ".join(f"o.{name} = n.{name}" for name in key)
    differs = " OR ".join(f"o.{name} IS DISTINCT FROM n.{name}" for name in PtpEdit._fields if name not in key)
    order = ", ".join(f"coalesce(o_{name}, n_{name})" for name in key)
    with bulk_engine() as engine:
        engine.execute(
            f"""
            CREATE TEMP TABLE differing AS
            SELECT {before}, {after}
            FROM (SELECT {_COLUMNS} FROM {old.relation(NCCI_PTP_EDITS)}) o
            FULL JOIN (SELECT {_COLUMNS} FROM {new.relation(NCCI_PTP_EDITS)}) n ON {same_key}
            WHERE o.column_1 IS NULL OR n.column_1 IS NULL OR {differs}
            """
        )
        rows: list[tuple[Any, ...]] = engine.execute(f"SELECT * FROM differing ORDER BY {order}").fetchall()
        earlier: list[tuple[Any, ...]] = engine.execute(
            f"""
            SELECT {_COLUMNS} FROM {old.relation(NCCI_PTP_EDITS)}
            WHERE (column_1, column_2) IN (SELECT n_column_1, n_column_2 FROM differing WHERE o_column_1 IS NULL)
            ORDER BY column_1, column_2, effective_from
            """
        ).fetchall()
    known: dict[Pair, list[PtpEdit]] = {}
    for row in earlier:
        known.setdefault((row[0], row[1]), []).append(PtpEdit(*row))
    return Differing([(_edit(row[:_WIDTH]), _edit(row[_WIDTH:])) for row in rows], known)


def _edit(row: tuple[Any, ...]) -> PtpEdit | None:
    return None if row[0] is None else PtpEdit(*row)
