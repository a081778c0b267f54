"""The SQL views, and the examples of docs/tables.md, which say the same in SQLite and PostgreSQL."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from codeset_pipeline import pipeline
from codeset_pipeline.demo.sample_ncci import write_sample_edits
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.published_tables import ALL_TABLES, published_tables, rows
from codeset_pipeline.history.views import view_names
from codeset_pipeline.settings import Workspace
from tests.generated_releases import Codes, Entry, categories, conversion_csv, retitled, write_release
from tests.hcpcs_releases import Code, anweb_text, supplies, write_archive
from tests.unit.history.loading import workspace
from tests.unit.serve.export.conftest import EDITS
from tests.unit.serve.world import take

PAGE = Path(__file__).resolve().parents[4] / "docs" / "tables.md"
CODE_SETS = ("icd10cm", "hcpcs", "ncci-ptp-practitioner")

_MITES = {"B88": Entry(False, "Other infestations", "Other infestations")}
FY2025: Codes = dict(
    sorted({**categories(count=20), **_MITES, "B880": Entry(True, "Acariasis", "Other acariasis")}.items())
)
FY2026: Codes = dict(
    sorted(
        {
            **retitled(FY2025, "A020", "A clearer title"),
            "B880": Entry(False, "Acariasis", "Other acariasis"),
            "B8801": Entry(True, "Demodex", "Infestation by Demodex mites"),
            "B8809": Entry(True, "Acariasis", "Other acariasis"),
        }.items()
    )
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two fiscal years of ICD-10-CM, two quarters of HCPCS and two of PTP edits."""
    folder = tmp_path_factory.mktemp("views")
    home = folder / "home"
    take(home, "icd10cm", write_release(folder / "FY2025", 2025, FY2025))
    take(home, "icd10cm", write_release(folder / "FY2026", 2026, FY2026, FY2025))
    table = folder / "FY2026" / "ICD-10-CM-Conversion-Table-FY2026.csv"
    table.write_bytes(conversion_csv([("B88.01", 2025, "B88.0"), ("B88.09", 2025, "B88.0")]))
    take(home, "icd10cm", table)
    old = {**supplies(), "C9014": Code("Injection, of old"), "J0567": Code("Injection, cerliponase alfa, 1 mg")}
    new = {**old, "C9014": Code("Injection, of old", ended="20200331")}
    for name, content, written in (("20JANANWEB", old, (2020, 1, 1)), ("20APRANWEB", new, (2020, 4, 1))):
        members = {f"HCPC2020_{name[2:5]}_ANWEB.txt": (anweb_text(content), written)}
        quarter = f"2020Q{1 if name[2:5] == 'JAN' else 2}"
        take(home, "hcpcs", write_archive(folder / quarter / f"{name}.zip", members), quarter)
    write_sample_edits(folder / "edits")
    take(home, "ncci-ptp-practitioner", folder / "edits")
    for code_set in CODE_SETS:
        pipeline.load(workspace(home), code_set)
    return home


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, home: Path) -> Iterator[Workspace]:
    """The workspace with its history in either kind of database."""
    if request.param == "sqlite":
        yield workspace(home)
        return
    other = Workspace.at(home, request.getfixturevalue("postgresql_url"))
    for code_set in CODE_SETS:
        pipeline.load(other, code_set, publish=False)
    yield other


def _examples() -> dict[str, str]:
    """The statements of the page by the sentence before each."""
    found = re.findall(r"^(\S[^\n]*):[^\n]*\n\n```sql\n(.*?)```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return {sentence.split(",")[0].split("(")[0].strip(): statement for sentence, statement in found}


def _plain(value: Any) -> Any:
    """One value for what the two databases return: SQLite has neither booleans nor dates."""
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, (bool, Decimal)) else value


_SINCE, _MITE = ("2024-10-01", "2025-09-30"), "Other acariasis"
ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    "What was in force for a code on a day": [("B88.0", 1, _MITE, *_SINCE)],
    "The same as it was known on 15 August 2025": [("B88.0", 1, _MITE, "2024-10-01", None)],
    "The life of a code": [(*_SINCE, 1, _MITE), ("2025-10-01", None, 0, _MITE)],
    "What could be reported on one of two days and not on the other": [
        ("A02.0", "reworded", "A clearer title"),
        ("B88.0", "gone", _MITE),
        ("B88.01", "new", "Infestation by Demodex mites"),
        ("B88.09", "new", _MITE),
    ],
    "What replaced a code": [
        ("2025-10-01", "B88.01", "split", "publisher", 0),
        ("2025-10-01", "B88.09", "split", "publisher", 0),
    ],
    "A price list against the codes of a day": [
        ("C9014", 5300, None, "2020-03-31"),
        ("J0567", 5200, "Injection, cerliponase alfa, 1 mg", None),
        ("Z9999", 10, None, None),
    ],
    "Which edits hold for a pair of codes on a day of service": [("A0390", "T1004", 1, "2015-04-01", None)],
    "Since when each release is loaded": [
        ("hcpcs", "2020Q1", "2020-01-01", 0, "2020-01-01"),
        ("hcpcs", "2020Q2", "2020-04-01", 0, "2020-04-01"),
        ("icd10cm", "FY2025", "2024-10-01", 0, "2024-10-01"),
        ("icd10cm", "FY2026", "2025-10-01", 0, "2025-10-01"),
        ("ncci-ptp-practitioner", "2020Q2", "2020-04-01", 0, "2020-04-01"),
        ("ncci-ptp-practitioner", "2020Q3", "2020-07-01", 0, "2020-07-01"),
    ],
}


