"""The hash of a table with millions of rows, over what it says and not over how Parquet writes it (decision record 12).

Each column is hashed by itself, in the order of the table's key: numbers, dates and truth values as little-endian
32-bit integers with the smallest one for null; texts as their lengths in bytes, in the same way, and their UTF-8 bytes.
Nothing depends on row groups or on the batches in which the file is read.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from codeset_pipeline.snapshots.tables import Table

_BATCH_ROWS = 131_072
_NULL = -(2**31)


def _numbers(values: Any) -> bytes:
    import pyarrow as pa
    import pyarrow.compute as pc

    filled = pc.fill_null(values.cast(pa.int32()), _NULL)
    return memoryview(filled.buffers()[1])[4 * filled.offset : 4 * (filled.offset + len(filled))].tobytes()


def _text_bytes(values: Any) -> bytes:
    import pyarrow as pa

    whole = pa.concat_arrays([values])
    offsets = memoryview(whole.buffers()[1]).cast("i")
    data = whole.buffers()[2]
    if data is None:
        return b""
    return memoryview(data)[offsets[whole.offset] : offsets[whole.offset + len(whole)]].tobytes()


class BulkRead:
    """One pass over a bulk table: its hash, and how often a key follows itself."""

    def __init__(self, table: Table, path: Path) -> None:
        """Read the table's Parquet file, a batch of rows at a time."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        lengths = {column.name: hashlib.sha256() for column in table.columns}
        contents = {column.name: hashlib.sha256() for column in table.columns if column.type == "text"}
        self.rows = self.repeated = 0
        last: list[Any] | None = None
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=list(table.column_names)):
                for column in table.columns:
                    values = batch.column(column.name)
                    if column.type == "text":
                        values = values.cast(pa.string())
                        contents[column.name].update(_text_bytes(pc.fill_null(values, "")))
                        lengths[column.name].update(_numbers(pc.binary_length(values)))
                    elif column.type == "boolean":
                        lengths[column.name].update(_numbers(values.cast(pa.uint8())))
                    else:
                        lengths[column.name].update(_numbers(values.cast(pa.int32())))
                keys = [batch.column(name) for name in table.key]
                same: Any = None
                for key in keys:
                    equal = pc.equal(key.slice(1), key.slice(0, len(key) - 1))
                    same = equal if same is None else pc.and_(same, equal)
                self.repeated += pc.sum(same).as_py() or 0
                first = [key[0].as_py() for key in keys]
                self.repeated += first == last
                last = [key[-1].as_py() for key in keys]
                self.rows += batch.num_rows
        digest = hashlib.sha256(f"{table.name} {' '.join(table.column_names)} {self.rows}\n".encode())
        for column in table.columns:
            digest.update(lengths[column.name].digest())
            if column.name in contents:
                digest.update(contents[column.name].digest())
        self.content_hash = digest.hexdigest()


def bulk_hash(table: Table, path: Path) -> str:
    """The hash of a bulk table's Parquet file."""
    return BulkRead(table, path).content_hash
