"""The fold of PTP edits (decision record 10): only what a publication changes is written.

An edit is its two codes and its effective date. What is known of it at a moment is what the release that takes effect
last, of those published by then, says of it; of a corrected release only its newest revision counts. An edit that this
release leaves out stays as it was last stated and is marked as missing from the release after.

The edits that a publication may change are found by comparing its snapshot with a neighbour's in DuckDB; for these
alone the statements of the other releases and the rows of the database are looked at. Every publication goes the same
way, so that the result depends on the set of publications and not on how many came at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select

from codeset_pipeline.history import schema
from codeset_pipeline.history.bulk import insert_rows
from codeset_pipeline.history.ncci_ptp_rows import day_number, prepare_numbers, rationale_numbers, set_id
from codeset_pipeline.snapshots.engine import bulk_engine
from codeset_pipeline.snapshots.ncci_ptp_unlike import create_unlike
from codeset_pipeline.snapshots.ncci_tables import NCCI_PTP_EDITS
from codeset_pipeline.snapshots.revision import AcceptedRevision
from codeset_pipeline.snapshots.store import Snapshot

_BATCH = 50_000
_KEY = ", ".join(NCCI_PTP_EDITS.key)
_VALUES = ", ".join(name for name in NCCI_PTP_EDITS.column_names if name not in NCCI_PTP_EDITS.key)


class _Stated(NamedTuple):
    """What is known of an edit: last day, indicator, prior to 1996, number of the rationale."""

    effective_to: int | None
    modifier_indicator: int
    prior_to_1996: int
    rationale_id: int


def forget_ptp(connection: Connection, code_set: str) -> None:
    """Remove every edit of a code set from the history."""
    for table in (schema.ncci_ptp_edit, schema.ncci_ptp_missing, schema.ncci_ptp_code):
        connection.execute(delete(table).where(table.c.set_id == set_id(code_set)))


def fold_ptp(connection: Connection, accepted: AcceptedRevision, published_before: Sequence[AcceptedRevision]) -> None:
    """Take one publication into the history, in the caller's transaction.

    Args:
        published_before: the revisions in the history, in the order in which they were published.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -65536")
    prepare_numbers(connection)
    before = {item.plan.effective_from: item.snapshot for item in published_before}
    with bulk_engine() as engine:
        _Fold(connection, engine, accepted, before).publish()


