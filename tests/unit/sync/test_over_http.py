"""`codeset sync --from http://…`: another installation's feed, served well, badly, or by somebody who forges it."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from codeset_pipeline.feed.store import Feed, open_feed
from tests.integration.command_line import Outcome, codeset
from tests.unit.history.loading import workspace
from tests.unit.serve.conftest import settings
from tests.unit.serve.running import running
from tests.unit.sync.conftest import CODE_SETS
from tests.unit.sync.reading import ask, exported, held

Page = dict[str, Any]


@pytest.fixture(autouse=True)
def _without_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODESET_RETRIES", "0")


def _sync(url: str, origin: str, *words: object) -> Outcome:
    return codeset("sync", *words, "--to", url, "--from", origin, "--format", "json")


def test_a_served_workspace_is_followed_with_a_key(
    stages: list[Path], target_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(settings(stages[0], api_keys="one-key")) as origin:
        refused = _sync(target_url, origin)
        assert (refused.code, "API key is missing" in refused.err) == (1, True)
        monkeypatch.setenv("CODESET_API_KEY", "other-key")
        refused = _sync(target_url, origin)
        assert (refused.code, "API key is not known" in refused.err) == (1, True)
        assert "other-key" not in refused.err
        monkeypatch.setenv("CODESET_API_KEY", "one-key")
        done = _sync(target_url, origin)
        assert (done.code, {each["code_set"] for each in done.json["synced"]}) == (0, set(CODE_SETS))
        assert _sync(target_url, origin, "--verify").json == {"ok": True, "problems": []}
    for code_set in CODE_SETS:
        assert held(target_url, code_set) == exported(stages[0], code_set)
    # The same installation, started anew with more loaded.
    with running(settings(stages[-1], api_keys="one-key")) as origin:
        assert _sync(target_url, origin, "icd10cm", "--verify").code == 1
        done = _sync(target_url, origin, "icd10cm", "--batch", "13")
        assert done.json["synced"][0]["events"] > 0
        assert _sync(target_url, origin, "icd10cm").json["synced"][0]["events"] == 0
    assert held(target_url, "icd10cm") == exported(stages[-1], "icd10cm")


def test_feeds_that_have_not_begun_there_are_left_out_unless_named(stages: list[Path], tmp_path: Path) -> None:
    home, url = tmp_path / "home", f"sqlite:///{tmp_path / 'target.sqlite'}"
    shutil.copytree(stages[0], home)
    shutil.rmtree(home / "feed" / "ncci-aoc")
    with running(settings(home)) as origin:
        done = _sync(url, origin)
        assert (done.code, {each["code_set"] for each in done.json["synced"]}) == (0, set(CODE_SETS) - {"ncci-aoc"})
        named = _sync(url, origin, "ncci-aoc")
        assert (named.code, "has not begun here" in named.err) == (1, True)


class _Server(ThreadingHTTPServer):
    """Serves the pages of a feed as told.

    Attributes:
        change: is given each page before it is sent.
        cut_after: pages that are sent whole; of the next one half is sent.
    """

    feed: Feed
    change: Callable[[Page], Any]
    cut_after: int
    pages = 0


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(place.query).items()}
        events = [json.loads(line) for line in self.server.feed.lines(asked.get("since", ""), int(asked["limit"]))]
        last = events[-1]["cursor"] if events else None
        page = {"code_set": "icd10cm", "head": self.server.feed.head(), "events": events}
        page["next"] = None if last == self.server.feed.cursor else last
        body = json.dumps(self.server.change(page)).encode()
        self.server.pages += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.server.pages > self.server.cut_after else body)


@contextmanager
def _serving(home: Path, change: Callable[[Page], Any] = lambda page: page, cut_after: int = 10**6) -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.feed, server.change, server.cut_after = open_feed(workspace(home), "icd10cm"), change, cut_after
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_cut_off_in_the_middle_it_goes_on(stages: list[Path], tmp_path: Path) -> None:
    """Two pages more each time, the last of them cut in half."""
    url, home, at = f"sqlite:///{tmp_path / 'target.sqlite'}", stages[-1], 0
    count = open_feed(workspace(home), "icd10cm").count
    for _ in range(2):
        with _serving(home, cut_after=2) as origin:
            cut = _sync(url, origin, "icd10cm", "--batch", "10")
        assert (cut.code, "it goes on where it was" in cut.err, cut.out) == (1, True, "")
        at += 20
        assert ask(url, "SELECT events FROM codeset_sync") == [(at,)]
    gone = _sync(url, origin, "icd10cm")
    assert (gone.code, "cannot be reached" in gone.err) == (1, True)
    with running(settings(home)) as origin:
        assert _sync(url, origin, "icd10cm").json["synced"][0]["events"] == count - at
    assert held(url, "icd10cm") == exported(home, "icd10cm")


def _reworded(page: Page) -> Page:
    for event in page["events"]:
        if event["sequence"] == 33:
            event["after"]["long_title"] = "Something else"
    return page


def _left_out(page: Page) -> Page:
    return page | {"events": [event for event in page["events"] if event["sequence"] != 32]}


def _repeated(page: Page) -> Page:
    return page | {"events": [e for event in page["events"] for e in [event] * (1 + (event["sequence"] == 32))]}


@pytest.mark.parametrize(("change", "named"), [(_reworded, 33), (_left_out, 33), (_repeated, 32)])
def test_what_was_changed_on_its_way_is_refused_with_its_cursor(
    stages: list[Path], tmp_path: Path, change: Callable[[Page], Page], named: int
) -> None:
    url = f"sqlite:///{tmp_path / 'target.sqlite'}"
    with _serving(stages[-1], change) as origin:
        refused = _sync(url, origin, "icd10cm", "--batch", "20")
    cursor = json.loads(list(open_feed(workspace(stages[-1]), "icd10cm").lines())[named - 1])["cursor"]
    assert (refused.code, cursor in refused.err) == (1, True), refused.err
    assert ask(url, "SELECT events FROM codeset_sync") == [(20,)]
    assert ask(url, "SELECT count(*) FROM icd10_codes") == [(20,)]


@pytest.mark.parametrize(
    "change",
    [
        lambda page: [],
        lambda page: {},
        lambda page: page | {"events": {}},
        lambda page: page | {"events": [], "next": page["events"][0]["cursor"]},
        lambda page: page | {"events": [None]},
        lambda page: page | {"next": page["events"][0]["cursor"]},
    ],
)
def test_what_is_no_page_of_a_feed_is_refused(
    stages: list[Path], tmp_path: Path, change: Callable[[Page], Any]
) -> None:
    """The last of them is a page whose next one is not the next."""
    with _serving(stages[-1], change) as origin:
        refused = _sync(f"sqlite:///{tmp_path / 'target.sqlite'}", origin, "icd10cm", "--batch", "20")
    assert refused.code == 1
    assert "unexpected" not in refused.err


@pytest.mark.parametrize("origin", ["codes:8080", "ftp://codes", ""])
def test_what_is_no_address_is_misuse(tmp_path: Path, origin: str) -> None:
    refused = _sync(f"sqlite:///{tmp_path / 'target.sqlite'}", origin, "icd10cm")
    assert (refused.code, "is no address" in refused.err) == (2, True)


def test_a_server_of_something_else(stages: list[Path], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'target.sqlite'}"
    with running(settings(stages[0])) as origin:
        for wrong, code in ((f"{origin}/elsewhere", 1), (f"{origin}/v1", 1)):
            refused = _sync(url, wrong, "icd10cm")
            assert (refused.code, "unexpected" in refused.err) == (code, False), refused.err
