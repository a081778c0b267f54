"""How an answer goes out over the connection: whole, by condition, in part, or wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime

from tests.mirror import pages
from tests.mirror.faults import Fault, Kind
from tests.mirror.posted import Answer

_STATUS_OF = {
    Kind.FORBIDDEN: 403,
    Kind.MISSING: 404,
    Kind.TOO_MANY: 429,
    Kind.BROKEN: 500,
    Kind.UNAVAILABLE: 503,
}


@dataclass(frozen=True)
class Transmission:
    """What is sent.

    Attributes:
        length: the Content-Length that is claimed; None claims that of the body.
        cut_after: the connection is cut after so many bytes of the body; None sends all of it.
        reset: the connection is reset before anything is sent.
        pause: seconds between two bits of the body.
        silence: seconds for which the connection stays open after the cut, unless the client hangs up.
    """

    answer: Answer
    length: int | None = None
    cut_after: int | None = None
    reset: bool = False
    pause: float = 0
    silence: float = 0


def transmission(answer: Answer, headers: Mapping[str, str], fault: Fault | None) -> Transmission:
    """What goes out for a site's answer to a request with these headers (names in lower case)."""
    if fault is None:
        return Transmission(_negotiated(answer, headers))
    kind = fault.kind
    if kind in _STATUS_OF:
        status = _STATUS_OF[kind]
        wait = {"Retry-After": f"{fault.seconds:g}"} if kind is Kind.TOO_MANY else {}
        return Transmission(Answer(status, f"<html><body><h1>{status}</h1></body></html>".encode(), headers=wait))
    if kind is Kind.RESET:
        return Transmission(answer, reset=True)
    if kind is Kind.HTML:
        return Transmission(Answer(200, pages.sorry_page().encode()))
    if kind is Kind.LICENCE_PAGE:
        return Transmission(Answer(200, pages.licence_page("/files/zip/x.zip").encode()))
    if kind is Kind.MOVED:
        return Transmission(Answer(302, headers={"Location": "/moved/page-not-found"}))
    if kind is Kind.LOOP:
        return Transmission(Answer(302, headers={"Location": "?again=1"}))
    if kind is Kind.AWAY:
        return Transmission(Answer(302, headers={"Location": "http://elsewhere.invalid/file.zip"}))
    if kind is Kind.TRUNCATED:
        return Transmission(replace(answer, body=answer.body[: len(answer.body) // 2]))
    if kind is Kind.NOT_A_ZIP:
        return Transmission(replace(answer, body=b"\x00" * len(answer.body)))
    if kind is Kind.WITHOUT_LINKS:
        return Transmission(replace(answer, body=re.sub(rb'(?i)href="[^"]*\.[a-z]{3,4}"', b'href="/"', answer.body)))
    if kind is Kind.RANGE_IGNORED:
        return Transmission(_negotiated(answer, {name: text for name, text in headers.items() if name != "range"}))
    sent = _negotiated(answer, headers)
    size = len(sent.body)
    if kind is Kind.SLOW:
        return Transmission(sent, pause=fault.seconds)
    if kind is Kind.LENGTH_TOO_LONG:
        return Transmission(sent, length=size + 100, cut_after=size)
    if kind is Kind.LENGTH_TOO_SHORT:
        return Transmission(sent, length=max(size - 100, 0), cut_after=size)
    if kind is Kind.STALL:
        return Transmission(sent, cut_after=size // 2, silence=fault.seconds or 30)
    if kind is Kind.CUT and size:
        return Transmission(sent, cut_after=size // 2)
    return Transmission(sent, reset=True)


def _negotiated(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """304 where the client has it already, 206 where it asks for the rest, 200 otherwise."""
    if not answer.validated or answer.status != 200:
        return answer
    if _is_known(answer, headers):
        return Answer(304, headers=answer.headers)
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", headers.get("range", ""))
    whole = replace(answer, headers={**answer.headers, "Accept-Ranges": "bytes"})
    if wanted is None or not _is_same(answer, headers.get("if-range")):
        return whole
    size = len(answer.body)
    start, end = int(wanted[1]), min(int(wanted[2] or size), size - 1)
    if start >= size:
        return Answer(416, headers={"Content-Range": f"bytes */{size}"})
    part = {**whole.headers, "Content-Range": f"bytes {start}-{end}/{size}"}
    return replace(whole, status=206, body=answer.body[start : end + 1], headers=part)


def _is_known(answer: Answer, headers: Mapping[str, str]) -> bool:
    tags = headers.get("if-none-match")
    if tags is not None:
        return answer.headers["ETag"] in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    since = headers.get("if-modified-since")
    if since is None:
        return False
    return _moment(answer.headers["Last-Modified"]) <= _moment(since)


def _is_same(answer: Answer, validator: str | None) -> bool:
    """If-Range asks for a part only of the very same content; a weak tag never is."""
    return validator is None or validator in (answer.headers["ETag"], answer.headers["Last-Modified"])


def _moment(text: str) -> float:
    moment = parsedate_to_datetime(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
