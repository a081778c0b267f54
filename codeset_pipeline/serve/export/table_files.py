"""One table as one file: Parquet, CSV or NDJSON."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from codeset_pipeline.history.published_tables import Row
from codeset_pipeline.history.table_fields import arrow_schema, arrow_table
from codeset_pipeline.serve.export.content import ExportTable
from codeset_pipeline.serve.export.text_lines import csv_header, csv_lines, ndjson_lines

Write = Callable[[list[Row], bytes], None]

_BATCH = 20_000
# Five batches. Rows of a group are compressed together and may be skipped together.
_ROW_GROUP = 100_000


class Written(NamedTuple):
    """What was written.

    Attributes:
        content_hash: sha256 of the table as NDJSON, whatever the format of the file.
    """

    rows: int
    content_hash: str


def write_table(table: ExportTable, format: str, path: Path) -> Written:
    """Write a table as `parquet`, `csv` or `ndjson`; the same rows give the same bytes. Memory is bounded."""
    writers = {"parquet": _parquet, "csv": _csv, "ndjson": _ndjson}
    digest, count = hashlib.sha256(), 0
    rows = table.rows()
    with writers[format](table, path) as write:
        while batch := list(islice(rows, _BATCH)):
            lines = ndjson_lines(table.fields, batch)
            digest.update(lines)
            count += len(batch)
            write(batch, lines)
    return Written(count, digest.hexdigest())


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _csv(table: ExportTable, path: Path) -> Iterator[Write]:
    with _open(path) as file:
        file.write(csv_header(table.fields))
        yield lambda batch, _: file.write(csv_lines(table.fields, batch))


@contextmanager
def _ndjson(table: ExportTable, path: Path) -> Iterator[Write]:
    with _open(path) as file:
        yield lambda _, lines: file.write(lines)


@contextmanager
def _parquet(table: ExportTable, path: Path) -> Iterator[Write]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = arrow_schema(table.fields)
    waiting: list[Any] = []

    def write(batch: list[Row], _: bytes) -> None:
        waiting.append(arrow_table(table.fields, schema, batch))
        if sum(each.num_rows for each in waiting) >= _ROW_GROUP:
            writer.write_table(pa.concat_tables(waiting), row_group_size=_ROW_GROUP)
            waiting.clear()

    # Everything that shapes the bytes is said here; defaults change with the library.
    with (
        _open(path) as file,
        pq.ParquetWriter(
            file, schema, version="2.6", compression="zstd", compression_level=3, use_dictionary=True,
            write_statistics=True, data_page_version="1.0", data_page_size=1 << 20, store_schema=False,
        ) as writer,
    ):  # fmt: skip
        yield write
        if waiting:
            writer.write_table(pa.concat_tables(waiting), row_group_size=_ROW_GROUP)
