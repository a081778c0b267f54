"""Snapshots of the genuine HCPCS releases, and a reader of their codes' dates that is independent of the parsers."""

from __future__ import annotations

import hashlib
import warnings
from datetime import date
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from codeset_pipeline.snapshots.build_hcpcs import build_hcpcs
from codeset_pipeline.snapshots.plan import ReleaseInput, RevisionPlan
from codeset_pipeline.snapshots.store import Snapshot, SnapshotStore
from tests.golden.parse.hcpcs.genuine import CORRECTIONS, EXCEL, REPORT, TEXT, slow_rows
from tests.golden.parse.published import published

DAYS = {
    "2018": date(2018, 1, 1),
    "2019": date(2019, 1, 1),
    "2020Q1": date(2020, 1, 1),
    "2020Q2": date(2020, 4, 1),
    "2020Q3": date(2020, 7, 1),
}


def snapshot_of(release: str, folder: Path, *, corrected: bool = False, excel_only: bool = False) -> Snapshot:
    """The release as published, or after all its corrections."""
    day = DAYS[release]
    files = {"anweb_excel": [EXCEL[release]], "transaction_report": [REPORT[release]]}
    if release in TEXT and not excel_only:
        files["anweb_text"] = [TEXT[release]]
    if corrected:
        archive, members = CORRECTIONS[release]
        files["corrections"] = [(archive, member) for member in members]
    content: dict[str, bytes] = {}
    inputs = []
    for role, places in files.items():
        for path, member in places:
            data = published(path, member)
            digest = hashlib.sha256(data).hexdigest()
            content[digest] = data
            name = member or path.rsplit("/", 1)[-1]
            inputs.append(ReleaseInput(role, name, path.rsplit("/", 1)[-1], digest, digest, len(data), day))
    plan = RevisionPlan("hcpcs", day, int(corrected), day, tuple(inputs))
    return SnapshotStore(folder).write(build_hcpcs(plan, lambda item: content[item.sha256]))


def dates_of(release: str) -> dict[str, tuple[str, str]]:
    """Code → added and termination date as YYYYMMDD, read without the program's parsers."""
    if release in TEXT:
        return {
            code: (str(row["added_date"]), str(row["termination_date"])) for code, row in slow_rows(release).items()
        }
    with warnings.catch_warnings():
        # A page footer that openpyxl cannot read.
        warnings.simplefilter("ignore")
        sheet = load_workbook(BytesIO(published(*EXCEL[release])), read_only=True).worksheets[0]
        rows = list(sheet.iter_rows(values_only=True))
    top = next(index for index, row in enumerate(rows) if row and str(row[0]).strip() == "HCPC")
    header = [str(cell).strip() for cell in rows[top]]
    code, record, added, ended = (header.index(name) for name in ("HCPC", "RECID", "ADD DT", "TERM DT"))
    found = {}
    for row in rows[top + 1 :]:
        if row and row[code] is not None and str(row[record]).strip() in {"3", "7"}:
            key = str(row[code]).strip()
            key = key.zfill(2) if len(key) < 2 else key
            found[key] = (str(row[added] or "").strip(), str(row[ended] or "").strip())
    return found
