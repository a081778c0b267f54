"""Answers do not depend on whether the driver hands dates out as text (SQLite) or as dates (PostgreSQL)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.history.answer import full_answer
from codeset_pipeline.history.documents import history_document
from codeset_pipeline.history.lookup import CodeLookup

QUESTIONS = [
    ("icd10cm", "A00.9"),
    ("icd10cm", "A01.0"),
    ("hcpcs", "A1010"),
    ("ncci-mue-practitioner", "A0001"),
    ("ncci-aoc", "A0001"),
]


@pytest.fixture(scope="module")
def lookups(served_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CodeLookup, CodeLookup]]:
    """Two lookups over one database: dates as text, and dates as dates."""
    path = tmp_path_factory.mktemp("drivers") / "codeset.sqlite"
    shutil.copy(served_home / "codeset.sqlite", path)
    sqlite3.register_converter("DATE", lambda text: date.fromisoformat(text.decode()))
    plain, typed = sqlite3.connect(path), sqlite3.connect(path, detect_types=sqlite3.PARSE_DECLTYPES)
    # An attribute that is a date.
    plain.execute("UPDATE hcpcs_code SET asc_effective_date = '2019-07-01', mog_effective_date = NULL")
    plain.commit()
    assert isinstance(typed.execute("SELECT asc_effective_date FROM hcpcs_code").fetchone()[0], date)
    yield CodeLookup(plain, "?"), CodeLookup(typed, "?")
    plain.close()
    typed.close()


@pytest.mark.parametrize(("code_set", "code"), QUESTIONS)
def test_dates_are_text_whatever_the_driver_gives(
    lookups: tuple[CodeLookup, CodeLookup], code_set: str, code: str
) -> None:
    as_text, as_dates = lookups
    for on in (date(2017, 1, 1), date(2020, 4, 1), date(2026, 8, 1)):
        for published in (None, date(2020, 3, 31), date(2026, 7, 1)):
            wanted = full_answer(as_text, code_set, code, on, published)
            assert full_answer(as_dates, code_set, code, on, published) == wanted
    assert history_document(as_dates, code_set, code) == history_document(as_text, code_set, code)
