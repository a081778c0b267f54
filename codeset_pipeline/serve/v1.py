"""The endpoints under /v1: lookup, validation, history, NCCI checks, changes, crosswalk, releases, search."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from codeset_pipeline import pipeline
from codeset_pipeline.asking.sessions import Session
from codeset_pipeline.codes import normalise, printed
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history.answer import full_answer
from codeset_pipeline.history.code_tables import code_table, has_codes, listing
from codeset_pipeline.history.documents import history_document
from codeset_pipeline.history.validate import status_rows, validate_codes
from codeset_pipeline.model import ChangeKind
from codeset_pipeline.ncci_check.check import check_codes
from codeset_pipeline.ncci_check.document import check_document
from codeset_pipeline.report.shapes import change_object, mapping_object
from codeset_pipeline.serve import parameters
from codeset_pipeline.serve.answering import Answering
from codeset_pipeline.serve.long_lists import LongLists, page_of
from codeset_pipeline.serve.problems import Problem
from codeset_pipeline.serve.search_index import SearchIndex

MOST_CODES = 100_000
MOST_CHECKED = 100


class V1:
    """The questions, each a coroutine from request to response."""

    def __init__(self, answering: Answering, search_index: SearchIndex, max_body_bytes: int) -> None:
        self._answering, self._index, self._max_body = answering, search_index, max_body_bytes
        self._history = answering.history
        self._lists = LongLists()

    async def releases(self, request: Request) -> Response:
        """The loaded releases, every revision."""
        parameters.only(request, "code_set")
        name = parameters.one(request, "code_set")
        return await self._answering.answer(
            request, lambda _: {"releases": self._history.releases(name)}, fixed=True, long=True
        )

    async def lookup(self, request: Request) -> Response:
        """What was in force for a code on a date, as published by a date."""
        parameters.only(request, "on", "published")
        name = parameters.code_set_in(request)
        code = parameters.code_in(request.path_params["code"], name)
        on, published = parameters.day(request, "on"), parameters.day(request, "published")

        def ask(session: Session) -> dict[str, Any]:
            answer = full_answer(session.lookup, name, code, on or date.today(), published)
            return {"code_set": name, "on": on or date.today(), "published": published, **answer}

        # All edits of one code are many.
        many = "-ptp-" in name and len(normalise(code)) < 10
        return await self._answering.answer(request, ask, fixed=on is not None, long=many)

    async def history(self, request: Request) -> Response:
        """Every version and change of a code or, of PTP edits, of a pair; oldest first."""
        parameters.only(request)
        name = parameters.code_set_in(request)
        code = parameters.code_in(request.path_params["code"], name)

        def ask(session: Session) -> dict[str, Any]:
            try:
                found = history_document(session.lookup, name, code).document
            except HistoryError as error:
                hint = "; look for it with /v1/search?q=…." if has_codes(name) else ""
                raise Problem(404, str(error).removesuffix("." if hint else "") + hint) from None
            return {**found, "steps": _steps(session, name, normalise(code)) if has_codes(name) else []}

        return await self._answering.answer(request, ask)

    async def check(self, request: Request) -> Response:
        """PTP edits, MUE and add-on rules among codes on a date of service."""
        parameters.only(request, "code", "on", "published", "setting", "units")
        codes = [parameters.code_in(code) for code in parameters.several(request, "code", MOST_CHECKED)]
        units = parameters.units(request, MOST_CHECKED)
        if not codes and not units:
            raise Problem(400, "The query parameter code is missing; give the codes of one patient and day.")
        setting = parameters.one(request, "setting") or "ncci"
        on, published = parameters.day(request, "on"), parameters.day(request, "published")

        def ask(session: Session) -> dict[str, Any]:
            day = on or date.today()
            found = check_codes(session.lookup, codes, day, setting=setting, published=published, units=units)
            return check_document(found)

        return await self._answering.answer(request, ask, fixed=on is not None, long=len(codes) > 10)

    async def validate(self, request: Request) -> Response:
        """The status of up to 100,000 codes on one date."""
        parameters.only(request)
        name = parameters.code_set_in(request)
        listing(name)
        body = await self._body(request)
        codes, on, published = _asked(body)

        def ask(session: Session) -> dict[str, Any]:
            day = on or date.today()
            given = [(text, normalise(text)) for text in codes]
            found = validate_codes(
                session.cursor,
                sqlite=session.is_sqlite,
                code_set=name,
                codes={code for _, code in given},
                on=day,
                published=published,
            )
            results = status_rows(name, given, found)
            counts = dict(Counter(row["status"] for row in results))
            return {"code_set": name, "on": day, "published": published, "counts": counts, "results": results}

        response = await self._answering.answer(request, ask, fixed=on is not None, long=len(codes) > 100)
        # The answer to a POST is nobody else's.
        response.headers["Cache-Control"] = "no-store"
        return response

    async def changes(self, request: Request) -> Response:
        """The changes between two releases, page by page."""
        parameters.only(request, "from", "to", "kind", "code", "limit", "cursor")
        name = parameters.code_set_in(request)
        names = parameters.required(request, "from"), parameters.required(request, "to")
        kinds = set(parameters.several(request, "kind"))
        known = {str(kind) for kind in ChangeKind}
        if kinds - known:
            raise Problem(400, f"kind takes one or more of {', '.join(str(kind) for kind in ChangeKind)}.")
        prefix = normalise(parameters.one(request, "code") or "")
        limit, cursor = parameters.number(request, "limit", 200, 1_000), parameters.one(request, "cursor")

        def make() -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
            found = pipeline.differences(self._history.workspace, name, *names)
            head = {
                "code_set": name,
                "from": found.old.effective_from,
                "to": found.new.effective_from,
                "from_label": found.old.label,
                "to_label": found.new.label,
                "published_totals": asdict(found.published_totals),
            }
            return head, [(change.code, change_object(change)) for change in found.changes]

        def ask(session: Session) -> dict[str, Any]:
            head, every = self._lists.get((session.tag(), name, "changes", names), make)
            rows = [row for code, row in every if (not kinds or row["kind"] in kinds) and code.startswith(prefix)]
            totals: dict[str, int] = {}
            for row in rows:
                totals[row["kind"]] = totals.get(row["kind"], 0) + 1
            page = page_of(rows, cursor, limit, session.tag())
            return {**head, "totals": totals, "total": page.total, "changes": page.rows, "next": page.cursor}

        return await self._answering.answer(request, ask, long=True)

    async def crosswalk(self, request: Request) -> Response:
        """What became of codes between two releases, page by page."""
        parameters.only(request, "from", "to", "code", "limit", "cursor")
        name = parameters.code_set_in(request)
        names = parameters.required(request, "from"), parameters.required(request, "to")
        codes = [normalise(parameters.code_in(code)) for code in parameters.several(request, "code")]
        limit, cursor = parameters.number(request, "limit", 200, 1_000), parameters.one(request, "cursor")
        decisions = self._decisions()

        def ask(session: Session) -> dict[str, Any]:
            head, rows = self.mappings(session, name, names, codes, decisions)
            page = page_of(rows, cursor, limit, session.tag() + decisions)
            return {**head, "total": page.total, "mappings": page.rows, "next": page.cursor}

        return await self._answering.answer(request, ask, long=True, mark=decisions)

    def mappings(
        self, session: Session, code_set: str, names: tuple[str, str], codes: Iterable[str], decisions: str = ""
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The releases that two names stand for, and the mappings between them, of some codes only if named."""
        wanted = tuple(codes)

        def make() -> tuple[dict[str, Any], list[dict[str, Any]]]:
            chosen = pipeline.choose(self._history.workspace, code_set, *names)
            head = {
                "code_set": code_set,
                "from": chosen.old.effective_from,
                "to": chosen.new.effective_from,
                "from_label": chosen.old.label,
                "to_label": chosen.new.label,
            }
            found = pipeline.crosswalk(self._history.workspace, chosen, wanted)
            return head, [mapping_object(mapping) for mapping in found]

        head_and_rows: tuple[dict[str, Any], list[dict[str, Any]]] = self._lists.get(
            (session.tag(), code_set, "crosswalk", names, decisions, wanted), make
        )
        return head_and_rows

    def _decisions(self) -> str:
        """A short name for the state of people's decisions, which are files and may change at any time."""
        folder = self._history.workspace.curated
        files = sorted(folder.glob("*.csv")) if folder.is_dir() else []
        states = [(path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files]
        return f"-{zlib.crc32(repr(states).encode()):08x}" if states else ""

    async def search(self, request: Request) -> Response:
        """Codes and titles that hold the words asked for, ended ones included."""
        parameters.only(request, "q", "code_set", "limit")
        text = parameters.required(request, "q")
        if len(text) > 200:
            raise Problem(400, "q is too long; search for a few words or a code.")
        code_set = parameters.one(request, "code_set")
        if code_set is not None:
            code_table(code_set)
        limit = parameters.number(request, "limit", 40, 100)

        def ask(session: Session) -> dict[str, Any]:
            results = self._index.search(session, text, code_set, limit)
            return {"q": text, "code_set": code_set, "results": results}

        return await self._answering.answer(request, ask, fixed=False, long=True)

    async def _body(self, request: Request) -> Any:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Problem(415, 'Send JSON: Content-Type: application/json and a body such as {"codes": ["E11.9"]}.')
        return parse_json(await limited_body(request, self._max_body))


async def limited_body(request: Request, most: int) -> bytes:
    """The body of a request.

    Raises:
        Problem: it is too large.
    """
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > most:
            raise Problem(413, f"The body is larger than {most:,} bytes; split it into several requests.")
    return bytes(content)


def parse_json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Problem(400, "The body is no JSON document in UTF-8; see /openapi.json for an example.") from None


def _asked(body: Any) -> tuple[list[str], date | None, date | None]:
    if not isinstance(body, dict) or not isinstance(body.get("codes"), list):
        raise Problem(400, 'Send an object with a list of codes, such as {"codes": ["E11.9"], "on": "2025-10-01"}.')
    if body.keys() - {"codes", "on", "published"}:
        raise Problem(400, "The body has a member that nobody reads; it takes codes, on and published.")
    codes = body["codes"]
    if len(codes) > MOST_CODES:
        raise Problem(413, f"At most {MOST_CODES:,} codes may be asked about at once; split them.")
    if not all(isinstance(code, str) for code in codes):
        raise Problem(400, "Every code must be a text in quotes, numbers included.")
    days = []
    for name in ("on", "published"):
        value = body.get(name)
        if value is not None and not isinstance(value, str):
            raise Problem(400, f"{name} must be a date as text, such as 2025-10-01.")
        days.append(parameters.day_of(value, name))
    return codes, days[0], days[1]


def _steps(session: Session, code_set: str, code: str) -> list[dict[str, Any]]:
    """What the code came from and what it became, between neighbouring releases, oldest first."""
    mark = "?" if session.is_sqlite else "%s"
    session.cursor.execute(
        "SELECT to_effective, source, target, relation, evidence, automatic_forward FROM crosswalk_row "
        f"WHERE code_set = {mark} AND (source = {mark} OR target = {mark}) ORDER BY to_effective, source, target",
        (code_set, code, code),
    )
    return [
        {
            "on": str(row[0]),
            "source": printed(code_set, row[1]),
            "target": printed(code_set, row[2]) if row[2] else None,
            "relation": row[3],
            "evidence": row[4],
            "automatic": bool(row[5]),
            "source_title": _title(session, code_set, row[1]),
            "target_title": _title(session, code_set, row[2]),
        }
        for row in session.cursor.fetchall()
        if row[1] != row[2]
    ]


def _title(session: Session, code_set: str, code: str) -> str | None:
    """The title that a code has now, or had last."""
    versions = session.lookup.versions(code_set, code) if code else []
    return versions[-1].long_title if versions else None
