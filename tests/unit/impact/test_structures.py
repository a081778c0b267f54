"""Rules in YAML and JSON."""

import json
from pathlib import Path

from codeset_pipeline.impact.assess import assess
from codeset_pipeline.model import Impact
from tests.unit.impact.pairs import codes, october, pair


def of(path: Path, text: str) -> Impact:
    path.write_text(text, encoding="utf-8")
    return assess([path], [october()])


def seen(impact: Impact) -> list[tuple[int, str, str, str]]:
    return sorted((found.line, found.column, found.rule, found.match) for found in impact.findings)


def test_a_reference_is_given_with_its_path_line_and_rule(tmp_path: Path) -> None:
    text = "rules:\n  - name: Lice\n    codes:\n      - A00.0\n      - B88.0\n  - name: Ulcer\n    when: {dx: L89.1}\n"
    impact = of(tmp_path / "r.yaml", text)
    assert seen(impact) == [
        (5, "rules[0].codes[1]", "Lice", "B88.0"),
        (7, "rules[1].when.dx", "Ulcer", "L89.1"),
    ]
    assert (impact.assets[0].lines, impact.assets[0].lines_with_codes) == (2, 2)


def test_json_has_lines_too(tmp_path: Path) -> None:
    text = '{\n\t"rules": [\n\t\t{"id": "L\\u0069ce \\/ 1",\n\t\t "codes": ["A00.0",\n\t\t  "B88.0"]}\n\t]\n}\n'
    assert seen(of(tmp_path / "r.json", text)) == [(5, "rules[0].codes[1]", "Lice / 1", "B88.0")]


def test_prose_is_not_read_for_codes_unless_it_is_nothing_else(tmp_path: Path) -> None:
    text = "- id: a\n  note: replaces B88.0 of last year\n  description: L891\n- id: b\n  comment: B88.0\n"
    assert seen(of(tmp_path / "r.yaml", text)) == [(5, "[1].comment", "b", "B88.0")]


def test_exclusions_under_a_key_count_for_their_rule_only(tmp_path: Path) -> None:
    text = "- id: a\n  include: ['E11.*']\n  exclude: [E11.A]\n"
    text += "- id: b\n  codes: ['E11.*', '!E11.A']\n- id: c\n  codes: ['E11.*']\n"
    impact = of(tmp_path / "r.yaml", text)
    assert [(effect.rule, effect.gained) for effect in impact.effects] == [("a", ()), ("b", ()), ("c", ("E11.A",))]


def test_keys_can_be_codes(tmp_path: Path) -> None:
    text = "codes:\n  B88.0: Other acariasis\n  L89.1: Ulcer\n"
    assert [item[3] for item in seen(of(tmp_path / "r.yaml", text))] == ["B88.0", "L89.1"]


def test_a_range_may_be_a_mapping(tmp_path: Path) -> None:
    impact = of(
        tmp_path / "r.yaml", "- id: a\n  ranges:\n    - {from: E11.0, to: E11.Z}\n    - {low: L89.0, high: L89.1}\n"
    )
    assert [(effect.expression, effect.gained, effect.lost) for effect in impact.effects] == [
        ("E11.0-E11.Z", ("E11.A",), ()),
        ("L89.0-L89.1", (), ("L89.1",)),
    ]


def test_procedure_codes_of_digits_stay_as_they_are_written(tmp_path: Path) -> None:
    pcs = pair(codes("0210093"), codes("0210098"), code_set="icd10pcs")
    path = tmp_path / "r.yaml"
    path.write_text("- id: a\n  pcs: [0210093]\n", encoding="utf-8")
    assert [found.code for found in assess([path], [pcs]).findings] == ["0210093"]


def test_an_anchor_is_read_wherever_it_is_used(tmp_path: Path) -> None:
    text = "- id: a\n  codes: &lice [B88.0]\n- id: b\n  codes: *lice\n"
    assert [item[2] for item in seen(of(tmp_path / "r.yaml", text))] == ["a", "b"]


def test_a_fhir_value_set_is_walked_like_any_structure(tmp_path: Path) -> None:
    told = {
        "resourceType": "ValueSet",
        "id": "skin",
        "url": "http://example.org/skin",
        "compose": {"include": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "concept": [{"code": "L89.1"}]}]},
    }
    assert [item[3] for item in seen(of(tmp_path / "r.json", json.dumps(told)))] == ["L89.1"]
