"""Charge masters as hospitals write them, against a made-up HCPCS quarter."""

import datetime
import json
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from codeset_pipeline.errors import AmbiguousColumns, AssetError
from codeset_pipeline.impact.assess import assess
from codeset_pipeline.model import Impact, Severity
from tests.unit.impact.pairs import october
from tests.unit.impact.quarter import quarter


def of(path: Path, text: str | bytes, columns: str = "") -> Impact:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = None
    if columns:
        said = path.with_name("columns.yaml")
        said.write_text(columns, encoding="utf-8")
    return assess([path], [quarter()], columns=said)


def seen(impact: Impact) -> list[tuple[int, str, str]]:
    """Line, code and kind of the findings that deny a claim or may."""
    grave = (Severity.WILL_DENY, Severity.MAY_DENY)
    return sorted((found.line, found.code, found.kind) for found in impact.findings if found.severity in grave)


def workbook(path: Path, rows: Sequence[Sequence[object]], merge: Sequence[str] = ()) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    book.save(path)
    return path


def test_each_change_of_a_code_has_its_severity_and_its_date(tmp_path: Path) -> None:
    codes = "J9310 C9001 G0101 G6056 J1055 U0001 C9002 Q4100 B4105 J9999 J1885 99213"
    impact = of(tmp_path / "cdm.csv", "HCPCS,Price\n" + "".join(f"{code},5\n" for code in codes.split()))
    assert [
        (found.code, found.kind, str(found.severity), found.effective_from.isoformat()) for found in impact.findings
    ] == [
        ("J9310", "deleted", "will_deny", "2020-02-01"),  # within the quarter
        ("C9001", "deleted", "will_deny", "2020-04-01"),
        ("G0101", "deleted", "will_deny", "2020-07-01"),  # announced
        ("G6056", "deleted", "will_deny", "2016-01-01"),  # long dead
        ("J1055", "never_existed", "may_deny", "2020-01-01"),
        ("B4105", "revised", "may_deny", "2020-04-01"),  # coverage
        ("Q4100", "revised", "text_only", "2020-04-01"),
        ("U0001", "added", "information", "2020-05-01"),  # not yet effective
        ("C9002", "added", "information", "2020-04-01"),
        ("J9999", "revised", "information", "2020-04-01"),
    ]
    assert dict(impact.assets[0].code_sets) == {"hcpcs": 11, "cpt": 1}


def test_what_the_publisher_names_is_a_candidate_and_what_reads_alike_is_marked(tmp_path: Path) -> None:
    impact = of(tmp_path / "cdm.csv", "HCPCS,Price\nC9001,5\nJ9310,6\n")
    alike, published = impact.findings
    assert (published.candidates, published.suggested) == (("C9002",), ())
    assert (alike.candidates, alike.suggested) == ((), ("J9312",))
    assert alike.unit_change == "100 mg of J9310, 10 mg of J9312"
    assert "THE BILLING UNIT CHANGES: 100 mg of J9310, 10 mg of J9312; convert quantity and price." in alike.action
    assert "J9312 “Injection, made-up drug, 10 mg”" in alike.detail


def test_a_modifier_that_ended_is_found_glued_on_and_in_a_column_of_its_own(tmp_path: Path) -> None:
    text = "CPT/HCPCS,Mod 1,Mod 2,Price\nJ1885GD,,,5\nJ1885-GD,,,5\n99213,25,GD,5\nJ1885,JW,ZL,5\n"
    impact = of(tmp_path / "cdm.csv", text)
    assert seen(impact) == [(2, "GD", "deleted"), (3, "GD", "deleted"), (4, "GD", "deleted")]
    assert impact.findings[0].action.startswith("Remove modifier GD from 1 April 2020")
    assert impact.assets[0].lines_with_codes == 4


def test_code_columns_of_every_name_are_read_beside_each_other(tmp_path: Path) -> None:
    text = (
        "Dept,Charge Code,Description,Rev Code,CPT,HCPCS,Price\nLab,10001,x,0250,99213,,5\nLab,10002,y,0636,,J9310,5\n"
    )
    impact = of(tmp_path / "cdm.csv", text)
    assert seen(impact) == [(3, "J9310", "deleted")]
    (asset,) = impact.assets
    assert (asset.kind, asset.lines, asset.lines_with_codes) == ("charge_master", 2, 2)
    assert dict(asset.columns) == {
        "department": "Dept",
        "charge_code": "Charge Code",
        "description": "Description",
        "revenue_code": "Rev Code",
        "procedure_code": ["CPT", "HCPCS"],
        "price": "Price",
    }
    found = impact.findings[0]
    assert (found.department, found.rule, found.amount) == ("Lab", "10002", 5.0)


