"""Content-addressed storage of the bytes as they were received."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from codeset_pipeline.errors import HistoryError


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that it is either complete or absent, also after a kill or a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def sweep_abandoned(path: Path) -> None:
    """Remove what killed runs left of a file; only while the workspace is held for writing, so that nobody is at it."""
    for abandoned in path.parent.glob(f".{path.name}.*.tmp"):
        abandoned.unlink(missing_ok=True)


class BlobStore:
    """Files named by their sha256 under `snapshots/blobs/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Store the bytes, unless they are there already, and return their sha256."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if not path.exists():
            sweep_abandoned(path)
            write_durably(path, content)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of a blob.

        Raises:
            HistoryError: the blob is missing or its bytes have changed.
        """
        try:
            content = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise HistoryError(
                f"The release file {sha256[:12]}… is missing from {self.folder}; import it again with "
                "'codeset update … --from PATH'."
            ) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise HistoryError(
                f"The stored release file {self.path(sha256)} has changed on disk; delete it and import the release "
                "file again with 'codeset update … --from PATH'."
            )
        return content

    def __iter__(self) -> Iterator[Path]:
        """All blobs, in order of their names."""
        yield from sorted(path for path in self.folder.glob("??/*") if not path.name.startswith("."))
