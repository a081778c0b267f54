"""An export against its own hashes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import UsageError
from codeset_pipeline.serve.export.descriptor import descriptor_bytes
from codeset_pipeline.serve.export.folder import DESCRIPTOR, OURS


def verify_export(folder: Path) -> list[str]:
    """One sentence for each file that is missing, has changed, or does not belong there; empty when all is well.

    Every byte counts: those of the tables by the hashes in the descriptor, those of the descriptor by the one way in
    which it may be written and by its hash over itself.

    Raises:
        UsageError: the folder holds no export.
    """
    path = folder / DESCRIPTOR
    if not path.is_file():
        raise UsageError(f"{folder} holds no {DESCRIPTOR}; give the folder that 'codeset export' wrote.")
    content = path.read_bytes()
    problems = []
    described = _read(content)
    if described is None or not _as_written(described, content):
        problems.append(f"{DESCRIPTOR} has changed since it was written")
    named = {DESCRIPTOR}
    for name, size, digest in _resources(described):
        named.add(name)
        file = folder / name
        if not file.is_file():
            problems.append(f"{name} is missing")
        elif file.stat().st_size != size or _sha256(file) != digest:
            problems.append(f"{name} has changed since it was written")
    problems += [f"{each.name} is no part of the export" for each in sorted(folder.iterdir()) if each.name not in named]
    return problems


def _read(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _as_written(described: dict[str, Any], content: bytes) -> bool:
    return isinstance(described.get(OURS), dict) and descriptor_bytes(described) == content


def _resources(described: dict[str, Any] | None) -> list[tuple[str, Any, str]]:
    """Name, size and sha256 of every file, as far as the descriptor can still be read."""
    listed = (described or {}).get("resources")
    if not isinstance(listed, list):
        return []
    return [
        (each["path"], each.get("bytes"), str(each.get("hash")).removeprefix("sha256:"))
        for each in listed
        if isinstance(each, dict) and isinstance(each.get("path"), str) and Path(each["path"]).name == each["path"]
    ]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
