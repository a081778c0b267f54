"""JSON with one change, mapping or finding a line: quick to write, and small differences stay small in a diff."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any


def pretty_lines(value: Any, depth: int = 0) -> Iterator[str]:
    """The parts of the text of a value, without a line end after it."""
    pad, inner = " " * depth, " " * (depth + 1)
    if isinstance(value, dict) and value and depth < 6 and _nests(value.values()):
        yield "{\n"
        for index, (key, each) in enumerate(value.items()):
            yield f"{',' + chr(10) if index else ''}{inner}{json.dumps(key, ensure_ascii=False)}: "
            yield from pretty_lines(each, depth + 1)
        yield f"\n{pad}}}"
    elif isinstance(value, list) and _nests(value):
        yield "[\n"
        for index, each in enumerate(value):
            yield f"{',' + chr(10) if index else ''}{inner}"
            if isinstance(each, dict) and "changes" in each:
                yield from pretty_lines(each, depth + 1)
            else:
                yield json.dumps(each, ensure_ascii=False, default=str)
        yield f"\n{pad}]"
    else:
        yield json.dumps(value, ensure_ascii=False, default=str)


def _nests(values: Iterable[Any]) -> bool:
    return any(isinstance(each, (dict, list)) for each in values)
