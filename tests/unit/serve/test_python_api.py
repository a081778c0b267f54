"""Asking the history from Python."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

import codeset_pipeline
from codeset_pipeline import pipeline
from codeset_pipeline.asking.history import History
from codeset_pipeline.errors import HistoryError, UsageError
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.lookup import open_lookup
from tests.generated_releases import without, write_release
from tests.unit.history.loading import workspace
from tests.unit.serve.world import FY2021, take


def test_a_code_in_any_spelling_on_any_date(history: History) -> None:
    for spelling in ("A00.9", "a009", " A009 "):
        found = history.lookup("ICD10CM", spelling, on=date(2019, 9, 30))
        assert (found["code"], found["status"], found["valid_to"]) == ("A00.9", "valid", "2019-09-30")
    assert history.lookup("icd10cm", "A00.9", "2019-10-01")["replaced_by"] == ["A03.3"]
    assert history.lookup("icd10cm", "A00.9", datetime(2020, 10, 1, 23))["status"] == "valid"
    assert history.lookup("icd10cm", "A01.0", "2020-01-01")["status"] == "header"
    assert history.lookup("hcpcs", "a1010", "2020-04-01")["status"] == "ended"


def test_without_notes_the_answer_is_the_same_but_for_them(history: History) -> None:
    full, lean = (history.lookup("icd10cm", "A00.9", "2019-10-01", notes=notes) for notes in (True, False))
    assert full.keys() - lean.keys() == {"chapter", "poa_exempt", "notes"}
    assert {key: full[key] for key in lean} == lean


def test_many_codes_at_once_are_answered_as_each_by_itself(history: History, served_home: Path) -> None:
    codes = sorted({*FY2021, "A009", "A033", "a00.0", "Z99", "", "nonsense too long", "A0'9", "\x00", "A010A"})
    database = HistoryDatabase(workspace(served_home).database_url)
    dates = ["2016-01-01", "2017-10-01", "2019-09-30", "2019-10-01", "2020-09-30", "2020-10-01", "2030-01-01"]
    with open_lookup(database) as looker:
        for on in dates:
            for said in (None, *dates):
                rows = history.validate("icd10cm", codes, on, said)
                assert [row["asked"] for row in rows] == codes
                for row in rows:
                    day = date.fromisoformat(said) if said else None
                    one = looker.lookup("icd10cm", row["asked"], date.fromisoformat(on), day)
                    bounds = (one.version.effective_from, one.version.effective_to) if one.version else (None, None)
                    assert (row["status"], row["effective_from"], row["effective_to"]) == (one.status, *bounds)
    database.dispose()


def test_100_000_codes_are_asked_for_in_one_question(history: History) -> None:
    asked: list[str] = []
    with history.sessions.reading() as session:
        session.connection.set_trace_callback(asked.append)
    try:
        rows = history.validate("icd10cm", ["A00.0", "Z00.9"] * 50_000, "2020-01-01")
    finally:
        with history.sessions.reading() as session:
            session.connection.set_trace_callback(None)
    assert len(rows) == 100_000
    assert {(row["code"], row["status"]) for row in rows} == {("A00.0", "valid"), ("Z00.9", "unknown")}
    assert len([statement for statement in asked if statement.startswith("SELECT c.code")]) == 1


def test_the_life_of_a_code(history: History) -> None:
    life = history.history("icd10cm", "a00.9")
    assert [(each["on"], each["kind"]) for each in life["changes"]] == [
        ("2017-10-01", "in_force_on_or_before"),
        ("2019-10-01", "ended"),
        ("2020-10-01", "reactivated"),
    ]
    with pytest.raises(HistoryError, match="in no loaded release"):
        history.history("icd10cm", "Z99.9")


def test_changes_and_crosswalk_between_releases(history: History) -> None:
    changes = history.changes("icd10cm", "FY2018", "FY2020")
    assert {(row["code"], row["kind"]) for row in changes} == {
        ("A00.9", "deleted"),
        ("A07.1", "deleted"),
        ("A07.2", "added"),
        ("A03.3", "added"),
        ("A01.0", "became_header"),
        ("A01.0A", "added"),
        ("A01.0B", "added"),
        ("A02.0", "revised"),
    }
    deleted = history.changes("icd10cm", "FY2018", "FY2020", kind="deleted", code="a00")
    assert [row["code"] for row in deleted] == ["A00.9"]
    rows = history.crosswalk("icd10cm", "FY2018", "FY2020", "a00.9")
    assert [(row["source"], row["target"], row["evidence"]) for row in rows] == [("A00.9", "A03.3", "publisher")]


def test_releases_are_listed(history: History) -> None:
    assert [row["label"] for row in history.releases("icd10cm")] == ["FY2018", "FY2020", "FY2021"]
    every = {"icd10cm", "hcpcs", "ncci-ptp-practitioner", "ncci-mue-practitioner", "ncci-aoc"}
    assert {row["code_set"] for row in history.releases()} == every


def test_answers_turn_into_tables(history: History) -> None:
    table = history.validate("icd10cm", ["A00.9", "nope"], "2018-01-01").to_arrow()
    assert table.column_names == ["asked", "code", "status", "effective_from", "effective_to"]
    assert table["effective_to"].to_pylist() == [date(2019, 9, 30), None]
    crosswalk = history.crosswalk("icd10cm", "FY2018", "FY2020").to_arrow()
    assert crosswalk["automatic_forward"].type == "bool"
    nothing = history.changes("icd10cm", "FY2018", "FY2020", kind="withdrawn").to_arrow()
    assert (nothing.num_rows, nothing.num_columns) == (0, 10)


def test_a_missing_pandas_is_said_plainly(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = history.releases()
    if find_spec("pandas") is not None:
        assert list(rows.to_pandas()["label"]) == [row["label"] for row in rows]
    monkeypatch.setattr("codeset_pipeline.asking.rows.find_spec", lambda _: None)
    with pytest.raises(UsageError, match="pip install pandas"):
        rows.to_pandas()


@pytest.mark.parametrize("on", ["2019-13-01", "yesterday", "20191001", "2019-W40-2", 5])
def test_what_is_no_date_is_refused(history: History, on: object) -> None:
    with pytest.raises(UsageError, match="is no date"):
        history.lookup("icd10cm", "A00.9", on)  # type: ignore[arg-type]


def test_an_unknown_code_set_kind_or_single_text_is_refused(history: History) -> None:
    with pytest.raises(UsageError, match="no code set"):
        history.lookup("icd9", "250.00")
    with pytest.raises(UsageError, match="no kind of change"):
        history.changes("icd10cm", "FY2018", "FY2020", kind="lost")
    with pytest.raises(UsageError, match="list of codes"):
        history.validate("icd10cm", "A00.9")


def test_where_nothing_is_loaded_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="codeset update"):
        codeset_pipeline.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_threads_ask_at_once(served_home: Path) -> None:
    wrong: list[object] = []
    with codeset_pipeline.open(served_home) as opened:

        def ask() -> None:
            try:
                for _ in range(50):
                    assert opened.lookup("icd10cm", "A00.9", "2019-10-01")["replaced_by"] == ["A03.3"]
            except BaseException as error:
                wrong.append(error)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    with pytest.raises(HistoryError, match="was closed"):
        opened.lookup("icd10cm", "A00.9")


def test_a_release_that_is_loaded_meanwhile_is_seen(own_home: Path, tmp_path: Path) -> None:
    with codeset_pipeline.open(own_home) as opened:
        with opened.sessions.reading() as session:
            before = session.tag()
        assert opened.lookup("icd10cm", "A00.1", "2021-10-01")["status"] == "valid"
        take(own_home, "icd10cm", write_release(tmp_path / "FY2022", 2022, without(FY2021, "A001")))
        pipeline.load(workspace(own_home), "icd10cm")
        assert opened.lookup("icd10cm", "A00.1", "2021-10-01")["status"] == "ended"
        with opened.sessions.reading() as session:
            assert session.tag() != before


def test_a_database_that_was_replaced_is_opened_again(own_home: Path) -> None:
    with codeset_pipeline.open(own_home) as opened:
        assert opened.lookup("icd10cm", "A00.9", "2019-10-01")["status"] == "ended"
        file = own_home / "codeset.sqlite"
        file.with_suffix(".new").write_bytes(file.read_bytes())
        file.with_suffix(".new").replace(file)
        assert opened.lookup("icd10cm", "A00.9", "2019-10-01")["status"] == "ended"
        file.unlink()
        with pytest.raises(HistoryError, match="cannot be read"):
            opened.lookup("icd10cm", "A00.9", "2019-10-01")


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = "{'sqlalchemy', 'pyarrow', 'pydantic', 'fastapi', 'duckdb', 'lxml'}"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, codeset_pipeline; print(sorted({heavy} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_a_missing_release_does_not_hide_what_replaced_a_code(own_home: Path) -> None:
    """A code ends in March; the crosswalk that names its successor belongs to the next loaded release, in October."""
    with sqlite3.connect(own_home / "codeset.sqlite") as database:
        database.execute("DELETE FROM crosswalk_row WHERE code_set = 'hcpcs'")
        row = ("hcpcs", "2020-10-01", "A1010", "A1012", "renamed", "equivalent", "publisher", True, True, "")
        database.execute(f"INSERT INTO crosswalk_row VALUES ({', '.join('?' * len(row))})", row)
    database.close()
    with codeset_pipeline.open(own_home) as opened:
        assert opened.lookup("hcpcs", "A1010", "2020-09-30")["replaced_by"] == []
        assert opened.lookup("hcpcs", "A1010", "2020-10-01")["replaced_by"] == ["A1012"]
