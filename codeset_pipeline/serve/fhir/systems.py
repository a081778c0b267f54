"""Code systems by their official URIs, their versions, and which state of the history a request means."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from codeset_pipeline.asking.sessions import Session
from codeset_pipeline.errors import UsageError
from codeset_pipeline.labels import effective_date
from codeset_pipeline.serve.fhir.concepts import URIS as URIS
from codeset_pipeline.serve.problems import Problem
from codeset_pipeline.sources.definition import source

_CODE_SETS = {uri: code_set for code_set, uri in URIS.items()}


class Version(NamedTuple):
    """A loaded release, its newest revision; dates as ISO text."""

    effective_from: str
    label: str
    published: str
    rows: int


class Moment(NamedTuple):
    """Which state of a code system a request means: codes in force on a day, as published by a date.

    Attributes:
        version: the release in force on that day; what was named, where a version was.
    """

    on: date
    published: date | None
    version: Version


def code_set_of(system: str | None) -> tuple[str, str | None]:
    """The code set and version that `uri` or `uri|version` names.

    Raises:
        Problem: it is missing, or no code system of this server.
    """
    if not system:
        raise Problem(400, "The code system is missing; give its URI as system (or url).")
    uri, _, version = system.partition("|")
    if uri not in _CODE_SETS:
        raise Problem(404, f"This server has no such code system; it has {', '.join(URIS.values())}.")
    return _CODE_SETS[uri], version or None


def versions_of(session: Session, code_set: str) -> list[Version]:
    """The loaded releases of a code set, oldest first."""
    mark = "?" if session.is_sqlite else "%s"
    session.cursor.execute(
        f"SELECT effective_from, label, published, rows FROM release WHERE code_set = {mark} AND state = 'ready' "
        "ORDER BY effective_from, revision",
        (code_set,),
    )
    newest = {str(row[0]): Version(str(row[0]), row[1], str(row[2]), row[3]) for row in session.cursor.fetchall()}
    return list(newest.values())


def moment_of(session: Session, code_set: str, version: str | None, on: date | None) -> Moment:
    """The state that `version` and `date` name: by default, today as known now.

    A version alone stands for its first day, as published then. A version with a date says what it, by then, said of
    that date.

    Raises:
        Problem: no such release is loaded.
    """
    loaded = versions_of(session, code_set)
    if not loaded:
        raise Problem(404, f"No release of {URIS[code_set]} is loaded.")
    if version is None:
        day = on or date.today()
        started = [each for each in loaded if each.effective_from <= day.isoformat()]
        return Moment(day, None, started[-1] if started else loaded[0])
    fiscal = re.fullmatch(r"[0-9]{4}", version) and source(code_set).calendar == "fiscal_year"
    try:
        wanted = effective_date(f"FY{version}" if fiscal else version).isoformat()
    except (UsageError, ValueError):
        wanted = ""
    found = next((each for each in loaded if each.effective_from == wanted), None)
    if found is None:
        known = ", ".join(f"{each.effective_from} ({each.label})" for each in loaded)
        raise Problem(404, f"That version of {URIS[code_set]} is not loaded; loaded are {known}.")
    # An older release may have been posted again later than this one; it was known all the same.
    said = max(each.published for each in loaded if each.effective_from <= found.effective_from)
    day = on or date.fromisoformat(found.effective_from)
    return Moment(day, date.fromisoformat(said), found)
