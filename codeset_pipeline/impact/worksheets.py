"""The sheets of a user's workbook as calamine reads them.

Decoding the cells of a large sheet takes seconds, and the lines that need new rows are read from it once more, so the
last sheets are kept.
"""

from __future__ import annotations

import io
import warnings
from functools import lru_cache
from typing import Any


def workbook(data: bytes) -> Any:
    """The workbook; raises calamine's own errors."""
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(data))


@lru_cache(maxsize=2)
def worksheet(data: bytes, name: str) -> Any:
    """One of its sheets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return workbook(data).get_sheet_by_name(name)
