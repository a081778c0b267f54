"""What an edited worklist records, and what stops it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.review import Decision, ReviewLog
from codeset_pipeline.impact.review_book import basis_of
from codeset_pipeline.impact.review_import import EditedRow, ImportPlan, Newer, checked, plan_import
from codeset_pipeline.model import Finding
from tests.unit.report.worlds import finding

NOON = datetime(2025, 8, 1, 12, tzinfo=UTC)
ONE, TWO = finding(1), finding(2, code="B88.1", candidates=())


@pytest.fixture
def log(tmp_path: Path) -> ReviewLog:
    made = ReviewLog(tmp_path / "reviews")
    made.remember([ONE, TWO])
    return made


def row(of: Finding, **edits: str) -> EditedRow:
    """A row as it is written from a finding, and then edited."""
    written = EditedRow(
        "Lab", of.line + 1, of.id, of.state, of.state_replacement or "", of.state_note or "", basis_of(of), of.id,
        of.code, of.asset,
    )  # fmt: skip
    return replace(written, **edits)  # type: ignore[arg-type]


def now(log: ReviewLog, of: Finding) -> Finding:
    return next(item for item in log.worklist() if item.id == of.id)


def test_only_rows_that_were_changed_are_recorded(log: ReviewLog) -> None:
    plan = plan_import([row(ONE, state=" Approved ", replacement="B88.09", note="agreed "), row(TWO)], log.book())
    assert plan == ImportPlan([Decision(ONE.id, "approved", "agreed", "B88.09")], untouched=1)


def test_a_new_note_or_another_replacement_is_a_change_too(log: ReviewLog) -> None:
    log.set(ONE.id, "approved", by="Ada", note="first", replacement="B88.01", at=NOON)
    found = now(log, ONE)
    for edit in ({"note": "second"}, {"replacement": "B88.09"}, {"state": "proposed"}):
        assert len(plan_import([row(found, **edit)], log.book()).decisions) == 1
    assert plan_import([row(found)], log.book()).untouched == 1


def test_importing_the_same_workbook_twice_records_nothing_the_second_time(log: ReviewLog) -> None:
    rows = [row(ONE, state="rejected", note="no")]
    log.decide(plan_import(rows, log.book()).decisions, by="Ada", at=NOON)
    assert plan_import(rows, log.book()) == ImportPlan(untouched=1)


def test_a_newer_decision_is_named_and_not_overwritten_without_being_told(log: ReviewLog) -> None:
    written = row(ONE, state="approved")
    log.set(ONE.id, "rejected", by="Grace", at=NOON)
    plan = plan_import([written, row(TWO, state="deferred")], log.book())
    assert [each.finding_id for each in plan.decisions] == [TWO.id]
    assert plan.conflicts == [
        f"sheet Lab, row 2: finding {ONE.id} (B88.0) is rejected since 2025-08-01T12:00:00+00:00 by Grace, and the "
        "workbook says approved."
    ]
    with pytest.raises(AssetError, match=r"nothing was recorded.*rejected since.*--keep-newer.*--force"):
        checked(plan, "w.xlsx")
    kept = checked(plan_import([written], log.book(), Newer.KEEP), "w.xlsx", Newer.KEEP)
    assert (kept.decisions, len(kept.conflicts)) == ([], 1)
    forced = checked(plan_import([written], log.book(), Newer.OVERWRITE), "w.xlsx", Newer.OVERWRITE)
    assert [each.state for each in forced.decisions] == ["approved"]


def test_a_row_that_was_left_alone_never_conflicts(log: ReviewLog) -> None:
    log.set(ONE.id, "rejected", by="Grace", at=NOON)
    assert plan_import([row(ONE)], log.book()) == ImportPlan(untouched=1)


def test_without_its_hidden_column_a_row_conflicts_with_any_decision(log: ReviewLog) -> None:
    lost = replace(row(ONE, state="approved"), basis=None)
    assert len(plan_import([lost], log.book()).decisions) == 1
    log.set(ONE.id, "rejected", by="Grace", at=NOON)
    assert len(plan_import([lost], log.book()).conflicts) == 1
    log.set(ONE.id, "approved", by="Grace", at=NOON)
    assert plan_import([lost], log.book()) == ImportPlan(untouched=1)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ({"state": "aproved"}, "sheet Lab, row 2: 'aproved' is no review state; use one of proposed, approved"),
        ({"state": ""}, "sheet Lab, row 2: the state is blank"),
        ({"finding_id": "feedfacecafe", "other_id": ""}, "'feedfacecafe' is the id of no finding"),
        ({"finding_id": "", "other_id": ""}, "has no finding id"),
        ({"other_id": TWO.id}, "names two findings"),
        ({"code": "B88.1", "state": "approved"}, "is about B88.0 in edits.csv, but the row is about B88.1"),
        ({"asset": "other.csv", "state": "approved"}, "is about B88.0 in edits.csv, but the row .* in other.csv"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_nothing_is_recorded(
    log: ReviewLog, edit: dict[str, str], says: str
) -> None:
    plan = plan_import([row(ONE, **edit), row(TWO, state="approved")], log.book())
    with pytest.raises(AssetError, match=f"nothing was recorded, because 1 row cannot be used.*{says}"):
        checked(plan, "w.xlsx", Newer.OVERWRITE)


def test_a_finding_that_is_decided_on_two_rows_must_be_decided_alike(log: ReviewLog) -> None:
    twice = [row(ONE, state="approved"), replace(row(ONE, state="approved"), sheet="Copy")]
    assert len(plan_import(twice, log.book()).decisions) == 1
    twice[1] = replace(twice[1], state="rejected")
    assert "decided otherwise on sheet Lab, row 2" in plan_import(twice, log.book()).problems[0]


def test_a_moved_file_and_a_windows_path_are_the_same_file(log: ReviewLog) -> None:
    plan = plan_import([row(ONE, state="approved", asset=r"C:\lists\edits.csv")], log.book())
    assert (len(plan.decisions), plan.problems) == (1, [])


def test_choices_worth_a_second_look_are_remarked_and_recorded(log: ReviewLog) -> None:
    plan = plan_import([row(ONE, state="approved"), row(TWO, state="approved", replacement="A00.0")], log.book())
    assert len(plan.decisions) == 2
    assert "approved without a choice among its 2 candidates" in plan.remarks[0]
    assert "A00.0 for B88.1 is none of the candidates (none)" in plan.remarks[1]


def test_a_plan_that_fails_leaves_the_log_as_it_is(log: ReviewLog, tmp_path: Path) -> None:
    before = (tmp_path / "reviews" / "findings.jsonl").read_bytes()

    def fail(_: object) -> list[Decision]:
        raise AssetError("no")

    planned: Callable[..., list[Decision]] = fail
    with pytest.raises(AssetError):
        log.apply(planned, by="Ada", at=NOON)
    assert (tmp_path / "reviews" / "findings.jsonl").read_bytes() == before
