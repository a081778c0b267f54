"""Two generated quarters of PTP edits at any size, and a workspace that has them; made once where a folder is kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from codeset_pipeline import pipeline
from codeset_pipeline.settings import Workspace

CODE_SET = "ncci-ptp-practitioner"
QUARTERS = ("2026Q2", "2026Q3")


def made_quarters(folder: Path, rows: int) -> Path:
    """The folder with both quarters' zips, every kind of change among them."""
    if not (folder / QUARTERS[1] / "changes-practitioner.json").is_file():
        print(f"making    two quarters of {rows:,} edits in {folder}")
        generator = Path(__file__).with_name("ncci_generator.py")
        subprocess.run([sys.executable, str(generator), str(folder), "--rows", str(rows)], check=True)
    return folder


def workspace_with(home: Path, made: Path, quarters: tuple[str, ...] = QUARTERS, *, load: bool = False) -> Workspace:
    """A workspace that has accepted the quarters; with `load` also in its history."""
    place = Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}")
    for quarter in quarters:
        if any((place.snapshots / CODE_SET).glob(f"{_start(quarter)}/*/manifest.json")):
            continue
        print(f"accepting {quarter}")
        pipeline.accept(place, pipeline.discover(CODE_SET, made / quarter))
    if load:
        pipeline.load(place, CODE_SET)
    return place


def _start(quarter: str) -> str:
    from codeset_pipeline.labels import effective_date

    return effective_date(quarter).isoformat()
