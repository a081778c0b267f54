"""FHIR ValueSets: concepts, filters, excludes, expansions."""

import json
from pathlib import Path
from typing import Any

import pytest

from codeset_pipeline.impact.assess import assess
from codeset_pipeline.impact.read_fhir import read_value_sets, value_sets_in
from codeset_pipeline.impact.structure_nodes import fhir_xml_nodes, json_nodes
from codeset_pipeline.impact.vocabulary import Vocabulary
from tests.unit.impact.pairs import codes, october, pair

ICD, HCPCS = "http://hl7.org/fhir/sid/icd-10-cm", "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
#: T36.0 has placeholder headers, W00.0 has none.
ICD_CODES = codes("E11- E110- E1100 E1101 E119 T36- T360- T360X- T360X1A W00- W000- W000XXA W001XXA")


def value_set(include: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"resourceType": "ValueSet", "name": "V", "compose": {"include": include, **more}}


def filtered(op: str, value: str, prop: str = "concept", system: str = ICD) -> dict[str, Any]:
    return {"system": system, "filter": [{"property": prop, "op": op, "value": value}]}


@pytest.mark.parametrize(
    ("op", "prop", "value", "members"),
    [
        ("is-a", "concept", "E11", {"E11", "E110", "E1100", "E1101", "E119"}),
        ("is-a", "concept", "E11.0", {"E110", "E1100", "E1101"}),
        ("descendent-of", "concept", "E11", {"E110", "E1100", "E1101", "E119"}),
        ("child-of", "concept", "E11", {"E110", "E119"}),
        ("=", "parent", "E11", {"E110", "E119"}),
        ("child-of", "concept", "T36.0", set()),
        ("child-of", "concept", "W00.0", {"W000XXA"}),
        ("=", "code", "E11.9", {"E119"}),
        ("in", "code", "E11.9,E11.00", {"E119", "E1100"}),
        ("regex", "code", "E11\\.0.+", {"E1100", "E1101"}),
        ("regex", "code", "E11[0-9]", {"E110", "E119"}),
    ],
)
def test_a_filter_covers_what_fhir_says(op: str, prop: str, value: str, members: set[str]) -> None:
    nodes = json_nodes(json.dumps(value_set([filtered(op, value, prop)])), "v.json")
    reading = read_value_sets(value_sets_in(nodes), Vocabulary([pair(ICD_CODES, ICD_CODES)]))
    known = sorted(ICD_CODES)
    found = {code for mention in reading.mentions for code in mention.expression.members(known)}
    assert {code for code in found if code != "T360X"} == members


def of(path: Path, *resources: dict[str, Any]) -> Any:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}
    path.write_text(json.dumps(bundle if len(resources) > 1 else resources[0], indent=1), encoding="utf-8")
    return assess([path], [october(), pair(codes("J1885 J1100"), codes("J1100"), code_set="hcpcs")])


def test_concepts_are_judged_by_the_code_system_of_their_include(tmp_path: Path) -> None:
    impact = of(
        tmp_path / "v.json",
        value_set([{"system": ICD, "concept": [{"code": "A00.0"}, {"code": "B88.0", "display": "L89.1"}]}]),
        value_set(
            [
                {"system": HCPCS, "concept": [{"code": "J1885"}, {"code": "J1100"}]},
                {"system": "http://snomed.info/sct", "concept": [{"code": "44054006"}, {"code": "L89.1"}]},
            ]
        ),
    )
    assert sorted((found.code_set, found.code, found.column) for found in impact.findings) == [
        ("hcpcs", "J1885", "compose.include[0].concept[0].code"),
        ("icd10cm", "B88.0", "compose.include[0].concept[1].code"),
    ]
    assert any("2 codes of http://snomed.info/sct are of no code set" in warning for warning in impact.warnings)
    assert impact.assets[0].lines == 2


def test_an_exclude_takes_codes_out_of_every_include_of_its_value_set_only(tmp_path: Path) -> None:
    exclude = [{"system": ICD, "concept": [{"code": "E11.A"}]}]
    impact = of(
        tmp_path / "v.json", value_set([filtered("is-a", "E11")], exclude=exclude), value_set([filtered("is-a", "E11")])
    )
    assert [(effect.expression, effect.gained) for effect in impact.effects] == [
        ("is-a E11", ()),
        ("is-a E11", ("E11.A",)),
    ]


def test_an_expansion_is_read_where_the_compose_does_not_name_the_code(tmp_path: Path) -> None:
    told = value_set([{"system": ICD, "concept": [{"code": "B88.0"}]}])
    inner = {"system": ICD, "code": "B88", "abstract": True, "contains": [{"system": ICD, "code": "L89.1"}]}
    told["expansion"] = {"contains": [{"system": ICD, "code": "B88.0"}, inner]}
    impact = of(tmp_path / "v.json", told)
    assert [found.column for found in impact.findings] == [
        "compose.include[0].concept[0].code",
        "expansion.contains[].code",
    ]


def test_what_is_not_followed_is_said_with_its_line(tmp_path: Path) -> None:
    two = {"property": "concept", "op": "is-a", "value": "E11"}
    impact = of(
        tmp_path / "v.json",
        value_set([{"system": ICD}, {"valueSet": ["http://x.org/vs"]}, {"system": ICD, "filter": [two, two]}]),
    )
    text = " ".join(impact.warnings)
    assert "takes in the whole of http://hl7.org/fhir/sid/icd-10-cm" in text
    assert "http://x.org/vs, which was not followed" in text
    assert "several filters that count together" in text
    assert "v.json: line " in text


def test_a_value_set_in_xml_reads_like_the_same_in_json() -> None:
    xml = f"""<ValueSet xmlns="http://hl7.org/fhir"><id value="v"/><name value="V"/><compose>
<include><system value="{ICD}"/><concept><code value="B88.0"/></concept>
<concept><code value="A00.0"/></concept></include>
<exclude><system value="{ICD}"/>
<filter><property value="concept"/><op value="is-a"/><value value="E11"/></filter></exclude>
</compose></ValueSet>""".encode()
    nodes = fhir_xml_nodes(xml)
    assert nodes is not None
    found = read_value_sets(value_sets_in(nodes), Vocabulary([october()])).mentions
    assert [(m.line, m.expression.text, m.excluded, m.rule) for m in found] == [
        (2, "B88.0", False, "V"),
        (3, "A00.0", False, "V"),
        (5, "is-a E11", True, "V"),
    ]


def test_an_xml_that_asks_for_other_files_gets_none() -> None:
    xml = b'<!DOCTYPE v [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    xml += b'<ValueSet xmlns="http://hl7.org/fhir"><name value="&e;"/></ValueSet>'
    nodes = fhir_xml_nodes(xml)
    assert nodes is None or "root:" not in str(nodes)
