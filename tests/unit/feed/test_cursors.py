"""`codeset feed` as a person or a script calls it, and the cursors that it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.command_line import codeset
from tests.unit.feed.stranger import follow, table_hash


@pytest.fixture(scope="module")
def told(feeding_home: Path) -> list[bytes]:
    done = codeset("feed", "icd10cm", "--home", feeding_home)
    assert (done.code, done.err) == (0, "")
    return done.out.encode().splitlines()


def test_the_head_says_where_all_events_lead(feeding_home: Path, told: list[bytes]) -> None:
    tables, cursor = follow(told)
    head = codeset("feed", "icd10cm", "--head", "--home", feeding_home).json
    assert (head["code_set"], head["cursor"], head["events"]) == ("icd10cm", cursor, len(told))
    assert {name: said for name, said in head["tables"].items() if said["rows"]} == {
        name: {"hash": table_hash(rows.values()), "rows": len(rows)} for name, rows in tables.items()
    }


def test_since_and_limit_give_what_follows(feeding_home: Path, told: list[bytes], tmp_path: Path) -> None:
    cursor = json.loads(told[20])["cursor"]
    done = codeset("feed", "icd10cm", "--since", cursor, "--limit", 5, "--home", feeding_home)
    assert done.out.encode().splitlines() == told[21:26]
    newest = json.loads(told[-1])["cursor"]
    assert codeset("feed", "icd10cm", "--since", newest, "--home", feeding_home) == (0, "", "")
    assert codeset("feed", "icd10cm", "--home", feeding_home, "--output", tmp_path / "events").code == 0
    assert (tmp_path / "events").read_bytes().splitlines() == told


def test_a_cursor_of_no_or_another_or_a_changed_feed_is_refused_in_one_sentence(
    feeding_home: Path, told: list[bytes]
) -> None:
    cursor = json.loads(told[7])["cursor"]
    sequence, hash = cursor.split("-")
    another = codeset("feed", "hcpcs", "--limit", 8, "--home", feeding_home).out.splitlines()[-1]
    changed = [hash[:at] + ("0" if hash[at] != "0" else "1") + hash[at + 1 :] for at in range(0, 64, 9)]
    beyond = f"{len(told) + 1}-{json.loads(told[-1])['hash']}"
    refused = [
        *(
            "8",
            "eight",
            "-",
            f"-{hash}",
            f"0-{hash}",
            f"0{sequence}-{hash}",
            f"{cursor}0",
            cursor.upper(),
            f" {cursor}",
        ),
        *(f"٨-{hash}", f"8-{hash}\n", "9" * 16 + f"-{hash}"),
        *(json.loads(another)["cursor"], beyond, f"7-{hash}", f"9-{hash}", *(f"8-{each}" for each in changed)),
    ]
    assert codeset("feed", "icd10cm", "--since", cursor, "--limit", 1, "--home", feeding_home).code == 0
    for each in refused:
        done = codeset("feed", "icd10cm", f"--since={each}", "--home", feeding_home)
        assert (done.code, done.out) == (2, ""), each
        message = " ".join(done.err.split())
        assert message.startswith("codeset: "), each
        assert message.count(". ") <= 1, message
        assert each.strip()[:30] in message or "cursor" in message, message


def test_what_is_not_loaded_has_no_feed(tmp_path: Path) -> None:
    done = codeset("feed", "icd10cm", "--home", tmp_path / "empty")
    assert (done.code, done.out) == (1, "")
    assert "codeset update" in done.err
    assert not (tmp_path / "empty" / "feed").exists()
