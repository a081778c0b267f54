"""Snapshots on disk: `snapshots/<code set>/<effective date>/<key>/` with a Parquet file per table and a manifest.

A directory appears complete or not at all: it is written beside its place and renamed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from codeset_pipeline.acquire.blobs import write_durably
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.labels import label_of
from codeset_pipeline.model import Oddity
from codeset_pipeline.snapshots.build import BuiltSnapshot
from codeset_pipeline.snapshots.bulk_hash import bulk_hash
from codeset_pipeline.snapshots.content_hash import combined_hash, table_hash
from codeset_pipeline.snapshots.engine import bulk_engine
from codeset_pipeline.snapshots.plan import RevisionPlan, parser_version
from codeset_pipeline.snapshots.registry import table_named
from codeset_pipeline.snapshots.tables import Table

_MANIFEST = "manifest.json"
_SELF_HASH = "manifest_hash"


@dataclass(frozen=True)
class Snapshot:
    """One written snapshot.

    Attributes:
        folder: its directory.
        manifest: what `manifest.json` says.
    """

    folder: Path
    manifest: dict[str, Any]

    @property
    def code_set(self) -> str:
        return str(self.manifest["code_set"])

    @property
    def effective_from(self) -> date:
        return date.fromisoformat(self.manifest["effective_from"])

    @property
    def key(self) -> str:
        return self.folder.name

    @property
    def content_hash(self) -> str:
        return str(self.manifest["snapshot_hash"])

    @property
    def rows(self) -> int:
        return int(self.manifest["counts"]["rows"])

    @property
    def billable_rows(self) -> int | None:
        counted = self.manifest["counts"]["billable"]
        return None if counted is None else int(counted)

    @property
    def inputs(self) -> list[dict[str, Any]]:
        return list(self.manifest["inputs"])

    @property
    def oddities(self) -> list[Oddity]:
        return [Oddity(**oddity) for oddity in self.manifest["oddities"]]

    def has(self, table: Table) -> bool:
        return table.name in self.manifest["tables"]

    def states_as(self, table: Table, key: str) -> bool:
        """Does the snapshot of the same release under another key state a table with the same rows, as far as known?"""
        try:
            manifest = json.loads((self.folder.with_name(key) / _MANIFEST).read_bytes())
            return bool(manifest["tables"][table.name] == self.manifest["tables"][table.name])
        except (OSError, ValueError, KeyError):
            return False

    def path(self, table: Table) -> Path:
        """The table's Parquet file, whether or not it exists."""
        return self.folder / f"{table.name}.parquet"

    def relation(self, table: Table) -> str:
        """The table as a DuckDB table function, for use in SQL."""
        quoted = str(self.path(table)).replace("'", "''")
        return f"read_parquet('{quoted}')"

    def read(self, table: Table, columns: list[str] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a table in key order; none when the release does not state the table."""
        if not self.has(table):
            return []
        import pyarrow.parquet as pq

        wanted = columns or list(table.column_names)
        # `read_table` would import the engine for datasets of many files first.
        data = pq.ParquetFile(self.path(table)).read(columns=wanted)
        return list(zip(*(data.column(name).to_pylist() for name in wanted), strict=True))


def _write_tables(folder: Path, built: BuiltSnapshot) -> dict[str, dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    described = {}
    with bulk_engine() as engine:
        for name, rows in built.tables.items():
            table = table_named(name)
            schema = table.arrow_schema()
            columns: list[Sequence[object]] = list(zip(*rows, strict=True)) if rows else [() for _ in table.columns]
            data = pa.table(
                [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)],
                schema=schema,
            )
            path = folder / f"{name}.parquet"
            pq.write_table(data, path, compression="zstd", store_schema=False)
            engine.register("written", data)
            described[name] = {
                "rows": data.num_rows,
                "content_hash": table_hash(engine, table, "written"),
                "file_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            engine.unregister("written")
    for name, bulk in built.bulk.items():
        path = folder / f"{name}.parquet"
        bulk.path.replace(path)
        described[name] = {"rows": bulk.rows, "content_hash": bulk.content_hash, "file_sha256": _file_sha256(path)}
    return described


def _file_sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _manifest(built: BuiltSnapshot, tables: dict[str, dict[str, Any]]) -> dict[str, Any]:
    plan = built.plan
    manifest = {
        "code_set": plan.code_set,
        "effective_from": plan.effective_from.isoformat(),
        "label": label_of(plan.code_set, plan.effective_from),
        "parser_version": parser_version(plan.code_set),
        "snapshot_hash": combined_hash({name: table["content_hash"] for name, table in tables.items()}),
        "counts": {"rows": built.rows, "billable": built.billable_rows},
        "tables": tables,
        "inputs": [asdict(item) for item in plan.inputs],
        "agreement": built.agreement,
        **({"parts": [asdict(part) for part in built.parts]} if built.parts else {}),
        "oddities": [asdict(oddity) for oddity in built.oddities],
    }
    return {**manifest, _SELF_HASH: _self_hash(manifest)}


def _self_hash(manifest: dict[str, Any]) -> str:
    """sha256 over everything else that a manifest says."""
    rest = {name: value for name, value in manifest.items() if name != _SELF_HASH}
    return hashlib.sha256(json.dumps(rest, default=str, sort_keys=True).encode()).hexdigest()


class SnapshotStore:
    """All snapshots of a workspace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _place(self, plan: RevisionPlan) -> Path:
        return self.folder / plan.code_set / plan.effective_from.isoformat() / plan.snapshot_key

    def find(self, plan: RevisionPlan) -> Snapshot | None:
        """The snapshot of a plan, if it was written before."""
        return self._open(self._place(plan))

    def get(self, plan: RevisionPlan) -> Snapshot:
        """The snapshot of a plan.

        Raises:
            HistoryError: it was never written, or it has been removed.
        """
        snapshot = self.find(plan)
        if snapshot is None:
            label = f"{plan.code_set} {label_of(plan.code_set, plan.effective_from)} revision {plan.revision}"
            raise HistoryError(
                f"The snapshot of {label} is missing from the workspace; run 'codeset rebuild' to make it again "
                "from the stored release files."
            )
        return snapshot

    def at(self, code_set: str, effective_from: date, key: str) -> Snapshot:
        """The snapshot in a directory.

        Raises:
            HistoryError: the directory holds none.
        """
        snapshot = self._open(self.folder / code_set / effective_from.isoformat() / key)
        if snapshot is None:
            raise HistoryError(
                f"The snapshot of {code_set} {label_of(code_set, effective_from)} is missing from {self.folder}; run "
                "'codeset rebuild' to make it again from the stored release files."
            )
        return snapshot

    @staticmethod
    def _open(folder: Path) -> Snapshot | None:
        path = folder / _MANIFEST
        if not path.is_file():
            return None
        try:
            manifest = json.loads(path.read_bytes())
        except ValueError:
            manifest = None
        if not isinstance(manifest, dict) or manifest.get(_SELF_HASH) != _self_hash(manifest):
            raise HistoryError(
                f"The manifest of the snapshot {folder.parent.parent.name}/{folder.parent.name}/{folder.name} has "
                "changed on disk; run 'codeset rebuild' to make the snapshot again from the stored release files."
            )
        return Snapshot(folder, manifest)

    def is_there(self, plan: RevisionPlan) -> bool:
        """Has a snapshot of the plan been written, whatever has happened to it since?"""
        return (self._place(plan) / _MANIFEST).is_file()

    def is_sound(self, plan: RevisionPlan) -> bool:
        """Is the snapshot of a plan there, and does it say what it said when it was written?"""
        try:
            snapshot = self.find(plan)
        except HistoryError:
            return False
        return snapshot is not None and not verify_snapshot(snapshot)

    def discard(self, plan: RevisionPlan) -> None:
        """Remove the snapshot of a plan, so that it can be made again."""
        shutil.rmtree(self._place(plan), ignore_errors=True)

    def write(self, built: BuiltSnapshot) -> Snapshot:
        """Write a snapshot, or return the one that the same files made before."""
        place = self._place(built.plan)
        known = self._open(place)
        if known is not None:
            return known
        place.parent.mkdir(parents=True, exist_ok=True)
        # The workspace is held for writing, so what lies here under this name was left by a run that was killed.
        for abandoned in place.parent.glob(f".{place.name}.*.tmp"):
            shutil.rmtree(abandoned, ignore_errors=True)
        temporary = place.with_name(f".{place.name}.{os.getpid()}.tmp")
        temporary.mkdir()
        try:
            manifest = _manifest(built, _write_tables(temporary, built))
            text = json.dumps(manifest, indent=1, default=str, ensure_ascii=False)
            write_durably(temporary / _MANIFEST, (text + "\n").encode("utf-8"))
            shutil.rmtree(place, ignore_errors=True)
            temporary.rename(place)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return Snapshot(place, manifest)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder beside the snapshots, removed at the end; only while the workspace is held for writing."""
        for abandoned in self.folder.glob(".scratch-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        place = self.folder / f".scratch-{os.getpid()}"
        place.mkdir(parents=True)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def folders(self) -> list[Path]:
        """The directories of all snapshots, in order of code set and effective date."""
        manifests = sorted(self.folder.glob(f"*/[0-9]*-*-*/*/{_MANIFEST}"))
        return [path.parent for path in manifests if not path.parent.name.startswith(".")]

    def __iter__(self) -> Iterator[Snapshot]:
        for folder in self.folders():
            yield self.in_folder(folder)

    def in_folder(self, folder: Path) -> Snapshot:
        """The snapshot in one of `folders`.

        Raises:
            HistoryError: its manifest has changed on disk, or the directory was moved.
        """
        snapshot = self._open(folder)
        place = (folder.parent.parent.name, folder.parent.name)
        if snapshot is None or (snapshot.code_set, snapshot.effective_from.isoformat()) != place:
            raise HistoryError(
                f"{folder} does not hold the snapshot of {' '.join(place)}; run 'codeset rebuild' to make it again."
            )
        return snapshot


def verify_snapshot(snapshot: Snapshot) -> list[str]:
    """What is wrong with a snapshot on disk: one sentence for each table that is missing or does not say what its
    manifest promises; empty when all is well."""
    problems = []
    hashes = {}
    where = f"snapshot {snapshot.code_set}/{snapshot.effective_from}/{snapshot.key}"
    with bulk_engine() as engine:
        for name, described in snapshot.manifest["tables"].items():
            table = table_named(name)
            path = snapshot.path(table)
            if not path.is_file():
                problems.append(f"{where}: {path.name} is missing")
                continue
            if _file_sha256(path) != described["file_sha256"]:
                problems.append(f"{where}: {path.name} has changed on disk")
                continue
            hashes[name] = bulk_hash(table, path) if table.bulk else table_hash(engine, table, snapshot.relation(table))
            if hashes[name] != described["content_hash"]:
                problems.append(f"{where}: {path.name} does not hold the rows that its manifest promises")
    if not problems and combined_hash(hashes) != snapshot.content_hash:
        problems.append(f"{where}: the manifest's snapshot hash does not belong to its tables")
    return problems
