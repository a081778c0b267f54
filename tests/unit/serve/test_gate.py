"""Keys, limits, metrics, and what every answer carries."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from codeset_pipeline.serve.access import Keys, RateLimit
from codeset_pipeline.serve.app import create_app
from codeset_pipeline.serve.metrics import Metrics
from codeset_pipeline.serve.problems import Problem
from tests.unit.serve.conftest import settings

LOOKUP = "/v1/icd10cm/codes/A00.9"


@pytest.fixture(scope="module")
def keyed(served_home: Path):  # type: ignore[no-untyped-def]
    with TestClient(create_app(settings(served_home, api_keys="first-key, second-key"))) as client:
        yield client


@pytest.mark.parametrize(
    "headers",
    [{"X-API-Key": "first-key"}, {"X-API-Key": "second-key"}, {"Authorization": "Bearer second-key"}],
)
def test_a_known_key_is_let_in(keyed: TestClient, headers: dict[str, str]) -> None:
    response = keyed.get(LOOKUP, headers=headers)
    assert response.status_code == 200
    # What only some may see is not for shared caches.
    assert response.headers["cache-control"].startswith("private")


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-API-Key": ""}, {"X-API-Key": "first-ke"}, {"X-API-Key": "first-key, second-key"}, {"Authorization": "x"}],
)
def test_no_key_or_another_one_is_refused(
    keyed: TestClient, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for address in (LOOKUP, "/metrics", "/v1/releases", "/nothing"):
            response = keyed.get(address, headers=headers)
            assert response.status_code == 401
            assert "WWW-Authenticate" in response.headers
            assert "first-key" not in response.text
    assert "first-ke" not in caplog.text


def test_health_and_the_description_need_no_key(keyed: TestClient) -> None:
    assert keyed.get("/health").status_code == 200
    document = keyed.get("/openapi.json").json()
    assert document["components"]["securitySchemes"]["key"]["name"] == "X-API-Key"
    assert "first-key" not in str(document)


def test_settings_do_not_show_the_keys(tmp_path: Path) -> None:
    assert "first-key" not in repr(settings(tmp_path, api_keys="first-key"))


def test_keys_that_are_no_latin_text_are_refused_not_failed_on() -> None:
    with pytest.raises(Problem):
        Keys(["ключ"]).admit([(b"x-api-key", b"\xff\x00")])
    assert Keys(["ключ"]).admit([(b"x-api-key", "ключ".encode())])


def test_a_bucket_runs_dry_and_fills_again() -> None:
    limit = RateLimit(rate=2, burst=3)
    for _ in range(3):
        limit.take("a", now=100.0)
    with pytest.raises(Problem) as refused:
        limit.take("a", now=100.0)
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "1")
    limit.take("b", now=100.0)
    limit.take("a", now=100.5)
    with pytest.raises(Problem):
        limit.take("a", now=100.5)
    # Never more than a bucketful.
    for _ in range(3):
        limit.take("a", now=1_000.0)
    with pytest.raises(Problem):
        limit.take("a", now=1_000.0)


def test_who_asks_too_often_is_told_when_to_come_again(served_home: Path) -> None:
    app = create_app(settings(served_home, api_keys="one,two", rate_limit=0.01, rate_burst=2))
    with TestClient(app) as client:
        statuses = [client.get(LOOKUP, headers={"X-API-Key": "one"}).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert int(client.get(LOOKUP, headers={"X-API-Key": "one"}).headers["retry-after"]) > 10
        assert client.get(LOOKUP, headers={"X-API-Key": "two"}).status_code == 200
        assert [client.get(LOOKUP, headers={"X-API-Key": "?"}).status_code for _ in range(3)] == [401, 401, 429]
        assert client.get("/health").status_code == 200


def test_requests_are_counted_by_route_and_status(served_home: Path) -> None:
    with TestClient(create_app(settings(served_home))) as client:
        for _ in range(3):
            client.get(LOOKUP)
        client.get(f"{LOOKUP}?on=never")
        client.get("/nothing")
        text = client.get("/metrics").text
    route = 'route="/v1/{code_set}/codes/{code}"'
    assert f'codeset_http_requests_total{{{route},status="2xx"}} 3\n' in text
    assert f'codeset_http_requests_total{{{route},status="4xx"}} 1\n' in text
    assert 'codeset_http_requests_total{route="other",status="4xx"} 1\n' in text
    assert f'codeset_http_request_seconds_bucket{{{route},le="+Inf"}} 4\n' in text
    assert f"codeset_http_request_seconds_count{{{route}}} 4\n" in text
    assert 'codeset_releases_loaded{code_set="icd10cm"} 3\n' in text


def test_the_counts_of_all_processes_are_added_up(tmp_path: Path) -> None:
    one = Metrics(["/a"], tmp_path)
    (tmp_path / "other.counts").write_bytes(next(tmp_path.glob("*.counts")).read_bytes())
    one.count("/a", 200, 0.002)
    another = next(path for path in tmp_path.glob("*.counts") if path.name != "other.counts")
    (tmp_path / "other.counts").write_bytes(another.read_bytes())
    text = one.text({})
    assert 'codeset_http_requests_total{route="/a",status="2xx"} 2\n' in text
    assert 'codeset_http_request_seconds_bucket{route="/a",le="0.001"} 0\n' in text
    assert 'codeset_http_request_seconds_bucket{route="/a",le="0.0025"} 2\n' in text


def test_every_answer_says_that_its_type_is_what_it_is(client: TestClient) -> None:
    for address in ("/health", LOOKUP, "/nothing", "/openapi.json", f"{LOOKUP}?on=x"):
        assert client.get(address).headers["x-content-type-options"] == "nosniff"
