"""The crosswalk between two neighbouring releases as a FHIR ConceptMap."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from codeset_pipeline.codes import has_shape
from codeset_pipeline.history.published_tables import Row
from codeset_pipeline.serve.export.crosswalk_table import FIELDS
from codeset_pipeline.serve.export.fhir_code_system import copyright_of, dumped
from codeset_pipeline.serve.fhir.concepts import R4_EQUIVALENCE, URIS
from codeset_pipeline.sources.definition import source

Resource = dict[str, Any]
Named = dict[str, Any]

_NAMES = tuple(field.name for field in FIELDS)
_CPT = "http://www.ama-assn.org/go/cpt"
_WITH = "together-with"
_WITH_URI = "urn:codeset-pipeline:together-with"


class PairMap(NamedTuple):
    """One ConceptMap: the releases it maps between, and its text."""

    from_release: str
    to_release: str
    text: str


def concept_maps(code_set: str, rows: Iterator[Row], fhir_version: str) -> Iterator[PairMap]:
    """A ConceptMap for each pair of releases that maps anything, oldest first.

    Suggestions are left out, as nobody has accepted them: a code for which there is nothing else maps to nothing.
    """
    named = (dict(zip(_NAMES, row, strict=True)) for row in rows)
    for (old, new), of_pair in groupby(named, key=lambda row: (str(row["from_release"]), str(row["to_release"]))):
        yield PairMap(old, new, _text(code_set, old, new, list(of_pair), fhir_version))


def _text(code_set: str, old: str, new: str, rows: list[Named], fhir_version: str) -> str:
    by_system: dict[str, list[Named]] = {}
    for row in rows:
        by_system.setdefault(_system_of(code_set, row["target"]), []).append(row)
    replaced = {row["source"] for row in rows if _maps(row)}
    groups = [
        _group(code_set, (old, new), system, by_system[system], replaced, fhir_version)
        for system in sorted(by_system, key=lambda each: each != URIS[code_set])
    ]
    head = _head(code_set, old, new, fhir_version)
    return f'{dumped(head)[:-1]},"group":[{",".join(each for each in groups if each)}]}}\n'


def _maps(row: Named) -> bool:
    """Does the row say what the source maps to? Nobody has accepted a suggestion."""
    return bool(row["target"]) and row["evidence"] != "suggested"


def _system_of(code_set: str, target: str | None) -> str:
    """The code system of a target: HCPCS codes may be replaced by CPT codes."""
    if code_set == "hcpcs" and target and not has_shape(code_set, target):
        return _CPT
    return URIS[code_set]


def _group(
    code_set: str, ends: tuple[str, str], system: str, rows: list[Named], replaced: set[str], fhir_version: str
) -> str:
    """The mappings into one code system; the own one also has the codes that map to nothing."""
    own = URIS[code_set]
    kept = [row for row in rows if _maps(row) or (system == own and row["source"] not in replaced)]
    if not kept:
        return ""
    elements = [
        _element(code_set, code, list(found), fhir_version)
        for code, found in groupby(kept, key=lambda row: str(row["source"]))
    ]
    group: Resource
    if fhir_version == "r4":
        group = {"source": own, "sourceVersion": ends[0], "target": system}
        if system == own:
            group["targetVersion"] = ends[1]
    else:
        group = {"source": f"{own}|{ends[0]}", "target": f"{own}|{ends[1]}" if system == own else system}
    lines = ",\n".join(map(dumped, elements))
    return f'{dumped(group)[:-1]},"element":[\n{lines}\n]}}'


def _head(code_set: str, old: str, new: str, fhir_version: str) -> Resource:
    title = source(code_set).title
    head: Resource = {
        "resourceType": "ConceptMap",
        "id": f"{code_set}-{old}-to-{new}",
        "version": new,
        "name": f"{code_set.upper()}_{old}_to_{new}".replace("-", "_"),
        "title": f"{title}: {old} to {new}",
        "status": "active",
        "experimental": False,
        "date": new,
        "description": (
            f"What became of the codes of {title} in force from {old} that ended, or from which others were carved "
            f"out, by {new}. Only what the publisher states, what follows from the hierarchy and what people decided."
        ),
        "copyright": copyright_of(code_set),
    }
    if fhir_version == "r5":
        head["additionalAttribute"] = [{"code": _WITH, "uri": _WITH_URI, "type": "Coding"}]
    return head


def _element(code_set: str, code: str, rows: list[Named], fhir_version: str) -> Resource:
    element: Resource = {"code": code}
    if rows[0]["source_title"]:
        element["display"] = rows[0]["source_title"]
    targets = [_target(code_set, row, fhir_version) for row in rows if _maps(row)]
    if targets:
        return {**element, "target": targets}
    if fhir_version == "r5":
        return {**element, "noMap": True}
    return {**element, "target": [{"equivalence": "unmatched", "comment": "No replacement is stated."}]}


def _target(code_set: str, row: Named, fhir_version: str) -> Resource:
    target: Resource = {"code": row["target"]}
    if row["target_title"]:
        target["display"] = row["target_title"]
    if fhir_version == "r5":
        target["relationship"] = row["equivalence"]
    else:
        target["equivalence"] = R4_EQUIVALENCE[row["equivalence"]]
    target["comment"] = _comment(row)
    beside = [_beside(code_set, code, fhir_version) for code in json.loads(row["together_with"])]
    return {**target, "dependsOn": beside} if beside else target


def _comment(row: Named) -> str:
    """Relation, evidence and where it is stated; and whether a machine may follow it."""
    steps = "; ".join(json.loads(row["hops"])) or row["evidence"]
    sure = {
        (True, True): "automatic in both directions",
        (True, False): "automatic forward",
        (False, True): "automatic backward",
        (False, False): "a person has to look",
    }[bool(row["automatic_forward"]), bool(row["automatic_backward"])]
    return " ".join(each for each in (f"{row['relation']}, {sure}: {steps}.", row["note"]) if each)


def _beside(code_set: str, code: str, fhir_version: str) -> Resource:
    """A code that has to stand beside the source for the mapping to hold."""
    if fhir_version == "r5":
        return {"attribute": _WITH, "valueCoding": {"system": URIS[code_set], "code": code}}
    return {"property": _WITH_URI, "system": URIS[code_set], "value": code}
