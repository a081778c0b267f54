"""The application: every endpoint behind one gate."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from codeset_pipeline import __version__
from codeset_pipeline.asking.history import History
from codeset_pipeline.errors import CodesetError
from codeset_pipeline.serve import documents as shapes
from codeset_pipeline.serve import openapi as doc
from codeset_pipeline.serve.access import Keys, RateLimit
from codeset_pipeline.serve.answering import Answering, encoded
from codeset_pipeline.serve.feed import FeedPages
from codeset_pipeline.serve.fhir.routes import add_fhir
from codeset_pipeline.serve.gate import Gate
from codeset_pipeline.serve.metrics import Metrics
from codeset_pipeline.serve.page import Page
from codeset_pipeline.serve.problems import Problem, as_problem, problem_response
from codeset_pipeline.serve.search_index import SearchIndex
from codeset_pipeline.serve.settings import ServeSettings
from codeset_pipeline.serve.v1 import V1

_log = logging.getLogger("codeset_pipeline.serve")

Endpoint = Callable[[Request], Awaitable[Response]]

_DESCRIPTION = """What was in force for a code on a date, as published by a date; what changed, and what replaces what.

Read-only. Codes are accepted with or without the dot and in any case. Every answer has an entity tag that changes when
another release is loaded. Errors are problem documents whose `detail` says what to do next."""


class _Builder:
    """Adds endpoints to an application, with what the OpenAPI document says of them."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def get(
        self,
        path: str,
        endpoint: Endpoint,
        shape: type[BaseModel],
        parameters: list[doc.Parameter],
        *statuses: int,
        tagged: bool = True,
    ) -> None:
        # FastAPI describes; reading parameters and writing answers is done by hand, which is several times faster.
        responses: dict[int | str, dict[str, Any]] = {
            200: {"model": shape, **({"headers": doc.TAGGED} if tagged else {})},
            **(doc.NOT_MODIFIED if tagged else {}),
            **doc.problems(400, *statuses),
        }
        self._add(path, endpoint, "GET", responses, {"parameters": parameters})

    def post(
        self, path: str, endpoint: Endpoint, shape: type[BaseModel], body: type[BaseModel], parameters: list[Any]
    ) -> None:
        schema = body.model_json_schema()
        content = {"application/json": {"schema": schema, "example": schema.get("example")}}
        extra = {"parameters": parameters, "requestBody": {"required": True, "content": content}}
        self._add(path, endpoint, "POST", {200: {"model": shape}, **doc.problems(400, 404, 413, 415)}, extra)

    def _add(
        self, path: str, endpoint: Endpoint, method: str, responses: dict[int | str, Any], extra: dict[str, Any]
    ) -> None:
        async def handler(request: Request) -> Response:
            return await endpoint(request)

        self.app.add_api_route(
            path,
            handler,
            methods=[method],
            responses=responses,
            response_model=None,
            response_class=Response,
            openapi_extra=extra,
            summary=(endpoint.__doc__ or "").strip().partition("\n")[0].rstrip("."),
            name=getattr(endpoint, "__name__", "endpoint"),
            operation_id=f"{method.lower()}_{getattr(endpoint, '__name__', 'endpoint')}",
        )


