"""The worklist's whole way: run, workbook, a department's edits saved by another program, import, next run, export."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.assess import assess
from codeset_pipeline.impact.draft_sources import draft_sources
from codeset_pipeline.impact.review import ReviewLog
from codeset_pipeline.impact.review_import import Newer
from codeset_pipeline.model import Finding
from codeset_pipeline.report.model import Provenance, Report
from codeset_pipeline.report.run import RunPaths, write_run
from codeset_pipeline.settings import Workspace
from tests.unit.impact.pairs import october

NOON = datetime(2025, 8, 1, 12, tzinfo=UTC)
HEADER = "Department,Charge code,Description,ICD10,Price"
LINES = (
    "Pharmacy,0001,Lice,B88.0,10",
    "Wound care,0002,Ulcer,L89.1,20",
    'Renal / dialysis,0003,=Dependence,"Z99.21",30',
)


def run(workspace: Workspace, lines: tuple[str, ...], number: int) -> tuple[dict[str, Finding], RunPaths]:
    """What `codeset impact` does after it has compared the releases."""
    path = workspace.home / "lists" / "cdm.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    log = ReviewLog(workspace.reviews)
    impact = assess([path], [october()], reviews=log)
    log.remember(impact.findings, [str(path)], NOON)
    provenance = Provenance((), "1", "1", f"2025-08-0{number}T00:00:00+00:00")
    drafts = tuple(draft_sources(impact, [october()]))
    report = Report("A run", (october(),), impact, provenance, drafts=drafts)
    return {each.code: each for each in impact.findings}, write_run(report, workspace.reports, f"run-{number}")


def edit(path: Path, code: str, **cells: str) -> None:
    book = openpyxl.load_workbook(path)
    for sheet in book:
        heads = {str(cell.value): cell.column for cell in sheet[1]}
        if "Finding id" in heads:
            for row in range(2, sheet.max_row + 1):
                if sheet.cell(row, heads["Code"]).value == code:
                    for name, value in cells.items():
                        sheet.cell(row, heads[name.replace("_", " ")], value)
    book.save(path)


def saved_by_libreoffice(path: Path, folder: Path) -> Path:
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed; install it to run this test")
    words = ["--headless", "--convert-to", "xlsx", "--outdir", str(folder / "saved"), str(path)]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run([soffice, profile, *words], check=True, capture_output=True, timeout=180)
    return folder / "saved" / path.name


def test_a_decision_made_in_a_spreadsheet_survives_the_next_run_and_another_order_of_lines(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path / "home")
    first, paths = run(workspace, LINES, 1)
    mine = tmp_path / "mine.xlsx"
    shutil.copy(paths.workbook, mine)
    edit(mine, "B88.0", State="approved", Chosen_replacement="B88.09", Review_note="agreed with ID")
    edit(mine, "L89.1", State="deferred", Review_note="+ask wound care")
    back = saved_by_libreoffice(mine, tmp_path)
    plan = pipeline.import_decisions(workspace, back, by="A. Coder", at=NOON, newer=Newer.STOP)
    assert ({each.finding_id for each in plan.decisions}, plan.untouched) == (
        {first["B88.0"].id, first["L89.1"].id}, len(first) - 2,
    )  # fmt: skip

    second, later = run(workspace, LINES[::-1], 2)
    found = second["B88.0"]
    assert (found.id, found.line, found.state, found.state_by) == (first["B88.0"].id, 4, "approved", "A. Coder")
    assert (found.state_replacement, found.state_note) == ("B88.09", "agreed with ID")
    assert (second["L89.1"].state, second["L89.1"].state_note) == ("deferred", "+ask wound care")
    assert second["Z99.21"].state == "proposed"

    again = pipeline.import_decisions(workspace, later.workbook, by="A. Coder", at=NOON, newer=Newer.STOP)
    assert (again.decisions, again.untouched) == ([], len(second))

    out = tmp_path / "out"
    names = {path.name for path in pipeline.export_decisions(workspace, out)}
    assert names == {"findings_approved.csv", "approved_cdm.csv", "approved_cdm_notes.csv", "approved_cdm.xlsx"}
    assert (out / "approved_cdm.csv").read_text(encoding="utf-8").splitlines() == [
        f"{HEADER},effective from,effective to",
        "Pharmacy,0001,Lice,B88.0,10,,2025-09-30",
        'Pharmacy,0001,"Other acariasis, elsewhere",B88.09,10,2025-10-01,',
    ]
    drafts = (later.folder / "drafts_cdm.csv").read_text(encoding="utf-8").splitlines()
    assert len(drafts) == 1 + 2 * 2  # the approved line and the one that needs no person


def test_a_workbook_that_others_have_overtaken_is_not_applied_in_part(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path / "home")
    found, paths = run(workspace, LINES, 1)
    mine = tmp_path / "mine.xlsx"
    shutil.copy(paths.workbook, mine)
    edit(mine, "B88.0", State="approved", Chosen_replacement="B88.09")
    edit(mine, "L89.1", State="rejected")
    log = ReviewLog(workspace.reviews)
    log.set(found["L89.1"].id, "approved", by="Grace", at=NOON)
    with pytest.raises(AssetError, match=r"mine.xlsx: nothing was recorded.*L89.1\) is approved since .* by Grace"):
        pipeline.import_decisions(workspace, mine, by="Ada", at=NOON, newer=Newer.STOP)
    assert set(log.states()) == {found["L89.1"].id}
    tried = pipeline.import_decisions(workspace, mine, by="Ada", at=NOON, newer=Newer.KEEP, dry_run=True)
    assert len(tried.decisions) == 1 and set(log.states()) == {found["L89.1"].id}
    pipeline.import_decisions(workspace, mine, by="Ada", at=NOON, newer=Newer.KEEP)
    assert {name: state.by for name, state in log.states().items()} == {
        found["L89.1"].id: "Grace", found["B88.0"].id: "Ada",
    }  # fmt: skip
    pipeline.import_decisions(workspace, mine, by="Ada", at=NOON, newer=Newer.OVERWRITE)
    assert log.states()[found["L89.1"].id].state == "rejected"


def test_a_run_directory_holds_the_lists_and_drafts_and_names_them_with_their_hash(tmp_path: Path) -> None:
    import json

    workspace = Workspace.at(tmp_path / "home")
    _, paths = run(workspace, LINES, 1)
    named = {each["name"] for each in json.loads(paths.manifest.read_text(encoding="utf-8"))["files"]}
    assert {"drafts_cdm.csv", "drafts_cdm.xlsx", "drafts_cdm_notes.csv", "drafts.json"} <= named
    assert "education_by_chapter.html" in named
    assert not any(name.startswith("approved_") for name in named)
