"""A value changed in any column of any table of the database is found, and its table named."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from codeset_pipeline.history.compare import differences
from codeset_pipeline.history.database import HistoryDatabase
from tests.integration.command_line import codeset

# `meta` is no content: another layout is refused when the database is opened. The others tell of the
# installation, and of what a crosswalk was made from by which version.
_APART = {("release", "stored_at"), ("crosswalk_pair", "input_key")}
# Numbers that stand for texts are looked at where edits use them; the number of an unused text says nothing.
_USED = {
    name: f"WHERE {number} IN (SELECT {number} FROM ncci_ptp_edit)"
    for name, number in (("ncci_ptp_set", "set_id"), ("ncci_ptp_rationale", "rationale_id"))
}


def _columns(file: Path) -> Iterator[tuple[str, str, str]]:
    with sqlite3.connect(file) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'meta'").fetchall()
        for (table,) in tables:
            for _, column, kind, *_ in connection.execute(f"PRAGMA table_info({table})"):
                yield table, column, kind
    connection.close()


def _changed(connection: sqlite3.Connection, table: str, column: str, kind: str) -> str:
    """Change one value; returns what was done, nothing where there is no row."""
    keys = [name for _, name, *_, part in connection.execute(f"PRAGMA table_info({table})") if part]
    order = ", ".join([f"{column} IS NULL", *(f"{key} DESC" for key in keys)])
    query = f"SELECT {column}, {', '.join(keys)} FROM {table} {_USED.get(table, '')} ORDER BY {order} LIMIT 1"
    found = connection.execute(query).fetchone()
    if found is None:
        return ""
    old, *row = found
    if kind.startswith(("INT", "SMALLINT", "BIGINT", "BOOL")):
        new: object = 1 - old if kind == "BOOLEAN" else (old or 0) + 50
        if "published" in column or "effective" in column:
            new = 20310101 if old != 20310101 else 20320101
    elif kind == "DATE":
        new = "2031-01-01"
    elif kind == "JSON":
        new = '["other"]'
    else:
        new = f"{old}x"
    where = " AND ".join(f"{name} = ?" for name in keys)
    assert connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (new, *row)).rowcount == 1
    connection.commit()
    return f"{table}.{column}: {old!r} to {new!r}"


def test_a_value_changed_by_sql_in_any_column_is_named(feeding_home: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.sqlite"
    with sqlite3.connect(feeding_home / "codeset.sqlite") as origin, sqlite3.connect(good) as copy:
        origin.backup(copy)
    origin.close()
    copy.close()
    rebuilt, tried, empty = HistoryDatabase(f"sqlite:///{good}"), set(), set()
    with rebuilt.reading() as theirs:
        for table, column, kind in _columns(good):
            if (table, column) in _APART:
                continue
            shutil.copyfile(good, tmp_path / "bad.sqlite")
            connection = sqlite3.connect(tmp_path / "bad.sqlite")
            what = _changed(connection, table, column, kind)
            connection.close()
            if not what:
                empty.add(table)
                continue
            current = HistoryDatabase(f"sqlite:///{tmp_path / 'bad.sqlite'}")
            with current.reading() as ours:
                found = differences(ours, theirs)
            current.dispose()
            named = "ncci_ptp_edit" if table in _USED else table
            assert any(f"table {named} " in problem for problem in found), (what, found)
            tried.add(table)
    rebuilt.dispose()
    assert len(tried) > 8
    assert empty <= {"icd10_poa_exempt"}


def test_verify_names_a_changed_row_a_changed_file_and_a_changed_feed(own_home: Path) -> None:
    """What a person sees: one line for each, and exit 1."""
    connection = sqlite3.connect(own_home / "codeset.sqlite")
    _changed(connection, "icd10_code", "long_title", "TEXT")
    connection.close()
    found = codeset("rebuild", "--verify", "--home", own_home)
    assert found.code == 1
    assert any("icd10_code" in problem for problem in found.json["problems"])
    found = codeset("verify", "--home", own_home)
    assert found.code == 1
    assert any("table icd10_code has a row" in problem for problem in found.json["problems"])
    assert any("feed icd10cm: its events lead to other icd10_codes" in problem for problem in found.json["problems"])
    assert codeset("rebuild", "--home", own_home).code == 0
    events = own_home / "feed" / "icd10cm" / "000001.ndjson.gz"
    (blob, *_) = sorted((own_home / "snapshots" / "blobs").glob("??/*"))
    (record, *_) = sorted((own_home / "snapshots" / "acquisitions").rglob("*.json"))
    (table, *_) = sorted((own_home / "snapshots" / "icd10cm").rglob("*.parquet"))
    kept = {path: path.read_bytes() for path in (events, blob, record, table)}
    for path, content in kept.items():
        path.write_bytes(b"\0" + content[1:])
    found = codeset("verify", "--home", own_home)
    assert found.code == 1
    for path, content in kept.items():
        assert any(path.name in problem for problem in found.json["problems"]), path
        path.write_bytes(content)
    assert codeset("verify", "--home", own_home).code == 0
