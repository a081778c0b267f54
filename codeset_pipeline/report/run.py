"""A run directory: the report in every format, written whole or not at all, and never rewritten."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from codeset_pipeline.errors import UsageError
from codeset_pipeline.impact.drafts import Choice
from codeset_pipeline.report.data import input_object, write_data
from codeset_pipeline.report.draft_files import write_drafts
from codeset_pipeline.report.model import Report


@dataclass(frozen=True, slots=True)
class RunPaths:
    """Where a run's files are.

    Attributes:
        created: False when the run was there already and was left as it is.
    """

    folder: Path
    workbook: Path
    page: Path
    data: Path
    manifest: Path
    created: bool

    @classmethod
    def of(cls, folder: Path, created: bool) -> RunPaths:
        name = folder.name
        return cls(
            folder=folder,
            workbook=folder / f"{name}.xlsx",
            page=folder / f"{name}.html",
            data=folder / "report.json",
            manifest=folder / "run.json",
            created=created,
        )


def write_run(report: Report, reports_folder: Path, run_name: str) -> RunPaths:
    """Write workbook, page, JSON and CSV files and a manifest into `reports_folder/run_name`.

    Everything is written into a hidden directory beside it, which is then renamed: a run that stops half-way leaves no
    run directory. What an earlier one left behind is removed. A run that exists is returned untouched.

    Raises:
        UsageError: the name cannot be a directory's name, or a file is in its place.
    """
    _check(run_name)
    target = reports_folder / run_name
    if target.is_dir():
        return RunPaths.of(target, created=False)
    if target.exists():
        raise UsageError(f"{target} is a file and no run directory; move it away or choose another run name.")
    # These load openpyxl and the templates, which no other command needs.
    from filelock import FileLock

    from codeset_pipeline.report.education_page import write_education
    from codeset_pipeline.report.ncci_tables import is_ncci
    from codeset_pipeline.report.page import write_page
    from codeset_pipeline.report.workbook import write_workbook

    reports_folder.mkdir(parents=True, exist_ok=True)
    with FileLock(reports_folder / ".writing.lock"):
        if target.is_dir():
            return RunPaths.of(target, created=False)
        partial = reports_folder / f".{run_name}.partial"
        # Nobody else writes while we hold the lock, so this can only be the rest of a run that was killed.
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        try:
            write_workbook(report, partial / f"{run_name}.xlsx")
            write_page(report, partial / f"{run_name}.html")
            write_data(report, partial)
            foot = f"{report.title}. codeset-pipeline {report.provenance.program_version}"
            of_codes = [pair for pair in report.pairs if not is_ncci(pair)]
            write_education(of_codes, report.specialties, partial, sample=report.sample, foot=foot)
            write_drafts(report.drafts, _choices(report), partial)
            _write_manifest(report, partial, run_name)
            for path in sorted(partial.iterdir()):
                _settle(path)
            partial.rename(target)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    return RunPaths.of(target, created=True)


def _choices(report: Report) -> dict[str, Choice]:
    """What people decided, for the drafts."""
    findings = () if report.impact is None else report.impact.findings
    return {each.id: Choice(each.state, each.state_replacement or "") for each in findings if each.state != "proposed"}


def _check(run_name: str) -> None:
    bad = not run_name or run_name.startswith(".") or any(mark in run_name for mark in '/\\:*?"<>|')
    if bad or not run_name.isprintable():
        raise UsageError(
            f"{run_name!r} cannot name a run directory; use letters, digits, hyphens and dots, no dot at the beginning."
        )


def _write_manifest(report: Report, folder: Path, run_name: str) -> None:
    files = [
        {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
        for path in sorted(folder.iterdir())
    ]
    manifest = {
        "run": run_name,
        "title": report.title,
        "sample": report.sample,
        "covered": report.covered,
        "unexplained": report.unexplained,
        "written_at": report.provenance.written_at,
        "program_version": report.provenance.program_version,
        "parser_version": report.provenance.parser_version,
        "snapshots": [
            {"code_set": each.code_set, "release": each.label, "revision": each.revision, "hash": each.snapshot_hash}
            for pair in report.pairs
            for each in (pair.from_release, pair.to_release)
        ],
        "inputs": [input_object(each) for each in report.provenance.inputs],
        "files": files,
    }
    text = json.dumps(manifest, ensure_ascii=True, indent=1)
    (folder / "run.json").write_text(text + "\n", encoding="utf-8")


def _settle(path: Path) -> None:
    """Bring the file's bytes to the disk before the directory gets its final name."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
