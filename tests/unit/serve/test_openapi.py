"""The OpenAPI document, and requests made up from it: every answer as described, none a failure of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from starlette.testclient import TestClient

if TYPE_CHECKING:
    from schemathesis import Case

OPERATIONS = [
    "GET /v1/{code_set}/codes/{code}",
    "GET /v1/releases",
    "GET /v1/search",
    "GET /v1/check",
    "GET /v1/{code_set}/codes/{code}/history",
    "POST /v1/{code_set}/validate",
    "GET /v1/{code_set}/changes",
    "GET /v1/{code_set}/crosswalk",
    "GET /v1/{code_set}/feed",
    "GET /health",
]


# /health takes nothing that could be wrong.
ASKED = [(name, mode) for name in OPERATIONS for mode in ("positive", "negative") if name != "GET /health"]


@pytest.mark.parametrize(("name", "mode"), [*ASKED, ("GET /health", "positive")])
def test_answers_are_as_described(served_url: str, name: str, mode: str) -> None:
    # Importing it takes seconds, which only the process that runs this test need spend.
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        negative_data_rejection,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        negative_data_rejection,
    ]
    schema = schemathesis.openapi.from_url(f"{served_url}/openapi.json")
    operations = {operation.label: operation for operation in (each.ok() for each in schema.get_all_operations())}
    assert sorted(operations) == sorted(OPERATIONS)

    @effort(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operations[name].as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
    def ask(case: Case) -> None:
        case.call_and_validate(checks=checks)

    ask()


def test_every_endpoint_has_an_example_and_describes_its_errors(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert len(document["paths"]) >= 8
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            assert "application/problem+json" in operation["responses"]["400"]["content"]
            for parameter in operation.get("parameters", []):
                if parameter["required"]:
                    assert "example" in parameter, (path, parameter["name"])


def test_the_examples_work(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    example = document["paths"]["/v1/{code_set}/validate"]["post"]["requestBody"]["content"]["application/json"]
    assert client.post("/v1/icd10cm/validate", json=example["example"]).status_code == 200
    asked = {each["name"]: each.get("example") for each in document["paths"]["/v1/check"]["get"]["parameters"]}
    given = {name: value for name, value in asked.items() if value is not None}
    assert given.keys() == {"code", "on", "setting", "units"}
    response = client.get("/v1/check", params=given)
    assert (response.status_code, response.json()["unknown"]) == (200, given["code"])
