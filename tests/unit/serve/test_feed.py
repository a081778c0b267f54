"""The change feed over HTTP, and what the server does about feeds when it starts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from codeset_pipeline import pipeline
from codeset_pipeline.feed.store import begun_feeds, open_feed
from codeset_pipeline.serve.app import create_app
from codeset_pipeline.serve.run import serve
from codeset_pipeline.upkeep import current_feed
from tests.generated_releases import retitled, write_release
from tests.unit.history.loading import workspace
from tests.unit.serve.conftest import settings
from tests.unit.serve.world import FY2021, take

PATH = "/v1/icd10cm/feed"
EDITS = "ncci-mue-practitioner"


def _events(home: Path, code_set: str = "icd10cm") -> list[dict[str, Any]]:
    return [json.loads(line) for line in open_feed(workspace(home), code_set).lines()]


def _load_another(home: Path, folder: Path) -> None:
    take(home, "icd10cm", write_release(folder / "FY2022", 2022, retitled(FY2021, "A020", "Another name")))
    pipeline.load(workspace(home), "icd10cm")


@pytest.mark.parametrize("limit", [1, 7, 5000])
def test_pages_lead_to_the_newest_event(client: TestClient, served_home: Path, limit: int) -> None:
    wanted = _events(served_home)[-3 * limit - 1 :]
    before = wanted[0]["previous"]
    since = f"{wanted[0]['sequence'] - 1}-{before}" if wanted[0]["sequence"] > 1 else ""
    found: list[dict[str, Any]] = []
    while since is not None:
        page = client.get(PATH, params={"limit": limit} | ({"since": since} if since else {})).json()
        assert len(page["events"]) <= limit
        assert page["next"] in (None, page["events"][-1]["cursor"])
        assert page["head"] == open_feed(workspace(served_home), "icd10cm").head()
        found += page["events"]
        since = page["next"]
    assert found == wanted
    last = client.get(PATH, params={"since": wanted[-1]["cursor"]}).json()
    assert (last["events"], last["next"]) == ([], None)


def test_a_page_is_a_thousand_events_unless_told(client: TestClient, served_home: Path) -> None:
    page = client.get("/v1/ICD10CM/feed").json()
    assert page["events"] == _events(served_home)[:1000]


def test_it_is_asked_again_only_after_something_was_told(own_home: Path, tmp_path: Path) -> None:
    with TestClient(create_app(settings(own_home))) as client:
        first = client.get(PATH)
        tag = {"If-None-Match": first.headers["etag"]}
        assert client.get(PATH, headers=tag).status_code == 304
        end = {"since": first.json()["head"]["cursor"]}
        assert client.get(PATH, params=end).json()["events"] == []
        _load_another(own_home, tmp_path)
        told = client.get(PATH, params=end, headers=tag)
        assert told.status_code == 200
        assert {each["release"]["label"] for each in told.json()["events"]} == {"FY2022"}
        assert told.headers["etag"] != first.headers["etag"]
        assert told.json()["events"] == _events(own_home)[len(_events(own_home)) - len(told.json()["events"]) :]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        (f"/v1/{EDITS}/feed", 404, "has not begun here"),
        ("/v1/icd9/feed", 404, "no code set of this name"),
        (f"{PATH}?since=yesterday", 400, "is no cursor"),
        (f"{PATH}?since=1-{'0' * 64}", 400, "none of this feed"),
        (f"{PATH}?since=999999-{'a' * 64}", 400, "none of this feed"),
        (f"{PATH}?since=0-{'0' * 64}", 400, "is no cursor"),
        (f"{PATH}?since=%00", 400, "is no cursor"),
        (f"{PATH}?since=&since=", 400, "give it once"),
        (f"{PATH}?limit=0", 400, "limit"),
        (f"{PATH}?limit=5001", 400, "limit"),
        (f"{PATH}?limit=ten", 400, "limit"),
        (f"{PATH}?cursor=1", 400, "no such query parameter"),
    ],
)
def test_a_wrong_request_is_told_what_to_do(client: TestClient, path: str, status: int, said: str) -> None:
    response = client.get(path)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert said in response.json()["detail"]


def test_the_cursor_of_another_feed_is_refused(client: TestClient, served_home: Path) -> None:
    other = open_feed(workspace(served_home), "hcpcs").cursor
    response = client.get(PATH, params={"since": other})
    assert (response.status_code, "another installation" in response.json()["detail"]) == (400, True)


@pytest.mark.parametrize("name", ["000001.json", "000001.ndjson.gz"])
def test_a_damaged_feed_is_no_fault_of_the_request(own_home: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    file = own_home / "feed" / "icd10cm" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with TestClient(create_app(settings(own_home)), raise_server_exceptions=False) as client:
        response = client.get(PATH)
        assert (response.status_code, response.headers["retry-after"]) == (503, "60")
        assert "codeset verify" in response.json()["detail"]
        assert str(own_home) not in response.text
        assert str(file) in caplog.text
        assert client.get("/v1/hcpcs/feed").status_code == 200


def _start(monkeypatch: pytest.MonkeyPatch, home: Path) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: None)
    serve(workspace(home), "127.0.0.1", 0, 1, said.append)
    return said


def test_at_its_start_feeds_of_codes_begin_and_those_that_have_begun_go_on(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(own_home / "feed")
    said = _start(monkeypatch, own_home)
    assert begun_feeds(workspace(own_home)) == ["hcpcs", "icd10cm"]
    assert [line.split()[0] for line in said] == ["Serving", "Stopped."]
    current_feed(workspace(own_home), EDITS)
    before = {name: open_feed(workspace(own_home), name).cursor for name in ("icd10cm", EDITS)}
    take(own_home, "icd10cm", write_release(tmp_path / "FY2022", 2022, retitled(FY2021, "A020", "Another name")))
    # A load that was cut off between the database and the feed.
    pipeline.load(workspace(own_home), "icd10cm", feed=False)
    assert open_feed(workspace(own_home), "icd10cm").cursor == before["icd10cm"]
    _start(monkeypatch, own_home)
    assert begun_feeds(workspace(own_home)) == ["hcpcs", "icd10cm", EDITS]
    assert open_feed(workspace(own_home), EDITS).cursor == before[EDITS]
    assert open_feed(workspace(own_home), "icd10cm").count > int(before["icd10cm"].split("-")[0])


def test_a_damaged_feed_does_not_keep_the_server_from_starting(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own_home / "feed" / "hcpcs" / "000001.json").write_text("{}")
    said = _start(monkeypatch, own_home)
    assert "The feed of hcpcs is not brought up to date" in said[0]
    assert said[1].startswith("Serving")
