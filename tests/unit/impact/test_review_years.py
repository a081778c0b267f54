"""Which decisions hold in another run and another year, and what the log keeps of them."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from codeset_pipeline.errors import UsageError
from codeset_pipeline.impact.assess import assess
from codeset_pipeline.impact.review import Decision, ReviewLog
from codeset_pipeline.model import Finding, ReleasePair
from tests.unit.impact.pairs import AFTER, BEFORE, CHANGES, MAPPINGS, OLD_DAY, october, pair

NOON = datetime(2025, 8, 1, 12, tzinfo=UTC)
LINES = ("Pharmacy,001,Lice,B88.0,10", "Wound care,002,Ulcer,L89.1,20", "Clinic,003,Dependence,Z99.21,30")
HEADER = "Department,Charge code,Description,ICD10,Price"


def price_list(folder: Path, lines: tuple[str, ...] = LINES, name: str = "cdm_2025.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return path


def run(log: ReviewLog, path: Path, release_pair: ReleasePair | None = None) -> dict[str, Finding]:
    """One run: code → finding, remembered as `codeset impact` does."""
    found = assess([path], [release_pair or october()], reviews=log).findings
    log.remember(found, [str(path)], NOON)
    return {finding.code: finding for finding in found}


def next_year(year: int = 2027) -> ReleasePair:
    """FY2026 to FY2027, or the year after it, in which nothing happens any more."""
    ever = frozenset({*BEFORE, *AFTER})
    labels, days = (f"FY{year - 1}", f"FY{year}"), (date(year - 2, 10, 1), date(year - 1, 10, 1))
    return pair(AFTER, AFTER, ever=ever, labels=labels, days=days)


@pytest.fixture
def log(tmp_path: Path) -> ReviewLog:
    return ReviewLog(tmp_path / "reviews")


def test_a_finding_knows_its_department(tmp_path: Path, log: ReviewLog) -> None:
    found = run(log, price_list(tmp_path))
    assert {code: finding.department for code, finding in found.items()} == {
        "B88.0": "Pharmacy", "L89.1": "Wound care", "Z99.21": "Clinic",
    }  # fmt: skip


def test_a_decision_survives_another_order_and_another_folder(tmp_path: Path, log: ReviewLog) -> None:
    before = run(log, price_list(tmp_path / "old"))
    log.set(before["B88.0"].id, "approved", by="Ada", note="agreed", replacement="B88.09", at=NOON)
    after = run(log, price_list(tmp_path / "new" / "folder", LINES[::-1]))
    assert {code: item.id for code, item in after.items()} == {code: item.id for code, item in before.items()}
    found = after["B88.0"]
    assert (found.state, found.state_by, found.state_note, found.state_replacement) == (
        "approved", "Ada", "agreed", "B88.09",
    )  # fmt: skip
    assert found.line == 4
    assert [item.line for item in log.worklist() if item.code == "B88.0"] == [4]


def test_a_decision_holds_for_the_same_change_when_the_files_name_has_another_date(
    tmp_path: Path, log: ReviewLog
) -> None:
    before = run(log, price_list(tmp_path, name="CDM 2025-09-01.csv"))
    log.set(before["B88.0"].id, "approved", by="Ada", at=NOON)
    after = run(log, price_list(tmp_path, name="CDM 2025-10-15.csv"))["B88.0"]
    assert after.id != before["B88.0"].id
    assert (after.state, after.state_by) == ("approved", "Ada")
    assert after.previously == (
        f"2025-08-01 approved by Ada (B88.0 became header 2025-10-01, finding {before['B88.0'].id})",
    )


def test_a_decision_holds_when_the_same_change_is_asked_about_between_other_releases(
    tmp_path: Path, log: ReviewLog
) -> None:
    before = run(log, price_list(tmp_path))
    log.set(before["L89.1"].id, "approved", by="Ada", at=NOON)
    april = pair(
        BEFORE, AFTER, changes=CHANGES, mappings=MAPPINGS, ever=frozenset({*BEFORE, *AFTER}),
        labels=("FY2025", "FY2026-apr"), days=(OLD_DAY, date(2026, 4, 1)),
    )  # fmt: skip
    after = run(log, price_list(tmp_path), april)["L89.1"]
    assert after.id != before["L89.1"].id
    assert after.state == "approved"


def test_next_year_a_rejection_holds_and_an_approval_that_was_not_carried_out_is_asked_again(
    tmp_path: Path, log: ReviewLog
) -> None:
    before = run(log, price_list(tmp_path))
    log.set(before["L89.1"].id, "rejected", by="Ada", note="kept for old claims", at=NOON)
    log.set(before["Z99.21"].id, "approved", by="Grace", at=NOON)
    after = run(log, price_list(tmp_path), next_year())
    assert (after["L89.1"].state, after["L89.1"].state_note) == ("rejected", "kept for old claims")
    assert after["Z99.21"].overdue
    assert after["Z99.21"].state == "proposed"
    assert after["Z99.21"].previously[0].startswith("2025-08-01 approved by Grace (Z99.21 deleted 2025-10-01")
    later = run(log, price_list(tmp_path), next_year(2028))
    assert (later["L89.1"].state, later["Z99.21"].state) == ("rejected", "proposed")


def test_a_rejected_code_that_became_a_header_is_not_asked_about_again_as_a_header(
    tmp_path: Path, log: ReviewLog
) -> None:
    before = run(log, price_list(tmp_path))["B88.0"]
    log.set(before.id, "rejected", by="Ada", at=NOON)
    after = run(log, price_list(tmp_path), next_year())["B88.0"]
    assert (before.kind, after.kind, after.state) == ("became_header", "header", "rejected")


def test_an_approval_of_an_overdue_line_holds_in_its_own_year_and_is_asked_again_in_the_next(
    tmp_path: Path, log: ReviewLog
) -> None:
    before = run(log, price_list(tmp_path, name="cdm_1.csv"), next_year())
    log.set(before["Z99.21"].id, "approved", by="Ada", at=NOON)
    assert run(log, price_list(tmp_path, name="cdm_2.csv"), next_year())["Z99.21"].state == "approved"
    later = run(log, price_list(tmp_path, name="cdm_2.csv"), next_year(2028))["Z99.21"]
    assert (later.state, later.overdue, later.previously != ()) == ("proposed", True, True)


def test_decisions_that_disagree_do_not_carry_over_but_are_shown_newest_first(tmp_path: Path, log: ReviewLog) -> None:
    for number, state in ((1, "approved"), (2, "rejected")):
        found = run(log, price_list(tmp_path, name=f"cdm_{number}.csv"))["B88.0"]
        log.set(found.id, state, by="Ada", at=NOON + timedelta(days=number))
    after = run(log, price_list(tmp_path, name="cdm_3.csv"))["B88.0"]
    assert after.state == "proposed"
    assert [text[:19] for text in after.previously] == ["2025-08-03 rejected", "2025-08-02 approved"]


def test_a_decision_does_not_carry_over_to_another_line_or_another_code(tmp_path: Path, log: ReviewLog) -> None:
    before = run(log, price_list(tmp_path))
    log.set(before["B88.0"].id, "approved", by="Ada", at=NOON)
    lines = ("Pharmacy,009,Lice,B88.0,10", "Pharmacy,001,Ulcer,L89.1,20")
    after = run(log, price_list(tmp_path, lines, "cdm_2026.csv"))
    assert [(item.state, item.previously) for item in after.values()] == [("proposed", ())] * 2


def test_findings_that_a_run_does_not_find_any_more_leave_the_worklist_and_come_back_with_their_state(
    tmp_path: Path, log: ReviewLog
) -> None:
    first = run(log, price_list(tmp_path))
    log.set(first["B88.0"].id, "approved", by="Ada", at=NOON)
    run(log, price_list(tmp_path, LINES[1:]))
    assert {item.code for item in log.worklist()} == {"L89.1", "Z99.21"}
    assert {item.code for item in log.worklist(everything=True)} == {"B88.0", "L89.1", "Z99.21"}
    run(log, price_list(tmp_path))
    assert {item.code: item.state for item in log.worklist()}["B88.0"] == "approved"
    events = [line["event"] for line in log.history(first["B88.0"].id)]
    assert events == ["reported", "decided", "gone", "back"]


def test_a_run_over_one_file_leaves_the_findings_of_others_on_the_worklist(tmp_path: Path, log: ReviewLog) -> None:
    run(log, price_list(tmp_path, name="north.csv"))
    run(log, price_list(tmp_path, LINES[:1], name="south.csv"))
    assert len(log.worklist()) == 4


def test_lines_that_only_moved_add_one_line_to_the_log(tmp_path: Path, log: ReviewLog) -> None:
    run(log, price_list(tmp_path))
    file = tmp_path / "reviews" / "findings.jsonl"
    size = len(file.read_bytes().splitlines())
    run(log, price_list(tmp_path, LINES[::-1]))
    added = [json.loads(line) for line in file.read_bytes().splitlines()[size:]]
    assert [(entry["event"], len(entry["lines"])) for entry in added] == [("moved", 2)]


def test_the_history_of_a_finding_tells_of_earlier_years_too(tmp_path: Path, log: ReviewLog) -> None:
    before = run(log, price_list(tmp_path))
    log.set(before["Z99.21"].id, "deferred", by="Grace", note="after the audit", at=NOON)
    after = run(log, price_list(tmp_path), next_year())["Z99.21"]
    told = [(line["event"], line["id"], line["by"]) for line in log.history(after.id)]
    assert told[:2] == [("reported", before["Z99.21"].id, ""), ("decided", before["Z99.21"].id, "Grace")]
    assert ("reported", after.id, "") in told
    with pytest.raises(UsageError, match="No finding has the id 'feedfacecafe'"):
        log.history("feedfacecafe")


def test_decisions_made_together_hold_together_wherever_the_line_is_torn(tmp_path: Path, log: ReviewLog) -> None:
    found = run(log, price_list(tmp_path))
    file = tmp_path / "reviews" / "findings.jsonl"
    whole = file.read_bytes()
    decisions = [Decision(item.id, "approved", "é") for item in found.values()]
    log.decide(decisions, by="Ada", at=NOON, source={"workbook": "w.xlsx"})
    full = file.read_bytes()
    for cut in range(len(whole), len(full), 7):
        file.write_bytes(full[:cut])
        assert log.states() == {}
    file.write_bytes(full)
    assert len(log.states()) == 3


def test_nothing_is_recorded_when_one_of_several_decisions_is_wrong(tmp_path: Path, log: ReviewLog) -> None:
    found = run(log, price_list(tmp_path))
    good = Decision(found["B88.0"].id, "approved")
    for bad in (Decision("feedfacecafe", "approved"), replace(good, state="done")):
        with pytest.raises(UsageError):
            log.decide([good, bad], by="Ada", at=NOON)
    assert log.states() == {}


def test_a_torn_line_that_was_cut_off_is_on_record(tmp_path: Path, log: ReviewLog) -> None:
    found = run(log, price_list(tmp_path))
    file = tmp_path / "reviews" / "findings.jsonl"
    file.write_bytes(file.read_bytes() + b'{"event":"state","id":"x')
    log.set(found["B88.0"].id, "approved", by="Ada", at=NOON)
    mended = [entry for line in file.read_bytes().splitlines() if (entry := json.loads(line))["event"] == "mended"]
    assert [(entry["bytes"], entry["text"]) for entry in mended] == [(24, '{"event":"state","id":"x')]
    assert log.states()[found["B88.0"].id].state == "approved"


def test_a_log_of_an_earlier_version_is_read(tmp_path: Path, log: ReviewLog) -> None:
    """Its findings have no department and no thread, and its decisions no replacement."""
    found = run(log, price_list(tmp_path))["B88.0"]
    file = tmp_path / "reviews" / "findings.jsonl"
    old = [json.loads(line) for line in file.read_bytes().splitlines()]
    for entry in old:
        for name in ("department", "thread", "automatic", "overdue", "suggested", "unit_change", "release"):
            entry.get("finding", {}).pop(name, None)
        entry.pop("at", None)
    decision = {
        "event": "state",
        "id": found.id,
        "state": "approved",
        "by": "Ada",
        "at": "2025-01-01T00:00:00",
        "note": "",
    }
    file.write_text("".join(json.dumps(entry) + "\n" for entry in (*old, decision)), encoding="utf-8")
    assert {item.code: item.state for item in log.worklist()}["B88.0"] == "approved"
    assert run(log, price_list(tmp_path))["B88.0"].state == "approved"
