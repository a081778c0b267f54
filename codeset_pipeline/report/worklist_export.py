"""The decided part of the worklist, written out for the systems in which it is carried out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from codeset_pipeline.errors import UsageError
from codeset_pipeline.impact.draft_record import of_json
from codeset_pipeline.impact.draft_sources import DraftSource
from codeset_pipeline.impact.drafts import Choice
from codeset_pipeline.impact.review_book import APPROVED
from codeset_pipeline.model import Finding
from codeset_pipeline.report.csv_files import write_findings
from codeset_pipeline.report.draft_files import DRAFTS_FILE, write_lines


def export_worklist(findings: Sequence[Finding], state: str, reports: Path, folder: Path) -> list[Path]:
    """Write `findings_STATE.csv` and, for the state approved, drafts of charge-master lines; returns the paths.

    The lines are those of the newest run that read each charge master.

    Args:
        reports: where the runs are.

    Raises:
        UsageError: the folder cannot be written.
    """
    wanted = [finding for finding in findings if finding.state == state]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [write_findings(wanted, folder / f"findings_{state}.csv")]
        if state == APPROVED:
            choices = {each.id: Choice(each.state, each.state_replacement or "") for each in wanted}
            paths += write_lines(newest_sources(reports), choices, folder, approved_only=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written ({error.strerror}); name another folder.") from error
    return paths


def newest_sources(reports: Path) -> list[DraftSource]:
    """The touched lines of each charge master as its newest run read them."""
    found: dict[str, DraftSource] = {}
    runs = [path for path in reports.glob(f"*/{DRAFTS_FILE}") if not path.parent.name.startswith(".")]
    for path in sorted(runs, key=_written_at):
        for source in of_json(json.loads(path.read_text(encoding="utf-8"))):
            found[source.name] = source
    return list(found.values())


def _written_at(drafts: Path) -> str:
    return str(json.loads((drafts.parent / "run.json").read_text(encoding="utf-8"))["written_at"])
