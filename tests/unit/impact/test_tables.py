"""Which columns hold codes, and what is believed in them."""

from pathlib import Path

import openpyxl
import pytest

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.assess import assess
from codeset_pipeline.impact.column_roles import Role, is_weak, role_of
from codeset_pipeline.model import Impact
from tests.unit.impact.pairs import codes, october, pair


def of(path: Path, text: str, columns: Path | None = None) -> Impact:
    path.write_text(text, encoding="utf-8")
    return assess([path], [october()], columns=columns)


def seen(impact: Impact) -> list[tuple[int, str, str]]:
    return sorted((found.line, found.column, found.match) for found in impact.findings)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("ICD-10-CM Code", Role.ICD),
        ("icd10", Role.ICD),
        ("Dx 1", Role.ICD),
        ("diag2", Role.ICD),
        ("dxCode", Role.ICD),
        ("ICD-10-PCS", Role.PCS),
        ("Code", Role.CODE),
        ("codes", Role.CODE),
        ("Edit codes", Role.CODE),
        ("ICD/CPT", Role.CODE),
        ("ICD-9-CM", Role.FOREIGN),
        ("CPT Code/Billing Code", Role.PROCEDURE),
        ("HCPCS", Role.PROCEDURE),
        ("NDC", Role.FOREIGN),
        ("Diagnosis description", Role.DESCRIPTION),
        ("code_type", Role.CODE_TYPE),
        ("REV", Role.REVENUE_CODE),
        ("CDM", Role.CHARGE_CODE),
        ("Chargecode", Role.CHARGE_CODE),
        ("SVC CD", Role.CHARGE_CODE),
        ("UNITPRICE", Role.PRICE),
        ("Deptname", Role.DEPARTMENT),
        ("Hcpcscode", Role.PROCEDURE),
        ("CPT Modifier", Role.MODIFIER),
        ("Old CPT", Role.FOREIGN),
        ("Previous HCPCS code", Role.FOREIGN),
        ("Medicare HCPCS", Role.PROCEDURE),
        ("Mod1", Role.MODIFIER),
        ("HCPCS Units", Role.QUANTITY),
        ("Unit Price", Role.PRICE),
        ("drug_unit_of_measurement", None),
        ("Effective Date", Role.BEGINS),
        ("Term Date", Role.ENDS),
        ("Price effective 1/1/2024", Role.PRICE),
        ("code|2|type", Role.CODE_TYPE),
        ("CHARGE #", Role.CHARGE_CODE),
        ("Charge Amount", Role.PRICE),
        ("PRICE", Role.PRICE),
        ("Department", Role.DEPARTMENT),
        ("rule_id", Role.RULE),
        ("Order Set", Role.RULE),
        ("exclude codes", Role.EXCLUDE),
        ("range start code", Role.LOW),
        ("Range End", Role.HIGH),
        ("SERVICE_SETTING", None),
        ("updated", None),
        ("error_code", Role.FOREIGN),
    ],
)
def test_a_columns_name_tells_what_it_is_for(name: str, role: Role | None) -> None:
    assert role_of(name) is role


def test_diagnosis_may_be_a_code_or_its_text_but_dx1_is_a_code() -> None:
    assert is_weak("Diagnosis") and is_weak("value")
    assert not is_weak("Dx1") and not is_weak("Diagnosis code")


def test_hcpcs_codes_that_look_like_diagnoses_are_no_diagnoses(tmp_path: Path) -> None:
    """E0781 is an infusion pump in HCPCS and sick-euthyroid syndrome (E07.81) in ICD-10-CM."""
    gone = pair(codes("E0781"), codes("E0780"))
    path = tmp_path / "cdm.csv"
    path.write_text("Item,CPT/HCPCS,Price\n1,E0781,5\n2,A4216,7\n3,99213,9\n", encoding="utf-8")
    assert list(assess([path], [gone]).findings) == []
    path.write_text("Item,Code,Price\n1,E0781,5\n2,A4216,7\n3,99213,9\n", encoding="utf-8")
    assert list(assess([path], [gone]).findings) == []
    path.write_text("Item,Dx,Price\n1,E0781,5\n2,E07.81,7\n", encoding="utf-8")
    assert sorted(found.line for found in assess([path], [gone]).findings) == [2, 3]