def create_app(settings: ServeSettings | None = None) -> Gate:
    """The application over one workspace, settings from the environment unless given.

    Raises:
        HistoryError: nothing is loaded there.
    """
    settings = settings or ServeSettings()
    history = History(settings.home, settings.database_url)
    keys = Keys(settings.keys())
    answering = Answering(history, private=bool(keys))
    index = SearchIndex(history.sessions)
    v1 = V1(answering, index, settings.max_body_bytes)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        index.start()
        yield
        index.stop()
        answering.threads.shutdown(wait=True, cancel_futures=True)
        history.close()

    app = FastAPI(
        title="codeset_pipeline",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    _handle_errors(app)
    add = _Builder(app)
    one = [doc.code_set(), doc.CODE]
    # The busiest address first: routes are tried in order.
    add.get("/v1/{code_set}/codes/{code}", v1.lookup, shapes.LookupDocument, [*one, doc.ON, doc.PUBLISHED], 404)
    add.get("/v1/releases", v1.releases, shapes.ReleasesDocument, [doc.CODE_SET_FILTER])
    search = [doc.WORDS, doc.CODES_SET_FILTER, doc.FEW]
    add.get("/v1/search", v1.search, shapes.SearchDocument, search)
    asked_of_edits = [doc.CHECKED, doc.ON, doc.PUBLISHED, doc.SETTING, doc.UNITS]
    add.get("/v1/check", v1.check, shapes.CheckDocument, asked_of_edits, 404)
    codes_only, lists = [doc.code_set(only_codes=True)], [doc.code_set(lists=True)]
    add.get("/v1/{code_set}/codes/{code}/history", v1.history, shapes.HistoryDocument, one, 404)
    add.post("/v1/{code_set}/validate", v1.validate, shapes.ValidationDocument, shapes.ValidationRequest, lists)
    between = [doc.code_set(), doc.FROM, doc.TO]
    paging = [doc.LIMIT, doc.CURSOR]
    changes = [*between, doc.KIND, doc.PREFIX, *paging]
    add.get("/v1/{code_set}/changes", v1.changes, shapes.ChangesDocument, changes, 404, 409)
    mapped = [*codes_only, doc.FROM, doc.TO, doc.CODES, *paging]
    add.get("/v1/{code_set}/crosswalk", v1.crosswalk, shapes.CrosswalkDocument, mapped, 404, 409)

    paged = [doc.code_set(), doc.SINCE, doc.EVENTS]
    add.get("/v1/{code_set}/feed", FeedPages(answering).feed, shapes.FeedDocument, paged, 404)

    async def health(_: Request) -> Response:
        """Does the database answer, and which releases are the newest?"""
        rows = await answering.in_thread(history.releases)
        newest = {row["code_set"]: row["label"] for row in rows}
        content = {"status": "ready", "version": __version__, "releases": newest}
        return Response(encoded(content), 200, {"Cache-Control": "no-store"}, "application/json")

    async def measured(_: Request) -> Response:
        """Counts of requests, latencies and loaded releases for Prometheus."""
        loaded: dict[str, int] = {}
        for row in await answering.in_thread(history.releases):
            loaded[row["code_set"]] = loaded.get(row["code_set"], 0) + 1
        text = metrics.text(loaded)
        return Response(text, 200, {"Cache-Control": "no-store"}, "text/plain; version=0.0.4; charset=utf-8")

    add.get("/health", health, shapes.HealthDocument, [], tagged=False)
    app.add_api_route("/metrics", measured, response_class=Response, include_in_schema=False)
    add_fhir(app, answering, v1, settings.max_body_bytes)
    page = Page()
    for path in page.paths:
        app.add_route(path, page.__call__, include_in_schema=False)
    paths = [path for path in (getattr(route, "path", None) for route in app.routes) if path]
    metrics = Metrics(paths, settings.metrics_folder)
    _describe(app, bool(keys))
    return Gate(app, keys, RateLimit(settings.rate_limit, settings.rate_burst), metrics)


def _handle_errors(app: FastAPI) -> None:
    async def refuse(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            detail = {
                404: "There is nothing at this address; /openapi.json lists what there is.",
                405: "This address is not for this method; see the header Allow.",
            }.get(error.status_code, str(error.detail))
            problem = Problem(error.status_code, detail, dict(error.headers or {}))
            return problem_response(problem, request.url.path)
        problem = as_problem(error)
        if problem.status >= 500:
            _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return problem_response(problem, request.url.path)

    for kind in (Problem, CodesetError, HTTPException, sqlite3.Error):
        app.add_exception_handler(kind, refuse)


def _describe(app: FastAPI, keys: bool) -> None:
    """Put the problem document, which no endpoint returns as a model, and the key into the OpenAPI document."""
    made = app.openapi

    def described() -> dict[str, Any]:
        document = made()
        components = document.setdefault("components", {})
        components.setdefault("schemas", {})[shapes.ProblemDocument.__name__] = (
            shapes.ProblemDocument.model_json_schema()
        )
        if keys:
            components["securitySchemes"] = {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}}
            document["security"] = [{"key": []}]
        return document

    app.openapi = described  # type: ignore[method-assign]