class _Fold:
    def __init__(
        self, connection: Connection, engine: Any, accepted: AcceptedRevision, before: Mapping[date, Snapshot]
    ) -> None:
        self.connection = connection
        self.engine = engine
        self.snapshot = accepted.snapshot
        self.day = accepted.plan.effective_from
        self.published = accepted.plan.published
        self.before = before
        self.timeline = {**before, self.day: accepted.snapshot}
        self.set_id = set_id(accepted.plan.code_set)

    def publish(self) -> None:
        reference = self._reference()
        self._number_rationales()
        self._note_codes()
        if reference is None:
            self._first_release()
            return
        self._find_candidates(reference)
        self._find_statements()
        self._write()

    def _reference(self) -> Snapshot | None:
        """The release with which this one is compared: what differs from it is all that the publication can change.

        That is the revision that it replaces, else the release before it, else the one after it. An edit of which this
        release says what the one before says is known as before; so is one of which the oldest release says what the
        next says.
        """
        if self.day in self.before:
            return self.before[self.day]
        older = [day for day in self.before if day < self.day]
        newer = [day for day in self.before if day > self.day]
        if older:
            return self.before[max(older)]
        return self.before[min(newer)] if newer else None

    def _number_rationales(self) -> None:
        relation = self.snapshot.relation(NCCI_PTP_EDITS)
        texts = [text for (text,) in self.engine.execute(f"SELECT DISTINCT rationale FROM {relation}").fetchall()]
        numbers = rationale_numbers(self.connection, texts)
        quoted = ((text.replace("'", "''"), number) for text, number in numbers.items())
        cases = " ".join(f"WHEN '{text}' THEN {number}" for text, number in quoted)
        self._rationale = f"CASE rationale {cases} END"

    def _note_codes(self) -> None:
        """Keep the codes that no publication before had."""
        relation = self.snapshot.relation(NCCI_PTP_EDITS)
        listed = self.engine.execute(
            f"SELECT column_1 FROM {relation} UNION SELECT column_2 FROM {relation}"
        ).fetchall()
        table = schema.ncci_ptp_code
        known = set(self.connection.scalars(select(table.c.code).where(table.c.set_id == self.set_id)))
        insert_rows(self.connection, table, [(self.set_id, code) for (code,) in sorted(listed) if code not in known])

    def _first_release(self) -> None:
        """All edits of the release, in the order of the table's key."""
        rows = self.engine.execute(
            f"""
            SELECT {self.set_id}, column_1, column_2, {_number("effective_from")}, {day_number(self.published)},
                   {_number("deleted_on")}, NULL, modifier_indicator::INTEGER, prior_to_1996::INTEGER, {self._rationale}
            FROM {self.snapshot.relation(NCCI_PTP_EDITS)}
            """
        )
        for batch in _batches(rows):
            insert_rows(self.connection, schema.ncci_ptp_edit, batch)

    def _find_candidates(self, reference: Snapshot) -> None:
        """The edits of which the release says something else than the one it is compared with."""
        ours, theirs = self.snapshot.relation(NCCI_PTP_EDITS), reference.relation(NCCI_PTP_EDITS)
        create_unlike(self.engine, ours, theirs, "candidate")

    def _find_statements(self) -> None:
        """What is known of each candidate now, and from which release on it is missing."""
        days = sorted(self.timeline)
        columns = f"{_KEY}, {_VALUES}"
        self.engine.execute(
            f"CREATE TABLE listed AS SELECT 0 AS place, {columns} FROM {self._relation(days[0])} LIMIT 0"
        )
        self.engine.execute(f"CREATE TABLE wanted AS SELECT {_KEY} FROM candidate")
        for place in range(len(days) - 1, -1, -1):
            ((left,),) = self.engine.execute("SELECT count(*) FROM wanted").fetchall()
            if not left:
                break
            self.engine.execute(
                f"INSERT INTO listed SELECT {place}, {columns} FROM {self._relation(days[place])} "
                f"SEMI JOIN wanted USING ({_KEY})"
            )
            self.engine.execute(f"DELETE FROM wanted WHERE ({_KEY}) IN (SELECT ({_KEY}) FROM listed)")
        after = " ".join(f"WHEN {place} THEN {day_number(day)}" for place, day in enumerate(days[1:]))
        self._missing = f"CASE listed.place {after} END" if after else "NULL"

    def _relation(self, day: date) -> str:
        return self.timeline[day].relation(NCCI_PTP_EDITS)

    def _write(self) -> None:
        rows = self.engine.execute(
            f"""
            SELECT candidate.column_1, candidate.column_2, {_number("candidate.effective_from")}, listed.place IS NULL,
                   {_number("deleted_on")}, modifier_indicator::INTEGER, prior_to_1996::INTEGER, {self._rationale},
                   {self._missing}
            FROM candidate LEFT JOIN listed USING ({_KEY}) ORDER BY {_KEY}
            """
        )
        for batch in _batches(rows):
            edits: list[tuple[object, ...]] = []
            missing: list[tuple[object, ...]] = []
            for column_1, column_2, effective_from, unlisted, *stated, missing_from in batch:
                key = (self.set_id, column_1, column_2, effective_from)
                row = None if unlisted else _Stated(*stated)
                if self._supersede(schema.ncci_ptp_edit.name, _EDIT_VALUES, key, row) and row is not None:
                    edits.append((*key, day_number(self.published), row[0], None, *row[1:]))
                gone = None if unlisted or missing_from is None else (missing_from,)
                if self._supersede(schema.ncci_ptp_missing.name, "missing_from", key, gone) and gone is not None:
                    missing.append((*key, missing_from, day_number(self.published), None))
            insert_rows(self.connection, schema.ncci_ptp_edit, edits)
            insert_rows(self.connection, schema.ncci_ptp_missing, missing)

    def _supersede(self, table: str, values: str, key: tuple[object, ...], wanted: tuple[object, ...] | None) -> bool:
        """End the publication of what is known, unless it is what is wanted; returns whether a row has to be added."""
        mark = "?" if self.connection.dialect.name == "sqlite" else "%s"
        where = f"WHERE set_id = {mark} AND column_1 = {mark} AND column_2 = {mark} AND effective_from = {mark}"
        found = self.connection.exec_driver_sql(
            f"SELECT published_from, {values} FROM {table} {where} AND published_to IS NULL", key
        ).all()
        for published_from, *said in found:
            if wanted is not None and tuple(said) == tuple(wanted):
                return False
            place = f"{where} AND published_from = {mark} AND published_to IS NULL"
            last = day_number(self.published - timedelta(days=1))
            if last < published_from:
                # It was never said for a day.
                self.connection.exec_driver_sql(f"DELETE FROM {table} {place}", (*key, published_from))
            else:
                statement = f"UPDATE {table} SET published_to = {mark} {place}"
                self.connection.exec_driver_sql(statement, (last, *key, published_from))
        return True


_EDIT_VALUES = ", ".join(_Stated._fields)


def _number(column: str) -> str:
    """A date column as a number of the history."""
    return f"(year({column}) * 10000 + month({column}) * 100 + day({column}))::INTEGER"


def _batches(rows: Any) -> Iterator[list[tuple[Any, ...]]]:
    while batch := rows.fetchmany(_BATCH):
        yield batch