@pytest.mark.parametrize("name", ["Billing Code", "Code", "Service Code", "Whatever"])
def test_a_column_is_known_by_its_content_where_its_name_tells_nothing(tmp_path: Path, name: str) -> None:
    lines = "".join(f"{10_000 + at},a thing,{code},5\n" for at, code in enumerate(["J9310", "99213", "A4216", "80053"]))
    impact = of(tmp_path / "cdm.csv", f"Item No,Description,{name},Price\n{lines}")
    assert seen(impact) == [(2, "J9310", "deleted")]
    assert impact.assets[0].columns["procedure_code"] == name


def test_item_numbers_of_five_digits_are_no_cpt_codes(tmp_path: Path) -> None:
    impact = of(tmp_path / "cdm.csv", "Charge Code,Price\n" + "".join(f"{at},5\n" for at in range(99201, 99260)))
    assert impact.assets[0].lines_with_codes == 0
    assert "name its code columns in a columns file (--columns)" in impact.warnings[0]


def test_beside_a_column_of_cpt_codes_the_hospitals_own_numbers_are_no_codes(tmp_path: Path) -> None:
    own = "".join(f"L{1000 + at},99213,Thing,5\n" for at in range(30))
    impact = of(tmp_path / "cdm.csv", f"Charge Code,CPT,Description,Price\n{own}L2000,J9310,Drug,5\n")
    assert seen(impact) == [(32, "J9310", "deleted")]
    billed = "".join(f"{1000 + at},99213,{code},5\n" for at, code in enumerate(["J9310", "A4216", "J7050", ""]))
    impact = of(tmp_path / "both.csv", f"Charge Code,CPT,Alternate,Price\n{billed}")
    assert seen(impact) == [(2, "J9310", "deleted")]


def test_of_two_equally_likely_columns_the_user_is_asked_and_the_flag_answers(tmp_path: Path) -> None:
    text = "Item,Alpha,Beta,Price\n" + "".join(f"{at},J9310,A{4200 + at},5\n" for at in range(20))
    with pytest.raises(AmbiguousColumns, match=r"'Alpha' and 'Beta'.*'procedure_code: \[Alpha\]'.*--columns") as error:
        of(tmp_path / "cdm.csv", text)
    assert error.value.exit_code == 2
    assert len(seen(of(tmp_path / "cdm.csv", text, "procedure_code: [Alpha]\n"))) == 20
    assert seen(of(tmp_path / "cdm.csv", text, "procedure_code: column 3\n"))[0][1] == "A4200"


def test_columns_that_are_numbered_or_fill_each_other_need_no_question(tmp_path: Path) -> None:
    numbered = "Code 1,Code 2,Price\nJ9310,C9001,5\nA4216,J9310,5\n"
    assert seen(of(tmp_path / "cdm.csv", numbered)) == [
        (2, "C9001", "deleted"),
        (2, "J9310", "deleted"),
        (3, "J9310", "deleted"),
    ]
    in_turn = "Code,Billed code,Price\n" + "J9310,,5\n,C9001,5\n" * 10
    assert len(seen(of(tmp_path / "cdm.csv", in_turn))) == 20


