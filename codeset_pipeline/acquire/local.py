"""The transport of files that the user has: a zip, a bare file, or a folder searched recursively."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codeset_pipeline.errors import SourceError

# What a release file can be; anything else in a folder is passed over without being opened.
_SUFFIXES = {".zip", ".txt", ".xml", ".xlsx", ".xls", ".csv", ".prn"}


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file on disk, with the names of the folders it lies in, outermost first."""

    path: Path
    folders: tuple[str, ...]


def find_files(path: Path) -> Iterator[FoundFile]:
    """All possible release files at a path, in order of their names.

    Raises:
        SourceError: the path does not exist, or a folder holds no such file.
    """
    resolved = path.expanduser().resolve()
    if not resolved.exists():
        raise SourceError(f"{path} does not exist; give --from an existing zip, file or folder.")
    if resolved.is_file():
        yield FoundFile(resolved, resolved.parts[-3:-1])
        return
    found = [
        entry
        for entry in sorted(resolved.rglob("*"))
        if entry.is_file() and entry.suffix.lower() in _SUFFIXES and not entry.name.startswith((".", "~$"))
    ]
    if not found:
        raise SourceError(f"{path} holds no zip, text, XML or Excel file; give --from the folder with the downloads.")
    for entry in found:
        yield FoundFile(entry, (resolved.name, *entry.relative_to(resolved).parts[:-1]))
