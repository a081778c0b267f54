"""What reports on NCCI edits say: the meaning of changes, what comes first, and tables too long for a page."""

from __future__ import annotations

from datetime import date

import pytest

from codeset_pipeline.diff.ncci_ptp import changes_of
from codeset_pipeline.diff.ncci_ptp_rows import PtpEdit
from codeset_pipeline.diff.ncci_reconcile import ncci_published_totals
from codeset_pipeline.model import Change, Reconciliation, Release, ReleasePair
from codeset_pipeline.report.method import METHOD, method_of
from codeset_pipeline.report.model import Provenance, Report
from codeset_pipeline.report.ncci_words import kind_text, meaning, to_do
from codeset_pipeline.report.summary import sentences
from codeset_pipeline.report.tables import tables_of

Q2, Q3 = date(2026, 4, 1), date(2026, 7, 1)
LAST_DAY, LONG_AGO = date(2026, 6, 30), date(2020, 1, 1)
CODE_SET = "ncci-ptp-practitioner"
NOT_COVERED = Reconciliation(False, (), 0, (), (), {}, "No list.")


def edit(pair: str = "A4216/J7050", since: date = LONG_AGO, until: date | None = None, indicator: str = "1") -> PtpEdit:
    return PtpEdit(*pair.split("/"), since, until, indicator, False, "Mutually exclusive procedures")  # type: ignore[misc]


def changes(*rows: tuple[PtpEdit | None, PtpEdit | None]) -> list[Change]:
    return changes_of(CODE_SET, (Q2, Q3), rows, {})


def pair_of(found: list[Change]) -> ReleasePair:
    releases = [Release(CODE_SET, day, "2026Q2", 0, day, "ready", 5, None, "hash", "key") for day in (Q2, Q3)]
    totals = ncci_published_totals(CODE_SET, found, NOT_COVERED)
    return ReleasePair(CODE_SET, *releases, {}, {}, found, totals, [], NOT_COVERED)


def report_of(found: list[Change]) -> Report:
    provenance = Provenance((), "ncci_ptp/1", "0", "2026-07-01T00:00:00Z")
    return Report("NCCI", (pair_of(found),), None, provenance)


@pytest.mark.parametrize(
    ("before", "after", "kind", "means"),
    [
        (None, edit(since=Q3), "edit added", "unless an NCCI modifier says why"),
        (None, edit(since=Q3, indicator="0"), "edit added", "no modifier helps"),
        (None, edit(since=Q3, until=Q3, indicator="9"), "added, never in force", "No claim is decided otherwise"),
        (edit(), edit(until=LAST_DAY), "edit deleted", "payable together again"),
        (edit(), edit(until=LONG_AGO, indicator="9"), "taken back, never in force", "payable together again"),
        (edit(), None, "in force, no longer in the file", "ask the publisher"),
        (edit(until=LAST_DAY), edit(), "in force again", "unless an NCCI modifier says why"),
    ],
)
def test_a_change_is_told_in_plain_words(before: PtpEdit | None, after: PtpEdit | None, kind: str, means: str) -> None:
    (change,) = changes((before, after))
    assert kind_text(change) == kind
    assert means in meaning(change)


def test_a_retroactive_change_says_what_to_do() -> None:
    added, deleted, allowed, barred = (
        changes(rows)[0]
        for rows in (
            (None, edit()),
            (edit(), edit(until=date(2025, 12, 31))),
            (edit(indicator="0"), edit(indicator="1")),
            (edit(indicator="1"), edit(indicator="0")),
        )
    )
    assert "may be taken back" in to_do(added)
    assert "may be resubmitted" in to_do(deleted)
    assert "may be resubmitted" in to_do(allowed)
    assert "may be taken back" in to_do(barred)


def test_retroactive_edits_come_first_and_have_a_table_of_their_own() -> None:
    found = changes((None, edit("A4216/J1885", Q3)), (None, edit("Z9999/J1885", date(2026, 1, 1))))
    tables = tables_of(report_of(found))
    assert [row.cells[0] for row in tables["Edits added"].rows] == ["Z9999", "A4216"]
    (row,) = tables["Retroactive"].rows
    assert row.cells[3:5] == (date(2026, 1, 1), LAST_DAY)
    assert "Added" not in tables


def test_the_summary_tells_what_is_retroactive_before_anything_else() -> None:
    lines = sentences(
        pair_of(changes((None, edit(since=date(2026, 1, 1))), (edit("A1/B1"), edit("A1/B1", until=LAST_DAY))))
    )
    assert lines[1] == (
        "1 change is RETROACTIVE, reaching dates of service from 1 January 2026 on: claims decided already may be "
        "decided otherwise."
    )
    assert "1 edit was deleted, 1 of them with 30 June 2026 as the last day." in lines
    none = sentences(pair_of([]))
    assert none[1] == "No change is retroactive: dates of service before 1 July 2026 are decided as before."


def test_the_method_speaks_of_edits_where_there_are_no_codes() -> None:
    told = method_of(report_of([]))
    assert any("never in force" in sentence for sentence in told)
    assert not any("header" in sentence for sentence in told)
    assert len(set(told)) == len(told)
    assert told != METHOD
