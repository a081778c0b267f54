"""What is known of each URL that a file was fetched from, and the files that are on their way into the workspace.

Under `snapshots/downloads/`: `urls/` says what each URL delivered last, `partial/` holds what has arrived of a file,
`arrived/` the files that are complete and not accepted yet. All of it can be deleted; the next run asks again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codeset_pipeline.acquire.blobs import BlobStore, write_durably


@dataclass(frozen=True, slots=True)
class KnownUrl:
    """What a URL delivered last: the file's hash and the validators it was given with."""

    sha256: str
    validators: Mapping[str, str]


def _name(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


class DownloadMemory:
    """The memory of one workspace."""

    def __init__(self, folder: Path, blobs: BlobStore) -> None:
        self.folder = folder
        self._blobs = blobs

    def _url_file(self, url: str) -> Path:
        return self.folder / "urls" / f"{_name(url)}.json"

    def partial(self, url: str) -> Path:
        """Where what has arrived of a file is kept; what it belongs to stands in the `.json` beside it."""
        return self.folder / "partial" / f"{_name(url)}.part"

    def arrived(self, sha256: str) -> Path:
        return self.folder / "arrived" / sha256

    def known(self, url: str) -> KnownUrl | None:
        """What the URL delivered last, where that file is still at hand."""
        try:
            said = json.loads(self._url_file(url).read_text("utf-8"))
            known = KnownUrl(said.pop("sha256"), {k: v for k, v in said.items() if k != "url"})
        except (OSError, ValueError, KeyError, AttributeError):
            return None
        return known if self.content(known.sha256) is not None else None

    def content(self, sha256: str) -> bytes | None:
        """A file that has arrived or is a blob of the workspace; None when it is neither, or was changed on disk."""
        for path in (self._blobs.path(sha256), self.arrived(sha256)):
            try:
                content = path.read_bytes()
            except OSError:
                continue
            if hashlib.sha256(content).hexdigest() == sha256:
                return content
        return None

    def remember(self, url: str, known: KnownUrl) -> None:
        said = {"url": url, "sha256": known.sha256, **known.validators}
        write_durably(self._url_file(url), (json.dumps(said, indent=1) + "\n").encode())

    def forget(self, url: str) -> None:
        """Fetch the file anew next time."""
        self._url_file(url).unlink(missing_ok=True)

    def clear_arrived(self, sha256: str) -> None:
        self.arrived(sha256).unlink(missing_ok=True)

    def drop_partial(self, url: str) -> None:
        path = self.partial(url)
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)
