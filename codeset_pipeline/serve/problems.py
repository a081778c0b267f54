"""Errors as problem documents (RFC 9457): what is wrong, and what to do next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from codeset_pipeline.errors import CodesetError, DatabaseUnavailable, HistoryError, UsageError


class Problem(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})


# Of the value set http://hl7.org/fhir/issue-type.
_ISSUE_TYPES = {
    401: "login",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "too-costly",
    429: "throttled",
    500: "exception",
    503: "transient",
}


def problem_response(problem: Problem, path: str = "/") -> Response:
    """The error as a problem document; under /fhir as an OperationOutcome."""
    headers = {"Cache-Control": "no-store", **problem.headers}
    if path.startswith("/fhir/"):
        issue = {
            "severity": "error",
            "code": _ISSUE_TYPES.get(problem.status, "invalid"),
            "diagnostics": problem.detail,
        }
        outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
        return Response(json.dumps(outcome), problem.status, headers, "application/fhir+json; charset=utf-8")
    document = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    return Response(json.dumps(document), problem.status, headers, "application/problem+json")


def as_problem(error: Exception) -> Problem:
    """What an error of the library, or of the database driver, means to a client."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, DatabaseUnavailable) or type(error).__name__ in {"OperationalError", "InterfaceError"}:
        detail = "The database does not answer now; try again in a while, and tell whoever runs this server."
        return Problem(503, detail, {"Retry-After": "10"})
    if isinstance(error, UsageError):
        return Problem(400, str(error))
    if isinstance(error, HistoryError):
        return Problem(404, str(error))
    if isinstance(error, CodesetError):
        return Problem(409, str(error))
    return Problem(500, "The server failed on this request, which is its own fault; report it with the request.")
