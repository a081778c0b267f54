"""What answers are remembered by: sha256 over all that they depend on, by content and never by name or date."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from codeset_pipeline.errors import AssetError
from codeset_pipeline.settings import Workspace


def hash_of(parts: Iterable[object]) -> str:
    """One hash over texts, dates and numbers, in order."""
    return hashlib.sha256("\n".join(str(part) for part in parts).encode()).hexdigest()


def hash_of_file(path: Path) -> str:
    """The hash of a user's file.

    Raises:
        AssetError: it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise AssetError(f"{path} cannot be read ({error.strerror}); check its name and its permissions.") from None


def place(workspace: Workspace) -> tuple[str, str]:
    """The workspace's identity: what was answered for one must not be believed of another."""
    return str(workspace.home), workspace.database_url
