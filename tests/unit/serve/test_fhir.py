"""FHIR R4 and R5: every answer is a valid resource, and right."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from starlette.testclient import TestClient

from codeset_pipeline.serve.v1 import V1
from tests.unit.serve.world import FY2018, FY2020

CM = "http://hl7.org/fhir/sid/icd-10-cm"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


def _checked(release: str, resource: dict[str, Any]) -> dict[str, Any]:
    """The resource, once a public library has found it valid for the release (R4B stands for R4)."""
    package = "fhir.resources.R4B" if release == "r4" else "fhir.resources"
    kind = str(resource["resourceType"])
    model = getattr(import_module(f"{package}.{kind.lower()}"), kind)
    model.model_validate(resource)
    return resource


def _get(client: TestClient, release: str, path: str, status: int = 200, **given: str) -> dict[str, Any]:
    response = client.get(f"/fhir/{release}/{path}", params=given)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/fhir+json; charset=utf-8"
    if status >= 400:
        assert response.json()["resourceType"] == "OperationOutcome"
    return _checked(release, response.json())


def _values(parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        each["name"]: next((each[key] for key in each if key.startswith("value")), None)
        for each in parameters["parameter"]
    }


def _properties(parameters: dict[str, Any]) -> list[tuple[str, Any]]:
    found = []
    for each in parameters["parameter"]:
        if each["name"] == "property":
            code, value = each["part"]
            found.append((code["valueCode"], next(value[key] for key in value if key.startswith("value"))))
    return found


def _codes(value_set: dict[str, Any]) -> list[str]:
    return [each["code"] for each in value_set["expansion"].get("contains", [])]


both = pytest.mark.parametrize("release", ["r4", "r5"])


@both
def test_the_server_says_what_it_can_do(client: TestClient, release: str) -> None:
    statement = _get(client, release, "metadata")
    assert statement["fhirVersion"] == {"r4": "4.0.1", "r5": "5.0.0"}[release]
    operations = {
        f"{each['type']}/${op['name']}" for each in statement["rest"][0]["resource"] for op in each["operation"]
    }
    assert operations == {
        "CodeSystem/$lookup",
        "CodeSystem/$validate-code",
        "CodeSystem/$subsumes",
        "ConceptMap/$translate",
        "ValueSet/$expand",
        "ValueSet/$validate-code",
    }
    terminology = _get(client, release, "metadata", mode="terminology")
    versions = {each["uri"]: [v["code"] for v in each["version"]] for each in terminology["codeSystem"]}
    assert versions == {CM: ["2017-10-01", "2019-10-01", "2020-10-01"], HCPCS: ["2020-01-01", "2020-04-01"]}


@both
def test_code_systems_are_read_and_found(client: TestClient, release: str) -> None:
    assert _get(client, release, "CodeSystem/icd10cm")["version"] == "2020-10-01"
    old = _get(client, release, "CodeSystem/icd10cm-2017-10-01")
    assert (old["url"], old["count"], old["content"]) == (CM, len(FY2018), "not-present")
    assert _get(client, release, "CodeSystem")["total"] == 5
    found = _get(client, release, "CodeSystem", url=CM, version="2019-10-01")
    assert [entry["resource"]["id"] for entry in found["entry"]] == ["icd10cm-2019-10-01"]
    assert _get(client, release, "CodeSystem", url="http://loinc.org")["total"] == 0
    _get(client, release, "CodeSystem/loinc", 404)
    _get(client, release, "CodeSystem/icd10cm-1999-10-01", 404)


@both
def test_lookup_by_date_and_by_version(client: TestClient, release: str) -> None:
    ended = _get(client, release, "CodeSystem/$lookup", system=CM, code="a07.1", date="2019-10-01")
    assert _values(ended)["display"] == "Chill of the left thumb"
    assert {("inactive", True), ("effectiveTo", "2019-09-30"), ("replacedBy", "A07.2")} <= set(_properties(ended))
    # As the first release said it, which knew of no end; and, by then, of a later day.
    for named in ({"version": "2017-10-01"}, {"version": "FY2018"}, {"version": "2018", "date": "2025-01-01"}):
        early = _get(client, release, "CodeSystem/$lookup", system=CM, code="A071", **named)
        assert ("inactive", False) in _properties(early)
        assert _values(early)["version"] == "2017-10-01"
    assert _values(_get(client, release, "CodeSystem/$lookup", system=f"{CM}|2019-10-01", code="A07.2"))["name"]
    _get(client, release, "CodeSystem/$lookup", 404, system=CM, code="A07.2", version="2017-10-01")


@both
def test_parameters_are_posted_too(client: TestClient, release: str) -> None:
    coding = {"system": CM, "code": "A07.1", "version": "2017-10-01"}
    body = {"resourceType": "Parameters", "parameter": [{"name": "coding", "valueCoding": coding}]}
    response = client.post(
        f"/fhir/{release}/CodeSystem/$lookup", json=body, headers={"content-type": "application/fhir+json"}
    )
    assert _values(_checked(release, response.json()))["display"] == "Chill of the left thumb"


@both
@pytest.mark.parametrize(
    ("given", "result"),
    [
        ({"code": "A07.1", "date": "2019-09-30"}, True),
        ({"code": "A07.1", "date": "2019-10-01"}, False),
        ({"code": "A01.0", "date": "2019-10-01"}, True),
        ({"code": "A02.0", "display": "ménière-LIKE disorder"}, True),
        ({"code": "A02.0", "display": "Disorder of sort A02, variety 0"}, False),
        ({"code": "A02.0", "display": "Disorder of sort A02, variety 0", "version": "FY2018"}, True),
        ({"code": "nothing of the sort at all"}, False),
    ],
)
def test_codes_are_validated(client: TestClient, release: str, given: dict[str, str], result: bool) -> None:
    found = _values(_get(client, release, "CodeSystem/$validate-code", url=CM, **given))
    assert found["result"] is result
    assert ("message" in found) is not result


@both
@pytest.mark.parametrize(
    ("a", "b", "outcome"),
    [
        ("A00", "A00.1", "subsumes"),
        ("A00.1", "A00", "subsumed-by"),
        ("a001", "A00.1", "equivalent"),
        ("A00.1", "A00.0", "not-subsumed"),
    ],
)
def test_subsumption_follows_the_codes(client: TestClient, release: str, a: str, b: str, outcome: str) -> None:
    found = _get(client, release, "CodeSystem/$subsumes", system=CM, codeA=a, codeB=b)
    assert _values(found) == {"outcome": outcome}


def test_subsumption_of_unknown_codes_and_without_hierarchy(client: TestClient) -> None:
    _get(client, "r4", "CodeSystem/$subsumes", 404, system=CM, codeA="A00", codeB="Z99")
    found = _get(client, "r4", "CodeSystem/$subsumes", system=HCPCS, codeA="A1000", codeB="A1001")
    assert _values(found) == {"outcome": "not-subsumed"}


@pytest.mark.parametrize(
    ("release", "name", "one", "many"),
    [
        ("r4", "equivalence", "equivalent", "narrower"),
        ("r5", "relationship", "equivalent", "source-is-broader-than-target"),
    ],
)
def test_translation_to_what_replaced_a_code(client: TestClient, release: str, name: str, one: str, many: str) -> None:
    def matches(**given: str) -> list[tuple[str, str]]:
        found = _get(client, release, "ConceptMap/$translate", system=CM, **given)
        assert _values(found)["result"] is bool([e for e in found["parameter"] if e["name"] == "match"])
        parts = [{part["name"]: part for part in e["part"]} for e in found["parameter"] if e["name"] == "match"]
        return [(part[name]["valueCode"], part["concept"]["valueCoding"]["code"]) for part in parts]

    code = "code" if release == "r4" else "sourceCode"
    assert matches(**{code: "A07.1"}) == [(one, "A07.2")]
    assert matches(**{code: "A07.1", "version": "FY2018", "date": "2019-10-01"}) == [(one, "A07.2")]
    assert matches(**{code: "A07.1", "date": "2019-09-30"}) == [("equivalent", "A07.1")]
    assert matches(**{code: "A01.0"}) == [(many, "A01.0A"), (many, "A01.0B")]
    back = matches(**{code: "A07.2", "version": "FY2018", "date": "2019-10-01", "reverse": "true"})
    assert back == [(one, "A07.1")]
    _get(client, release, "ConceptMap/$translate", 404, **{"system": CM, code: "Z99.9"})


@both
def test_what_nobody_has_accepted_is_no_translation(
    client: TestClient, release: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mappings(*_: object) -> tuple[dict[str, object], list[dict[str, object]]]:
        row = {"target": "A00.1", "target_title": None, "equivalence": "related-to", "evidence": "suggested"}
        return {}, [row]

    monkeypatch.setattr(V1, "mappings", mappings)
    code = "code" if release == "r4" else "sourceCode"
    found = _get(client, release, "ConceptMap/$translate", system=CM, **{code: "A07.1"})
    assert [entry["name"] for entry in found["parameter"]] == ["result", "message"]
    assert _values(found)["result"] is False
    assert "Suggestions that nobody has accepted are in /v1/icd10cm/crosswalk." in _values(found)["message"]


@both
def test_implicit_value_sets_of_prefixes_and_ranges(client: TestClient, release: str) -> None:
    def expanded(what: str, **given: str) -> list[str]:
        return _codes(_get(client, release, "ValueSet/$expand", url=f"{CM}?fhir_vs{what}", **given))

    assert expanded("=A01*", date="2019-09-30") == ["A01", "A01.0", "A01.1", "A01.9"]
    assert expanded("=A01.0", date="2019-10-01") == ["A01.0", "A01.0A", "A01.0B"]
    assert expanded("=isa/A01.0", date="2019-10-01") == ["A01.0", "A01.0A", "A01.0B"]
    # What stands below the last code of a range belongs to it.
    assert expanded("=A00.9-A01.0", version="FY2020") == ["A01", "A01.0", "A01.0A", "A01.0B"]
    assert expanded("=A00.9-A01.0", version="FY2018") == ["A00.9", "A01", "A01.0"]
    assert len(expanded("", version="FY2020")) == len(FY2020)
    assert expanded("", filter="chill left", date="2020-01-01") == ["A07.2"]
    assert expanded("=Q*") == []


def test_headers_are_abstract_and_expansions_are_read_in_pages(client: TestClient) -> None:
    rows: list[dict[str, Any]] = []
    for offset in range(0, 100, 30):
        found = _get(
            client, "r4", "ValueSet/$expand", url=f"{CM}?fhir_vs", version="FY2018", count="30", offset=str(offset)
        )
        assert (found["expansion"]["total"], found["expansion"]["offset"]) == (len(FY2018), offset)
        rows += found["expansion"].get("contains", [])
    assert [row["code"].replace(".", "") for row in rows] == sorted(FY2018)
    assert {row["code"].replace(".", "") for row in rows if row.get("abstract")} == {
        code for code, entry in FY2018.items() if not entry.billable
    }
    none = _get(client, "r4", "ValueSet/$expand", url=f"{CM}?fhir_vs", count="0")
    assert (_codes(none), none["expansion"]["total"] > 0) == ([], True)


def _value_set(*include: dict[str, Any], exclude: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    compose: dict[str, Any] = {"include": [{"system": CM, "version": "FY2020", **each} for each in include]}
    if exclude:
        compose["exclude"] = [{"system": CM, "version": "FY2020", **each} for each in exclude]
    return {"resourceType": "ValueSet", "status": "active", "compose": compose}


def _filter(name: str, op: str, value: str) -> dict[str, Any]:
    return {"filter": [{"property": name, "op": op, "value": value}]}


@both
@pytest.mark.parametrize(
    ("value_set", "codes"),
    [
        (_value_set(_filter("prefix", "=", "a01.0")), ["A01.0", "A01.0A", "A01.0B"]),
        (_value_set(_filter("range", "=", "A07.1-A07.2")), ["A07.2"]),
        (_value_set(_filter("code", "regex", r"A0[12]\.0.?")), ["A01.0", "A01.0A", "A01.0B", "A02.0"]),
        (_value_set(_filter("concept", "is-a", "A01.0")), ["A01.0", "A01.0A", "A01.0B"]),
        (_value_set(_filter("concept", "descendent-of", "A01.0")), ["A01.0A", "A01.0B"]),
        (
            _value_set({"concept": [{"code": "A02.0"}, {"code": "A07.1"}]}, _filter("code", "=", "A001")),
            ["A00.1", "A02.0"],
        ),
        (
            _value_set(
                _filter("prefix", "=", "A01"),
                exclude=[_filter("billable", "=", "false"), _filter("code", "in", "A01.1,A01.9")],
            ),
            ["A01.0A", "A01.0B"],
        ),
    ],
)
def test_value_sets_that_are_sent(
    client: TestClient, release: str, value_set: dict[str, Any], codes: list[str]
) -> None:
    body = {"resourceType": "Parameters", "parameter": [{"name": "valueSet", "resource": value_set}]}
    response = client.post(f"/fhir/{release}/ValueSet/$expand", json=body)
    assert response.status_code == 200, response.text
    assert _codes(_checked(release, response.json())) == codes
    for code in ("A01.0A", "A02.0", "A07.1"):
        asked = [*body["parameter"], {"name": "code", "valueCode": code}, {"name": "system", "valueUri": CM}]
        found = client.post(f"/fhir/{release}/ValueSet/$validate-code", json={**body, "parameter": asked})
        assert _values(_checked(release, found.json()))["result"] is (code in codes)


@both
@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("CodeSystem/$lookup", {}, 400),
        ("CodeSystem/$lookup", {"code": "A00.1"}, 400),
        ("CodeSystem/$lookup", {"code": "A00.1", "system": "http://loinc.org"}, 404),
        ("CodeSystem/$lookup", {"code": "A00.1", "system": CM, "version": "v1"}, 404),
        ("CodeSystem/$lookup", {"code": "A00.1", "system": CM, "version": "0000"}, 404),
        ("CodeSystem/$lookup", {"code": "A00.1", "system": CM, "date": "today"}, 400),
        ("CodeSystem/$lookup", {"code": "Z99.9", "system": CM}, 404),
        ("CodeSystem/$lookup", {"code": "<b>", "system": CM}, 400),
        ("CodeSystem/$lookup", {"coding": "A00.1", "system": CM}, 400),
        ("ValueSet/$expand", {}, 400),
        ("ValueSet/$expand", {"url": "http://hl7.org/fhir/ValueSet/x"}, 404),
        ("ValueSet/$expand", {"url": f"{CM}?fhir_vs=B-A"}, 400),
        ("ValueSet/$expand", {"url": f"{CM}?fhir_vs=%"}, 400),
        ("ValueSet/$expand", {"url": f"{CM}?fhir_vs", "count": "-1"}, 400),
        ("ConceptMap/$translate", {"code": "A00.1", "system": CM, "targetsystem": HCPCS}, 404),
        ("Patient", {}, 404),
    ],
)
def test_wrong_requests_get_an_operation_outcome(
    client: TestClient, release: str, path: str, given: dict[str, str], status: int
) -> None:
    _get(client, release, path, status, **given)


@pytest.mark.parametrize(
    ("value_set", "status"),
    [
        ({"resourceType": "ValueSet"}, 400),
        (_value_set(_filter("code", "regex", "(A+)+$")), 422),
        (_value_set(_filter("code", "regex", ".*" * 40 + "x")), 422),
        (_value_set(_filter("code", "regex", "(|.)" * 20 + "x")), 422),
        (_value_set(_filter("code", "regex", "A[")), 400),
        (_value_set(_filter("code", "exists", "true")), 422),
        (_value_set({"valueSet": ["http://example.org"]}), 422),
        (_value_set({"system": 5}), 400),
        (_value_set({"concept": [5]}), 400),
        (_value_set({"filter": 5}), 400),
        (_value_set(*[{}] * 60), 400),
    ],
)
def test_value_sets_that_cannot_be_answered(client: TestClient, value_set: dict[str, Any], status: int) -> None:
    response = client.post("/fhir/r5/ValueSet/$expand", json=value_set)
    assert response.status_code == status, response.text
    _checked("r5", response.json())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"resourceType":"Parameters","parameter":5}',
        b'{"resourceType":"Parameters","parameter":[5]}',
    ],
)
def test_bodies_that_are_no_parameters(client: TestClient, body: bytes) -> None:
    response = client.post("/fhir/r4/CodeSystem/$lookup", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    _checked("r4", response.json())


def test_releases_of_fhir_that_are_not_spoken_and_tags(client: TestClient) -> None:
    assert client.get("/fhir/dstu2/metadata").status_code == 404
    address = f"/fhir/r4/CodeSystem/$lookup?system={CM}&code=A00.1&date=2020-01-01"
    tag = client.get(address).headers["etag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


_NAMES = st.sampled_from(
    ["system", "url", "code", "version", "date", "display", "codeA", "codeB", "count", "offset", "filter", "reverse",
     "coding", "codeableConcept", "valueSet", "system-version", "targetsystem"]
)  # fmt: skip
_TEXTS = st.one_of(
    st.sampled_from(
        [CM, f"{CM}|2019-10-01", f"{CM}?fhir_vs=A0*", f"{CM}?fhir_vs", "A00.1", "FY2020", "2020-01-01", "7"]
    ),
    st.text(max_size=12),
)
_JSON = st.recursive(
    st.one_of(_TEXTS, st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["coding", "code", "system", "compose", "include", "filter"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)
_PATHS = st.sampled_from(
    ["CodeSystem/$lookup", "CodeSystem/$validate-code", "CodeSystem/$subsumes", "ConceptMap/$translate",
     "ValueSet/$expand", "ValueSet/$validate-code"]
)  # fmt: skip


@given(path=_PATHS, values=st.lists(st.tuples(_NAMES, _JSON), max_size=5))
@effort(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_gets_a_resource_and_no_failure(client: TestClient, path: str, values: list[Any]) -> None:
    sent = [{"name": name, "valueAnything": value} for name, value in values]
    body = json.dumps({"resourceType": "Parameters", "parameter": sent})
    response = client.post(f"/fhir/r4/{path}", content=body, headers={"content-type": "application/fhir+json"})
    assert response.status_code < 500, response.text
    _checked("r4", response.json())
    texts = {name: value for name, value in values if isinstance(value, str) and value.isprintable()}
    assert client.get(f"/fhir/r5/{path}", params=texts).status_code < 500
