"""Bring the history database up to date with the accepted releases on disk.

What is on disk decides. A release newer in publication than everything loaded is folded onto what the database knows;
in every other case the code set is folded anew from its snapshots, which gives the same rows as loading the releases
in order would have. Both happen in one transaction: a failed or killed load leaves the last good state. In PostgreSQL
the whole load is one, and only one load is under way at a time (`HistoryDatabase.loading`).
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from sqlalchemy import Connection, and_, delete, select, update

from codeset_pipeline.history import schema
from codeset_pipeline.history.bulk import insert_rows
from codeset_pipeline.history.by_row import rows_of
from codeset_pipeline.history.components import Component, components_of
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.fold import Knowledge, Publication, Version, ended, fold_all
from codeset_pipeline.history.fold_by_row import fold_statements
from codeset_pipeline.history.ncci_add_on_load import write_add_on_edits
from codeset_pipeline.history.ncci_ptp_fold import fold_ptp, forget_ptp
from codeset_pipeline.history.others_releases import refuse_others_releases
from codeset_pipeline.history.releases import loaded_releases
from codeset_pipeline.model import Release
from codeset_pipeline.snapshots.ncci_tables import NCCI_PTP_EDITS
from codeset_pipeline.snapshots.revision import AcceptedRevision
from codeset_pipeline.sources.definition import source


def publication_of(accepted: AcceptedRevision) -> Publication:
    """Its place in the order of publications."""
    return Publication(accepted.plan.published, accepted.plan.effective_from, accepted.plan.revision)


def _write_release(connection: Connection, release: Release, state: str, stored_at: str) -> None:
    table = schema.release
    connection.execute(
        delete(table).where(
            and_(
                table.c.code_set == release.code_set,
                table.c.effective_from == release.effective_from,
                table.c.revision == release.revision,
            )
        )
    )
    values = [
        release.code_set, release.effective_from, release.revision, release.label, release.published, state,
        release.rows, release.billable_rows, release.snapshot_hash, release.snapshot_key, stored_at,
    ]  # fmt: skip
    insert_rows(connection, table, [values])


def _open_rows(connection: Connection, component: Component, code_set: str) -> Knowledge:
    table = component.table
    knowledge = Knowledge(component.unstated)
    keys, values = len(component.key), len(component.values)
    columns = [*component.key, *component.values, "effective_from", "effective_to", "published_from", "on_or_before"]
    query = select(*(table.c[name] for name in columns)).where(
        and_(table.c.code_set == code_set, table.c.published_to.is_(None))
    )
    for row in connection.execute(query.order_by(*(table.c[name] for name in component.key), table.c.effective_from)):
        start, end, published, on_or_before = row[keys + values :]
        version = Version(tuple(row[keys : keys + values]), start, end, published, None, on_or_before)
        knowledge.versions.setdefault(tuple(row[:keys]), []).append(version)
    return knowledge


def _database_row(code_set: str, key: tuple[str, ...], version: Version) -> tuple[object, ...]:
    return (code_set, *key, *version.values, *version[1:])


def _fold_one(connection: Connection, accepted: AcceptedRevision, loaded: Sequence[AcceptedRevision]) -> None:
    code_set = accepted.plan.code_set
    if source(code_set).layout == "ncci_ptp":
        fold_ptp(connection, accepted, loaded)
        return
    for component in components_of(code_set):
        if not accepted.snapshot.has(component.states):
            continue
        known = {other.plan.effective_from for other in loaded if other.snapshot.has(component.states)}
        knowledge = _open_rows(connection, component, code_set)
        delta = knowledge.publish(publication_of(accepted), component.content(accepted.snapshot), known)
        table = component.table
        for key, version in delta.closed:
            where = and_(
                table.c.code_set == code_set,
                *(table.c[name] == value for name, value in zip(component.key, key, strict=True)),
                table.c.effective_from == version.effective_from,
                table.c.published_from == version.published_from,
            )
            row = ended(version, accepted.plan.published)
            if row is None:
                connection.execute(delete(table).where(where))
            else:
                connection.execute(update(table).where(where).values(published_to=row.published_to))
        insert_rows(connection, table, [_database_row(code_set, key, version) for key, version in delta.added])


def _fold_rows_anew(connection: Connection, code_set: str, accepted: Sequence[AcceptedRevision]) -> None:
    """The fold of a code set whose rows carry their own dates. A quarter has some 9,000 codes, so all are folded."""
    table, statements = rows_of(code_set)
    publications = [(publication_of(item), statements(item.snapshot)) for item in accepted]
    connection.execute(delete(table).where(table.c.code_set == code_set))
    rows = fold_statements(publications)
    insert_rows(connection, table, [_database_row(code_set, key, version) for key, version in rows])


def _fold_anew(connection: Connection, code_set: str, accepted: Sequence[AcceptedRevision]) -> None:
    if source(code_set).layout == "ncci_ptp":
        forget_ptp(connection, code_set)
        for place, item in enumerate(accepted):
            fold_ptp(connection, item, accepted[:place])
        return
    if source(code_set).layout == "ncci_aoc":
        write_add_on_edits(connection, code_set, [(publication_of(item), item.snapshot) for item in accepted])
        return
    if source(code_set).dating == "by_row":
        _fold_rows_anew(connection, code_set, accepted)
        return
    for component in components_of(code_set):
        publications = [
            (publication_of(item), component.content(item.snapshot))
            for item in accepted
            if item.snapshot.has(component.states)
        ]
        connection.execute(delete(component.table).where(component.table.c.code_set == code_set))
        rows = fold_all(publications, component.unstated)
        insert_rows(connection, component.table, [_database_row(code_set, key, version) for key, version in rows])


def bring_up_to_date(
    database: HistoryDatabase, code_set: str, accepted: Sequence[AcceptedRevision], stored_at: str
) -> list[Release]:
    """Make the database hold exactly the accepted revisions of a code set.

    Args:
        accepted: every accepted revision of the code set.
        stored_at: UTC time, kept as audit data on the releases that are new.

    Returns:
        The releases that were added or whose snapshot changed; empty when the database was up to date.

    Raises:
        HistoryError: another workspace has loaded releases into this PostgreSQL database that this one lacks.
    """
    with database.loading():
        return _bring_up_to_date(database, code_set, accepted, stored_at)


def _bring_up_to_date(
    database: HistoryDatabase, code_set: str, accepted: Sequence[AcceptedRevision], stored_at: str
) -> list[Release]:
    with database.transaction() as connection:
        present = {r for r in loaded_releases(connection, code_set) if r.state == "ready"}
        stored = {
            (row.effective_from, row.revision): row.stored_at
            for row in connection.execute(select(schema.release).where(schema.release.c.code_set == code_set))
        }
    wanted = sorted(accepted, key=lambda item: publication_of(item))
    new = [item for item in wanted if item.release not in present]
    vanished = present - {item.release for item in wanted}
    if not new and not vanished and len(stored) == len(present):
        return []
    if not database.is_sqlite:
        refuse_others_releases(code_set, vanished, wanted)
    relisted = _same_edits(new, vanished)
    if relisted:
        with database.transaction() as connection:
            for item in relisted:
                place = (item.plan.effective_from, item.plan.revision)
                _write_release(connection, item.release, "ready", stored[place])
                vanished = {r for r in vanished if (r.effective_from, r.revision) != place}
    kept = [item for item in wanted if item.release in present or item in relisted]
    new = [item for item in new if item not in relisted]
    last = max((publication_of(item) for item in kept), default=None)
    for item in new:
        # A release that is there already stays ready for readers until its new rows are.
        if (item.plan.effective_from, item.plan.revision) not in stored:
            with database.transaction() as connection:
                _write_release(connection, item.release, "importing", stored_at)
    out_of_order = last is not None and any(publication_of(item) < last for item in new)
    if vanished or out_of_order or _folds_anew(code_set, len(new), len(kept)):
        with database.transaction() as connection:
            _fold_anew(connection, code_set, wanted)
            connection.execute(delete(schema.release).where(schema.release.c.code_set == code_set))
            for item in wanted:
                place = (item.plan.effective_from, item.plan.revision)
                _write_release(connection, item.release, "ready", stored.get(place, stored_at))
    else:
        for item in new:
            with database.transaction() as connection:
                _fold_one(connection, item, kept)
                _write_release(connection, item.release, "ready", stored_at)
            kept.append(item)
        _forget_unfinished(database, code_set, {(i.plan.effective_from, i.plan.revision) for i in wanted})
    return [item.release for item in (*relisted, *new)]


def _same_edits(new: Sequence[AcceptedRevision], vanished: AbstractSet[Release]) -> list[AcceptedRevision]:
    """The PTP releases whose snapshot was made again without changing an edit, as when a list of changes came later."""
    found = []
    for item in new:
        if source(item.plan.code_set).layout != "ncci_ptp":
            return []
        place = (item.plan.effective_from, item.plan.revision, item.plan.published)
        old = next((r for r in vanished if (r.effective_from, r.revision, r.published) == place), None)
        if old is not None and item.snapshot.states_as(NCCI_PTP_EDITS, old.snapshot_key):
            found.append(item)
    return found


def _folds_anew(code_set: str, new: int, kept: int) -> bool:
    """Are releases newer than all others folded together with these, rather than one by one onto what is there?"""
    if source(code_set).layout == "ncci_ptp":
        return not kept
    return new > 1 or source(code_set).dating == "by_row"


def _forget_unfinished(database: HistoryDatabase, code_set: str, wanted: set[tuple[date, int]]) -> None:
    """Drop marks of imports that were begun and never accepted."""
    with database.transaction() as connection:
        for release in loaded_releases(connection, code_set):
            if (release.effective_from, release.revision) not in wanted:
                connection.execute(
                    delete(schema.release).where(
                        and_(
                            schema.release.c.code_set == code_set,
                            schema.release.c.effective_from == release.effective_from,
                            schema.release.c.revision == release.revision,
                        )
                    )
                )
