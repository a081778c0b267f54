"""The endpoints under /v1."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from codeset_pipeline import pipeline
from codeset_pipeline.asking.history import History
from codeset_pipeline.serve.app import create_app
from tests.generated_releases import without, write_release
from tests.unit.history.loading import workspace
from tests.unit.serve.conftest import settings
from tests.unit.serve.world import FY2018, FY2020, FY2021, HOSTILE, take


def _get(client: TestClient, path: str, status: int = 200) -> Any:
    response = client.get(path)
    assert response.status_code == status, response.text
    if status >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == status
        assert len(response.json()["detail"]) > 20
    return response.json()


@pytest.mark.parametrize("spelling", ["A00.9", "a009", "A009", "a00.9", "%20A00.9"])
def test_a_code_is_looked_up_in_any_spelling(client: TestClient, spelling: str) -> None:
    status = 400 if spelling.startswith("%20") else 200
    found = _get(client, f"/v1/ICD10CM/codes/{spelling}?on=2019-10-01", status)
    if status == 200:
        assert (found["code"], found["status"], found["replaced_by"]) == ("A00.9", "ended", ["A03.3"])


def test_dates_choose_what_was_in_force_and_what_was_said(client: TestClient) -> None:
    assert _get(client, "/v1/icd10cm/codes/A009?on=2019-09-30")["status"] == "valid"
    assert _get(client, "/v1/icd10cm/codes/A009?on=2019-10-01&published=2018-01-01")["status"] == "valid"
    assert _get(client, "/v1/icd10cm/codes/A010?on=2020-01-01")["status"] == "header"
    today = _get(client, "/v1/icd10cm/codes/A009")
    assert (today["on"], today["status"]) == (date.today().isoformat(), "valid")
    assert _get(client, "/v1/hcpcs/codes/a1010?on=2020-04-01")["status"] == "ended"
    assert _get(client, "/v1/icd10cm/codes/Z99.9")["status"] == "unknown"


def test_the_answer_is_that_of_the_library(client: TestClient, history: History) -> None:
    for code in sorted(FY2020):
        found = _get(client, f"/v1/icd10cm/codes/{code}?on=2020-01-01")
        for name in ("code_set", "on", "published"):
            found.pop(name)
        assert found == history.lookup("icd10cm", code, "2020-01-01", notes=True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/icd9/codes/250", 404),
        ("/v1/icd10cm/codes/A00.9?on=2019-02-30", 400),
        ("/v1/icd10cm/codes/A00.9?on=", 400),
        ("/v1/icd10cm/codes/A00.9?On=2019-02-01", 400),
        ("/v1/icd10cm/codes/A00.9?on=2019-02-01&on=2019-02-02", 400),
        ("/v1/icd10cm/codes/%00", 400),
        ("/v1/icd10cm/codes/A%FF", 400),
        ("/v1/icd10cm/codes/" + "A" * 500, 400),
        ("/v1/icd10cm/codes/A'%20OR%201=1--", 400),
        ("/v1/icd10cm/codes/Z99.9/history", 404),
        ("/v1/icd10cm/changes?from=FY2018", 400),
        ("/v1/icd10cm/changes?from=FY2018&to=FY2019", 404),
        ("/v1/icd10cm/changes?from=FY2018&to=FY2018", 400),
        ("/v1/icd10cm/changes?from=FY2018&to=whatever", 400),
        ("/v1/icd10cm/changes?from=FY2018&to=FY2020&kind=lost", 400),
        ("/v1/icd10cm/changes?from=FY2018&to=FY2020&limit=0", 400),
        ("/v1/icd10cm/changes?from=FY2018&to=FY2020&limit=٣", 400),
        ("/v1/icd10cm/changes?from=FY2018&to=FY2020&cursor=next", 400),
        ("/v1/icd10cm/changes?from=FY2018&to=FY2020&cursor=1-0123456789abcdef", 409),
        ("/v1/icd10cm/crosswalk?from=FY2018&to=FY2020&code=%3Cb%3E", 400),
        ("/v1/search", 400),
        ("/v1/search?q=" + "x" * 201, 400),
        ("/v1/search?q=x&code_set=icd9", 400),
        ("/v1/releases?code_set=icd9", 400),
        ("/v2/releases", 404),
        ("/docs", 404),
    ],
)
def test_a_wrong_request_is_told_what_to_do(client: TestClient, path: str, status: int) -> None:
    _get(client, path, status)


def test_a_wrong_method_is_told_the_right_one(client: TestClient) -> None:
    response = client.delete("/v1/releases")
    assert (response.status_code, response.headers["allow"]) == (405, "GET")
    assert response.headers["content-type"] == "application/problem+json"


def test_the_life_of_a_code_and_where_it_went(client: TestClient) -> None:
    found = _get(client, "/v1/icd10cm/codes/A00.9/history")
    assert [(each["on"], each["kind"]) for each in found["changes"]] == [
        ("2017-10-01", "in_force_on_or_before"),
        ("2019-10-01", "ended"),
        ("2020-10-01", "reactivated"),
    ]
    assert [(step["on"], step["source"], step["target"]) for step in found["steps"]] == [
        ("2019-10-01", "A00.9", "A03.3")
    ]
    as_known_now = [version for version in found["versions"] if version["published_to"] is None]
    assert [version["effective_to"] for version in as_known_now] == ["2019-09-30", None]


def test_many_codes_are_validated_at_once(client: TestClient, history: History) -> None:
    codes = [*FY2018, "a00.9", "nonsense", "", "\ud800", "ß", "'; DROP TABLE release; --"]
    body = json.dumps({"codes": codes, "on": "2020-01-01"})
    response = client.post("/v1/icd10cm/validate", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    answer = response.json()
    assert answer["results"] == list(history.validate("icd10cm", codes, "2020-01-01"))
    assert sum(answer["counts"].values()) == len(codes)
    assert answer["counts"]["unknown"] == 5


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"codes": ["A00.9"]}', "text/plain", 415),
        (b'{"codes": ["A00.9"]}', "", 415),
        (b'{"codes": ["A00.9"', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"codes": "A00.9"}', "application/json", 400),
        (b'{"codes": [250.0]}', "application/json", 400),
        (b'{"codes": [null]}', "application/json", 400),
        (b'{"codes": [], "onn": "2020-01-01"}', "application/json", 400),
        (b'{"codes": [], "on": 20200101}', "application/json", 400),
        (b'{"codes": [], "on": "1/1/2020"}', "application/json", 400),
        (b'{"codes": [' + b'"A",' * 100_000 + b'"B"]}', "application/json", 413),
        (b'{"codes": ["' + b"A" * 8_000_000 + b'"]}', "application/json", 413),
    ],
)
def test_a_wrong_body_is_refused(client: TestClient, body: bytes, content_type: str, status: int) -> None:
    response = client.post("/v1/icd10cm/validate", content=body, headers={"content-type": content_type})
    assert (response.status_code, response.json()["status"]) == (status, status)


def test_changes_are_read_page_by_page(client: TestClient, history: History) -> None:
    every = list(history.changes("icd10cm", "FY2018", "FY2020"))
    first = "/v1/icd10cm/changes?from=FY2018&to=FY2020&limit=4"
    page = _get(client, first)
    rows = list(page["changes"])
    assert page["total"] == len(every) == 8
    while page["next"]:
        page = _get(client, f"{first}&cursor={page['next']}")
        rows += page["changes"]
    assert rows == every
    some = _get(client, "/v1/icd10cm/changes?from=FY2018&to=FY2020&kind=deleted,added&code=a00")
    assert [(row["code"], row["kind"]) for row in some["changes"]] == [("A00.9", "deleted")]
    assert some["totals"] == {"deleted": 1}


def test_the_crosswalk_of_some_codes_or_of_all(client: TestClient) -> None:
    address = "/v1/icd10cm/crosswalk?from=FY2018&to=FY2020"
    found = _get(client, f"{address}&code=a01.0&code=A00.0")["mappings"]
    assert {(row["source"], row["target"], row["relation"]) for row in found} == {
        ("A01.0", "A01.0A", "split"),
        ("A01.0", "A01.0B", "split"),
        ("A00.0", "A00.0", "unchanged"),
    }
    page = _get(client, f"{address}&limit=1")
    assert (page["total"], len(page["mappings"]), page["next"] is None) == (4, 1, False)


def test_search_finds_old_titles_accents_and_codes(client: TestClient) -> None:
    def found(words: str) -> dict[str, Any]:
        return {row["code"]: row for row in _get(client, f"/v1/search?q={words}")["results"]}

    assert found("meniere")["A02.0"]["matched"] is None
    old = found("sort A02 variety 0")["A02.0"]
    assert (old["title"], old["matched"]) == ("Ménière-like disorder", "Disorder of sort A02, variety 0")
    assert found("renam diso")["A03.3"]["status"] == "ended"
    assert next(iter(found("a03.3"))) == "A03.3"
    assert set(found("a03")) >= {"A03", "A03.0", "A03.1", "A03.3", "A03.4", "A03.9"}
    assert found("supply that ends")["A1010"]["code_set"] == "hcpcs"
    assert found("quoted")["A05.1"]["title"] == HOSTILE


@pytest.mark.parametrize(
    "words", ['"', "AND", "a OR", "NEAR(", "*", "text:x", "%00", "^a", "-", "日本", "a%20%22b", "{}"]
)
def test_no_search_is_taken_for_syntax(client: TestClient, words: str) -> None:
    assert isinstance(_get(client, f"/v1/search?q={words}")["results"], list)


def test_entity_tags_hold_until_another_release_is_loaded(own_home: Path, tmp_path: Path) -> None:
    with TestClient(create_app(settings(own_home))) as client:
        addresses = [
            "/v1/icd10cm/codes/A00.1?on=2021-10-01",
            "/v1/icd10cm/codes/A00.1",
            "/v1/icd10cm/codes/A00.1/history",
            "/v1/icd10cm/changes?from=FY2018&to=latest",
            "/v1/icd10cm/crosswalk?from=FY2018&to=latest",
            "/v1/releases",
            "/v1/search?q=A00.1",
        ]
        before = {address: client.get(address) for address in addresses}
        for address, response in before.items():
            assert response.status_code == 200, response.text
            same = client.get(address, headers={"If-None-Match": f'"other", W/{response.headers["etag"]}'})
            assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", response.headers["etag"])
            assert "cache-control" in same.headers
        assert before[addresses[0]].headers["cache-control"] == "public, max-age=300"
        assert before[addresses[1]].headers["cache-control"] == "public, no-cache"
        take(own_home, "icd10cm", write_release(tmp_path / "FY2022", 2022, without(FY2021, "A001"), FY2021))
        pipeline.load(workspace(own_home), "icd10cm")
        for address, response in before.items():
            other = client.get(address, headers={"If-None-Match": response.headers["etag"]})
            assert other.status_code == 200
            assert other.headers["etag"] != response.headers["etag"]
            assert other.json() != response.json(), address


def test_a_database_that_went_away_is_an_outage_and_no_fault(own_home: Path) -> None:
    with TestClient(create_app(settings(own_home)), raise_server_exceptions=False) as client:
        assert client.get("/health").json()["status"] == "ready"
        (own_home / "codeset.sqlite").unlink()
        for address in ("/health", "/v1/icd10cm/codes/A00.9", "/v1/search?q=x"):
            response = client.get(address)
            assert (response.status_code, response.headers["retry-after"]) == (503, "10")
            assert str(own_home) not in response.text
