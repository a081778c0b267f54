"""The codes of a value set on a date."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, NamedTuple

from codeset_pipeline.asking.sessions import Session
from codeset_pipeline.codes import printed
from codeset_pipeline.history.code_tables import code_table
from codeset_pipeline.serve.fhir.selection import Include, from_compose, from_url
from codeset_pipeline.serve.fhir.systems import URIS, Moment, moment_of
from codeset_pipeline.serve.long_lists import LongLists
from codeset_pipeline.serve.problems import Problem


class Member(NamedTuple):
    """A code of a value set, without dot."""

    code_set: str
    code: str
    billable: bool
    title: str

    def contains(self, version: str) -> dict[str, Any]:
        """As an entry of ValueSet.expansion.contains; a header may not be reported, so it is abstract."""
        found = {"system": URIS[self.code_set], "version": version}
        if not self.billable:
            found["abstract"] = True  # type: ignore[assignment]
        return {**found, "code": printed(self.code_set, self.code), "display": self.title}


class Expansion(NamedTuple):
    """All codes of a value set, and the versions of the code systems they were taken from."""

    members: list[Member]
    versions: dict[str, str]


def _in_force(session: Session, code_set: str, moment: Moment) -> list[Member]:
    table = code_table(code_set)
    mark = "?" if session.is_sqlite else "%s"
    day = moment.on.isoformat()
    values: list[Any] = [code_set, day, day]
    said = "published_to IS NULL"
    if moment.published is not None:
        said = f"published_from <= {mark} AND (published_to IS NULL OR published_to >= {mark})"
        values += [moment.published.isoformat()] * 2
    session.cursor.execute(
        f"SELECT code, {table.billable}, {table.long_title} FROM {table.name} WHERE code_set = {mark} "
        f"AND effective_from <= {mark} AND (effective_to IS NULL OR effective_to >= {mark}) AND {said} ORDER BY code",
        tuple(values),
    )
    return [Member(code_set, row[0], bool(row[1]), row[2]) for row in session.cursor.fetchall()]


def selection_of(url: str | None, value_set: dict[str, Any] | None) -> tuple[list[Include], list[Include]]:
    """What a request includes and excludes.

    Raises:
        Problem: it names no value set.
    """
    if value_set is not None:
        return from_compose(value_set)
    if not url:
        raise Problem(400, "Give url, an implicit value set such as <system>?fhir_vs=E11*, or POST a valueSet.")
    return [from_url(url)], []


def expand(
    session: Session,
    lists: LongLists,
    include: list[Include],
    exclude: list[Include],
    version: str | None,
    on: date | None,
) -> Expansion:
    """The codes in force, in the order of code set and code."""
    members: dict[tuple[str, str], Member] = {}
    versions: dict[str, str] = {}
    for part in include:
        moment = moment_of(session, part.code_set, part.version or version, on)
        versions[part.code_set] = moment.version.effective_from
        key = (session.tag(), "in force", part.code_set, moment)
        codes: list[Member] = lists.get(key, partial(_in_force, session, part.code_set, moment))
        for each in codes:
            if part.has(each.code, each.billable):
                members[each.code_set, each.code] = each
    for part in exclude:
        members = {
            key: each
            for key, each in members.items()
            if not (each.code_set == part.code_set and part.has(each.code, each.billable))
        }
    return Expansion([members[key] for key in sorted(members)], versions)
