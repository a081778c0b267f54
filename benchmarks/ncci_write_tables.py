"""Writes made MUE and add-on code tables as the zips that CMS posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ncci_archives import posted_on, quarter_name, write_zip

from codeset_pipeline.demo.ncci_layouts import (
    AddOnEdit,
    MueValue,
    add_on_text,
    add_on_workbook,
    medicaid_mue_text,
    mue_csv,
    mue_workbook,
)

# Setting → the words in the name of the archive, and in those of its members.
MUE_NAMES = {
    "practitioner": ("practitioner-services", "PractitionerServices"),
    "outpatient": ("facility-outpatient-hospital-services", "OutpatientHospitalServices"),
    "dme": ("dme-supplier-services", "DMESupplierServices"),
}
_MEDICAID_NAMES = {
    "practitioner": "practitioner-services",
    "outpatient": "outpatient-hospital-services",
    "dme": "durable-medical-equipment",
}


def write_mue(
    folder: Path, start: date, rows: Sequence[MueValue], setting: str = "practitioner", *, posted: date | None = None
) -> Path:
    """Write `medicare-ncci-2026-q3-practitioner-services-mue-table.zip` and its like."""
    archive, stem = MUE_NAMES[setting]
    member = f"MCR_MUE_{stem}_Eff_{start:%m-%d-%Y}"
    quarter = quarter_name(start).replace("q", "-q")
    return write_zip(
        folder / f"medicare-ncci-{quarter}-{archive}-mue-table.zip",
        {
            f"{member}.csv": mue_csv(rows, setting, start.year),
            f"{member}.xlsx": mue_workbook(rows, setting, start.year),
        },
        posted or posted_on(start),
    )


def write_medicaid_mue(folder: Path, start: date, rows: Sequence[MueValue], setting: str = "practitioner") -> Path:
    """Write `medicaid-ncci-2026-q3-mue-edits-practitioner-services.zip` and its like."""
    quarter = quarter_name(start).replace("q", "-q")
    name = f"medicaid-ncci-{quarter}-mue-edits-{_MEDICAID_NAMES[setting]}.zip"
    member = f"MCD_MUE_{quarter.upper()}.txt"
    return write_zip(folder / name, {member: medicaid_mue_text(rows, setting, start.year)}, posted_on(start))


def write_add_on(
    folder: Path, start: date, rows: Sequence[AddOnEdit], *, replacement: bool = False, posted: date | None = None
) -> Path:
    """Write `add-code-edits-medicare-effective-07012026.zip`, or the replacement file that is posted later."""
    version = f"AOC_V{quarter_name(start).upper()}"
    words = "replacement-file-medicare" if replacement else "medicare"
    name = f"add-code-edits-{words}-effective-{start:%m%d%Y}{'-zip' if replacement else ''}.zip"
    members = {
        f"{version}-MCR.xlsx": add_on_workbook(rows, start.year),
        f"{version}-F-MCR.txt": add_on_text(rows),
    }
    return write_zip(folder / name, members, posted or posted_on(start))