def test_in_a_column_of_mixed_codes_the_written_dot_tells_a_diagnosis(tmp_path: Path) -> None:
    impact = of(tmp_path / "r.csv", "rule,code\nA,99213\nA,80053\nB,J1885\nB,B88.0\nC,L89.1\n")
    assert seen(impact) == [(5, "code", "B88.0"), (6, "code", "L89.1")]
    assert dict(impact.assets[0].unrecognised) == {}
    assert dict(impact.assets[0].code_sets) == {"cpt": 2, "icd10cm": 2, "hcpcs": 1}


def test_a_code_type_column_says_which_rows_are_diagnoses(tmp_path: Path) -> None:
    text = "rule,code_type,code\nA,ICD-10-CM,B880\nA,HCPCS,L8910\nA,CPT,99213\n"
    impact = of(tmp_path / "r.csv", text)
    assert seen(impact) == [(2, "code", "B880")]
    assert dict(impact.assets[0].unrecognised) == {}


def test_codes_are_found_by_content_where_no_name_tells(tmp_path: Path) -> None:
    assert seen(of(tmp_path / "r.csv", "alpha,beta\nx,B88.0\ny,L891\nz,A00.0\n")) == [
        (2, "beta", "B88.0"),
        (3, "beta", "L891"),
    ]


def test_a_bare_list_of_codes_needs_no_header(tmp_path: Path) -> None:
    assert seen(of(tmp_path / "r.csv", "B88.0\nL89.1\nA00.0\n")) == [(1, "column 1", "B88.0"), (2, "column 1", "L89.1")]


def test_codes_that_run_over_into_columns_without_a_name_are_found(tmp_path: Path) -> None:
    impact = of(tmp_path / "r.csv", "rule,codes\nR1,A00.0,B88.0\nR2,A00.1,L89.1\n")
    assert seen(impact) == [(2, "column 3", "B88.0"), (3, "column 3", "L89.1")]


def test_the_header_is_found_under_banner_rows(tmp_path: Path) -> None:
    text = "General Hospital ICD-10 code list,,\nUpdated 2025-01-01,,\n\nRule,ICD-10 codes,Description\nR1,B88.0,Lice\n"
    assert seen(of(tmp_path / "r.csv", text)) == [(5, "ICD-10 codes", "B88.0")]


def test_two_columns_can_hold_the_ends_of_a_range(tmp_path: Path) -> None:
    impact = of(tmp_path / "r.csv", "rule,start code,end code\nR1,E11.0,E11.Z\nR2,B88.0,\n")
    assert [(found.line, found.match, found.kind) for found in impact.findings] == [
        (3, "B88.0", "became_header"),
        (2, "E11.0-E11.Z", "gained"),
    ]


def test_an_exclusion_column_counts_for_its_rule(tmp_path: Path) -> None:
    impact = of(tmp_path / "r.csv", "rule,codes,excluded codes\nR1,E11.*,E11.A\nR2,E11.*,\n")
    assert [(effect.rule, effect.gained) for effect in impact.effects] == [("R1", ()), ("R2", ("E11.A",))]


def test_a_description_behind_a_code_is_read_over(tmp_path: Path) -> None:
    text = "rule,dx\nR1,B88.0 - Other acariasis; with B12 deficiency\nR2,L89.1: Ulcer of back\nR3,Type 2 diabetes\n"
    impact = of(tmp_path / "r.csv", text)
    assert seen(impact) == [(2, "dx", "B88.0"), (3, "dx", "L89.1")]
    assert dict(impact.assets[0].unrecognised) == {"Type 2 diabetes": 1}


