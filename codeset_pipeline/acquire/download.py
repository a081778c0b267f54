"""Fetching one file: only if it has changed, from where the last attempt broke off, and never a page in its place."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

from codeset_pipeline.acquire.blobs import write_durably
from codeset_pipeline.acquire.download_memory import DownloadMemory, KnownUrl
from codeset_pipeline.acquire.page_memory import conditions, validators
from codeset_pipeline.acquire.progress_line import ProgressLine
from codeset_pipeline.acquire.web_body import pieces
from codeset_pipeline.acquire.web_client import WebClient
from codeset_pipeline.acquire.web_failures import PassingFailure
from codeset_pipeline.errors import SourceError

if TYPE_CHECKING:
    from requests import Response

_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d*/(\d+|\*)")
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head")


class PageInstead(SourceError):
    """The site answered with a page where a file was asked for.

    Attributes:
        page: its bytes.
    """

    def __init__(self, message: str, page: bytes) -> None:
        super().__init__(message)
        self.page = page


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as its URL has it now.

    Attributes:
        url: the address that was asked.
        changed: it was not known to be this file before.
        validators: `ETag` and `Last-Modified`, where the site gives them.
    """

    url: str
    sha256: str
    content: bytes
    changed: bool
    validators: Mapping[str, str]


def _looks_like_page(start: bytes, kind: str) -> bool:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    return text.startswith(_HTML_STARTS) or (kind.startswith("text/html") and not start.startswith(b"PK"))


def _range_validator(given: Mapping[str, str]) -> str:
    """What If-Range may name: a strong entity tag, else the date of the last change."""
    tag = given.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else given.get("Last-Modified", "")


class _Fetching:
    """One file on its way."""

    def __init__(self, client: WebClient, memory: DownloadMemory, url: str, name: str, show: Callable[[str], None]):
        self.client, self.memory, self.url = client, memory, url
        self.known = memory.known(url)
        self.line = ProgressLine(name, show)
        self.best = 0
        self.part = memory.partial(url)

    def _begun(self) -> tuple[int, Mapping[str, str]]:
        """Bytes that have arrived and the validators they came with; nothing where they cannot be continued."""
        try:
            given = json.loads(self.part.with_suffix(".json").read_text("utf-8"))
            size = self.part.stat().st_size
        except (OSError, ValueError):
            return 0, {}
        return (size, given) if size and _range_validator(given) else (0, {})

    def advanced(self) -> bool:
        """Has more of the file arrived than ever before? A file that begins anew again and again does not advance."""
        size = self._begun()[0]
        further = size > self.best
        self.best = max(self.best, size)
        return further

    def ask(self) -> Fetched:
        size, given = self._begun()
        headers = {"Range": f"bytes={size}-", "If-Range": _range_validator(given)} if size else {}
        if not size and self.known:
            headers = conditions(self.known.validators)
        with self.client.ask(self.url, headers) as response:
            if response.status_code == 304:
                return self._unchanged()
            if response.status_code != 416:
                self._receive(response, size)
                return self._arrived(validators(response.headers))
        # There is no such part: more has arrived than the file has, or it is another file by now.
        self.memory.drop_partial(self.url)
        if not size:
            raise SourceError(f"{self.url} answered that a part is missing which nobody asked for")
        return self.ask()

    def _unchanged(self) -> Fetched:
        content = self.memory.content(self.known.sha256) if self.known else None
        if self.known is None or content is None:
            raise SourceError(f"{self.url} answered that nothing has changed without being asked")
        return Fetched(self.url, self.known.sha256, content, False, self.known.validators)

    def _receive(self, response: Response, begun: int) -> None:
        start, total = self._place(response, begun)
        self.part.parent.mkdir(parents=True, exist_ok=True)
        if start == 0:
            self.memory.drop_partial(self.url)
            write_durably(self.part.with_suffix(".json"), json.dumps(validators(response.headers)).encode())
        with self.part.open("ab") as stream:
            self._write(response, stream, start, total)
        size = self.part.stat().st_size
        if total is not None and size != total:
            raise PassingFailure(f"{self.url} sent {size:,} bytes of {total:,}")

    def _place(self, response: Response, begun: int) -> tuple[int, int | None]:
        """Where in the file the body begins, and the file's length where the site gives it."""
        if response.status_code == 206:
            said = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
            if not said or int(said[1]) != begun:
                self.memory.drop_partial(self.url)
                raise PassingFailure(f"{self.url} sent another part of the file than the one that was asked for")
            return begun, None if said[2] == "*" else int(said[2])
        length = response.headers.get("Content-Length", "")
        plain = response.headers.get("Content-Encoding", "identity") in {"", "identity"}
        return 0, int(length) if length.isdigit() and plain else None

    def _write(self, response: Response, stream: BinaryIO, start: int, total: int | None) -> None:
        size, limit = start, self.client.settings.max_download_bytes
        kind = response.headers.get("Content-Type", "").lower()
        first = start == 0
        for piece in pieces(self.url, response, self.client.settings.read_timeout_seconds):
            if first and _looks_like_page(piece, kind):
                stream.close()
                self.memory.drop_partial(self.url)
                raise PageInstead(f"{self.url} is a page now and not the file", piece)
            first = False
            size += len(piece)
            if size > limit or (total or 0) > limit:
                stream.close()
                self.memory.drop_partial(self.url)
                raise SourceError(f"{self.url} is larger than any release ({max(size, total or 0):,} bytes)")
            stream.write(piece)
            self.line.advance(size, total)

    def _arrived(self, given: Mapping[str, str]) -> Fetched:
        content = self.part.read_bytes()
        digest = sha256(content).hexdigest()
        place = self.memory.arrived(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        with self.part.open("rb+") as stream:
            os.fsync(stream.fileno())
        self.part.replace(place)
        self.memory.drop_partial(self.url)
        self.line.end(len(content))
        changed = self.known is None or self.known.sha256 != digest
        return Fetched(self.url, digest, content, changed, given)


def fetch_file(client: WebClient, memory: DownloadMemory, url: str, name: str, show: Callable[[str], None]) -> Fetched:
    """Fetch a file, or learn that it is what it was.

    It is not remembered yet: the caller looks at it first and then calls `keep_file` or `discard_file`.

    Raises:
        PageInstead: a page came in its place.
        SourceError: it cannot be had (see `WebClient.ask`).
    """
    fetching = _Fetching(client, memory, url, name, show)
    return client.patiently(fetching.ask, advanced=fetching.advanced)


def keep_file(memory: DownloadMemory, fetched: Fetched) -> None:
    """Remember that the URL delivered a good file."""
    memory.remember(fetched.url, KnownUrl(fetched.sha256, fetched.validators))


def discard_file(memory: DownloadMemory, url: str, digest: str) -> None:
    """Fetch the file anew next time: it was not what it should be."""
    memory.forget(url)
    memory.drop_partial(url)
    memory.clear_arrived(digest)
