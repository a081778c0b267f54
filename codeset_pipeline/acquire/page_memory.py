"""Pages as they were last read, so that the next run asks only whether they have changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from codeset_pipeline.acquire.blobs import write_durably
from codeset_pipeline.acquire.web_body import pieces
from codeset_pipeline.acquire.web_failures import PassingFailure
from codeset_pipeline.errors import SourceError

if TYPE_CHECKING:
    from requests import Response

    from codeset_pipeline.acquire.web_client import WebClient

# The page with every year of ICD-10 is well under 1 MB.
_LARGEST_PAGE = 20_000_000


def validators(headers: Mapping[str, str]) -> dict[str, str]:
    """What a later request can ask by: `ETag` and `Last-Modified`, where the answer has them."""
    return {name: headers[name] for name in ("ETag", "Last-Modified") if headers.get(name)}


def conditions(known: Mapping[str, str]) -> dict[str, str]:
    """The headers that ask for something only if it has changed since these validators were given."""
    asked = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
    return {asked[name]: text for name, text in known.items() if name in asked}


def _place(client: WebClient, url: str) -> Path:
    return client.folder / "pages" / hashlib.sha256(url.encode()).hexdigest()


def _remembered(place: Path) -> tuple[bytes | None, dict[str, str]]:
    """The page as it was last read and its validators; None when it was not, or what is kept of it is damaged."""
    try:
        known = json.loads(place.with_suffix(".json").read_text("utf-8"))
        content = place.read_bytes()
    except (OSError, ValueError):
        return None, {}
    return (content, known) if hashlib.sha256(content).hexdigest() == known.get("sha256") else (None, {})


def forget_page(client: WebClient, url: str) -> None:
    """Ask for the whole page next time, because what it held was not what was expected."""
    _place(client, url).with_suffix(".json").unlink(missing_ok=True)


def fetch_page(client: WebClient, url: str) -> bytes:
    """The bytes of a page, from the site or, where it says that nothing has changed, as they were.

    Raises:
        SourceError: it cannot be had (see `WebClient.ask`).
    """
    place = _place(client, url)
    content, known = _remembered(place)
    asked = conditions(known)

    def ask() -> tuple[bytes | None, dict[str, str]]:
        with client.ask(url, asked) as response:
            if response.status_code == 304:
                return None, {}
            return _body(client, url, response), validators(response.headers)

    fresh, given = client.patiently(ask)
    if fresh is None:
        if content is None:
            raise SourceError(f"{url} answered that nothing has changed without being asked")
        return content
    if given:
        write_durably(place, fresh)
        said = {"url": url, **given, "sha256": hashlib.sha256(fresh).hexdigest()}
        write_durably(place.with_suffix(".json"), (json.dumps(said, indent=1) + "\n").encode())
    return fresh


def _body(client: WebClient, url: str, response: Response) -> bytes:
    """The whole page; one that ends before its end was cut off, whatever length the site gave it."""
    content = bytearray()
    for piece in pieces(url, response, client.settings.read_timeout_seconds):
        content += piece
        if len(content) > _LARGEST_PAGE:
            raise SourceError(f"{url} is too large for a page")
    start, end = bytes(content[:1024]).lower(), bytes(content[-1024:]).lower()
    if b"<html" in start and b"</html" not in end:
        raise PassingFailure(f"{url} ended in the middle of the page")
    return bytes(content)
