"""Resources that describe: what this server can do, and which code systems it has."""

from __future__ import annotations

from typing import Any

from codeset_pipeline import __version__
from codeset_pipeline.asking.sessions import Session
from codeset_pipeline.history.code_tables import code_table
from codeset_pipeline.serve.fhir.concepts import PROPERTIES, URIS
from codeset_pipeline.serve.fhir.systems import Version, moment_of, versions_of
from codeset_pipeline.serve.problems import Problem
from codeset_pipeline.sources.definition import source

Resource = dict[str, Any]

FHIR_VERSIONS = {"r4": "4.0.1", "r5": "5.0.0"}
_BASE = "http://hl7.org/fhir/OperationDefinition"
_OPERATIONS = {
    "CodeSystem": ("lookup", "validate-code", "subsumes"),
    "ConceptMap": ("translate",),
    "ValueSet": ("expand", "validate-code"),
}


def capability_statement(release: str, newest: str) -> Resource:
    """What may be asked, as FHIR wants it said; `newest` is the date of the newest release."""
    resources: list[Resource] = []
    for name, operations in _OPERATIONS.items():
        each: Resource = {
            "type": name,
            "operation": [{"name": op, "definition": f"{_BASE}/{name}-{op}"} for op in operations],
        }
        if name == "CodeSystem":
            each["interaction"] = [{"code": "read"}, {"code": "search-type"}]
            each["searchParam"] = [{"name": "url", "type": "uri"}, {"name": "version", "type": "token"}]
        resources.append(each)
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": newest,
        "kind": "instance",
        "software": {"name": "codeset_pipeline", "version": __version__},
        "implementation": {"description": "US code sets, as in force on any date and as published by any date"},
        "fhirVersion": FHIR_VERSIONS[release],
        "format": ["json"],
        "rest": [{"mode": "server", "resource": resources}],
    }


def terminology_capabilities(session: Session, release: str, newest: str) -> Resource:
    """Which code systems and versions are loaded."""
    systems = []
    for code_set, uri in URIS.items():
        loaded = versions_of(session, code_set)
        if loaded:
            versions = [{"code": each.effective_from, "isDefault": each is loaded[-1]} for each in loaded]
            system = {"uri": uri, "version": versions, "subsumption": code_table(code_set).hierarchy}
            # R5 asks how much of it is here; R4 has no such member.
            systems.append({**system, "content": "complete"} if release == "r5" else system)
    return {
        "resourceType": "TerminologyCapabilities",
        "status": "active",
        "date": newest,
        "kind": "instance",
        "software": {"name": "codeset_pipeline", "version": __version__},
        "implementation": {"description": "US code sets"},
        "codeSystem": systems,
        "expansion": {"hierarchical": False, "paging": True, "incomplete": False},
    }


def code_system(code_set: str, version: Version) -> Resource:
    """One version of a code system; its codes are asked for by operations."""
    origin = source(code_set)
    return {
        "resourceType": "CodeSystem",
        "id": f"{code_set}-{version.effective_from}",
        "url": URIS[code_set],
        "version": version.effective_from,
        "name": code_set.upper(),
        "title": f"{origin.title} {version.label}",
        "status": "active",
        "date": version.effective_from,
        "publisher": origin.publisher,
        "caseSensitive": False,
        **({"hierarchyMeaning": "is-a"} if code_table(code_set).hierarchy else {}),
        "content": "not-present",
        "count": version.rows,
        "filter": [
            {"code": "prefix", "operator": ["="], "value": "the beginning of a code, such as E11"},
            {"code": "range", "operator": ["="], "value": "two codes, such as E11.0-E11.9"},
            {"code": "billable", "operator": ["="], "value": "true or false"},
            {"code": "code", "operator": ["=", "in", "regex", "is-a", "descendent-of"], "value": "codes or a pattern"},
        ],
        "property": PROPERTIES,
    }


def read_code_system(session: Session, name: str) -> Resource:
    """`icd10cm` is the version in force today, `icd10cm-2025-10-01` that one."""
    code_set, _, version = name.partition("-")
    if code_set not in URIS:
        raise Problem(404, f"There is no such code system; there are {', '.join(URIS)}.")
    return code_system(code_set, moment_of(session, code_set, version or None, None).version)


def search_code_systems(session: Session, url: str | None, version: str | None, base: str) -> Resource:
    """All loaded versions of all code systems, or those that were asked for, as a searchset."""
    entries = []
    for code_set, uri in URIS.items():
        for each in versions_of(session, code_set):
            if url in {None, uri} and version in {None, each.effective_from, each.label}:
                found = code_system(code_set, each)
                address = f"{base}/CodeSystem/{found['id']}"
                entries.append({"fullUrl": address, "resource": found, "search": {"mode": "match"}})
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    return {**bundle, "entry": entries} if entries else bundle
