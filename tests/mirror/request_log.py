"""Every request that reached the mirror, for assertions about manners."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise


@dataclass
class Logged:
    """A request and its answer.

    Attributes:
        number: counts all requests to both sites from 1.
        site: `cms` or `cdc`.
        path: decoded path without the query.
        headers: of the request, names in lower case.
        started, ended: seconds of a clock that only goes forward; `ended` is None while the answer is under way.
        status: of the answer; 0 where the connection was reset instead.
        sent: bytes of the body that went out.
        fault: what was injected, empty for nothing.
    """

    number: int
    site: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    started: float
    ended: float | None = None
    status: int = 0
    sent: int = 0
    fault: str = ""

    @property
    def is_conditional(self) -> bool:
        return "if-none-match" in self.headers or "if-modified-since" in self.headers

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        fault = f" ({self.fault})" if self.fault else ""
        return f"{self.number} {self.site} {self.method} {self.path}{query} -> {self.status}{fault}"


class RequestLog:
    """The requests in order of arrival."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Logged] = []

    def begin(self, site: str, method: str, path: str, query: str, headers: Mapping[str, str]) -> Logged:
        with self._lock:
            entry = Logged(len(self._entries) + 1, site, method, path, query, headers, time.monotonic())
            self._entries.append(entry)
            return entry

    def end(self, entry: Logged) -> None:
        # Where the last bytes went out the time stands already; a client may have asked again by now.
        if entry.ended is None:
            entry.ended = time.monotonic()

    def forget(self) -> None:
        """Start an empty log whose numbers begin at 1 again."""
        with self._lock:
            self._entries.clear()

    @property
    def all(self) -> list[Logged]:
        with self._lock:
            return list(self._entries)

    def of(self, site: str) -> list[Logged]:
        return [entry for entry in self.all if entry.site == site]

    def most_at_once(self, site: str) -> int:
        """The largest number of requests that the site was answering at one moment."""
        edges = []
        for entry in self.of(site):
            edges += [(entry.started, 1), (entry.ended if entry.ended is not None else float("inf"), -1)]
        now = most = 0
        for _, step in sorted(edges, key=lambda edge: (edge[0], edge[1])):
            now += step
            most = max(most, now)
        return most

    def pauses(self, site: str) -> list[float]:
        """Seconds between the end of each answer and the start of the next request."""
        entries = self.of(site)
        return [b.started - a.ended for a, b in pairwise(entries) if a.ended is not None]
