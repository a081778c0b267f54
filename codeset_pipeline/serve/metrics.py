"""Counts of requests and their latencies, for Prometheus, over all worker processes of a server.

Each process counts in a file of its own in a shared folder, by way of the memory map; whichever is asked adds them up.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Sequence
from pathlib import Path

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_CLASSES = ("2xx", "3xx", "4xx", "5xx")
# Of one route: requests by class of status, the buckets and one for everything slower, the sum of seconds.
_WIDTH = len(_CLASSES) + len(_BUCKETS) + 2


class Metrics:
    """The counts of one process."""

    def __init__(self, routes: Sequence[str], folder: Path | None = None) -> None:
        """Begin to count.

        Args:
            routes: paths as declared; requests for anything else count as `other`.
            folder: shared with the other processes of the server.
        """
        self._routes = {route: number for number, route in enumerate([*routes, "other"])}
        self._size = len(self._routes) * _WIDTH * 8
        self._folder = folder
        if folder is None:
            self._map = mmap.mmap(-1, self._size)
        else:
            with (folder / f"{os.getpid()}.counts").open("w+b") as file:
                file.truncate(self._size)
                self._map = mmap.mmap(file.fileno(), self._size)
        self._cells = memoryview(self._map).cast("d")

    def count(self, route: str, status: int, seconds: float) -> None:
        start = self._routes.get(route, len(self._routes) - 1) * _WIDTH
        self._cells[start + min(max(status // 100 - 2, 0), 3)] += 1
        slot = next((number for number, limit in enumerate(_BUCKETS) if seconds <= limit), len(_BUCKETS))
        self._cells[start + len(_CLASSES) + slot] += 1
        self._cells[start + _WIDTH - 1] += seconds

    def _sums(self) -> list[float]:
        sums = [0.0] * (self._size // 8)
        parts: list[bytes] = [bytes(self._map)]
        if self._folder is not None:
            parts = [path.read_bytes() for path in sorted(self._folder.glob("*.counts"))]
        for part in parts:
            if len(part) == self._size:
                for number, value in enumerate(memoryview(part).cast("d")):
                    sums[number] += value
        return sums

    def text(self, releases: dict[str, int]) -> str:
        """The text format of Prometheus.

        Args:
            releases: code set → number of loaded releases.
        """
        sums = self._sums()
        lines = ["# HELP codeset_http_requests_total Requests answered.", "# TYPE codeset_http_requests_total counter"]
        timed = [
            "# HELP codeset_http_request_seconds Time until the answer was complete.",
            "# TYPE codeset_http_request_seconds histogram",
        ]
        for route, number in self._routes.items():
            cells = sums[number * _WIDTH : (number + 1) * _WIDTH]
            for name, value in zip(_CLASSES, cells, strict=False):
                if value:
                    lines.append(f'codeset_http_requests_total{{route="{route}",status="{name}"}} {value:.0f}')
            total = 0.0
            counts = cells[len(_CLASSES) : -1]
            if not any(counts):
                continue
            for limit, value in zip((*_BUCKETS, "+Inf"), counts, strict=True):
                total += value
                timed.append(f'codeset_http_request_seconds_bucket{{route="{route}",le="{limit}"}} {total:.0f}')
            timed.append(f'codeset_http_request_seconds_sum{{route="{route}"}} {cells[-1]:.6f}')
            timed.append(f'codeset_http_request_seconds_count{{route="{route}"}} {total:.0f}')
        loaded = [
            "# HELP codeset_releases_loaded Releases ready in the history.",
            "# TYPE codeset_releases_loaded gauge",
        ]
        loaded += [f'codeset_releases_loaded{{code_set="{name}"}} {count}' for name, count in sorted(releases.items())]
        return "\n".join([*lines, *timed, *loaded]) + "\n"
