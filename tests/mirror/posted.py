"""A file that a site has posted, and what the site answers to a request."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime


@dataclass(frozen=True)
class Posted:
    """A file on a site.

    Attributes:
        path: decoded path, such as `/files/zip/2026-code-descriptions-tabular-order.zip`.
        posted: when it was put there; the site's Last-Modified.
        gated: the site hands it out only after the agreement.
    """

    path: str
    content: bytes
    posted: datetime
    gated: bool = False


@dataclass(frozen=True)
class Asked:
    """What a site is told of a request; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What a site answers before anything goes wrong.

    Attributes:
        validated: the body has an ETag and a Last-Modified that later requests may ask by, and can be had in ranges.
        is_file: a release file, and no page.
    """

    status: int
    body: bytes = b""
    type: str = "text/html; charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    validated: bool = False
    is_file: bool = False


_TYPES = {
    "zip": "application/zip",
    "pdf": "application/pdf",
    "xml": "text/xml",
    "txt": "text/plain",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def with_validators(content: bytes, posted: datetime, type: str, is_file: bool) -> Answer:
    """An answer that a client can ask for again by condition or in parts."""
    headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()[:16]}"', "Last-Modified": http_date(posted)}
    return Answer(200, content, type, headers, validated=True, is_file=is_file)


def file_answer(file: Posted) -> Answer:
    ending = file.path.rsplit(".", 1)[-1].lower()
    return with_validators(file.content, file.posted, _TYPES.get(ending, "application/octet-stream"), True)


def page_answer(html: str, changed: datetime, status: int = 200) -> Answer:
    """A page with validators, as a site with a page cache sends it."""
    answer = with_validators(html.encode(), changed, "text/html; charset=UTF-8", False)
    return answer if status == 200 else Answer(status, answer.body)


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
