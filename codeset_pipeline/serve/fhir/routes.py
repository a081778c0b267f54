"""The addresses under /fhir/r4 and /fhir/r5."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from codeset_pipeline.asking.sessions import Session
from codeset_pipeline.serve.answering import Answering
from codeset_pipeline.serve.fhir.arguments import Arguments, arguments_of
from codeset_pipeline.serve.fhir.operations import Operations, Resource
from codeset_pipeline.serve.fhir.resources import (
    FHIR_VERSIONS,
    capability_statement,
    read_code_system,
    search_code_systems,
    terminology_capabilities,
)
from codeset_pipeline.serve.fhir.systems import URIS, versions_of
from codeset_pipeline.serve.problems import Problem
from codeset_pipeline.serve.v1 import V1

Operation = Callable[[Session, Arguments, str], Resource]
Endpoint = Callable[[Request], Awaitable[Response]]

_JSON = "application/fhir+json; charset=utf-8"


def add_fhir(app: FastAPI, answering: Answering, v1: V1, max_body_bytes: int) -> None:
    """Add every FHIR address to an application."""
    operations = Operations(v1)

    def release_of(request: Request) -> str:
        release = str(request.path_params["release"]).lower()
        if release not in FHIR_VERSIONS:
            raise Problem(404, "This server speaks FHIR R4 at /fhir/r4 and R5 at /fhir/r5.")
        return release

    def operation(ask: Operation) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            release = release_of(request)
            given = await arguments_of(request, max_body_bytes)
            fixed = given.text("date") is not None
            response = await answering.answer(
                request, lambda session: ask(session, given, release), fixed=fixed, long=True, media_type=_JSON
            )
            if request.method == "POST":
                response.headers["Cache-Control"] = "no-store"
            return response

        return endpoint

    def reading(ask: Callable[[Session, Request, str], Resource]) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            release = release_of(request)
            return await answering.answer(
                request, lambda session: ask(session, request, release), fixed=False, long=True, media_type=_JSON
            )

        return endpoint

    def metadata(session: Session, request: Request, release: str) -> Resource:
        loaded = [each.effective_from for code_set in URIS for each in versions_of(session, code_set)]
        newest = max(loaded, default="2000-01-01")
        if request.query_params.get("mode") == "terminology":
            return terminology_capabilities(session, release, newest)
        return capability_statement(release, newest)

    def search(session: Session, request: Request, _: str) -> Resource:
        asked = request.query_params
        base = str(request.url).partition("/CodeSystem")[0]
        return search_code_systems(session, asked.get("url"), asked.get("version"), base)

    def read(session: Session, request: Request, _: str) -> Resource:
        return read_code_system(session, request.path_params["id"])

    at = "/fhir/{release}"
    asked: dict[str, Operation] = {
        "CodeSystem/$lookup": operations.lookup,
        "CodeSystem/$validate-code": operations.validate_code,
        "CodeSystem/$subsumes": operations.subsumes,
        "ConceptMap/$translate": operations.translate,
        "ValueSet/$expand": operations.expand,
        "ValueSet/$validate-code": operations.validate_in_value_set,
    }
    for path, ask in asked.items():
        app.add_route(f"{at}/{path}", operation(ask), methods=["GET", "POST"], include_in_schema=False)
    app.add_route(f"{at}/metadata", reading(metadata), include_in_schema=False)
    app.add_route(f"{at}/CodeSystem", reading(search), include_in_schema=False)
    app.add_route(f"{at}/CodeSystem/{{id}}", reading(read), include_in_schema=False)
