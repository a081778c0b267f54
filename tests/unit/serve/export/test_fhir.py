"""FHIR exports are valid resources, and say of every code what the HTTP API says."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from codeset_pipeline.errors import UsageError
from codeset_pipeline.serve.export.content import Request
from codeset_pipeline.serve.export.write import export
from tests.unit.history.loading import workspace
from tests.unit.serve.export.conftest import Export
from tests.unit.serve.world import FY2018, FY2020

CM = "http://hl7.org/fhir/sid/icd-10-cm"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"

both = pytest.mark.parametrize("release", ["r4", "r5"])
Concept = tuple[dict[str, Any], str | None]


def _resources(folder: Path, release: str) -> dict[str, dict[str, Any]]:
    """The resources of an export by file, once a public library has found them valid (R4B stands for R4)."""
    package = "fhir.resources.R4B" if release == "r4" else "fhir.resources"
    found = {}
    for path in sorted(folder.glob("C*.json")):
        resource = json.loads(path.read_bytes())
        kind = str(resource["resourceType"])
        getattr(import_module(f"{package}.{kind.lower()}"), kind).model_validate(resource)
        found[path.name] = resource
    return found


def _concepts(resource: dict[str, Any], parent: str | None = None) -> Iterator[Concept]:
    """Every concept, with the one that it stands in."""
    for concept in resource.get("concept", []):
        yield concept, parent
        yield from _concepts(concept, concept["code"])


def _properties(concept: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(each["code"], next(v for k, v in each.items() if k != "code")) for each in concept["property"]]


def _looked_up(client: TestClient, release: str, system: str, code: str, **given: str) -> list[tuple[str, Any]]:
    response = client.get(f"/fhir/{release}/CodeSystem/$lookup", params={"system": system, "code": code, **given})
    assert response.status_code == 200, response.text
    parts = [each["part"] for each in response.json()["parameter"] if each["name"] == "property"]
    return [(code["valueCode"], next(v for k, v in value.items() if k != "name")) for code, value in parts]


@both
@pytest.mark.parametrize(
    ("code_set", "system", "day"),
    [
        ("icd10cm", CM, None),
        ("icd10cm", CM, "2019-10-01"),
        ("icd10cm", CM, "2018-05-05"),
        ("hcpcs", HCPCS, None),
        ("hcpcs", HCPCS, "2020-01-01"),
    ],
)
def test_every_code_has_the_properties_that_lookup_gives(
    exported: Export, client: TestClient, release: str, code_set: str, system: str, day: str | None
) -> None:
    (resource,) = (
        each
        for each in _resources(exported(code_set, "fhir", on=day, fhir_version=release), release).values()
        if each["resourceType"] == "CodeSystem"
    )
    newest = {"icd10cm": "2020-10-01", "hcpcs": "2020-04-01"}[code_set]
    concepts = list(_concepts(resource))
    assert resource["count"] == len(concepts) == len({concept["code"] for concept, _ in concepts}) > 40
    for concept, parent in concepts:
        expected = _looked_up(client, release, system, concept["code"], date=day or newest)
        above = [("parent", parent)] if parent else []
        assert _properties(concept) == [*expected, *above]
        assert parent is None or concept["code"].replace(".", "").startswith(parent.replace(".", ""))
    declared = {each["code"] for each in resource["property"]}
    assert {name for concept, _ in concepts for name, _ in _properties(concept)} <= declared


@both
def test_a_version_is_named_as_the_server_names_it(exported: Export, client: TestClient, release: str) -> None:
    for day, version, label in ((None, "2020-10-01", "FY2021"), ("2018-05-05", "2017-10-01", "FY2018")):
        folder = exported("icd10cm", "fhir", on=day, fhir_version=release)
        ours = _resources(folder, release)[f"CodeSystem-icd10cm-{version}.json"]
        served = client.get(f"/fhir/{release}/CodeSystem/icd10cm-{version}").json()
        for name in ("id", "url", "version", "name", "title", "publisher", "hierarchyMeaning", "caseSensitive"):
            assert ours[name] == served[name]
        assert label in ours["title"] and ours["content"] == "complete" and "US government work" in ours["copyright"]


def test_codes_of_a_day_and_codes_of_all_days(exported: Export) -> None:
    def codes(day: str | None) -> dict[str, bool]:
        folder = exported("icd10cm", "fhir", on=day)
        (resource,) = (r for name, r in _resources(folder, "r4").items() if name.startswith("CodeSystem"))
        return {c["code"].replace(".", ""): dict(_properties(c))["inactive"] for c, _ in _concepts(resource)}

    assert codes("2019-10-01") == dict.fromkeys(FY2020, False)
    everything = codes(None)
    assert everything["A071"] is True and everything["A009"] is False
    assert set(everything) == set(FY2018) | set(FY2020) | {"A034"}


@both
def test_concept_maps_say_what_the_crosswalk_says(exported: Export, client: TestClient, release: str) -> None:
    found = _resources(exported("icd10cm", "fhir", fhir_version=release), release)
    maps = [each for each in found.values() if each["resourceType"] == "ConceptMap"]
    assert len(maps) == 2
    relation = "relationship" if release == "r5" else "equivalence"
    seen = set()
    for each in maps:
        old, new = each["id"].removeprefix("icd10cm-").split("-to-")
        (group,) = each["group"]
        expected = f"{CM}|{old}" if release == "r5" else CM
        assert group["source"] == expected and group.get("sourceVersion", old) == old
        for element in group["element"]:
            answer = client.get(
                f"/fhir/{release}/ConceptMap/$translate",
                params={"system": CM, "code": element["code"], "version": old, "date": new},
            ).json()
            parts = [
                {part["name"]: part for part in parameter["part"]}
                for parameter in answer["parameter"]
                if parameter["name"] == "match"
            ]
            ours = {(target["code"], target[relation]) for target in element.get("target", []) if "code" in target}
            assert ours == {(part["concept"]["valueCoding"]["code"], part[relation]["valueCode"]) for part in parts}
            seen |= {(element["code"], code) for code, _ in ours}
    assert {("A07.1", "A07.2"), ("A01.0", "A01.0A"), ("A00.9", "A03.3"), ("A03.3", "A03.4")} <= seen


@both
def test_hcpcs_codes_go_to_the_code_system_of_their_successors(release: str) -> None:
    from codeset_pipeline.serve.export.crosswalk_table import FIELDS
    from codeset_pipeline.serve.export.fhir_concept_map import concept_maps

    def row(source: str, target: str | None, evidence: str = "publisher", beside: str = "[]") -> tuple[Any, ...]:
        relation = "renamed" if target else "none"
        said = {
            "code_set": "hcpcs", "from_release": "2019-01-01", "to_release": "2020-01-01", "source": source,
            "source_title": None, "target": target, "target_title": None, "relation": relation,
            "equivalence": "related-to" if target else "not-related-to", "evidence": evidence,
            "automatic_forward": False, "automatic_backward": False, "ambiguous": False, "together_with": beside,
            "hops": "[]", "note": "",
        }  # fmt: skip
        return tuple(said[field.name] for field in FIELDS)

    rows = [
        row("C1001", "77046"), row("C1002", "A1002", beside='["A1009"]'), row("C1003", None),
        row("C1004", "A1004", "suggested"), row("C1005", "0525T"), row("C1005", "A1005"),
    ]  # fmt: skip
    (made,) = concept_maps("hcpcs", iter(rows), release)
    resource = json.loads(made.text)
    package = "fhir.resources.R4B" if release == "r4" else "fhir.resources"
    import_module(f"{package}.conceptmap").ConceptMap.model_validate(resource)
    own, cpt = resource["group"]
    assert [each["code"] for each in own["element"]] == ["C1002", "C1003", "C1004", "C1005"]
    assert cpt["target"] == "http://www.ama-assn.org/go/cpt" and "targetVersion" not in cpt
    assert [(e["code"], [t["code"] for t in e["target"]]) for e in cpt["element"]] == [
        ("C1001", ["77046"]), ("C1005", ["0525T"]),
    ]  # fmt: skip
    assert own["element"][0]["target"][0]["dependsOn"][0].get("value", "A1009") == "A1009"
    for element in own["element"][1:3]:
        if release == "r5":
            assert element["noMap"] is True and "target" not in element
        else:
            assert [target["equivalence"] for target in element["target"]] == ["unmatched"]


def test_a_public_client_library_reads_the_files(exported: Export) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fhirclient.models.codesystem import CodeSystem
        from fhirclient.models.conceptmap import ConceptMap

    folder = exported("icd10cm", "fhir")
    system = CodeSystem(json.loads((folder / "CodeSystem-icd10cm-2020-10-01.json").read_bytes()))
    assert system.concept[0].code == "A00" and system.concept[0].concept[0].code == "A00.0"
    mapped = ConceptMap(json.loads((folder / "ConceptMap-icd10cm-2017-10-01-to-2019-10-01.json").read_bytes()))
    targets = {element.code: [t.code for t in element.target] for element in mapped.group[0].element}
    assert targets["A01.0"] == ["A01.0A", "A01.0B"]


def test_one_file_has_the_code_system_alone(served_home: Path, exported: Export, tmp_path: Path) -> None:
    request = Request(workspace(served_home), "icd10cm")
    export(request, "fhir", tmp_path / "icd10cm.json")
    expected = (exported("icd10cm", "fhir") / "CodeSystem-icd10cm-2020-10-01.json").read_bytes()
    assert (tmp_path / "icd10cm.json").read_bytes() == expected


@pytest.mark.parametrize("code_set", ["ncci-ptp-practitioner", "ncci-mue-practitioner", "ncci-aoc"])
def test_edits_are_no_code_system(edits_home: Path, tmp_path: Path, code_set: str) -> None:
    with pytest.raises(UsageError, match=r"has edits and no codes of its own.*parquet, csv or ndjson"):
        export(Request(workspace(edits_home), code_set), "fhir", tmp_path / "out")
    assert not list(tmp_path.iterdir())
