"""Each failure of the mirror is on the wire what it is called, strikes where it should, and no more often."""

from __future__ import annotations

import time

import pytest
import requests

from tests.mirror import Fault, Kind, Mirror, small
from tests.mirror.cms import ICD10_PAGE
from tests.unit.mirror.test_likeness import AGENT, get

STATUSES = {Kind.FORBIDDEN: 403, Kind.MISSING: 404, Kind.TOO_MANY: 429, Kind.BROKEN: 500, Kind.UNAVAILABLE: 503}
BROKEN_OFF = (Kind.RESET, Kind.CUT, Kind.LENGTH_TOO_LONG)


@pytest.fixture
def file(mirror: Mirror) -> str:
    """URL of a zip on the mirror."""
    return mirror.cms_url + small.post_icd10cm_at_cms(mirror)[0]


def content_of(mirror: Mirror, url: str) -> bytes:
    return mirror.cms.files[url.removeprefix(mirror.cms_url)].content


@pytest.mark.parametrize("kind", STATUSES, ids=lambda kind: kind.value)
def test_a_status(mirror: Mirror, file: str, kind: Kind) -> None:
    fault = mirror.fail(Fault(kind, path="*.zip", seconds=7))
    answer = get(file)
    assert answer.status_code == STATUSES[kind]
    assert answer.headers.get("Retry-After") == ("7" if kind is Kind.TOO_MANY else None)
    assert get(file).content == content_of(mirror, file)
    assert fault.struck == 1


@pytest.mark.parametrize("kind", BROKEN_OFF, ids=lambda kind: kind.value)
def test_a_connection_that_breaks_off(mirror: Mirror, file: str, kind: Kind) -> None:
    mirror.fail(Fault(kind))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        get(file)
    assert get(file).content == content_of(mirror, file)


def test_content_that_is_not_what_it_claims(mirror: Mirror, file: str) -> None:
    whole = content_of(mirror, file)
    for kind, expected in (
        (Kind.LENGTH_TOO_SHORT, whole[:-100]),
        (Kind.TRUNCATED, whole[: len(whole) // 2]),
        (Kind.NOT_A_ZIP, bytes(len(whole))),
    ):
        mirror.fail(Fault(kind))
        assert get(file).content == expected
    for kind in (Kind.HTML, Kind.LICENCE_PAGE):
        mirror.fail(Fault(kind))
        answer = get(file)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=UTF-8")
        assert answer.content.startswith(b"<!DOCTYPE html>")


def test_half_of_the_content_and_then_silence(mirror: Mirror, file: str) -> None:
    heard: list[int] = []
    mirror.fail(Fault(Kind.STALL, seconds=0.3, then=lambda: heard.append(1)))
    answer = requests.get(file, headers=AGENT, timeout=0.05, stream=True)
    with pytest.raises(requests.ConnectionError, match="timed out"):
        answer.content  # noqa: B018 - reading it is the test
    assert heard == [1]


def test_redirects(mirror: Mirror, file: str) -> None:
    mirror.fail(Fault(Kind.MOVED))
    assert get(file).url == f"{mirror.cms_url}/moved/page-not-found"
    mirror.fail(Fault(Kind.LOOP, times=None))
    with pytest.raises(requests.TooManyRedirects):
        get(file)
    mirror.heal()
    mirror.fail(Fault(Kind.AWAY))
    away = requests.get(file, headers=AGENT, timeout=5, allow_redirects=False)
    assert away.headers["Location"].startswith("http://elsewhere.invalid/")


def test_a_slow_answer_comes_in_bits(mirror: Mirror, file: str) -> None:
    mirror.fail(Fault(Kind.SLOW, seconds=0.01))
    began = time.monotonic()
    assert get(file).content == content_of(mirror, file)
    assert time.monotonic() - began > 0.1


def test_a_range_that_is_ignored(mirror: Mirror, file: str) -> None:
    mirror.fail(Fault(Kind.RANGE_IGNORED))
    answer = get(file, Range="bytes=100-")
    assert (answer.status_code, answer.content) == (200, content_of(mirror, file))


def test_a_page_without_its_links(mirror: Mirror, file: str) -> None:
    fault = mirror.fail(Fault(Kind.WITHOUT_LINKS))
    assert get(file).content == content_of(mirror, file)
    assert fault.struck == 0
    page = get(mirror.cms_url + ICD10_PAGE).text
    assert "Code Descriptions" in page
    assert ".zip" not in page


def test_a_fault_of_a_request_stays_with_its_path(mirror: Mirror, file: str) -> None:
    mirror.requests.forget()
    mirror.fail(Fault(Kind.UNAVAILABLE, number=2, times=None))
    statuses = [get(file).status_code, get(mirror.cms_url + ICD10_PAGE).status_code, get(file).status_code]
    statuses.append(get(mirror.cms_url + ICD10_PAGE).status_code)
    assert statuses == [200, 503, 200, 503]
    assert [entry.fault for entry in mirror.requests.all] == ["", "503", "", "503"]


def test_what_follows_a_fault_can_be_told(mirror: Mirror, file: str) -> None:
    path = file.removeprefix(mirror.cms_url)
    mirror.fail(Fault(Kind.CUT, then=lambda: mirror.cms.repost(path, b"mended", small.at(2029, 8, 1))))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get(file)
    assert get(file).content == b"mended"


def test_the_log_counts_requests_at_one_moment_and_the_pauses_between(mirror: Mirror, file: str) -> None:
    get(file)
    time.sleep(0.05)
    get(file)
    assert mirror.requests.most_at_once("cms") == 1
    assert mirror.requests.pauses("cms")[0] >= 0.05
    assert mirror.requests.of("cdc") == []
