"""Review: people's decisions about findings, brought in from a workbook and handed out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from codeset_pipeline.settings import Workspace

if TYPE_CHECKING:
    from codeset_pipeline.impact.review import Decision
    from codeset_pipeline.impact.review_book import Book
    from codeset_pipeline.impact.review_import import ImportPlan, Newer


def import_decisions(
    workspace: Workspace,
    workbook: Path,
    *,
    by: str,
    at: datetime,
    newer: Newer,
    dry_run: bool = False,
) -> ImportPlan:
    """Record the decisions of an edited workbook, all of them or none.

    Raises:
        AssetError: the workbook cannot be read back, a row of it cannot be used, or the log has newer decisions.
    """
    from codeset_pipeline.impact.review import ReviewLog
    from codeset_pipeline.impact.review_import import checked, plan_import
    from codeset_pipeline.report.worklist_reading import read_worklist

    rows, sha256 = read_worklist(workbook)
    reviews = ReviewLog(workspace.reviews)
    if dry_run:
        return checked(plan_import(rows, reviews.book(), newer), workbook.name, newer)
    made: list[ImportPlan] = []

    def decisions(book: Book) -> list[Decision]:
        made.append(checked(plan_import(rows, book, newer), workbook.name, newer))
        return made[0].decisions

    reviews.apply(decisions, by=by, at=at, source={"workbook": workbook.name, "sha256": sha256})
    return made[0]


def export_decisions(workspace: Workspace, folder: Path, state: str = "approved") -> list[Path]:
    """Write the findings in a state and, for approved ones, the new charge-master lines; returns the paths.

    Raises:
        UsageError: the folder cannot be written.
    """
    from codeset_pipeline.impact.review import ReviewLog
    from codeset_pipeline.report.worklist_export import export_worklist

    return export_worklist(ReviewLog(workspace.reviews).worklist(), state, workspace.reports, folder)
