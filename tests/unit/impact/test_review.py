"""Decisions on findings outlive runs, kills and other writers."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from codeset_pipeline.errors import AssetError, UsageError
from codeset_pipeline.impact.assess import assess
from codeset_pipeline.impact.review import ReviewLog
from codeset_pipeline.model import Finding
from tests.unit.impact.pairs import october

NOON = datetime(2025, 8, 1, 12, tzinfo=UTC)


@pytest.fixture
def found(tmp_path: Path) -> list[Finding]:
    path = tmp_path / "rules.csv"
    path.write_text("rule,icd10\nR1,B88.0\nR2,L89.1\nR3,E11.9\n", encoding="utf-8")
    return list(assess([path], [october()]).findings)


def log_of(tmp_path: Path) -> Path:
    return tmp_path / "reviews" / "findings.jsonl"


def test_a_decision_is_carried_by_the_next_run_even_when_lines_moved(tmp_path: Path, found: list[Finding]) -> None:
    log = ReviewLog(tmp_path / "reviews")
    log.remember(found)
    log.set(found[0].id, "approved", by="Ada", note="use B88.09", at=NOON)
    (tmp_path / "rules.csv").write_text("rule,icd10\nR3,E11.9\nR2,L89.1\nR1,B88.0\n", encoding="utf-8")
    again = assess([tmp_path / "rules.csv"], [october()], reviews=log).findings
    decided = [item for item in again if item.state != "proposed"]
    assert [(item.code, item.state, item.state_by, item.state_at, item.state_note) for item in decided] == [
        (found[0].code, "approved", "Ada", "2025-08-01T12:00:00+00:00", "use B88.09")
    ]


def test_the_last_decision_counts_and_the_earlier_ones_stay_in_the_file(tmp_path: Path, found: list[Finding]) -> None:
    log = ReviewLog(tmp_path / "reviews")
    log.remember(found)
    log.set(found[0].id, "deferred", by="Ada", at=NOON)
    before = log_of(tmp_path).read_bytes()
    log.set(found[0].id, "rejected", by="Grace", at=NOON)
    assert log.states()[found[0].id].by == "Grace"
    assert log_of(tmp_path).read_bytes().startswith(before)
    entry = json.loads(log_of(tmp_path).read_text(encoding="utf-8").splitlines()[-1])
    assert (entry["state"], entry["finding"]["code"]) == ("rejected", found[0].code)


def test_the_worklist_gives_back_what_was_found(tmp_path: Path, found: list[Finding]) -> None:
    log = ReviewLog(tmp_path / "reviews")
    assert log.worklist() == [] and log.states() == {}
    log.remember(found)
    size = log_of(tmp_path).stat().st_size
    log.remember(found)
    assert log_of(tmp_path).stat().st_size == size
    assert log.worklist() == found


@pytest.mark.parametrize(("state", "by", "says"), [("done", "Ada", "no review state"), ("approved", " ", "--by")])
def test_a_decision_needs_a_known_state_and_a_name(
    tmp_path: Path, found: list[Finding], state: str, by: str, says: str
) -> None:
    log = ReviewLog(tmp_path / "reviews")
    log.remember(found)
    with pytest.raises(UsageError, match=says):
        log.set(found[0].id, state, by=by, at=NOON)


def test_an_unknown_finding_cannot_be_decided_on(tmp_path: Path, found: list[Finding]) -> None:
    log = ReviewLog(tmp_path / "reviews")
    log.remember(found)
    with pytest.raises(UsageError, match="No finding has the id 'feedfacecafe'"):
        log.set("feedfacecafe", "approved", by="Ada", at=NOON)
    assert log.states() == {}


def test_wherever_the_last_line_is_torn_the_earlier_ones_stay_and_the_next_decision_is_whole(
    tmp_path: Path, found: list[Finding]
) -> None:
    log = ReviewLog(tmp_path / "reviews")
    log.remember(found)
    log.set(found[0].id, "approved", by="Ada", at=NOON)
    whole = log_of(tmp_path).read_bytes()
    log.set(found[1].id, "rejected", by="Grace", at=NOON)
    full = log_of(tmp_path).read_bytes()
    for cut in range(len(whole) + 1, len(full)):
        log_of(tmp_path).write_bytes(full[:cut])
        assert set(log.states()) == {found[0].id}
    log.set(found[2].id, "deferred", by="Edsger", at=NOON)
    assert {name: state.by for name, state in log.states().items()} == {found[0].id: "Ada", found[2].id: "Edsger"}
    assert log_of(tmp_path).read_bytes().startswith(whole)


def test_a_damaged_line_in_the_middle_is_an_error_that_names_it(tmp_path: Path, found: list[Finding]) -> None:
    log = ReviewLog(tmp_path / "reviews")
    log.remember(found)
    lines = log_of(tmp_path).read_bytes().splitlines(keepends=True)
    log_of(tmp_path).write_bytes(lines[0] + b"{oops\n" + lines[2])
    with pytest.raises(AssetError, match="line 2, is damaged"):
        log.states()


def _decide(folder: Path, ids: list[str], name: str) -> None:
    log = ReviewLog(folder)
    for finding_id in ids:
        log.set(finding_id, "approved", by=name, at=NOON)


def test_two_writers_at_once_lose_nothing(tmp_path: Path, found: list[Finding]) -> None:
    folder = tmp_path / "reviews"
    ReviewLog(folder).remember(found)
    ids = [item.id for item in found] * 5
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_decide, args=(folder, ids, name)) for name in ("Ada", "Grace")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    entries = [json.loads(line) for line in log_of(tmp_path).read_text(encoding="utf-8").splitlines()]
    for name in ("Ada", "Grace"):
        assert [entry["id"] for entry in entries if entry.get("by") == name] == ids


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX systems")
def test_a_writer_killed_at_any_moment_leaves_every_decision_it_had_confirmed(
    tmp_path: Path, found: list[Finding]
) -> None:
    folder = tmp_path / "reviews"
    ReviewLog(folder).remember(found)
    script = (
        "import sys\nfrom datetime import datetime\nfrom pathlib import Path\n"
        "from codeset_pipeline.impact.review import ReviewLog\nlog = ReviewLog(Path(sys.argv[1]))\n"
        "number = 0\n"
        "while True:\n"
        "    log.set(sys.argv[2], 'approved', by='Ada', note=str(number), at=datetime(2025, 8, 1))\n"
        "    print(number, flush=True)\n    number += 1\n"
    )
    for wait in (0.05, 0.11, 0.17):
        command = [sys.executable, "-c", script, str(folder), found[0].id]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(wait)
            writer.send_signal(signal.SIGKILL)
            confirmed = int([first, *writer.stdout.readlines()][-1])
        assert int(ReviewLog(folder).states()[found[0].id].note) >= confirmed
    ReviewLog(folder).set(found[1].id, "rejected", by="Grace", at=NOON)
    assert len(ReviewLog(folder).states()) == 2
