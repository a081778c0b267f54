"""Snapshots made of a few codes, with the publisher's list that leads to them where a test wants one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from codeset_pipeline.diff.changes import find_changes
from codeset_pipeline.labels import fiscal_year_of
from codeset_pipeline.model import Change, Reconciliation
from codeset_pipeline.parse.addenda import parse_order_addenda
from codeset_pipeline.snapshots.build import BuiltSnapshot
from codeset_pipeline.snapshots.plan import ReleaseInput, RevisionPlan
from codeset_pipeline.snapshots.store import Snapshot, SnapshotStore
from tests.generated_releases import Codes, order_addenda

OCT28, APR29, OCT29, OCT30 = date(2028, 10, 1), date(2029, 4, 1), date(2029, 10, 1), date(2030, 10, 1)


class Made:
    """Writes snapshots into one folder."""

    def __init__(self, folder: Path) -> None:
        self.store = SnapshotStore(folder)
        self.count = 0

    def __call__(
        self,
        day: date,
        codes: Codes,
        *,
        since: Codes | None = None,
        base_year: int | None = None,
        edit: Mapping[str, str] | None = None,
        notes: Mapping[tuple[str, str], list[str]] | None = None,
        exempt: list[str] | None = None,
        xml: bool = False,
    ) -> Snapshot:
        """One release.

        Args:
            since: what the publisher's list starts from; no list when None.
            base_year: the year in the name of the file that the list starts from.
            edit: texts of the list to replace by others, each of which must occur.
            notes: (owner, kind) → texts.
            xml: the release comes from the tabular XML alone, without short titles.
        """
        self.count += 1
        digest = f"{self.count:064x}"
        roles = ["tabular"] if xml else ["order"] + (["order_addenda"] if since is not None else [])
        inputs = tuple(
            ReleaseInput(role, f"{role}.txt", "made.zip", digest, f"{digest} {role}", 1, day) for role in roles
        )
        built = BuiltSnapshot(RevisionPlan("icd10cm", day, 0, day, inputs))
        built.tables["codes"] = [
            (code, number, entry.billable, None if xml else entry.short, entry.long)
            for number, (code, entry) in enumerate(sorted(codes.items()), 1)
        ]
        if since is not None:
            year = fiscal_year_of(day)
            text = order_addenda(since, codes, f"order_{base_year or year - 1}.txt", f"order_{year}.txt").decode()
            for old, new in (edit or {}).items():
                assert old in text, f"{old!r} is not in the list"
                text = text.replace(old, new)
            listed = parse_order_addenda(text.encode(), "list.txt", with_flags=True)
            built.tables["addenda"] = [("order", *row) for row in listed.rows]
            built.tables["addenda_totals"] = [("order", *total) for total in listed.totals]
        if notes is not None:
            built.tables["notes"] = [
                (owner, kind, position, text)
                for (owner, kind), texts in sorted(notes.items())
                for position, text in enumerate(texts)
            ]
        if exempt is not None:
            built.tables["poa_exempt"] = [(code, "title") for code in sorted(exempt)]
        return self.store.write(built)


def kinds(changes: list[Change]) -> list[tuple[str, str]]:
    return [(change.code, str(change.kind)) for change in changes]


def changes(old: Snapshot, new: Snapshot, ended: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    return kinds(find_changes(old, new, ended))


def unexplained(found: Reconciliation) -> list[tuple[str, str, str]]:
    return [(item.code, item.side, item.kind) for item in found.unexplained]


def explained(found: Reconciliation) -> list[tuple[str, str | None]]:
    return [(item.code, item.rule) for item in found.explained]
