"""People's decisions, read from CSV."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.crosswalk.curated import read_curated
from codeset_pipeline.errors import AssetError
from codeset_pipeline.model import Relation

HEADER = "source,target,effective_from,relation,note,by,decided_on\n"
GOOD = 'C83.39,C83.398,FY2025,renamed,"all ours, by chart review",R. Roe,2024-08-01\n'


def write(folder: Path, lines: str, name: str = "icd10cm.csv", header: str = HEADER) -> Path:
    (folder / name).write_text(header + lines, encoding="utf-8")
    return folder


def test_decisions_of_all_files_of_the_code_set_are_read(tmp_path: Path) -> None:
    write(tmp_path, GOOD + "\n,,,,,,\ns06.1x7d,,2017-10-01,,,R. Roe,2024-08-02\n")
    write(tmp_path, "A00,A01,2024-10-01,,,J. Doe,2024-08-03\n", "icd10cm-cardiology.csv")
    write(tmp_path, "nonsense\n", "icd10pcs.csv")
    decisions = read_curated(tmp_path, "icd10cm")
    assert [(one.source, one.target, one.effective_from, one.relation, one.by) for one in decisions] == [
        ("A00", "A01", date(2024, 10, 1), None, "J. Doe"),
        ("C8339", "C83398", date(2024, 10, 1), Relation.RENAMED, "R. Roe"),
        ("S061X7D", None, date(2017, 10, 1), None, "R. Roe"),
    ]
    assert decisions[1].note == "all ours, by chart review"
    assert [one.reference for one in decisions] == [
        "icd10cm-cardiology.csv line 2",
        "icd10cm.csv line 2",
        "icd10cm.csv line 5",
    ]


def test_a_spreadsheets_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "icd10cm.csv").write_bytes(b"\xef\xbb\xbf" + (HEADER + GOOD).replace("\n", "\r\n").encode())
    assert [one.source for one in read_curated(tmp_path, "icd10cm")] == ["C8339"]


def test_a_workspace_without_decisions_has_none(tmp_path: Path) -> None:
    assert read_curated(tmp_path / "absent", "icd10cm") == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("C8,A01,FY2025,,,R,2024-08-01", "line 2: 'C8' in source"),
        ("A00,A01 or A02,FY2025,,,R,2024-08-01", "line 2: 'A01 or A02' in target"),
        ("A00,A01,October,,,R,2024-08-01", "line 2: 'October' in effective_from"),
        ("A00,A01,FY2025,replaced,,R,2024-08-01", "line 2: 'replaced' is no relation"),
        ("A00,A01,FY2025,none,,R,2024-08-01", "line 2: relation none and target 'A01'"),
        ("A00,,FY2025,renamed,,R,2024-08-01", "line 2: relation renamed and target ''"),
        ("A00,A01,FY2025,,,,2024-08-01", "line 2: 'by' is empty"),
        ("A00,A01,FY2025,,,R,yesterday", "line 2: 'yesterday' in decided_on"),
        ("A00,A01,FY2025,,one, two,R,2024-08-01", "line 2: expected 7 fields, found 8"),
        ('A00,A01,FY2025,,"open,R,2024-08-01', "line 2: unexpected end of data"),
        (GOOD + GOOD, "line 3 repeats icd10cm.csv line 2"),
        (GOOD + "C8339,,FY2025,,,R,2024-08-01", "line 3 contradicts icd10cm.csv line 2"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(AssetError) as problem:
        read_curated(write(tmp_path, line + "\n"), "icd10cm")
    assert told in str(problem.value) and "icd10cm.csv" in str(problem.value)


def test_a_file_with_other_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"icd10cm.csv, line 1: expected the columns source, target.*found from, to"):
        read_curated(write(tmp_path, "A00,A01\n", header="from,to\n"), "icd10cm")


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "icd10cm.csv").write_bytes(HEADER.encode() + b"A00,A01,FY2025,,\xe9,R,2024-08-01\n")
    with pytest.raises(AssetError, match="is not UTF-8"):
        read_curated(tmp_path, "icd10cm")
