"""What the command line does with words before any command runs, and how cells are written."""

from __future__ import annotations

import subprocess
import sys

import pytest

from codeset_pipeline.cli.main import joined_code_sets
from codeset_pipeline.cli.options import Format, code_set_named, day_named
from codeset_pipeline.cli.output import emit
from codeset_pipeline.errors import UsageError


def test_a_code_set_and_its_two_releases_are_three_words() -> None:
    words = [
        "impact",
        "a.csv",
        "--code-set",
        "icd10cm",
        "FY2025",
        "FY2026",
        "--code-set",
        "icd10pcs",
        "FY2025",
        "FY2026",
    ]
    assert joined_code_sets(words) == [
        "impact",
        "a.csv",
        "--code-set=icd10cm,FY2025,FY2026",
        "--code-set=icd10pcs,FY2025,FY2026",
    ]


@pytest.mark.parametrize("rest", [[], ["icd10cm", "FY2025"], ["icd10cm", "FY2025", "--home"]])
def test_fewer_than_three_words_are_refused(rest: list[str]) -> None:
    with pytest.raises(UsageError, match="takes three words"):
        joined_code_sets(["impact", "a.csv", "--code-set", *rest])


def test_names_and_dates_are_checked() -> None:
    assert code_set_named(" ICD10CM ") == "icd10cm"
    assert str(day_named("2025-10-01", "--on")) == "2025-10-01"
    with pytest.raises(UsageError, match="use one of"):
        code_set_named("icd9")
    with pytest.raises(UsageError, match="--on '10/1/2025' is no date"):
        day_named("10/1/2025", "--on")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_csv_cell_that_a_spreadsheet_would_run_is_written_as_text(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    emit(None, [{"title": text, "count": -1}], ["title", "count"], format=Format.CSV, output=None)
    cell = capsys.readouterr().out.split("\n", 1)[1]
    assert cell.lstrip('"').startswith("'")
    assert cell.rstrip().endswith(",-1")


def test_help_needs_none_of_the_heavy_libraries() -> None:
    program = (
        "import sys; from codeset_pipeline.cli import main\n"
        "try: main.run(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'duckdb', 'pyarrow', 'openpyxl', 'lxml', 'sqlalchemy', 'rapidfuzz', 'python_calamine', 'prefect'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "codeset demo" in done.stdout
