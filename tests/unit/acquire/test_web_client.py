"""How the program behaves towards a publisher's site."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from codeset_pipeline.acquire.host_turn import HostTurns
from codeset_pipeline.acquire.page_memory import fetch_page, forget_page
from codeset_pipeline.acquire.web_client import WebClient, user_agent
from codeset_pipeline.errors import RefusedBySite, SourceError, TransientSourceError
from codeset_pipeline.settings import Settings
from tests.mirror import Fault, Kind, Mirror, small

PAGE = "/medicare/coding-billing/icd-10-codes"


@pytest.fixture
def client(mirror: Mirror, tmp_path: Path) -> Iterator[WebClient]:
    small.post_icd10cm_at_cms(mirror)
    made = WebClient(tmp_path, {urlsplit(mirror.cms_url).netloc}, Settings())
    yield made
    made.close()


def _paths(mirror: Mirror) -> list[str]:
    return [entry.path for entry in mirror.requests.all]


def test_says_who_it_is_and_how_to_reach_whoever_runs_it(mirror: Mirror, client: WebClient) -> None:
    fetch_page(client, mirror.cms_url + PAGE)
    agents = {entry.headers["user-agent"] for entry in mirror.requests.all}
    assert agents == {user_agent("tests@example.org")}
    assert user_agent("tests@example.org").startswith("codeset-pipeline/")
    assert user_agent("tests@example.org").endswith("(+tests@example.org)")


def test_reads_robots_txt_first_and_once_and_keeps_to_it(mirror: Mirror, client: WebClient) -> None:
    fetch_page(client, mirror.cms_url + PAGE)
    fetch_page(client, mirror.cms_url + PAGE)
    assert _paths(mirror) == ["/robots.txt", PAGE, PAGE]
    with pytest.raises(RefusedBySite, match=r"robots\.txt"):
        fetch_page(client, mirror.cms_url + "/admin/secret")
    assert "/admin/secret" not in _paths(mirror)


def test_robots_txt_may_name_the_program(mirror: Mirror, client: WebClient) -> None:
    mirror.cms.robots = "User-agent: codeset-pipeline\nDisallow: /medicare/\n"
    with pytest.raises(RefusedBySite):
        fetch_page(client, mirror.cms_url + PAGE)
    assert _paths(mirror) == ["/robots.txt"]


def test_a_site_that_refuses_robots_txt_is_asked_nothing_else(mirror: Mirror, client: WebClient) -> None:
    mirror.fail(Fault(Kind.FORBIDDEN, path="/robots.txt", times=None))
    with pytest.raises(RefusedBySite):
        fetch_page(client, mirror.cms_url + PAGE)
    assert _paths(mirror) == ["/robots.txt"]


@pytest.mark.parametrize("kind", [Kind.MISSING, Kind.MOVED, Kind.LOOP, Kind.AWAY, Kind.HTML])
def test_a_site_without_robots_txt_allows_everything(mirror: Mirror, client: WebClient, kind: Kind) -> None:
    mirror.fail(Fault(kind, path="/robots.txt", times=None))
    assert b"ICD-10" in fetch_page(client, mirror.cms_url + PAGE)


def test_the_second_request_asks_whether_the_page_has_changed(mirror: Mirror, client: WebClient) -> None:
    first = fetch_page(client, mirror.cms_url + PAGE)
    assert fetch_page(client, mirror.cms_url + PAGE) == first
    assert [entry.status for entry in mirror.requests.all if entry.path == PAGE] == [200, 304]
    forget_page(client, mirror.cms_url + PAGE)
    assert fetch_page(client, mirror.cms_url + PAGE) == first
    assert [entry.status for entry in mirror.requests.all if entry.path == PAGE] == [200, 304, 200]


def test_a_remembered_page_that_was_damaged_is_fetched_again(mirror: Mirror, client: WebClient, tmp_path: Path) -> None:
    first = fetch_page(client, mirror.cms_url + PAGE)
    for path in (tmp_path / "pages").iterdir():
        if not path.suffix:
            path.write_bytes(b"<html>something else</html>")
    assert fetch_page(client, mirror.cms_url + PAGE) == first


@pytest.mark.parametrize("kind", [Kind.UNAVAILABLE, Kind.BROKEN, Kind.RESET, Kind.CUT, Kind.TOO_MANY])
def test_what_may_pass_is_tried_again(mirror: Mirror, client: WebClient, kind: Kind) -> None:
    mirror.fail(Fault(kind, path=PAGE, times=1))
    assert b"ICD-10" in fetch_page(client, mirror.cms_url + PAGE)
    assert _paths(mirror).count(PAGE) == 2


@pytest.mark.parametrize("kind", [Kind.UNAVAILABLE, Kind.RESET])
def test_but_not_for_ever(mirror: Mirror, client: WebClient, kind: Kind) -> None:
    mirror.fail(Fault(kind, path=PAGE, times=None))
    with pytest.raises(TransientSourceError):
        fetch_page(client, mirror.cms_url + PAGE)
    assert _paths(mirror).count(PAGE) == 1 + client.settings.retries


@pytest.mark.parametrize(("kind", "error"), [(Kind.FORBIDDEN, RefusedBySite), (Kind.MISSING, SourceError)])
def test_a_no_is_taken_for_a_no(mirror: Mirror, client: WebClient, kind: Kind, error: type[SourceError]) -> None:
    mirror.fail(Fault(kind, path=PAGE, times=None))
    with pytest.raises(error) as raised:
        fetch_page(client, mirror.cms_url + PAGE)
    assert not isinstance(raised.value, TransientSourceError)
    assert _paths(mirror).count(PAGE) == 1


def test_retry_after_is_waited_for(mirror: Mirror, client: WebClient, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("codeset_pipeline.acquire.web_client.time.sleep", waited.append)
    mirror.fail(Fault(Kind.TOO_MANY, path=PAGE, times=1, seconds=7))
    fetch_page(client, mirror.cms_url + PAGE)
    assert waited == [7]


def test_a_site_that_asks_to_be_left_alone_for_long_is(mirror: Mirror, client: WebClient) -> None:
    mirror.fail(Fault(Kind.TOO_MANY, path=PAGE, times=None, seconds=20_000))
    with pytest.raises(TransientSourceError, match="left alone for 20000 seconds"):
        fetch_page(client, mirror.cms_url + PAGE)
    assert _paths(mirror).count(PAGE) == 1


def test_a_redirect_to_somebody_else_is_not_followed(mirror: Mirror, client: WebClient) -> None:
    mirror.fail(Fault(Kind.AWAY, path=PAGE, times=None))
    with pytest.raises(SourceError, match=r"elsewhere\.invalid.*not on a site of the publisher"):
        fetch_page(client, mirror.cms_url + PAGE)
    with pytest.raises(SourceError, match="not on a site of the publisher"):
        fetch_page(client, "https://elsewhere.invalid/")


def test_a_circle_of_redirects_ends(mirror: Mirror, client: WebClient) -> None:
    mirror.fail(Fault(Kind.LOOP, path=PAGE, times=None))
    with pytest.raises(SourceError, match="circle"):
        fetch_page(client, mirror.cms_url + PAGE)
    assert len(mirror.requests.all) < 10


def test_a_page_that_ends_in_the_middle_is_not_believed(mirror: Mirror, client: WebClient) -> None:
    mirror.fail(Fault(Kind.LENGTH_TOO_SHORT, path=PAGE, times=1))
    assert b"</html>" in fetch_page(client, mirror.cms_url + PAGE)


def test_one_request_at_a_time_with_a_pause_between(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.post_icd10cm_at_cms(mirror)
    monkeypatch.setenv("CODESET_REQUEST_PAUSE_SECONDS", "0.1")

    def ask() -> None:
        # A client of its own, as another process of the same workspace has.
        client = WebClient(tmp_path, {urlsplit(mirror.cms_url).netloc}, Settings())
        fetch_page(client, mirror.cms_url + PAGE)
        client.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mirror.requests.all) == 8
    assert mirror.requests.most_at_once("cms") == 1
    assert min(mirror.requests.pauses("cms")) >= 0.09


def test_a_turn_lasts_until_the_last_byte_for_everybody_in_the_workspace(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def talk() -> None:
        with HostTurns(tmp_path, 0).turn("www.cms.gov"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.02)
            inside.pop()

    threads = [threading.Thread(target=talk) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 5


def test_another_host_is_not_kept_waiting(tmp_path: Path) -> None:
    with HostTurns(tmp_path, 0).turn("www.cms.gov"):
        other = threading.Thread(target=lambda: HostTurns(tmp_path, 0).turn("ftp.cdc.gov").__enter__(), daemon=True)
        other.start()
        other.join(timeout=5)
        assert not other.is_alive()


def test_a_pause_is_not_longer_for_a_clock_that_was_set_back(tmp_path: Path) -> None:
    turns = HostTurns(tmp_path, 0.01)
    with turns.turn("www.cms.gov"):
        pass
    ended = next(tmp_path.glob("*.ended"))
    os.utime(ended, (time.time() + 3600, time.time() + 3600))
    started = time.monotonic()
    with turns.turn("www.cms.gov"):
        pass
    assert time.monotonic() - started < 1


def test_the_pause_that_robots_txt_asks_for_is_kept(
    mirror: Mirror, client: WebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.cms.robots = "User-agent: *\nCrawl-delay: 3\n"
    waited: list[float] = []
    monkeypatch.setattr("codeset_pipeline.acquire.host_turn.time.sleep", waited.append)
    fetch_page(client, mirror.cms_url + PAGE)
    assert len(waited) == 1 and 2 < waited[0] <= 3
