"""Rules as text: what counts as a reference, where it stands, and what does not count."""

import json
from pathlib import Path

import pytest

from codeset_pipeline.impact.assess import assess
from codeset_pipeline.impact.mentions import Mention, Reading
from codeset_pipeline.impact.read_text import read_text
from codeset_pipeline.impact.vocabulary import Vocabulary
from codeset_pipeline.model import ReleasePair
from tests.unit.impact.pairs import codes, october, pair

_ICD = codes("A00- A000 A01 B20 B88- B880 E11- E110 E119 E1165 G89- G8911 I10 S72- S72001A C50- C501 V10- V103")
_HCPCS = codes("J1885 J1100 G8911 A1234 E1165 JW LT")


def both() -> list[ReleasePair]:
    """Two code sets of which G8911 and E1165 are codes without their dot."""
    return [pair(_ICD, {}), pair(_HCPCS, {}, code_set="hcpcs")]


def read(text: str, name: str = "rules.txt", pairs: list[ReleasePair] | None = None) -> Reading:
    return read_text(text, Path(name), Vocabulary(pairs or both()))


def seen(text: str, name: str = "rules.txt") -> list[str]:
    return [_shown(mention) for mention in read(text, name).mentions]


def _shown(mention: Mention) -> str:
    return ("!" if mention.excluded else "") + mention.expression.text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("WHERE dx_code = 'E119'", ["E119"]),
        ("WHERE dx1 IN ('A01', 'B20','E11.9')", ["A01", "B20", "E11.9"]),
        ("WHERE c.\"diag_cd\" <> 'B20'", ["!B20"]),
        ("WHERE [PrincipalDx] NOT IN ('A01',\n 'B20') AND x = 1", ["!A01", "!B20"]),
        ("WHERE icd10 LIKE 'E11%'", ["E11%"]),
        ("WHERE icd10 LIKE 'E11._'", ["E11._"]),
        ("WHERE icd10 NOT LIKE 'E11%'", ["!E11%"]),
        ("WHERE dx BETWEEN 'A00' AND 'A01'", ["BETWEEN A00 AND A01"]),
        ("WHERE dx >= 'A00' AND dx < 'B20'", ["A00 to B20"]),
        ("WHERE LEFT(dx, 3) = 'E11'", ["E11"]),
        ("WHERE REGEXP_LIKE(dx, '^E11\\.[0-9]')", ["^E11\\.[0-9]"]),
        ("WHERE hcpcs_cd = 'J1885' AND modifier IN ('JW', '25')", ["J1885", "JW"]),
        ("WHERE code IN ('99213', 'J1885')", ["J1885"]),
        ("WHERE x.c1 IN ('E119', 'B20')", ["E119", "B20"]),
        ("INSERT INTO t (room, dx, fee) VALUES ('A01', 'B20', 1), ('B20', 'A01', 2)", ["B20", "A01"]),
        ("SELECT CASE WHEN dx = 'B20' THEN 'A01' END", ["B20"]),
        ("SELECT CASE dx WHEN 'B20' THEN 1 WHEN 'A01' THEN 2 END", ["B20", "A01"]),
        ("WHERE dx IN ('B20' -- why\n, 'A01' /* E11.9 */)", ["B20", "A01"]),
        ("WHERE NOT startsWith(dx, 'E11') AND hcpcs matches 'J18.*'", ["!E11", "J18.*"]),
        ("WHERE UPPER(TRIM(d.dx_code)) NOT BETWEEN 'A00' AND 'B20'", ["!BETWEEN A00 AND B20"]),
        ("WHERE note = 'see E11.9'", ["E11.9"]),
    ],
)
def test_codes_of_a_query_are_those_compared_with_a_diagnosis_or_procedure(text: str, found: list[str]) -> None:
    assert seen(text, "q.sql") == found


@pytest.mark.parametrize(
    "text",
    (
        *("WHERE order_no = 'J1885'", "WHERE room IN ('A01', 'B20', 'I10')", "WHERE rule_version = 'V10.3'"),
        *("WHERE dx_date = 'E11.9'", "WHERE mrn = 'E119' AND lot_no = 'A1234'", "WHERE status_code = 'A01'"),
        *("WHERE code = 'A01'", "WHERE x = 'B20'", "SELECT '2025-10-01', 99213, 12.50", "-- dx = 'E11.9'"),
        *("/* E11.9\n B20 */ SELECT 1", "WHERE dx IN ('12.5', '2025', 'NONE')", "WHERE request_id = 'E11.9'"),
    ),
)
def test_what_a_query_compares_with_something_else_is_no_code(text: str) -> None:
    assert seen(text, "q.sql") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Patients with E11.9 or S72.001A.", ["E11.9", "S72.001A"]),
        ("The patient's dx isn't E11.9", ["E11.9"]),
        ("Diagnosis codes: A01, B20 and I10.", ["A01", "B20", "I10"]),
        ("E11.9/B88.0", ["E11.9", "B88.0"]),
        ("Covered: E11.0 - E11.9 and C50.-", ["E11.0-E11.9", "C50.-"]),
        ("Bill HCPCS J1885 with modifier JW", ["J1885", "JW"]),
        ("Report J1885-JW", ["J1885", "JW"]),
        ("ICD10:E119", ["E119"]),
        ("Is it E11.9? Or one of B88.?", ["E11.9", "B88.?"]),
        ("E11.* except E11.65", ["E11.*", "!E11.65"]),
        ("A01 Typhoid\nB20 HIV\nE119 Diabetes\n", ["A01", "B20", "E119"]),
        ("A01, B20, I10", ["A01", "B20", "I10"]),
        ("Diagnosis: B20 (HIV), A01 (typhoid)", ["B20", "A01"]),
        ("ICD-10-CM codes that count:\nGroup 1: E11.9, E11.65\n  B20\n  A01", ["E11.9", "E11.65", "B20", "A01"]),
    ],
)
def test_codes_of_a_sentence_are_dotted_or_spoken_of(text: str, found: list[str]) -> None:
    assert seen(text) == found


