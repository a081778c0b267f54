"""Zips named and dated as CMS names and dates those of a quarter."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path


def quarter_name(quarter: date) -> str:
    return f"{quarter.year}q{(quarter.month + 2) // 3}"


def write_zip(path: Path, members: dict[str, bytes], posted: date) -> Path:
    """A zip of small members, dated as if posted on a day."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (posted.year, posted.month, posted.day, 12, 0, 0))
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return path


def posted_on(quarter: date) -> date:
    """About a month before the quarter."""
    return date(quarter.year - (quarter.month == 1), (quarter.month - 2) % 12 + 1, 5)
