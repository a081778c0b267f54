"""How a question becomes a response: one state of the history, an entity tag for it, JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from codeset_pipeline.asking.history import History
from codeset_pipeline.asking.sessions import Session

# Written compactly, and in ASCII so that whatever a client sent can be sent back.
_encode = json.JSONEncoder(separators=(",", ":"), default=str).encode

Ask = Callable[[Session], Any]


class Answering:
    """Asks the history on behalf of requests.

    Quick questions go straight to this process's connection to SQLite; long ones, and all to a database over the
    network, go to threads with connections of their own, so that nobody waits for them.
    """

    def __init__(self, history: History, private: bool) -> None:
        self.history = history
        self._reuse = "private" if private else "public"
        self._quick = history.sessions.database.is_sqlite
        self.threads = ThreadPoolExecutor(4, thread_name_prefix="asking")

    async def in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)

    async def answer(
        self,
        request: Request,
        ask: Ask,
        *,
        fixed: bool = True,
        long: bool = False,
        mark: str = "",
        media_type: str = "application/json",
    ) -> Response:
        """The response to a question.

        Args:
            fixed: the answer depends on nothing but the request and what is loaded; else on today's date too.
            long: it may take more than a few milliseconds.
            mark: whatever else the answer depends on.
        """
        known = request.headers.get("if-none-match")
        work = partial(self._respond, known, ask, fixed, mark, media_type)
        return await self.in_thread(work) if long or not self._quick else work()

    def _respond(self, known: str | None, ask: Ask, fixed: bool, mark: str, media_type: str) -> Response:
        with self.history.sessions.reading() as session:
            tag = session.tag() + mark
            if not fixed:
                tag += f"-{date.today().isoformat()}"
            # Corrections are published at any time, so that even what is said of a past date may change.
            age = "max-age=300" if fixed else "no-cache"
            headers = {"ETag": f'"{tag}"', "Cache-Control": f"{self._reuse}, {age}"}
            if known is not None and _matches(known, tag):
                return Response(status_code=304, headers=headers)
            content = ask(session)
        return Response(_encode(content), 200, headers, media_type)


def _matches(known: str, tag: str) -> bool:
    tags = [each.strip().removeprefix("W/").strip('"') for each in known.split(",")]
    return "*" in tags or tag in tags


def encoded(content: Any) -> str:
    return _encode(content)
