"""One request at a time for each host, with a pause between, across all processes that work in one workspace."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class HostTurns:
    """Turns at talking to a host. A turn lasts from the request to the last byte of its answer.

    A file lock stands for the host, and the time of a file beside it says when the last turn ended; a process that
    dies lets go of both.
    """

    def __init__(self, folder: Path, pause_seconds: float) -> None:
        self.folder = folder
        self.pause_seconds = pause_seconds

    @contextmanager
    def turn(self, host: str, pause_seconds: float = 0) -> Iterator[None]:
        """Wait for the host to be free and for the pause to be over.

        Args:
            pause_seconds: what the site itself asks for; the longer of the two pauses is kept.
        """
        from filelock import FileLock

        self.folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^a-z0-9.-]", "_", host.lower())
        ended = self.folder / f"{name}.ended"
        with FileLock(self.folder / f"{name}.lock"):
            pause = max(self.pause_seconds, pause_seconds)
            if pause and ended.exists():
                # A clock that was set back must not make anybody wait longer than the pause.
                time.sleep(min(max(ended.stat().st_mtime + pause - time.time(), 0), pause))
            try:
                yield
            finally:
                ended.touch()
                # The time that a file system gives by itself may lie some milliseconds back.
                now = time.time()
                os.utime(ended, (now, now))