def test_the_examples_and_the_views_say_the_same_everywhere(place: Workspace) -> None:
    examples = _examples()
    assert examples.keys() == ANSWERS.keys() and len(ANSWERS) == PAGE.read_text("utf-8").count("```sql")
    database = HistoryDatabase(place.database_url)
    with database.reading() as connection:
        for sentence, statement in examples.items():
            found = [tuple(map(_plain, row)) for row in connection.execute(text(statement.strip().rstrip(";")))]
            # What the examples order by sorts differently from place to place.
            assert sorted(map(repr, found)) == sorted(map(repr, ANSWERS[sentence])), sentence
        for code_set in CODE_SETS:
            for table in published_tables(code_set):
                listed = [tuple(map(_plain, row)) for row in rows(connection, table, code_set)]
                names = ", ".join(table.column_names)
                asked = connection.execute(text(f"SELECT {names} FROM {table.name} WHERE code_set = '{code_set}'"))
                assert sorted(map(repr, listed)) == sorted(repr(tuple(map(_plain, row))) for row in asked)
                # What is known now is what was ever said and still is.
                ever = f"SELECT COUNT(*) FROM {table.name}_as_published WHERE code_set = '{code_set}'"
                now = connection.execute(text(f"{ever} AND published_to IS NULL")).scalar_one()
                assert now == len(listed)
    database.dispose()


def test_the_page_names_every_view_and_every_column(home: Path) -> None:
    page = PAGE.read_text("utf-8")
    listed = page[page.index("## Views") : page.index("## Examples")]
    with sqlite3.connect(home / "codeset.sqlite") as connection:
        found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
        assert found == set(view_names())
        plain = {name for name in found if not name.endswith("_as_published")}
        assert plain >= {table.name for table in ALL_TABLES} and found - plain == {
            f"{t.name}_as_published" for t in ALL_TABLES
        }
        axes = {"effective_from", "effective_to", "published_from", "published_to", "on_or_before"}
        for name in plain:
            row = next(line for line in listed.splitlines() if line.startswith(f"| `{name}`"))
            columns = {column[0] for column in connection.execute(f"SELECT * FROM {name}").description}
            if name == "hcpcs_codes":
                continue
            named = set(re.findall(r"`(\w+)`", row))
            assert columns - axes <= named | axes, name
    connection.close()


@pytest.mark.parametrize(
    "asked",
    [
        "icd10_codes WHERE code_set = 'icd10cm' AND code_without_dot = 'B880'",
        "icd10_codes_as_published WHERE code_set = 'icd10cm' AND code_without_dot = 'B880'",
        "codes WHERE code_set = 'hcpcs' AND code_without_dot = 'J0567'",
        "hcpcs_codes WHERE code_set = 'hcpcs' AND code = 'J0567'",
        "ncci_ptp_edits WHERE code_set = 'ncci-ptp-practitioner' AND column_1 = 'A0390'",
    ],
)
def test_a_code_is_found_by_its_index_through_the_view(home: Path, asked: str) -> None:
    with sqlite3.connect(home / "codeset.sqlite") as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {asked}")]
    connection.close()
    assert any(re.search(r"SEARCH e USING PRIMARY KEY \(\w+=\? AND (code|column_1)=\?", step) for step in plan), plan
    assert not any(re.match(r"SCAN e", step) for step in plan), plan


def test_edits_are_among_the_code_sets_with_views() -> None:
    assert {table.name for code_set in EDITS for table in published_tables(code_set)} < set(view_names())
