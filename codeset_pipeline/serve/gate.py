"""What every request passes first and last: keys, limits, errors as problems, safe headers, counting."""

from __future__ import annotations

import logging
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codeset_pipeline.serve.access import Keys, RateLimit
from codeset_pipeline.serve.metrics import Metrics
from codeset_pipeline.serve.problems import Problem, as_problem, problem_response

_log = logging.getLogger("codeset_pipeline.serve")

# The page itself says nothing; what it asks for needs the key.
OPEN = frozenset({"/", "/health", "/openapi.json", "/page.css", "/page.js"})

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class Gate:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, keys: Keys, limit: RateLimit, metrics: Metrics) -> None:
        self._app, self._keys, self._limit, self._metrics = app, keys, limit, metrics

    def _admit(self, scope: Scope) -> None:
        client: object = (scope.get("client") or ("unknown",))[0]
        if self._keys and scope["path"] not in OPEN:
            try:
                client = self._keys.admit(scope["headers"])
            except Problem:
                # Guessing keys is limited too.
                if self._limit:
                    self._limit.take(client)
                raise
        if self._limit and scope["path"] != "/health":
            self._limit.take(client)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = perf_counter()
        status = 0

        async def passing(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        try:
            self._admit(scope)
            await self._app(scope, receive, passing)
        except Exception as error:
            problem = as_problem(error)
            if problem.status >= 500:
                _log.exception("%s %s failed", scope["method"], scope["path"])
            if 0 < status < 500:
                raise
            if not status:
                await problem_response(problem, scope["path"])(scope, receive, passing)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.count(route, status or 500, perf_counter() - begun)
