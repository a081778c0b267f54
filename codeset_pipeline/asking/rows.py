"""Answers of many rows: a list of dicts that turns into an Arrow table or a DataFrame where that is wanted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from importlib.util import find_spec
from typing import Any

from codeset_pipeline.errors import UsageError

# These are ISO texts in plain rows, and dates in tables.
_DATES = frozenset(
    {
        "effective_from", "effective_to", "valid_from", "valid_to", "published_from", "published_to", "published",
        "since", "on",
    }
)  # fmt: skip


def _flat(value: Any) -> Any:
    """Objects as JSON text; lists of texts stay lists."""
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value)):
        return json.dumps(value, ensure_ascii=False)
    return value


class Rows(list[dict[str, Any]]):
    """Rows of one kind.

    Attributes:
        columns: names of the columns, in order; a table has all of them even when there is no row.
    """

    def __init__(self, rows: Iterable[dict[str, Any]], columns: tuple[str, ...]) -> None:
        super().__init__(rows)
        self.columns = columns

    def to_arrow(self) -> Any:
        """A `pyarrow.Table`: dates as dates, nested objects as JSON text."""
        import pyarrow as pa

        arrays = []
        for name in self.columns:
            values = [_flat(row.get(name)) for row in self]
            if name in _DATES:
                arrays.append(pa.array([v and date.fromisoformat(v) for v in values], pa.date32()))
            elif any(isinstance(value, list) for value in values) or name in {"replaced_by", "together_with"}:
                arrays.append(pa.array(values, pa.list_(pa.string())))
            else:
                kinds = {type(value) for value in values if value is not None}
                known = {bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
                kind = known.get(kinds.pop(), pa.string()) if len(kinds) == 1 else pa.string()
                texts = values if kind != pa.string() else [v if v is None else str(v) for v in values]
                arrays.append(pa.array(texts, kind))
        return pa.table(dict(zip(self.columns, arrays, strict=True)))

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame`.

        Raises:
            UsageError: pandas is not installed.
        """
        if find_spec("pandas") is None:
            raise UsageError(
                "to_pandas() needs pandas, which is not installed; run 'pip install pandas', or use to_arrow()."
            )
        return self.to_arrow().to_pandas()
