"""How far a download is, as one line: a bar, the bytes, the rate, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable

# Often at first and seldom later, so that half an hour's download does not fill a log.
_MOST_OFTEN_SECONDS, _SELDOMEST_SECONDS, _SHARE_OF_TIME = 2.0, 15.0, 0.1
_BAR = 20


def _size(count: float) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} KB"


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


class ProgressLine:
    """Shows one download every other second, later every quarter of a minute; a file that comes at once shows only that
    it is here."""

    def __init__(self, name: str, show: Callable[[str], None]) -> None:
        self._name = name
        self._show = show
        self._started = self._last = time.monotonic()
        self._first_size: int | None = None

    def _rate(self, size: int) -> float:
        elapsed = time.monotonic() - self._started
        return (size - (self._first_size or 0)) / elapsed if elapsed > 0 else 0

    def advance(self, size: int, total: int | None) -> None:
        """So many bytes of the file are here; `total` where the site says how many it has."""
        if self._first_size is None:
            self._first_size, self._started = size, time.monotonic()
        now = time.monotonic()
        pause = min(max(_MOST_OFTEN_SECONDS, _SHARE_OF_TIME * (now - self._started)), _SELDOMEST_SECONDS)
        if now - self._last < pause:
            return
        self._last = now
        rate = self._rate(size)
        if not total:
            self._show(f"{self._name}: {_size(size)} at {_size(rate)}/s")
            return
        filled = _BAR * size // total
        left = f", {_duration((total - size) / rate)} left" if rate > 0 else ""
        self._show(
            f"{self._name}: {'█' * filled}{'░' * (_BAR - filled)} {100 * size // total} % of {_size(total)} "
            f"at {_size(rate)}/s{left}"
        )

    def end(self, size: int) -> None:
        """The whole file is here."""
        self._show(f"{self._name}: {_size(size)} fetched")
