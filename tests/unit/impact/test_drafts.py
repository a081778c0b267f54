"""Future-dated charge-master lines, in the user's own layout and to the letter."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from codeset_pipeline.impact.assess import assess
from codeset_pipeline.impact.draft_record import of_json
from codeset_pipeline.impact.draft_sources import DraftSource, as_json, draft_sources
from codeset_pipeline.impact.drafts import Choice, DraftTable, drafted
from codeset_pipeline.impact.source_cells import SourceCell
from codeset_pipeline.model import Impact
from codeset_pipeline.report.draft_files import write_drafts
from tests.unit.impact.pairs import october

HEADER = "Dept;Charge code; Description;ICD10;Price"


def read(path: Path) -> tuple[Impact, DraftSource]:
    impact = assess([path], [october()])
    (source,) = draft_sources(impact, [october()])
    assert of_json(as_json([source])) == [source]  # what a run keeps is all there is to know
    return impact, source


def price_list(
    tmp_path: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8", name: str = "cdm.csv"
) -> Path:
    path = tmp_path / name
    path.write_bytes("".join(f"{line}\r\n" for line in ("Price list;;;;", header, *lines)).encode(encoding))
    return path


def choices(impact: Impact, **by_code: Choice) -> dict[str, Choice]:
    return {each.id: by_code[name] for each in impact.findings if (name := each.code.replace(".", "")) in by_code}


def texts(table: DraftTable) -> list[str]:
    return [";".join(cell.text for cell in row) for row in (table.header, *table.rows)]


def drafts_of(source: DraftSource, chosen: Mapping[str, Choice], approved_only: bool = False) -> DraftTable:
    (table,) = drafted(source, chosen, approved_only=approved_only)
    return table


def notes(table: DraftTable) -> dict[str, tuple[str, str]]:
    return {note.old_code: (note.status, note.remark) for note in table.notes}


def test_an_automatic_replacement_is_drafted_with_both_dates_and_every_other_cell_as_it_was(tmp_path: Path) -> None:
    _, source = read(price_list(tmp_path, " Renal ;0012;  DIALYSIS ;Z9921; 007.50 "))
    table = drafts_of(source, {})
    assert texts(table) == [
        f"{HEADER};effective from;effective to",
        " Renal ;0012;  DIALYSIS ;Z9921; 007.50 ;;2025-09-30",
        " Renal ;0012;DEPENDENCE;Z992; 007.50 ;2025-10-01;",
    ]
    assert notes(table) == {"Z99.21": ("draft", "")}


def test_a_choice_a_person_made_is_drafted_and_what_is_undecided_says_why_not(tmp_path: Path) -> None:
    path = price_list(tmp_path, "A;1;Lice;B88.0;1", "B;2;Ulcer;L89.1;2", "C;3;Two;T36.0X1A;3")
    impact, source = read(path)
    assert texts(drafts_of(source, {}))[1:] == []
    assert notes(drafts_of(source, {})) == {
        "B88.0": ("not drafted", "a person must choose among B88.01, B88.09"),
        "L89.1": ("not drafted", "no replacement is on record"),
        "T36.0X1A": ("not drafted", "a person must confirm T36.2X1A"),
    }
    chosen = choices(impact, B880=Choice("deferred", "B88.09"), L891=Choice("approved"), T360X1A=Choice("approved"))
    table = drafts_of(source, chosen)
    assert texts(table)[1:] == [
        "B;2;Ulcer;L89.1;2;;2025-09-30",
        "C;3;Two;T36.0X1A;3;;2025-09-30",
        "C;3;Two;T36.2X1A;3;2025-10-01;",
    ]
    assert notes(table) == {
        "B88.0": ("not drafted", "deferred in the worklist"),
        "L89.1": ("approved", "no new line, because nothing replaces the code"),
        "T36.0X1A": ("approved", "the description of T36.2X1A is to be written"),
    }


def test_the_separator_is_the_one_that_puts_the_codes_where_they_were_found(tmp_path: Path) -> None:
    line = "A,a,b,c,d,e,f;1;Renal, chronic;Z99.21;1,5"
    _, source = read(price_list(tmp_path, line, "sep;;;;"))
    assert texts(drafts_of(source, {}))[1] == f"{line};;2025-09-30"


def test_only_approved_lines_are_exported(tmp_path: Path) -> None:
    impact, source = read(price_list(tmp_path, "A;1;Lice;B88.0;1", "B;2;Renal;Z99.21;2"))
    chosen = choices(impact, B880=Choice("approved", "B88.09"))
    assert [row.split(";")[3] for row in texts(drafts_of(source, chosen, True))] == ["ICD10", "B88.0", "B88.09"]
    assert len(texts(drafts_of(source, chosen))) == 5


def test_a_code_may_be_replaced_by_two_lines(tmp_path: Path) -> None:
    impact, source = read(price_list(tmp_path, "A;1;Lice;B88.0;1"))
    table = drafts_of(source, choices(impact, B880=Choice("approved", "B88.01, B88.09")))
    assert texts(table)[1:] == [
        "A;1;Lice;B88.0;1;;2025-09-30",
        "A;1;Infestation by bird mites;B88.01;1;2025-10-01;",
        "A;1;Other acariasis, elsewhere;B88.09;1;2025-10-01;",
    ]


def test_what_stands_beside_the_code_in_its_cell_stays_and_the_description_too(tmp_path: Path) -> None:
    _, source = read(price_list(tmp_path, 'A;1;Renal;"I10, Z99.21";1'))
    table = drafts_of(source, {})
    assert texts(table)[2] == "A;1;Renal;I10, Z99.2;1;2025-10-01;"
    assert notes(table)["Z99.21"] == ("draft", "the description is left as it is, because the line has more codes")


@pytest.mark.parametrize(
    ("begin", "end", "last", "first", "open_end"),
    [
        ("01/01/2020", "", "09/30/2025", "10/01/2025", ""),
        ("1/1/2020", "12/31/2099", "9/30/2025", "10/1/2025", "12/31/2099"),
        ("20200101", "", "20250930", "20251001", ""),
        ("2020-01-01", "", "2025-09-30", "2025-10-01", ""),
    ],
)
def test_the_users_own_date_columns_are_used_as_they_are_written(
    tmp_path: Path, begin: str, end: str, last: str, first: str, open_end: str
) -> None:
    header = "Charge code;Description;ICD10;Price;Effective date;Termination date"
    _, source = read(price_list(tmp_path, f"1;Renal;Z99.21;5;{begin};{end}", header=header))
    table = drafts_of(source, {})
    assert texts(table) == [
        header,
        f"1;Renal;Z99.21;5;{begin};{last}",
        f"1;Dependence;Z99.2;5;{first};{open_end}",
    ]


def test_a_line_that_ends_by_itself_is_left_alone(tmp_path: Path) -> None:
    header = "Charge code;Description;ICD10;Price;Effective date;Termination date"
    impact, source = read(
        price_list(tmp_path, "1;Renal;Z99.21;5;2020-01-01;2025-06-30", "2;R;Z99.21;5;2020-01-01;", header=header)
    )
    chosen = choices(impact, Z9921=Choice("approved", "Z99.2"))
    table = drafts_of(source, chosen)
    assert [row.split(";")[0] for row in texts(table)[1:]] == ["2", "2"]


def test_a_price_is_left_for_a_person_where_the_unit_changes(tmp_path: Path) -> None:
    from dataclasses import replace

    impact, _ = read(price_list(tmp_path, "A;1;Renal;Z99.21;12.00"))
    changed = replace(impact, findings=[replace(each, unit_change="1 mg becomes 5 mg") for each in impact.findings])
    (source,) = draft_sources(changed, [october()])
    table = drafts_of(source, {})
    assert texts(table)[2] == "A;1;Dependence;Z99.2;;2025-10-01;"
    assert notes(table)["Z99.21"] == ("draft", "price left blank, the unit changes: 1 mg becomes 5 mg")


def test_a_file_that_is_not_the_one_that_was_read_gives_no_drafts(tmp_path: Path) -> None:
    path = price_list(tmp_path, "A;1;Renal;Z99.21;12.00")
    impact = assess([path], [october()])
    path.write_bytes(path.read_bytes() + b"\r\n")
    assert draft_sources(impact, [october()]) == []
    path.unlink()
    assert draft_sources(impact, [october()]) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_file_is_drafted_as_it_is_written(tmp_path: Path, encoding: str) -> None:
    path = price_list(tmp_path, "Ré;1;=1+1;Z99.21;-5", encoding=encoding)
    _, source = read(path)
    written = {each.name: each for each in write_drafts([source], {}, tmp_path)}
    assert set(written) == {"drafts_cdm.csv", "drafts_cdm_notes.csv", "drafts_cdm.xlsx", "drafts.json"}
    data = written["drafts_cdm.csv"].read_bytes()
    lines = data.decode(encoding).split("\r\n")
    assert lines[1] == "Ré;1;=1+1;Z99.21;-5;;2025-09-30"
    assert next(csv.reader(io.StringIO(lines[2]), delimiter=";"))[3] == "Z99.2"


def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "CDM"
    sheet.append(["Banner"])
    sheet.append(["Item #", "Rev code", "ICD10", "Description", "Eff date", "Term date", "Price"])
    sheet.append(["00123", 250, "Z99.21", "=DIALYSIS", date(2020, 1, 1), None, 12.5])
    sheet["D3"].data_type = "s"
    sheet["B3"].number_format = "0000"
    sheet["E3"].number_format = "mm/dd/yyyy"
    other = book.create_sheet("Clinic")
    other.append(["Item #", "ICD10", "Price"])
    other.append([7, "Z99.21", 3])
    book.save(tmp_path / "cdm.xlsx")
    return tmp_path / "cdm.xlsx"


def test_a_workbook_keeps_its_leading_zeros_dates_and_sheets(tmp_path: Path) -> None:
    _, source = read(workbook(tmp_path))
    written = {each.name: each for each in write_drafts([source], {}, tmp_path)}
    book = openpyxl.load_workbook(written["drafts_cdm.xlsx"])
    assert book.sheetnames == ["CDM", "Clinic", "About these drafts"]
    rows = list(book["CDM"].iter_rows())
    assert [cell.value for cell in rows[2]][:4] == ["00123", 250, "Z99.2", "DEPENDENCE"]
    assert (rows[1][1].number_format, rows[1][3].value, rows[1][3].data_type) == ("0000", "=DIALYSIS", "s")
    assert [(row[4].value.date(), row[5].value and row[5].value.date()) for row in rows[1:]] == [
        (date(2020, 1, 1), date(2025, 9, 30)),
        (date(2025, 10, 1), None),
    ]
    assert rows[2][4].number_format.lower() == "mm/dd/yyyy"
    first = (tmp_path / "drafts_cdm_1_CDM.csv").read_text(encoding="utf-8").splitlines()
    assert first[1] == "00123,0250,Z99.21,=DIALYSIS,2020-01-01,2025-09-30,12.5"
    assert [row[1].value for row in book["Clinic"].iter_rows()] == ["ICD10", "Z99.21", "Z99.2"]


@pytest.mark.parametrize("value", ["0012", 12, 12.5, True, None, date(2025, 1, 31)])
def test_a_cell_survives_being_kept_as_json(value: object) -> None:
    for cell in (SourceCell(value), SourceCell(value, "0000")):  # type: ignore[arg-type]
        assert SourceCell.of_json(cell.as_json()) == cell
