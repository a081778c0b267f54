"""A step of a feed on disk: `000001.ndjson.gz` with its events, and `000001.json`, which says what it holds.

The second file is written last: a step is there from the moment that it is. The first one consists of gzip members of
a few thousand events each, so that a page of a long step is read without what stands before it. Both are the same
bytes whenever the same step is written.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from codeset_pipeline.acquire.blobs import sweep_abandoned, write_durably
from codeset_pipeline.errors import FeedError
from codeset_pipeline.feed.canonical import cursor_of, encode_sorted

_EVENTS_A_MEMBER = 2_000
# Nothing of the time, the system or the version of a library in its head.
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_SELF = "step_hash"


def number_name(step: int) -> str:
    return f"{step:06d}"


@dataclass(frozen=True)
class Step:
    """One step of a feed: the difference between two successive states of the published tables.

    Attributes:
        folder: the feed's.
        said: what its file says.
    """

    folder: Path
    said: dict[str, Any]

    @property
    def number(self) -> int:
        return int(self.said["step"])

    @property
    def step_hash(self) -> str:
        return str(self.said[_SELF])

    @property
    def first(self) -> int:
        """Sequence of its first event."""
        return int(self.said["first_sequence"])

    @property
    def last(self) -> int:
        """Sequence of its last event, or of the last one before it when it has none."""
        return self.first + int(self.said["events"]) - 1

    @property
    def hash(self) -> str:
        return str(self.said["hash"])

    @property
    def cursor(self) -> str:
        return cursor_of(self.last, self.hash)

    @property
    def known(self) -> list[dict[str, Any]]:
        """The releases that are part of the state it leads to."""
        return list(self.said["known"])

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        return dict(self.said["tables"])

    @property
    def path(self) -> Path:
        return self.folder / f"{number_name(self.number)}.json"

    @property
    def events_path(self) -> Path:
        return self.folder / f"{number_name(self.number)}.ndjson.gz"

    def lines(self, after: int = 0) -> Iterator[bytes]:
        """The events beyond a sequence, as they were written, without line ends.

        Raises:
            FeedError: the file is missing or cannot be unpacked.
        """
        if not self.said["events"]:
            return
        try:
            with self.events_path.open("rb") as stream:
                for offset, size, first, count in self.said["members"]:
                    if first + count - 1 <= after:
                        continue
                    stream.seek(offset)
                    content = _unpacked(stream.read(size))
                    lines = content.split(b"\n")
                    yield from lines[max(0, after + 1 - first) : -1]
        except (OSError, ValueError, zlib.error) as error:
            raise FeedError(
                f"The feed's file {self.events_path} cannot be read ({error}); restore it from a backup, or see "
                "'codeset feed --help' for beginning again."
            ) from error


def _unpacked(member: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    content = unpacking.decompress(member)
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("a part of it is cut off")
    return content


def read_step(folder: Path, number: int) -> Step | None:
    """A step, None when there is none of this number.

    Raises:
        FeedError: what it says has changed since it was written.
    """
    path = folder / f"{number_name(number)}.json"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        said = json.loads(content)
        rest = {name: value for name, value in said.items() if name != _SELF}
        sound = said[_SELF] == _hash_of(rest) and content == _written(said) and said["step"] == number
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise FeedError(
            f"The feed's file {path} has changed on disk; restore it from a backup, or begin the feed again with "
            f"'codeset feed {folder.name} --begin-again'."
        )
    return Step(folder, said)


def _hash_of(said: dict[str, Any]) -> str:
    return sha256(encode_sorted(said).encode("utf-8", "surrogatepass")).hexdigest()


def _written(said: dict[str, Any]) -> bytes:
    return (encode_sorted(said) + "\n").encode("utf-8", "surrogatepass")


class StepWriter:
    """Writes the events of one step, and at last that it is there. Nothing of it counts before `finish`."""

    def __init__(self, folder: Path, number: int, first_sequence: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._number, self._first = folder, number, first_sequence
        self._path = folder / f"{number_name(number)}.ndjson.gz"
        for path in (self._path, folder / f"{number_name(number)}.json"):
            sweep_abandoned(path)
        self._temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}.tmp")
        self._stream = self._temporary.open("wb")
        self._digest, self._offset = sha256(), 0
        self._waiting: list[str] = []
        self._members: list[list[int]] = []
        self._events = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        self._stream.close()
        self._temporary.unlink(missing_ok=True)

    def put(self, line: str) -> None:
        self._waiting.append(line)
        if len(self._waiting) == _EVENTS_A_MEMBER:
            self._pack()

    def _pack(self) -> None:
        content = ("\n".join(self._waiting) + "\n").encode()
        deflating = zlib.compressobj(3, zlib.DEFLATED, -15)
        check = struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)
        member = _GZIP_HEAD + deflating.compress(content) + deflating.flush() + check
        self._members.append([self._offset, len(member), self._first + self._events, len(self._waiting)])
        self._stream.write(member)
        self._digest.update(member)
        self._offset += len(member)
        self._events += len(self._waiting)
        self._waiting = []

    def finish(self, said: dict[str, Any]) -> Step:
        """Make the step part of the feed.

        Args:
            said: whatever else is to be said of it.
        """
        if self._waiting:
            self._pack()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        # A run that was killed may have left events of a step that is not to be.
        if self._events:
            self._temporary.replace(self._path)
        else:
            self._path.unlink(missing_ok=True)
        told = {
            **said,
            "step": self._number,
            "first_sequence": self._first,
            "events": self._events,
            "file_sha256": self._digest.hexdigest() if self._events else None,
            "members": self._members,
        }
        told[_SELF] = _hash_of(told)
        step = Step(self._folder, told)
        write_durably(step.path, _written(told))
        return step
