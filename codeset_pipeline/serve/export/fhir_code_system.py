"""A code system with all its codes as one FHIR resource."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection

from codeset_pipeline.codes import printed
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history.answer import full_answer
from codeset_pipeline.history.code_tables import code_table
from codeset_pipeline.history.lookup import CodeLookup
from codeset_pipeline.history.published_tables import published_tables, rows
from codeset_pipeline.model import Release
from codeset_pipeline.serve.export.content import Request
from codeset_pipeline.serve.fhir.concepts import PROPERTIES, URIS, properties_of
from codeset_pipeline.sources.definition import source

Resource = dict[str, Any]

_CONCEPT_PROPERTIES = "http://hl7.org/fhir/concept-properties"
_PARENT = {"code": "parent", "type": "code", "description": "the code of which this is a kind"}
_JURISDICTION = {"coding": [{"system": "urn:iso:std:iso:3166", "code": "US"}]}


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def version_of(releases: list[Release], request: Request) -> Release:
    """The release in force on the day asked of; the newest one where no day is asked of.

    For a day before all of them, the oldest.
    """
    newest = {each.effective_from: each for each in releases}
    days = [day for day in sorted(newest) if request.on is None or day <= request.on]
    return newest[days[-1] if days else min(newest)]


def copyright_of(code_set: str) -> str:
    origin = source(code_set)
    return f"{origin.title}: {origin.licence}. Published by {origin.publisher}."


def code_system_pieces(
    connection: Connection, request: Request, releases: list[Release], fhir_version: str
) -> Iterator[str]:
    """The text of a CodeSystem, a concept a line; those of ICD-10 stand within the code that they are a kind of.

    With a day, the codes in force on it; else every code that is known, ended ones too, as of the newest release.
    Properties are those of `$lookup` for the same code and day.

    Raises:
        HistoryError: there is no code.
    """
    version = version_of(releases, request)
    codes = _codes(connection, request)
    if not codes:
        raise HistoryError(
            f"No code of {request.code_set} was in force on {request.on}, so there is no code system to export."
        )
    complete = request.on is None or request.on >= min(each.effective_from for each in releases)
    head = _head(request, version, len(codes), complete, fhir_version)
    yield dumped(head)[:-1] + ',"concept":['
    yield from _concepts(connection, request, codes, request.on or version.effective_from)
    yield "\n]}\n"


def _codes(connection: Connection, request: Request) -> list[str]:
    """Codes as they are stored, in binary order, so that a code stands before those that begin with it."""
    table = published_tables(request.code_set)[0]
    place = table.column_names.index("code_without_dot" if "code_without_dot" in table.column_names else "code")
    found = rows(connection, table, request.code_set, on=request.on, published=request.published)
    return sorted({str(row[place]) for row in found})


def _head(request: Request, version: Release, count: int, complete: bool, fhir_version: str) -> Resource:
    code_set = request.code_set
    origin, hierarchy = source(code_set), code_table(code_set).hierarchy
    which = f"Codes in force on {request.on}" if request.on else "Every known code; ended ones are inactive"
    said = "as known now" if request.published is None else f"as published by {request.published}"
    properties = [{**each} for each in PROPERTIES]
    properties[0]["uri"] = f"{_CONCEPT_PROPERTIES}#inactive"
    if hierarchy:
        properties.append({**_PARENT, "uri": f"{_CONCEPT_PROPERTIES}#parent"})
    head: Resource = {
        "resourceType": "CodeSystem",
        "id": f"{code_set}-{version.effective_from}",
        "url": URIS[code_set],
        "version": version.effective_from.isoformat(),
        "name": code_set.upper(),
        "title": f"{origin.title} {version.label}",
        "status": "active",
        "experimental": False,
        "date": version.effective_from.isoformat(),
        "publisher": origin.publisher,
        "description": f"{which}, {said}.",
        "jurisdiction": [_JURISDICTION],
        "copyright": copyright_of(code_set),
        "caseSensitive": False,
    }
    if fhir_version == "r5":
        head["versionAlgorithmString"] = "date"
    if hierarchy:
        head["hierarchyMeaning"] = "is-a"
    return {**head, "content": "complete" if complete else "fragment", "count": count, "property": properties}


def _concepts(connection: Connection, request: Request, codes: list[str], on: date) -> Iterator[str]:
    """Each concept's text as it begins, and brackets as it ends."""
    dialect = connection.dialect.name
    lookup = CodeLookup(connection.connection.driver_connection, "?" if dialect == "sqlite" else "%s")
    hierarchy = code_table(request.code_set).hierarchy
    above: list[str] = []
    # The last concept is open, and no list of codes below it has begun.
    begun = False
    for number, code in enumerate(codes):
        while above and not (hierarchy and code.startswith(above[-1])):
            yield "}" if begun else "]}"
            begun = False
            above.pop()
        concept = _concept(lookup, request, code, on, above[-1] if above else None)
        # A code directly below the one before opens that one's list.
        opening = ',"concept":[\n' if begun else ",\n" if number else "\n"
        yield opening + dumped(concept)[:-1]
        above.append(code)
        begun = True
    while above:
        yield "}" if begun else "]}"
        begun = False
        above.pop()


def _concept(lookup: CodeLookup, request: Request, code: str, on: date, parent: str | None) -> Resource:
    code_set = request.code_set
    answer = full_answer(lookup, code_set, code, on, request.published, facts=False)
    concept: Resource = {"code": answer["code"]}
    if answer["long_title"]:
        concept["display"] = answer["long_title"]
    short = answer["short_title"]
    if short and short != answer["long_title"]:
        concept["designation"] = [{"value": short}]
    found = [{"code": name, kind: value} for name, kind, value in properties_of(answer)]
    if parent is not None:
        found.append({"code": "parent", "valueCode": printed(code_set, parent)})
    return {**concept, "property": found}
