"""PTP quarters through the command: a first quarter, the next, a corrected one; lookups, upkeep, and `kill -9`."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.demo.ncci_layouts import ListedChange, PtpEdit, listed_changes_text, medicaid_ptp_text
from tests.integration.command_line import codeset, database_hashes, state
from tests.ncci_ptp_files import edit, write_release, zip_of

SET = "ncci-ptp-practitioner"
KILLS = 4


def parts(*last: PtpEdit) -> list[list[PtpEdit]]:
    """Two parts of a release: a few hundred edits that stay, and some more."""
    stay = [edit(f"0{number}/A4216") for number in range(2000, 2300)]
    return [stay, sorted(last)]


SECOND = parts(edit("A4216/J7050", "2022-01-01"), edit("A4216/J1885", "2021-01-01", indicator="0"))
THIRD = parts(
    edit("A4216/J7050", "2022-01-01", "2026-06-30"),
    edit("A4216/J7050", "2026-07-01", indicator="0"),
    edit("A4216/J1885", "2021-01-01", indicator="0"),
)
CORRECTED = parts(
    edit("A4216/J7050", "2022-01-01", "2026-06-30"),
    edit("A4216/J7050", "2026-07-01", indicator="0"),
    edit("A4216/J1885", "2021-01-01", "2021-01-01", indicator="9"),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two quarters and a corrected one, loaded one after the other."""
    place = tmp_path_factory.mktemp("ptp")
    write_release(place / "q2", "2026Q2", SECOND)
    write_release(place / "q3", "2026Q3", THIRD, written=date(2026, 6, 5))
    write_release(place / "q3r1", "2026Q3", CORRECTED, revision=1, written=date(2026, 7, 20))
    for folder in ("q2", "q3", "q3r1"):
        done = codeset("update", SET, "--from", place / folder, "--no-report", "--home", place / "home")
        assert done.code == 0, done.err
    return place / "home"


def lookup(home: Path, pair: str, on: str, *more: str) -> dict[str, object]:
    done = codeset("lookup", SET, pair, "--on", on, *more, "--home", home)
    assert done.code == 0, done.err
    (found,) = done.json
    return dict(found)


def test_revisions_stand_beside_each_other(home: Path) -> None:
    rows = codeset("releases", SET, "--home", home, "--format", "json").json
    assert [(row["label"], row["revision"], row["published"], row["rows"], row["state"]) for row in rows] == [
        ("2026Q2", 0, "2026-04-01", 302, "ready"),
        ("2026Q3", 0, "2026-07-01", 303, "ready"),
        ("2026Q3", 1, "2026-07-20", 303, "ready"),
    ]


@pytest.mark.parametrize(
    ("on", "published", "status", "indicator"),
    [
        ("2021-12-31", None, "not_yet_valid", "1"),
        ("2022-01-01", None, "valid", "1"),
        ("2026-06-30", None, "valid", "1"),
        ("2026-07-01", None, "valid", "0"),
        ("2026-07-01", "2026-06-30", "valid", "1"),
        ("2026-07-01", "2026-03-31", "unknown", None),
    ],
)
def test_a_pair_on_a_date(home: Path, on: str, published: str | None, status: str, indicator: str | None) -> None:
    said = ("--published", published) if published else ()
    found = lookup(home, "a4216,j7050", on, *said)
    assert (found["status"], found.get("modifier_indicator")) == (status, indicator)


def test_a_correction_is_known_from_the_day_it_was_posted(home: Path) -> None:
    before = lookup(home, "A4216/J1885", "2026-07-10", "--published", "2026-07-19")
    after = lookup(home, "A4216/J1885", "2026-07-10", "--published", "2026-07-20")
    assert (before["status"], before["never_in_force"]) == ("valid", False)
    assert (after["status"], after["never_in_force"], after["published_from"]) == ("ended", True, "2026-07-20")


def test_the_history_of_a_pair(home: Path) -> None:
    found = codeset("history", SET, "A4216/J7050", "--home", home).json
    assert [(event["on"], event["kind"]) for event in found["changes"]] == [
        ("2022-01-01", "edit_added"),
        ("2026-07-01", "edit_deleted"),
        ("2026-07-01", "edit_added"),
    ]
    assert [(v["effective_from"], v["published_from"], v["published_to"]) for v in found["versions"]] == [
        ("2022-01-01", "2026-04-01", "2026-06-30"),
        ("2022-01-01", "2026-07-01", None),
        ("2026-07-01", "2026-07-01", None),
    ]
    assert found["versions"][1]["changed"] == {"effective_to": {"old": None, "new": "2026-06-30"}}
    missing = codeset("history", SET, "J7050/A4216", "--home", home)
    assert missing.code == 1
    assert "column 1 first" in missing.err
    assert codeset("history", SET, "J7050", "--home", home).code == 2