def test_a_workbook_with_banner_numbers_merged_departments_and_an_end_date(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "cdm.xlsx",
        [
            ["GENERAL HOSPITAL"],
            ["Effective", datetime.date(2020, 1, 1), None],
            [],
            ["Dept", "CDM #", "Description", "Rev", "CPT/HCPCS", "Price", "End Date", *[None] * 190, " "],
            ["Oncology", 1001.0, "Drug", 250, "J9310", 350.5, None],
            [None, 1002.0, "Visit", 510, 99213.0, 100, None],
            [None, 1003.0, "Ended line", 250, "C9001", 1, 43830],
            [],
            ["Lab", 1004.0, "Two", 300, "80053, J9310", 3, None],
            ["Lab", 1005.0, "None", 300, None, 3, None],
            ["Lab", 1006.0, "Odd", 300, "TBD", 3, None],
        ],
        merge=["A1:F1", "A5:A7"],
    )
    impact = assess([path], [quarter()])
    assert seen(impact) == [(5, "J9310", "deleted"), (9, "J9310", "deleted")]
    (asset,) = impact.assets
    assert (asset.lines, asset.lines_with_codes, asset.blank, dict(asset.unrecognised)) == (6, 4, 1, {"TBD": 1})
    ended = next(found for found in impact.findings if found.line == 7)
    assert (ended.department, ended.severity) == ("Oncology", Severity.INFORMATION)
    assert ended.detail.startswith("The line itself ends on 31 December 2019")
    assert {found.rule for found in impact.findings} == {"1001", "1003", "1004"}


def test_a_list_without_header_and_one_under_a_long_banner(tmp_path: Path) -> None:
    impact = of(tmp_path / "bare.csv", "1001,Drug,J9310,5.50\n1002,Visit,99213,6.00\n1003,Kit,A4216,7.25\n")
    assert seen(impact) == [(1, "J9310", "deleted")]
    assert (impact.assets[0].kind, impact.findings[0].amount) == ("charge_master", 5.5)
    visits = "".join(f"{at},{99200 + at},Visit,{at}.00\n" for at in range(80))
    impact = of(
        tmp_path / "cdm.csv", f"General Hospital\nBox 12345\n\nItem,CPT,Description,Price\n{visits}9,J9310,Drug,5\n"
    )
    assert seen(impact) == [(85, "J9310", "deleted")]
    assert (impact.assets[0].lines, impact.assets[0].lines_with_codes) == (81, 81)


