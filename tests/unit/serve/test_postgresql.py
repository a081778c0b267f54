"""A history in PostgreSQL answers over HTTP and in Python exactly as the same one in SQLite does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

import codeset_pipeline
from codeset_pipeline import pipeline
from codeset_pipeline.asking.history import History
from codeset_pipeline.serve.app import create_app
from codeset_pipeline.settings import Workspace
from tests.generated_releases import write_release
from tests.hcpcs_releases import supplies
from tests.postgresql import Server
from tests.unit.serve.conftest import settings
from tests.unit.serve.world import FY2018, FY2020, FY2021, take

CODES = {"icd10cm": sorted({*FY2018, *FY2020, *FY2021, "Z999"}), "hcpcs": sorted({*supplies(), "Z9999"})}
NCCI = ("ncci-ptp-practitioner", "ncci-mue-practitioner", "ncci-aoc")
DAYS = ("2017-09-30", "2017-10-01", "2019-09-30", "2019-10-01", "2020-04-01", "2020-10-01", "2031-01-01")
SYSTEM = "http://hl7.org/fhir/sid/icd-10-cm"


@pytest.fixture(scope="module")
def url(postgresql: Server, served_home: Path) -> str:
    made = postgresql.database()
    for code_set in (*CODES, *NCCI):
        pipeline.load(Workspace.at(served_home, made), code_set)
    return made


@pytest.fixture(scope="module")
def from_server(served_home: Path, url: str) -> Iterator[TestClient]:
    with TestClient(create_app(settings(served_home, database_url=url)), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(served_home: Path, url: str) -> Iterator[History]:
    with codeset_pipeline.open(served_home, url) as opened:
        yield opened


def paths() -> Iterator[str]:
    yield from ("/v1/releases", "/v1/search?q=chill", "/v1/search?q=a0", "/v1/search?q=meniere&code_set=icd10cm")
    for code_set, codes in CODES.items():
        for code in codes:
            yield f"/v1/{code_set}/codes/{code}?on=2019-10-01"
            yield f"/v1/{code_set}/codes/{code}?on=2019-10-01&published=2018-06-01"
            yield f"/v1/{code_set}/codes/{code}/history"
    for pair in ("from=FY2018&to=FY2020", "from=FY2018&to=FY2021", "from=FY2021&to=FY2018"):
        yield f"/v1/icd10cm/changes?{pair}"
        yield f"/v1/icd10cm/crosswalk?{pair}"
    for path in (
        f"CodeSystem/$lookup?system={SYSTEM}&code=A00.9&date=2020-10-01",
        f"CodeSystem/$validate-code?url={SYSTEM}&code=A01.0&version=2020",
        f"CodeSystem/$subsumes?system={SYSTEM}&codeA=A00&codeB=A00.9",
        f"ValueSet/$expand?url={quote(SYSTEM + '?fhir_vs=A0*', safe='')}&date=2019-10-01",
        f"ValueSet/$expand?url={quote(SYSTEM + '?fhir_vs=A0*', safe='')}&date=2017-10-01",
    ):
        yield f"/fhir/r5/{path}"
        yield f"/fhir/r4/{path}"


def test_every_response_is_the_same_with_the_same_tag(client: TestClient, from_server: TestClient) -> None:
    statuses = set()
    for path in paths():
        ours, theirs = client.get(path), from_server.get(path)
        assert (theirs.status_code, theirs.content) == (ours.status_code, ours.content), path
        assert theirs.headers.get("etag") == ours.headers.get("etag"), path
        statuses.add(ours.status_code)
        if "etag" in theirs.headers:
            assert from_server.get(path, headers={"If-None-Match": theirs.headers["etag"]}).status_code == 304
    assert {200} <= statuses <= {200, 404}


def test_every_answer_of_the_library_is_the_same(history: History, shared: History) -> None:
    for code_set, codes in CODES.items():
        for day in DAYS:
            for published in (None, "2018-06-01"):
                ours = history.validate(code_set, codes, day, published)
                assert shared.validate(code_set, codes, day, published) == ours
            for code in codes:
                assert shared.lookup(code_set, code, day) == history.lookup(code_set, code, day)
    assert shared.changes("icd10cm", "FY2018", "FY2021") == history.changes("icd10cm", "FY2018", "FY2021")
    assert shared.crosswalk("icd10cm", "FY2018", "FY2021") == history.crosswalk("icd10cm", "FY2018", "FY2021")


def test_a_load_is_seen_by_the_next_question_and_not_within_one(
    postgresql: Server, own_home: Path, tmp_path: Path
) -> None:
    place = Workspace.at(own_home, postgresql.database())
    pipeline.load(place, "icd10cm")
    with codeset_pipeline.open(own_home, place.database_url) as opened:
        with opened.sessions.reading() as session:
            tag = session.tag()
            before = opened.lookup("icd10cm", "A00.9", "2032-01-01")
            take(own_home, "icd10cm", write_release(tmp_path / "FY2022", 2022, FY2020, FY2021))
            pipeline.load(place, "icd10cm")
            assert opened.lookup("icd10cm", "A00.9", "2032-01-01") == before
            assert session.tag() == tag
        assert before["status"] == "valid"
        assert opened.lookup("icd10cm", "A00.9", "2032-01-01")["status"] == "ended"
        with opened.sessions.reading() as session:
            assert session.tag() != tag
