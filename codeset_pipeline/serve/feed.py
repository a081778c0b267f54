"""The endpoint of the change feed: pages of events, as many as have been written whole."""

from __future__ import annotations

import json
import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from codeset_pipeline.asking.sessions import Session
from codeset_pipeline.errors import FeedError
from codeset_pipeline.feed.canonical import place_of
from codeset_pipeline.feed.store import Feed, open_feed
from codeset_pipeline.serve import parameters
from codeset_pipeline.serve.answering import Answering
from codeset_pipeline.serve.problems import Problem

MOST_EVENTS = 5_000
_log = logging.getLogger("codeset_pipeline.serve")


class FeedPages:
    """Reads the feeds of a workspace for clients."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    async def feed(self, request: Request) -> Response:
        """The change events of a code set after a cursor, oldest first."""
        parameters.only(request, "since", "limit")
        name = parameters.code_set_in(request)
        since = parameters.one(request, "since") or ""
        limit = parameters.number(request, "limit", 1_000, MOST_EVENTS)
        place_of(since)
        try:
            return await self._page(request, name, since, limit)
        except FeedError as error:
            # Which file it is, and what is to be done, is for whoever runs the server.
            _log.error("%s", error)
            raise Problem(
                503,
                f"The feed of {name} cannot be read here now; ask whoever runs this server to run 'codeset verify'.",
                {"Retry-After": "60"},
            ) from error

    async def _page(self, request: Request, name: str, since: str, limit: int) -> Response:
        feed = await self._answering.in_thread(lambda: self._open(name))

        def ask(_: Session) -> dict[str, Any]:
            events = [json.loads(line) for line in feed.lines(since, limit)]
            reached = events[-1]["cursor"] if events else since
            return {
                "code_set": name,
                "head": feed.head(),
                "events": events,
                "next": None if reached == feed.cursor else reached,
            }

        return await self._answering.answer(request, ask, long=True, mark=f"-{feed.step_hash[:16]}")

    def _open(self, code_set: str) -> Feed:
        feed = open_feed(self._answering.history.workspace, code_set)
        if not feed.begun:
            raise Problem(
                404,
                f"The feed of {code_set} has not begun here; it does when the server starts after a release is "
                f"loaded, or with 'codeset feed {code_set} --head'.",
            )
        return feed
