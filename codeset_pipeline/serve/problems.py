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


def problem_response(problem: Problem) -> Response:
    document = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    return Response(
        json.dumps(document),
        problem.status,
        {"Cache-Control": "no-store", **problem.headers},
        "application/problem+json",
    )


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
