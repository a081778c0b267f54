"""Fetching a file: conditional, resumed, and never something else in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from codeset_pipeline.acquire.blobs import BlobStore
from codeset_pipeline.acquire.download import Fetched, PageInstead, discard_file, fetch_file, keep_file
from codeset_pipeline.acquire.download_memory import DownloadMemory
from codeset_pipeline.acquire.web_client import WebClient
from codeset_pipeline.errors import SourceError, TransientSourceError
from codeset_pipeline.settings import Settings
from tests.mirror import Fault, Kind, Mirror, small

NAME = "2030-code-descriptions-tabular-order.zip"
PATH = f"/files/zip/{NAME}"
CONTENT = bytes(range(256)) * 2000


class Desk:
    """A client and a memory in a folder of their own."""

    def __init__(self, mirror: Mirror, folder: Path) -> None:
        self.mirror = mirror
        self.client = WebClient(folder / "downloads", {urlsplit(mirror.cms_url).netloc}, Settings())
        self.memory = DownloadMemory(folder / "downloads", BlobStore(folder / "blobs"))
        self.lines: list[str] = []

    def fetch(self) -> Fetched:
        return fetch_file(self.client, self.memory, self.mirror.cms_url + PATH, NAME, self.lines.append)

    @property
    def log(self) -> list[tuple[int, str]]:
        """Status and asked range of each request for the file."""
        found = [entry for entry in self.mirror.requests.all if entry.path == PATH]
        return [(entry.status, entry.headers.get("range", "")) for entry in found]


@pytest.fixture
def desk(mirror: Mirror, tmp_path: Path) -> Iterator[Desk]:
    mirror.cms.post_icd10cm(2030, "2030 Code Descriptions", NAME, CONTENT, small.at(2029, 6, 12))
    made = Desk(mirror, tmp_path)
    yield made
    made.client.close()


def test_a_file_comes_with_its_hash_and_validators(desk: Desk) -> None:
    fetched = desk.fetch()
    assert fetched.content == CONTENT and fetched.changed
    assert fetched.validators["Last-Modified"] == "Tue, 12 Jun 2029 12:00:00 GMT"
    assert desk.memory.arrived(fetched.sha256).read_bytes() == CONTENT
    assert not list(desk.memory.partial("x").parent.iterdir())
    assert desk.lines[-1].endswith("0.5 MB fetched") or "512 KB" in desk.lines[-1]


def test_a_file_that_was_kept_is_asked_for_by_condition(desk: Desk) -> None:
    keep_file(desk.memory, desk.fetch())
    again = desk.fetch()
    assert (again.content, again.changed) == (CONTENT, False)
    assert [status for status, _ in desk.log] == [200, 304]
    assert desk.mirror.requests.all[-1].is_conditional


def test_a_file_that_was_not_kept_is_fetched_anew(desk: Desk) -> None:
    fetched = desk.fetch()
    discard_file(desk.memory, fetched.url, fetched.sha256)
    desk.fetch()
    assert [status for status, _ in desk.log] == [200, 200]


def test_a_file_that_is_no_longer_at_hand_is_fetched_anew(desk: Desk) -> None:
    fetched = desk.fetch()
    keep_file(desk.memory, fetched)
    desk.memory.clear_arrived(fetched.sha256)
    assert desk.fetch().changed
    assert [status for status, _ in desk.log] == [200, 200]


def test_a_connection_that_is_cut_is_taken_up_where_it_broke_off(desk: Desk) -> None:
    desk.mirror.fail(Fault(Kind.CUT, path=PATH, times=1))
    assert desk.fetch().content == CONTENT
    assert desk.log == [(200, ""), (206, f"bytes={len(CONTENT) // 2}-")]


def test_cuts_without_end_are_overcome_as_long_as_something_arrives(desk: Desk) -> None:
    # The settings allow one more attempt after a failure; each of these gets half of what is left.
    desk.mirror.fail(Fault(Kind.CUT, path=PATH, times=5))
    assert desk.fetch().content == CONTENT
    assert len(desk.log) == 6


def test_a_download_that_a_run_left_is_taken_up_by_the_next(desk: Desk, mirror: Mirror, tmp_path: Path) -> None:
    mirror.fail(Fault(Kind.CUT, path=PATH, times=1))
    mirror.fail(Fault(Kind.UNAVAILABLE, path=PATH, times=2))
    with pytest.raises(TransientSourceError):
        desk.fetch()
    mirror.heal()
    mirror.requests.forget()
    other = Desk(mirror, tmp_path)
    assert other.fetch().content == CONTENT
    assert other.log == [(206, f"bytes={len(CONTENT) // 2}-")]
    other.client.close()


def test_a_server_that_ignores_the_range_starts_the_file_anew(desk: Desk) -> None:
    desk.mirror.fail(Fault(Kind.CUT, path=PATH, times=1))
    desk.mirror.fail(Fault(Kind.RANGE_IGNORED, path=PATH, times=None))
    assert desk.fetch().content == CONTENT
    assert desk.log == [(200, ""), (200, f"bytes={len(CONTENT) // 2}-")]


def test_parts_of_two_different_files_are_never_put_together(desk: Desk) -> None:
    other = CONTENT[::-1]
    fault = Fault(Kind.CUT, path=PATH, times=1)
    fault.then = lambda: desk.mirror.cms.repost(PATH, other, small.at(2029, 8, 1))
    desk.mirror.fail(fault)
    assert desk.fetch().content == other
    assert [status for status, _ in desk.log] == [200, 200]


def test_a_partial_download_longer_than_the_file_is_given_up(desk: Desk) -> None:
    desk.mirror.fail(Fault(Kind.LENGTH_TOO_LONG, path=PATH, times=1))
    assert desk.fetch().content == CONTENT
    desk.mirror.fail(Fault(Kind.LENGTH_TOO_LONG, path=PATH, times=None))
    desk.memory.forget(desk.mirror.cms_url + PATH)
    with pytest.raises(TransientSourceError):
        desk.fetch()


def test_a_repost_is_a_changed_file(desk: Desk) -> None:
    first = desk.fetch()
    keep_file(desk.memory, first)
    desk.mirror.cms.repost(PATH, CONTENT + b"more", small.at(2029, 8, 1))
    second = desk.fetch()
    assert second.changed and second.sha256 != first.sha256
    keep_file(desk.memory, second)
    desk.mirror.cms.repost(PATH, CONTENT + b"more", small.at(2029, 9, 1))
    desk.mirror.requests.forget()
    third = desk.fetch()
    assert not third.changed and third.sha256 == second.sha256


@pytest.mark.parametrize("kind", [Kind.HTML, Kind.LICENCE_PAGE])
def test_a_page_in_place_of_the_file_is_not_kept(desk: Desk, kind: Kind) -> None:
    desk.mirror.fail(Fault(kind, path=PATH, times=None))
    with pytest.raises(PageInstead) as raised:
        desk.fetch()
    assert b"<html" in raised.value.page
    assert len(desk.log) == 1
    assert not list(desk.memory.partial("x").parent.iterdir())


def test_bytes_that_all_but_stop_are_a_failure(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODESET_READ_TIMEOUT_SECONDS", "0.1")
    monkeypatch.setenv("CODESET_RETRIES", "0")
    desk.client.settings = Settings()
    desk.mirror.cms.repost(PATH, b"x" * 32, small.at(2029, 6, 12))
    desk.mirror.fail(Fault(Kind.SLOW, path=PATH, times=None, seconds=0.08))
    with pytest.raises(TransientSourceError, match="stopped arriving"):
        desk.fetch()


def test_a_file_without_end_is_not_filled_into_the_disk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODESET_MAX_DOWNLOAD_BYTES", "100000")
    desk.client.settings = Settings()
    with pytest.raises(SourceError, match="larger than any release"):
        desk.fetch()
    assert not list(desk.memory.partial("x").parent.iterdir())


def test_a_full_disk_is_no_failure_of_the_site(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("codeset_pipeline.acquire.download._Fetching._write", full)
    with pytest.raises(OSError, match="No space left"):
        desk.fetch()
    assert len(desk.log) == 1
