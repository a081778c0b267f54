"""NCCI sets over HTTP and from Python: lookups, histories, lists against MUE tables, and `check`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from codeset_pipeline.asking.history import History
from codeset_pipeline.errors import HistoryError, UsageError
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.lookup import open_lookup
from codeset_pipeline.ncci_check.check import check_codes
from tests.integration.command_line import codeset
from tests.unit.history.loading import workspace
from tests.unit.ncci_check.conftest import CODES, DAYS, QUARTERS

PTP, MUE, ADD_ON = "ncci-ptp-practitioner", "ncci-mue-practitioner", "ncci-aoc"


def _lists(value: Any) -> Any:
    """Tuples as lists, as JSON has them."""
    if isinstance(value, dict):
        return {name: _lists(each) for name, each in value.items()}
    return [_lists(each) for each in value] if isinstance(value, (list, tuple)) else value


@pytest.fixture(scope="module")
def pair(history: History) -> str:
    """A pair that an edit is in force for."""
    edit = history.check(CODES, DAYS[-1])["edits"][0]
    return f"{edit['column_1']}/{edit['column_2']}"


@pytest.mark.parametrize("on", [DAYS[0], DAYS[5], DAYS[-1]])
@pytest.mark.parametrize("published", [None, date(2025, 11, 30), date(2026, 3, 2)])
def test_check_answers_alike_in_process_and_over_http(
    client: TestClient, history: History, served_home: Path, on: date, published: date | None
) -> None:
    """The findings themselves are held against the tables in tests/unit/ncci_check."""
    database = HistoryDatabase(workspace(served_home).database_url)
    units = {CODES[0]: 2, CODES[3]: 1}
    with database.reading() as connection:
        found = check_codes(connection, CODES, on, setting="practitioner", published=published, units=units)
    database.dispose()
    wanted = _lists(asdict(found))
    assert history.check(CODES, on, published, setting="practitioner", units=units) == wanted
    query = {"code": ",".join(CODES), "on": on, "setting": "practitioner", "units": [f"{CODES[0]}=2", f"{CODES[3]}=1"]}
    response = client.get("/v1/check", params=query | ({"published": published} if published else {}))
    assert response.status_code == 200
    assert response.json() == wanted
    some = (wanted["edits"], wanted["mue"], wanted["add_on"])
    assert all(some) or on < QUARTERS[0] or published == date(2025, 11, 30)


def test_check_gives_tables(history: History) -> None:
    found = history.check(CODES, DAYS[-1])
    table = found["edits"].to_arrow()
    assert table.num_rows == len(found["edits"]) > 0
    assert table["effective_from"].type == "date32[day]"
    assert history.check(["A0014"], DAYS[-1])["edits"].to_arrow().num_columns == table.num_columns


def test_check_has_an_entity_tag(client: TestClient) -> None:
    path = "/v1/check?code=A0001&code=A0002&on=2026-02-01"
    first = client.get(path)
    assert first.headers["cache-control"] == "public, max-age=300"
    assert client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert client.get("/v1/check?units=A0001=3").headers["cache-control"] == "public, no-cache"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("code=", 400),
        ("code=A00", 400),
        ("code=A0001&setting=inpatient", 400),
        ("code=A0001&setting=hospital", 404),
        ("code=A0001&units=A0001", 400),
        ("code=A0001&units=A0001=-1", 400),
        ("units=A0001=1&units=a0001=2", 400),
        ("code=A0001&on=2026-02-30", 400),
        ("code=A0001&date=2026-02-01", 400),
        ("&".join(f"code=A{number:04}" for number in range(101)), 400),
    ],
)
def test_a_wrong_check_is_told_what_to_do(client: TestClient, query: str, status: int) -> None:
    response = client.get(f"/v1/check?{query}")
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert len(response.json()["detail"]) > 20


def test_a_wrong_check_from_python_says_what_to_do(history: History) -> None:
    with pytest.raises(UsageError, match="list of codes"):
        history.check("A0001")
    with pytest.raises(UsageError, match="no NCCI setting"):
        history.check(["A0001"], setting="inpatient")


def test_a_pair_is_looked_up_over_http(client: TestClient, history: History, pair: str) -> None:
    wanted = history.lookup(PTP, pair, DAYS[-1])
    assert wanted["status"] == "valid"
    for spelling in (pair.replace("/", ","), pair.replace("/", ",").lower(), pair.replace("/", "%2C")):
        found = client.get(f"/v1/{PTP}/codes/{spelling}?on={DAYS[-1]}").json()
        assert {name: found[name] for name in wanted} == wanted
    assert client.get(f"/v1/icd10cm/codes/{pair.replace('/', ',')}").status_code == 400


@pytest.mark.parametrize("code_set", [MUE, ADD_ON])
def test_a_code_of_the_other_tables_is_looked_up_over_http(client: TestClient, history: History, code_set: str) -> None:
    for code in CODES:
        found = client.get(f"/v1/{code_set}/codes/{code}?on={DAYS[-1]}").json()
        wanted = history.lookup(code_set, code, DAYS[-1])
        assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize("code_set", [PTP, MUE, ADD_ON, "icd10cm", "hcpcs"])
def test_a_history_is_the_same_by_every_road(
    client: TestClient, history: History, served_home: Path, pair: str, code_set: str
) -> None:
    code = {PTP: pair, "icd10cm": "A00.9", "hcpcs": "A1010"}.get(code_set, "A0001")
    by_command = codeset("history", code_set, code, "--format", "json", "--home", served_home).json
    by_python = history.history(code_set, code)
    by_http = client.get(f"/v1/{code_set}/codes/{code.replace('/', ',')}/history").json()
    assert by_http.pop("steps") or code_set != "icd10cm"
    assert by_python == by_http == by_command
    assert by_python["versions"].to_arrow().num_rows == len(by_python["versions"]) > 0
    assert by_python["changes"].to_arrow().column_names == ["on", "kind", "old", "new"]


def test_the_history_of_what_is_not_there_says_what_to_do(client: TestClient, history: History) -> None:
    for code_set, code in ((PTP, "Z9998,Z9999"), (MUE, "Z9999"), (ADD_ON, "Z9999")):
        assert client.get(f"/v1/{code_set}/codes/{code}/history").status_code == 404
        with pytest.raises(HistoryError):
            history.history(code_set, code)
    assert client.get(f"/v1/{PTP}/codes/A0001/history").status_code == 400


def test_lists_are_held_against_a_mue_table(client: TestClient, history: History, served_home: Path) -> None:
    codes = [*CODES, "a0001", "Z9999", "", "no code at all"]
    database = HistoryDatabase(workspace(served_home).database_url)
    with open_lookup(database) as looker:
        for on in DAYS:
            rows = history.validate(MUE, codes, on)
            assert rows.columns[-2:] == ("mue_value", "mai")
            for row in rows:
                one = looker.lookup(MUE, row["asked"], on)
                value, mai = one.version.attributes if one.version else (None, None)
                assert (row["status"], row["mue_value"], row["mai"]) == (one.status, value, mai)
    database.dispose()
    answer = client.post(f"/v1/{MUE}/validate", json={"codes": codes, "on": DAYS[-1].isoformat()}).json()
    assert answer["results"] == list(history.validate(MUE, codes, DAYS[-1]))
    assert answer["counts"]["valid"] > 0


@pytest.mark.parametrize("code_set", [PTP, ADD_ON])
def test_lists_are_not_held_against_edits_between_codes(client: TestClient, code_set: str) -> None:
    response = client.post(f"/v1/{code_set}/validate", json={"codes": ["A0001"]})
    assert response.status_code == 400
    assert "check" in response.json()["detail"]
