"""PTP releases written as files, in the publisher's layout and under the publisher's names."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from codeset_pipeline.demo.ncci_layouts import PtpEdit, ptp_text
from codeset_pipeline.labels import ncci_version
from codeset_pipeline.parse.ncci_ptp_rules import RATIONALES

MISUSE = RATIONALES[1]
STEMS = {"practitioner": "ccipra", "hospital": "ccioph"}


def edit(
    pair: str,
    start: str = "2020-01-01",
    end: str | None = None,
    indicator: str = "1",
    rationale: str = MISUSE,
    before_1996: bool = False,
) -> PtpEdit:
    """One row, such as `edit("A4216/J7050")`."""
    first, second = pair.split("/")
    last = date.fromisoformat(end) if end else None
    return PtpEdit(first, second, before_1996, date.fromisoformat(start), last, indicator, rationale)


def quarter_start(label: str) -> date:
    return date(int(label[:4]), 3 * int(label[5]) - 2, 1)


def stem_of(label: str, part: int, revision: int = 0, setting: str = "practitioner") -> str:
    return f"{STEMS[setting]}-{ncci_version(quarter_start(label))}r{revision}-f{part}"


def zip_of(folder: Path, name: str, members: dict[str, bytes], written: date = date(2026, 3, 5)) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        for member, content in members.items():
            info = zipfile.ZipInfo(member, (written.year, written.month, written.day, 0, 0, 0))
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return folder / name


def part_name(label: str, part: int, revision: int = 0, setting: str = "practitioner") -> str:
    stem = stem_of(label, part, revision, setting)
    return f"medicare-ncci-{label.lower()}-{setting}-ptp-edits-{stem}.zip"


def write_part(
    folder: Path,
    label: str,
    part: int,
    content: bytes,
    *,
    revision: int = 0,
    setting: str = "practitioner",
    written: date = date(2026, 3, 5),
) -> Path:
    """The zip of one part with any bytes as its text."""
    member = f"{stem_of(label, part, revision, setting)}.TXT"
    return zip_of(folder, part_name(label, part, revision, setting), {member: content}, written)


def write_release(
    folder: Path,
    label: str,
    parts: Sequence[Sequence[PtpEdit]],
    *,
    revision: int = 0,
    setting: str = "practitioner",
    written: date = date(2026, 3, 5),
) -> Path:
    """The zips of all parts; returns the folder."""
    for number, edits in enumerate(parts, 1):
        write_part(
            folder,
            label,
            number,
            ptp_text(edits, quarter_start(label).year),
            revision=revision,
            setting=setting,
            written=written,
        )
    return folder