def test_everything_agrees_and_can_be_made_again(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    assert codeset("verify", "--home", copy).code == 0
    before = database_hashes(copy)
    (snapshot,) = (copy / "snapshots" / SET / "2026-04-01").iterdir()
    shutil.rmtree(snapshot)
    assert codeset("rebuild", "--home", copy).code == 0
    assert database_hashes(copy) == before

    import sqlite3

    with sqlite3.connect(copy / "codeset.sqlite") as connection:
        connection.execute("UPDATE ncci_ptp_edit SET effective_to = 20991231 WHERE column_1 = '02007'")
    connection.close()
    done = codeset("rebuild", "--verify", "--home", copy)
    assert done.code == 1
    assert [problem.split(":")[0] for problem in done.json["problems"]] == [
        "database table ncci_ptp_edit has a row that the snapshots do not give",
        "database table ncci_ptp_edit lacks a row that the snapshots give",
    ] or [problem.split(":")[0] for problem in done.json["problems"]] == [
        "database table ncci_ptp_edit lacks a row that the snapshots give",
        "database table ncci_ptp_edit has a row that the snapshots do not give",
    ]
    (parquet,) = (copy / "snapshots" / SET / "2026-04-01").rglob("*.parquet")
    parquet.write_bytes(parquet.read_bytes()[:-1] + b"x")
    broken = codeset("verify", "--home", copy)
    assert "ncci_ptp_edits.parquet has changed on disk" in broken.json["problems"][0]


def test_a_list_of_changes_that_comes_later_joins_the_release_and_changes_no_edit(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    before = database_hashes(copy)
    listed = listed_changes_text([ListedChange("A4216", "J7050", "1")], 2026)
    name = "medicare-ncci-2026q3-practitioner-quarterly-additions-deletions-revisions-ptp.zip"
    zip_of(tmp_path, name, {"MCR_NCCI_Deletions_Eff_07-01-2026.txt": listed})
    done = codeset("update", SET, "--from", tmp_path / name, "--no-report", "--home", copy)
    assert done.code == 0, done.err
    after = database_hashes(copy)
    assert {name for name in after if after[name] != before[name]} == {"release"}
    manifests = [path.read_text() for path in (copy / "snapshots" / SET / "2026-07-01").glob("*/manifest.json")]
    assert sum("ncci_ptp_listed_changes" in text for text in manifests) == 2
    assert codeset("rebuild", "--verify", "--home", copy).code == 0


def test_a_medicaid_file_without_deletion_dates_and_without_the_column_on_1996(tmp_path: Path) -> None:
    edits = [edit("02001/A4216"), edit("02001/J7050", "2020-01-01", "2024-12-31", "0")]
    name = "medicaid-ncci-q1-2026-ptp-edits-practitioner-services.zip"
    zip_of(tmp_path, name, {"PTP_Practitioner.txt": medicaid_ptp_text(edits, 2026)})
    medicaid = "ncci-medicaid-ptp-practitioner"
    done = codeset("update", medicaid, "--from", tmp_path / name, "--no-report", "--home", tmp_path / "home")
    assert done.code == 0, done.err
    assert [(r["label"], r["rows"]) for r in done.json[0]["loaded"]] == [("2026Q1", 2)]
    looked = codeset(
        "lookup", medicaid, "02001/A4216", "02001/J7050", "--on", "2026-01-01", "--home", tmp_path / "home"
    )
    assert [(item["status"], item["effective_to"]) for item in looked.json] == [
        ("valid", None),
        ("ended", "2024-12-31"),
    ]


def _update(origin: Path, home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "codeset_pipeline", "update", SET, "--from", str(origin), "--all"]
    return subprocess.Popen(
        [*command, "--no-report", "--home", str(home)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def test_an_update_that_is_killed_leaves_the_last_good_quarter_and_can_be_run_again(tmp_path: Path) -> None:
    base, origin = tmp_path / "base", tmp_path / "q3"
    write_release(tmp_path / "q2", "2026Q2", SECOND)
    assert codeset("update", SET, "--from", tmp_path / "q2", "--no-report", "--home", base).code == 0
    write_release(origin, "2026Q3", THIRD)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(base, undisturbed)
    process = _update(origin, undisturbed)
    assert process.stderr is not None
    process.stderr.readline()
    begun = time.monotonic()
    assert process.wait() == 0
    work = time.monotonic() - begun
    process.stderr.close()
    final = database_hashes(undisturbed)
    edits = [database_hashes(base)["ncci_ptp_edit"], final["ncci_ptp_edit"]]
    moments = random.Random(2026)
    for number in range(KILLS):
        home = tmp_path / f"killed{number}"
        shutil.copytree(base, home)
        process = _update(origin, home)
        assert process.stderr is not None
        process.stderr.readline()
        time.sleep(work * (number + moments.random()) / KILLS)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()
        assert database_hashes(home)["ncci_ptp_edit"] in edits
        assert lookup(home, "A4216/J7050", "2025-01-01")["status"] == "valid"
        again = codeset("update", SET, "--from", origin, "--all", "--no-report", "--home", home)
        assert again.code == 0, again.err
        assert database_hashes(home) == final
        assert list((home / "snapshots").rglob(".scratch*")) == []
        assert {k: v for k, v in state(home).items() if "parquet" in k} == {
            k: v for k, v in state(undisturbed).items() if "parquet" in k
        }
        shutil.rmtree(home)
