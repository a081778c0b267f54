"""Long answers that clients read page by page, with cursors that hold for one state of the history."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from codeset_pipeline.serve.problems import Problem


class Page(NamedTuple):
    """Some rows of a list, and the cursor of the next page (None on the last)."""

    rows: list[Any]
    total: int
    cursor: str | None


class LongLists:
    """The lists that were asked for last. One is worked out at a time; others that ask for it wait and share it."""

    def __init__(self, keep: int = 12) -> None:
        self._keep = keep
        self._lists: OrderedDict[object, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object, make: Callable[[], Any]) -> Any:
        with self._lock:
            if key in self._lists:
                self._lists.move_to_end(key)
                return self._lists[key]
            found = self._lists[key] = make()
            if len(self._lists) > self._keep:
                self._lists.popitem(last=False)
            return found


def page_of(rows: list[Any], cursor: str | None, limit: int, state: str) -> Page:
    """The rows after a cursor.

    Args:
        state: name of the state of the history that the rows were worked out from.

    Raises:
        Problem: the cursor is none, or of another state.
    """
    start = 0
    if cursor is not None:
        place, _, of_state = cursor.partition("-")
        if not (place.isascii() and place.isdigit() and len(place) < 10 and of_state):
            raise Problem(400, "This is no cursor; take it from `next` of the page before, or leave it out.")
        if of_state != state:
            raise Problem(409, "The releases changed since the first page was read; read again from the first page.")
        start = int(place)
    end = start + limit
    return Page(rows[start:end], len(rows), f"{end}-{state}" if end < len(rows) else None)