@pytest.mark.parametrize(
    "text",
    (
        *("Room A01, gate B20 and bed I10.", "Order J1885, PO A1234", "Firmware V10.3, see section C50.1"),
        *("e1190000-b880-4a01-8234-123456789012", "srv-E11.9.example.org", "rules_E11.9.txt", "Vitamin B12, P2Y12"),
        *(
            "0409-1638-02",
            "$1,229.00",
            "2025-10-01",
            "(555) 010-2345",
            "99213",
            "s390 and i386",
            "border: 1px solid #f66",
            "x = 'A*', 'B*'",
            "between v1.0 and v1.1",
        ),
    ),
)
def test_numbers_of_other_things_are_no_codes(text: str) -> None:
    assert seen(text) == []


def test_a_place_has_line_and_column_and_a_name(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "lice.sql"
    path.parent.mkdir()
    path.write_text("-- Rule: Lice\nSELECT 1 FROM t\nWHERE dx_code IN ('A00.0',\r\n  'B88.0');\n", encoding="utf-16")
    (found,) = assess([tmp_path], [october()]).findings
    assert (found.line, found.column, found.rule, found.match) == (4, "4", "Lice", "B88.0")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_texts_are_read_in_the_encodings_people_have(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "r.txt"
    path.write_bytes("Für Läuse: B88.0\n".encode(encoding))
    assert [(found.match, found.column) for found in assess([path], [october()]).findings] == [("B88.0", "12")]


@pytest.mark.parametrize(
    ("context", "code_set"),
    [
        ("dx = 'G8911'", "icd10cm"),
        ("hcpcs = 'G8911'", "hcpcs"),
        ("code IN ('J1885', 'G8911')", "hcpcs"),
        ("code IN ('99213', 'G8911')", "hcpcs"),
        ("code IN ('E11.9', 'G8911')", "icd10cm"),
        ("dx = 'G89.11'", "icd10cm"),
    ],
)
def test_a_code_of_two_code_sets_is_told_by_its_place_and_company(context: str, code_set: str) -> None:
    found = [m.only for m in read(f"WHERE {context}", "q.sql").mentions if m.expression.low == "G8911"]
    assert found == [code_set]


def test_a_code_of_two_code_sets_without_any_context_is_judged_as_both(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("lists:\n  one: [G8911]\n  two: [G8911, J1885]\n  three: [G8911, B20]\n", encoding="utf-8")
    found = assess([path], both()).findings
    assert sorted((each.line, each.code_set) for each in found if each.match == "G8911") == [
        (2, "hcpcs"),
        (2, "icd10cm"),
        (3, "hcpcs"),
        (4, "icd10cm"),
    ]


def test_a_code_of_a_code_set_that_was_not_asked_about_is_counted_not_misjudged(tmp_path: Path) -> None:
    path = tmp_path / "q.sql"
    path.write_text("WHERE hcpcs = 'G8911' AND dx = 'B20'", encoding="utf-8")
    impact = assess([path], [pair(_ICD, {})])
    assert [found.match for found in impact.findings] == ["B20"]
    assert any("1 references are to a code set without a release pair" in warning for warning in impact.warnings)


HL7 = (
    "MSH|^~\\&|A|B|C|D|20251001||DFT^P03|E11.9|P|2.5\r"
    "PID|1||E1165^^^H^MR||DOE^JANE|||||A01 STREET^^^TX\r"
    "DG1|1||B88.0^Room A01^I10||20251001\r"
    "DG1|2||A01^^ICD-10-CM~I10\r"
    "FT1|1|J1100||20251001||CG|J1885^x^HCPCS||||||||||||B20^^I10C||||||99213^^C4|JW~25\r"
)


def test_a_message_has_codes_in_its_coded_fields_only() -> None:
    found = [(m.line, _shown(m)) for m in read(HL7, "feed.hl7").mentions]
    assert found == [(3, "B88.0"), (4, "A01"), (4, "I10"), (5, "J1885"), (5, "B20"), (5, "JW")]


def test_a_claim_has_codes_behind_its_qualifiers_only() -> None:
    isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250101*1200*^*00501*000000001*0*P*:~"
    text = isa + "CLM*J1100*100~REF*G1*E119~HI*ABK:E119*ABF:A01~SV1*HC:J1885:JW*12.5*UN*1~SV2*0636*HC:G8911*9~"
    assert seen(text, "claim.txt") == ["E119", "A01", "J1885", "JW", "G8911"]


def test_xml_says_by_element_attribute_or_code_system_what_is_a_code() -> None:
    text = """<?xml version="1.0"?>
<rules version="V10.3"><!-- E11.9 -->
 <rule id="R1" order="J1885"><dx>B88.0, A01</dx><exclude><dx>E11.9</dx></exclude><room>B20</room></rule>
 <Concept code="I10" codeSystem="2.16.840.1.113883.6.90" displayName="in room C50.1"/>
 <coding><system value="http://hl7.org/fhir/sid/icd-10-cm"/><code value="B20"/></coding>
 <coding><code>J1100</code><codeSystem>HCPCS</codeSystem></coding>
 <coding><code>A01.0</code><codeSystem>http://snomed.info/sct</codeSystem></coding>
 <path d="C50.1 1.2"/><note>was E11.65 in section C50.1</note>
</rules>"""
    found = [(m.line, _shown(m)) for m in read(text, "r.xml").mentions]
    assert found == [(3, "B88.0"), (3, "A01"), (3, "!E11.9"), (4, "I10"), (5, "B20"), (6, "J1100"), (8, "E11.65")]


def test_what_cannot_be_read_where_codes_are_said_to_stand_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "q.sql"
    path.write_text(
        "WHERE dx IN ('B88.0', 'E1.19')\nOR dx LIKE '%11%'\nOR dx REGEXP '(a|b'\nOR dx = 'E11.9-E11.0';\n",
        encoding="utf-8",
    )
    impact = assess([path], [october()])
    assert [found.match for found in impact.findings] == ["B88.0"]
    (asset,) = impact.assets
    assert set(asset.unrecognised) == {"E1.19", "%11%", "(a|b", "E11.9-E11.0"}
    lines = [warning for warning in impact.warnings if ", line " in warning]
    assert [warning.split(":")[0] for warning in lines] == [f"q.sql, line {line}" for line in (1, 2, 3, 4)]
    assert "a range whose last end sorts before its first" in lines[3]


def test_a_folder_goes_on_past_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.sql").write_text("dx = 'B88.0'", encoding="utf-8")
    (tmp_path / "a" / "b" / "good.sql").write_text("WHERE dx = 'B88.0'", encoding="utf-8")
    (tmp_path / "a" / "broken.json").write_text('{"a": 1,\n "b": }', encoding="utf-8")
    (tmp_path / "a" / "picture.dat").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "a" / "manual.pdf").write_bytes(b"%PDF")
    (tmp_path / "README.txt").write_text("Nothing here.", encoding="utf-8")
    impact = assess([tmp_path], [october()])
    assert [found.match for found in impact.findings] == ["B88.0"]
    assert {Path(asset.path).name: asset.kind for asset in impact.assets} == {
        "README.txt": "rules",
        "broken.json": "unread",
        "good.sql": "rules",
        "manual.pdf": "unread",
        "picture.dat": "unread",
    }
    assert sum(warning.startswith("Not read: ") for warning in impact.warnings) == 3
    assert any("broken.json, line 2, is no valid JSON" in warning for warning in impact.warnings)
    assert any(warning.endswith("README.txt holds no reference to codes that could be recognised.") for warning in
               impact.warnings)  # fmt: skip


def test_codes_in_comments_are_counted_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "q.sql"
    path.write_text("-- was dx = 'B88.0'\nSELECT 1 WHERE dx = 'A00.0'", encoding="utf-8")
    impact = assess([path], [october()])
    assert not impact.findings
    assert impact.warnings == ["q.sql: 1 codes stand in comments and were not judged."]


def test_a_text_with_a_header_of_columns_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_text("HCPCS|DESC|ROOM\nJ1885|Ketorolac E11.9 x|A01\nJ1100|x|B20\n", encoding="utf-8")
    impact = assess([path], both())
    assert {(found.line, found.column, found.code) for found in impact.findings} == {
        (2, "HCPCS", "J1885"),
        (3, "HCPCS", "J1100"),
    }


def test_a_condition_in_a_structure_names_its_field(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    conditions = [
        {"field": "dx", "op": "in", "values": ["A01", "B20"]},
        {"field": "hcpcs", "op": "=", "value": "J1885"},
        {"field": "order_no", "op": "=", "value": "J1100"},
        {"field": "room", "value": "I10"},
    ]
    path.write_text(json.dumps({"id": "R1", "version": "V10.3", "conditions": conditions}), encoding="utf-8")
    assert sorted(found.code for found in assess([path], both()).findings) == ["A01", "B20", "J1885"]