def test_each_sheet_is_a_table_and_a_sheet_of_notes_is_none(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("Lab", "Radiology"):
        sheet = book.create_sheet(name)
        for row in ([f"{name} charges"], ["Code", "CPT/HCPCS", "Charge"], [1, "J9310", 5], [2, 80053, 5]):
            sheet.append(row)
    book["Radiology"].sheet_state = "hidden"
    book.create_sheet("Notes").append(["This list is valid from 2020"])
    book.save(tmp_path / "cdm.xlsx")
    impact = assess([tmp_path / "cdm.xlsx"], [quarter()])
    assert sorted((found.line, found.column) for found in impact.findings) == [
        (3, "Lab!CPT/HCPCS"),
        (3, "Radiology!CPT/HCPCS"),
    ]
    assert impact.warnings == ["cdm.xlsx: the sheet 'Radiology' is hidden; it was read too."]
    assert dict(impact.assets[0].columns) == {
        "charge_code": ["Lab!Code", "Radiology!Code"],
        "procedure_code": ["Lab!CPT/HCPCS", "Radiology!CPT/HCPCS"],
        "price": ["Lab!Charge", "Radiology!Charge"],
    }


def test_a_department_on_a_heading_line_holds_for_the_lines_below(tmp_path: Path) -> None:
    text = "Charge Code,HCPCS,Price\nDEPARTMENT: 4480 LAB,,\n1,J9310,5\nDept 4490 Radiology,,\n2,J9310,6\n"
    found = of(tmp_path / "cdm.csv", text).findings
    assert [(each.line, each.department) for each in found] == [(5, "4490 Radiology"), (3, "4480 LAB")]


V2 = """hospital_name,last_updated_on,version,hospital_location,hospital_address,license_number|CA
General,2024-07-01,2.0.0,A,B,1 | CA
description,code|1,code|1|type,code|2,code|2|type,modifiers,setting,standard_charge|gross,standard_charge|P|Q|negotiated_dollar
Drug,80000001,CDM,J9310,HCPCS,,both,350.00,100
Hip,470,MS-DRG,,,,inpatient,1000,
Visit,99213,CPT,0510,RC,25,outpatient,200,
Item,J9310,LOCAL,,,,outpatient,1,
"""


def test_the_prescribed_csv_template_with_three_header_rows_and_pairs_of_code_and_type(tmp_path: Path) -> None:
    impact = of(tmp_path / "standardcharges.csv", V2)
    assert seen(impact) == [(4, "J9310", "deleted")]
    assert impact.findings[0].amount == 350.0
    (asset,) = impact.assets
    assert (asset.lines, asset.lines_with_codes, dict(asset.unrecognised)) == (4, 2, {})
    assert dict(asset.code_sets) == {"CDM": 1, "hcpcs": 1, "MS-DRG": 1, "cpt": 1, "RC": 1, "LOCAL": 1}


def test_the_tall_template_names_an_item_once_however_many_payers_there_are(tmp_path: Path) -> None:
    head = "description,code|1,code|1|type,setting,standard_charge|gross,payer_name,plan_name,standard_charge|P|min"
    lines = [
        f"Drug,J9310,HCPCS,{setting},{price},P{payer},Q,{payer}"
        for setting, price in (("inpatient", 9), ("outpatient", 8))
        for payer in range(3)
    ]
    impact = of(tmp_path / "tall.csv", "\n".join(["hospital_name,version", "G,2.0.0", head, *lines]) + "\n")
    assert [(found.line, found.amount) for found in impact.findings] == [(4, 9.0), (7, 8.0)]
    assert (impact.assets[0].lines, impact.assets[0].lines_with_codes) == (6, 6)
    assert impact.warnings == ["tall.csv: 4 lines repeat an item for another payer; findings stand on its first line."]


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_json_list_of_flat_records_is_a_table(tmp_path: Path, wrapped: bool) -> None:
    records = [
        {"Item": 1, "CPT/HCPCS": "J9310", "Gross Charge": 9.5},
        {"Item": 2, "CPT/HCPCS": 99213, "Gross Charge": None},
    ]
    impact = of(tmp_path / "charges.json", json.dumps({"data": records} if wrapped else records))
    assert [(found.line, found.code, found.rule, found.amount) for found in impact.findings] == [(1, "J9310", "1", 9.5)]
    assert (impact.assets[0].kind, impact.assets[0].lines, impact.assets[0].lines_with_codes) == ("charge_master", 2, 2)


@pytest.mark.parametrize("written", ["J9310*", "J9310-", " J9310 *", "J9310 **"])
def test_a_footnote_sign_makes_no_wildcard_of_a_code(tmp_path: Path, written: str) -> None:
    assert seen(of(tmp_path / "cdm.csv", f"CPT/HCPCS,Price\n{written},5\n")) == [(2, "J9310", "deleted")]


@pytest.mark.parametrize("indent", [None, 1])
def test_the_prescribed_json_template(tmp_path: Path, indent: int | None) -> None:
    def item(name: str, price: float, *codes: tuple[str, str]) -> dict[str, object]:
        listed = [{"code": code, "type": kind} for code, kind in codes]
        return {
            "description": name,
            "code_information": listed,
            "standard_charges": [{"gross_charge": price, "setting": "both"}],
        }

    items = [
        item("Drug", 350, ("8001", "CDM"), ("J9310", "HCPCS")),
        item("Visit", 100, ("99213", "CPT")),
        item("Drug again", 10, ("J9310", "HCPCS")),
    ]
    document = {
        "hospital_name": "G",
        "last_updated_on": "2024-07-01",
        "version": "2.0.0",
        "standard_charge_information": items,
    }
    impact = of(tmp_path / "standardcharges.json", json.dumps(document, indent=indent))
    text = json.dumps(document, indent=indent).splitlines()
    starts = [at for at, line in enumerate(text, 1) if line == "  {"] if indent else [1, 2, 3]
    assert seen(impact) == [(starts[0], "J9310", "deleted"), (starts[2], "J9310", "deleted")]
    assert [found.amount for found in impact.findings] == [350.0, 10.0]
    assert (impact.assets[0].kind, impact.assets[0].lines, impact.assets[0].lines_with_codes) == ("charge_master", 3, 3)
    with pytest.raises(AssetError, match="not whole"):
        of(tmp_path / "cut.json", json.dumps(document, indent=indent).rsplit("]", 1)[0])


@pytest.mark.parametrize(
    "data",
    [
        "Item;CPT/HCPCS;Price\n1;J9310;5\n".encode("cp1252"),
        b"Item\tCPT/HCPCS\tPrice\n1\tJ9310\t5\n",
        b"Item|CPT/HCPCS|Price\n1|J9310|5\n",
        "Item,CPT/HCPCS,Price\n1,J9310,5\n".encode("utf-16"),
        "Item,CPT/HCPCS,Price\n1,J9310,5\n".encode("utf-16-le"),
        "Item,CPT/HCPCS,Price\n1,J9310,5\n".encode("utf-16-be"),
        "Item,CPT/HCPCS,Price\nM\u00e9ni\u00e8re \u2013 1,J9310,5\n".encode("cp1252"),
        b"Item,CPT/HCPCS,Price" + b"," * 200 + b"\n1,J9310,5" + b"," * 200 + b"\n",
    ],
)
def test_text_of_any_encoding_and_separator_is_read(tmp_path: Path, data: bytes) -> None:
    assert seen(of(tmp_path / "cdm.csv", data)) == [(2, "J9310", "deleted")]


def test_a_separator_that_excel_is_told_is_believed_and_lines_still_count(tmp_path: Path) -> None:
    assert seen(of(tmp_path / "cdm.csv", "sep=;\nItem;HCPCS;Price\n1;J9310;5\n")) == [(3, "J9310", "deleted")]


def test_codes_of_no_code_set_are_counted_by_form_and_codes_without_a_pair_are_named(tmp_path: Path) -> None:
    lines = "".join(f"{10300000 + at},5\n" for at in range(40)) + "AAAAA,5\nSee pharmacy,5\nJ1885,5\n99213,5\n"
    impact = of(tmp_path / "cdm.csv", "CPT,Price\n" + lines)
    assert dict(impact.assets[0].forms) == {"99999999": 40, "AAAAA": 1, "AAA text": 1}
    assert "by form, 9 a digit and A a letter: 99999999 40 times" in impact.warnings[0]
    other = assess([tmp_path / "cdm.csv"], [october()])
    assert "1 lines hold hcpcs codes, which were not judged; add a pair" in other.warnings[0]
    assert list(other.findings) == []


def test_a_local_code_is_no_diagnosis_and_a_diagnosis_code_type_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("CPT,Price\nB880,5\nL891,5\nX3908,5\nJ1885,5\n", encoding="utf-8")
    assert list(assess([tmp_path / "a.csv"], [october(), quarter()]).findings) == []
    text = "Code,Code type,Price\nB880,ICD-10-CM,5\nJ9310,HCPCS,5\nJ9310,NDC,5\n"
    (tmp_path / "b.csv").write_text(text, encoding="utf-8")
    assert seen(assess([tmp_path / "b.csv"], [october(), quarter()])) == [
        (2, "B88.0", "became_header"),
        (3, "J9310", "deleted"),
    ]


def test_a_rule_in_a_column_of_hcpcs_codes_is_judged_by_all_of_its_codes(tmp_path: Path) -> None:
    impact = of(tmp_path / "edits.csv", 'rule,HCPCS,modifier\nR1,"C9001, J1885",JW\nR2,"A4216, A9270",\n')
    assert impact.assets[0].kind == "rules"
    told = {verdict.rule: (str(verdict.compatibility), verdict.before, verdict.after) for verdict in impact.verdicts}
    assert told["R2"] == ("unchanged", 2, 2)
    assert told["R1"][1:] == (3, 2)  # C9001, J1885 and the modifier, of which one ended
    assert seen(impact) == [(2, "C9001", "deleted")]


def test_ids_stay_when_lines_and_columns_change_places(tmp_path: Path) -> None:
    first = of(tmp_path / "cdm.csv", "Charge Code,HCPCS,Price\n1,J9310,5\n2,C9001,6\n")
    second = of(tmp_path / "cdm.csv", "Banner,,\n\nPrice,HCPCS,Charge Code\n6,C9001,2\n5,J9310,1\n7,A4216,3\n")
    assert {found.id for found in first.findings} == {found.id for found in second.findings}


def test_a_sheet_dragged_to_the_end_of_excel_is_refused_in_one_sentence() -> None:
    from codeset_pipeline.impact.table_rows import _table

    class Dragged:
        total_height, total_width = 1_048_576, 16_384

    with pytest.raises(AssetError, match=r"^x\.xlsx, sheet S, is used up to row 1,048,576 and column 16,384; delete"):
        _table(Dragged(), "S", "x.xlsx")
