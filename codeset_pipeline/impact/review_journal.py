"""An append-only file of JSON objects, one a line, that survives kills, power cuts and several writers.

Nothing is ever changed or removed, so the file is its own audit trail. A line counts from the moment its line end is
written; what follows the last line end was never finished. The next writer cuts such a rest off and puts on record that
it did.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import AssetError

Entry = Mapping[str, Any]

_LOCK_SECONDS = 60


class Journal:
    """The entries of one file; the file and its folder are created with the first entry.

    Args:
        events: the values that `event` may have.
    """

    def __init__(self, file: Path, events: frozenset[str]) -> None:
        self.file, self._events = file, events

    def entries(self) -> Iterator[Entry]:
        """Every finished entry, oldest first.

        Raises:
            AssetError: a finished line is damaged, or the file cannot be read.
        """
        try:
            data = self.file.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise AssetError(f"{self.file} cannot be read ({error.strerror}); check its permissions.") from None
        whole = data[: data.rfind(b"\n") + 1]
        for number, line in enumerate(whole.split(b"\n")[:-1], start=1):
            try:
                entry = json.loads(line)
                known = entry["event"] in self._events
            except (ValueError, KeyError, TypeError):
                known = False
            if not known:
                raise AssetError(
                    f"{self.file}, line {number}, is damaged; restore the file from a copy, or remove that line."
                )
            yield entry

    def append(self, entries: Sequence[Entry]) -> None:
        """Writes entries; when this returns, they are on the disk. To be called inside `writing`."""
        if not entries:
            return
        text = "".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n" for entry in entries)
        with self.file.open("ab") as log:
            # A lone surrogate out of a damaged file must not stop people's decisions.
            log.write(text.encode(errors="backslashreplace"))
            log.flush()
            os.fsync(log.fileno())

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the file for one writer and mends what a killed one left.

        Raises:
            AssetError: another program holds the file for a minute, or it cannot be written.
        """
        from filelock import FileLock, Timeout

        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.file}.lock", timeout=_LOCK_SECONDS):
                self._mend()
                yield
        except Timeout:
            raise AssetError(f"Another program holds {self.file}; wait until it has finished and retry.") from None
        except OSError as error:
            raise AssetError(f"{self.file} cannot be written ({error.strerror}); check its folder.") from None

    def _mend(self) -> None:
        """Cuts off a last line without an end: its writer was killed and never reported success."""
        if not self.file.exists():
            self.file.touch()
            if os.name == "posix":  # the new name must survive a power cut too
                folder = os.open(self.file.parent, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
            return
        data = self.file.read_bytes()
        end = data.rfind(b"\n") + 1
        if end < len(data):
            rest = data[end:].decode(errors="replace")
            os.truncate(self.file, end)
            at = datetime.now(UTC).isoformat(timespec="seconds")
            self.append([{"event": "mended", "at": at, "bytes": len(data) - end, "text": rest[:500]}])