@pytest.mark.parametrize(
    ("cell", "matches"),
    [
        ("ICD-10: B88.0", ["B88.0"]),
        ("Dx: B88.0 (lice), and I10", ["B88.0", "I10"]),
        ("['B88.0', 'L89.1']", ["B88.0", "L89.1"]),
        ("B88.0-Acariasis", ["B88.0"]),
        ("B88.0=Acariasis", ["B88.0"]),
        ("B88.0 - Old wound", ["B88.0"]),
        ("B88.0/L89.1 & I10", ["B88.0", "I10", "L89.1"]),
        ("B88.0.", ["B88.0"]),
        ("B88.0\u00a0L891", ["B88.0", "L891"]),
        ("E11.- I10", ["E11.-", "I10"]),
        ("E11.0- E11.Z", ["E11.0- E11.Z"]),
    ],
)
def test_codes_are_picked_out_of_what_people_write_around_them(tmp_path: Path, cell: str, matches: list[str]) -> None:
    impact = of(tmp_path / "r.csv", f'rule,icd10\nR1,"{cell}"\n')
    assert [match for _, _, match in seen(impact)] == matches
    assert impact.warnings == []


def test_what_stands_for_a_code_and_is_none_is_counted_and_warned_of(tmp_path: Path) -> None:
    impact = of(tmp_path / "r.csv", "rule,icd10\nR1,B88.0\nR2,TBD\nR3,TBD\nR4,E11.0-9\nR5,E11.9-E11.0\n")
    assert dict(impact.assets[0].unrecognised) == {"TBD": 2, "E11.0-9": 1, "E11.9-E11.0": 1}
    assert impact.warnings[0].startswith("r.csv: 4 texts stand where a code was expected")
    assert (impact.assets[0].lines, impact.assets[0].lines_with_codes) == (5, 1)


def test_semicolons_tabs_and_windows_text_are_read(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes("rule;icd10;description\nR1;B88.0,L89.1;Ménière\n".encode("cp1252"))
    assert [found.match for found in assess([path], [october()]).findings] == ["B88.0", "L89.1"]
    path.write_bytes("rule\ticd10\nR1\tB88.0\n".encode("utf-16"))
    assert [found.match for found in assess([path], [october()]).findings] == ["B88.0"]


def test_a_file_without_any_reference_is_a_warning(tmp_path: Path) -> None:
    impact = of(tmp_path / "r.csv", "name,note\nx,nothing here\n")
    assert (impact.assets[0].lines, impact.assets[0].lines_with_codes) == (1, 0)
    assert impact.warnings[0].startswith("r.csv holds no reference to icd10cm that could be recognised")


def test_every_sheet_of_a_workbook_is_read_with_its_own_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Edits"
    first["B3"], first["B4"], first["C3"], first["C4"] = "Rule", "R1", "ICD-10", "B88.0"
    second = book.create_sheet("More")
    second.append(["Dx", "Price"])
    second.append(["L89.1", 10])
    book.save(tmp_path / "w.xlsx")
    impact = assess([tmp_path / "w.xlsx"], [october()])
    assert seen(impact) == [(2, "More!Dx", "L89.1"), (4, "Edits!ICD-10", "B88.0")]


def columns_file(folder: Path, text: str) -> Path:
    path = folder / "columns.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_users_word_on_columns_replaces_the_guess(tmp_path: Path) -> None:
    text = "icd10,mine,worth\nB88.0,L89.1,12\n"
    said = columns_file(tmp_path, "files:\n  'r*.csv':\n    code: Mine\n    price: [worth]\n")
    impact = of(tmp_path / "r.csv", text, said)
    assert [(found.match, found.amount) for found in impact.findings] == [("L89.1", 12.0)]
    assert impact.assets[0].kind == "charge_master"
    assert dict(impact.assets[0].columns) == {"code": "mine", "price": "worth"}


def test_the_users_header_row_is_taken(tmp_path: Path) -> None:
    said = columns_file(tmp_path, "header_row: 2\n")
    assert seen(of(tmp_path / "r.csv", "icd10,rule\ndx,edit\nB88.0,R1\n", said)) == [(3, "dx", "B88.0")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code: [Nope]", "has no column 'Nope', which the columns file gives as code; its columns are 'icd10', 'rule'"),
        ("codes: [icd10]", "has the unknown key 'codes'"),
        ("header_row: zero", "header_row must be a row number"),
        ("header_row: 9", "has nothing on row 9"),
        ("- a", "is no list of roles"),
        ("code: [", "is no YAML"),
    ],
)
def test_a_wrong_columns_file_says_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(AssetError, match=r"^[^\n]+$") as error:
        of(tmp_path / "r.csv", "icd10,rule\nB88.0,R1\n", columns_file(tmp_path, text))
    assert says in str(error.value)
