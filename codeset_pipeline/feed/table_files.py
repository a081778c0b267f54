"""Published tables as Parquet files, written while they are read, and what two of them differ in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from codeset_pipeline.feed.canonical import RowText, TableSum
from codeset_pipeline.history.published_tables import PublishedTable, Row
from codeset_pipeline.snapshots.engine import bulk_engine

_BATCH = 50_000


class TableFile:
    """A Parquet file with the columns of a published table, and further ones before them."""

    def __init__(self, path: Path, table: PublishedTable, *numbers: str) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds = {"boolean": pa.bool_(), "integer": pa.int64()}
        fields = [*((name, pa.int64()) for name in numbers)]
        fields += [(column.name, kinds.get(column.kind, pa.string())) for column in table.columns]
        self._schema = pa.schema(fields)
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd", store_schema=False)
        self._rows: list[Sequence[object]] = []

    def put(self, row: Sequence[object]) -> None:
        self._rows.append(row)
        if len(self._rows) == _BATCH:
            self._write()

    def _write(self) -> None:
        import pyarrow as pa

        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [pa.array(values, field.type) for values, field in zip(columns, self._schema, strict=True)]
            self._writer.write_table(pa.table(arrays, schema=self._schema))
            self._rows = []

    def close(self) -> None:
        self._write()
        self._writer.close()


def write_table(path: Path, table: PublishedTable, rows: Iterable[Row]) -> TableSum:
    """Write rows to a Parquet file; returns their number and hash."""
    text, found, file = RowText(table), TableSum(), TableFile(path, table)
    for row in rows:
        found.add(text.content(row))
        file.put(row)
    file.close()
    return found


def file_rows(path: Path) -> Iterator[Row]:
    """The rows of a Parquet file, a batch at a time."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_BATCH):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def relation(path: Path) -> str:
    quoted = str(path).replace("'", "''")
    return f"read_parquet('{quoted}')"


def unlike_rows(table: PublishedTable, old: Path, new: Path) -> Iterator[tuple[Row | None, Row | None]]:
    """The rows in which two files differ, in the order of the key: as one has it and as the other does."""
    names = table.column_names
    rest = [name for name in names if name not in table.key]
    unlike = " OR ".join(f"o.{name} IS DISTINCT FROM n.{name}" for name in rest) or "false"
    present = table.key[0]
    columns = ", ".join(f"{side}.{name}" for side in "on" for name in names)
    with bulk_engine() as engine:
        rows = engine.execute(
            f"SELECT {columns} FROM {relation(old)} o FULL JOIN {relation(new)} n "
            f"ON {' AND '.join(f'o.{name} = n.{name}' for name in table.key)} "
            f"WHERE o.{present} IS NULL OR n.{present} IS NULL OR {unlike} "
            f"ORDER BY {', '.join(f'coalesce(o.{name}, n.{name})' for name in table.key)}"
        )
        place = names.index(present)
        while batch := rows.fetchmany(_BATCH):
            for row in batch:
                before, after = row[: len(names)], row[len(names) :]
                yield (
                    None if before[place] is None else before,
                    None if after[place] is None else after,
                )


def fold_changes(table: PublishedTable, changes: Path, path: Path) -> None:
    """What remains of rows that came and went: of each key the one with the highest `at`, unless it is `gone`.

    Args:
        changes: a file with the columns `at` and `gone` before those of the table.
        path: where the rows that remain are written, in the order of the key.
    """
    key, quoted = ", ".join(table.key), str(path).replace("'", "''")
    with bulk_engine() as engine:
        engine.execute(
            f"COPY (SELECT {', '.join(table.column_names)} FROM {relation(changes)} c "
            f'SEMI JOIN (SELECT max("at") AS newest FROM {relation(changes)} GROUP BY {key}) l ON c."at" = l.newest '
            f"WHERE c.gone = 0 ORDER BY {key}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)"
        )
