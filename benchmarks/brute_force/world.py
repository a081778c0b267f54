"""A workspace with every genuine release and four generated quarters of NCCI edits, some of them corrected later."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from pathlib import Path

from measured import DATA
from ncci_generator import quarters, write_ptp
from ncci_made_ptp import EVERY_KIND, following
from ncci_made_tables import add_on_quarters, mue_quarters
from ncci_write_tables import write_add_on, write_mue

from codeset_pipeline import pipeline
from codeset_pipeline.settings import Workspace

GENUINE = ("icd10cm", "icd10pcs", "hcpcs")
NCCI = ("ncci-ptp-practitioner", "ncci-ptp-hospital", "ncci-mue-practitioner", "ncci-aoc")
_FIRST = "2025Q3"
_CORRECTED = 1
# The corrections lack edits that the release before had, more than the gate lets pass without somebody's looking.
_GATE = frozenset({"rows_vanished"})


def write_ncci(out: Path, rows: int, settings: tuple[str, ...] = ("practitioner", "hospital"), count: int = 4) -> None:
    """Quarters of PTP edits, MUE and add-on codes with every kind of change; the second one is corrected later.

    Args:
        rows: PTP edits of a quarter; there are a third as many MUE and a quarter as many add-on code edits.
    """
    changes = {**{kind: max(2, n * rows // 400_000) for kind, n in EVERY_KIND.items()}, "withdrawn": 3, "aged_out": 3}
    for number, setting in enumerate(settings):
        made = list(islice(quarters(rows, _FIRST, 1 + 1000 * number, changes), count))
        for quarter in made:
            write_ptp(out / quarter.label, quarter, setting)
        # The correction states other changes from the quarter before than the first posting did.
        other = following(made[_CORRECTED - 1], changes, seed=99)
        write_ptp(out / "corrected", other, setting, revision=1)
    mues = list(islice(mue_quarters(max(100, rows // 3), _FIRST), count))
    for mue in mues:
        write_mue(out / mue.label, mue.start, mue.rows)
    again = mues[_CORRECTED]
    corrected = [
        row._replace(value=(row.value + 1) % 90_000) if number % 50 == 0 else row
        for number, row in enumerate(again.rows)
    ]
    write_mue(out / "corrected", again.start, corrected[5:], posted=again.start + timedelta(days=20))
    add_on_changes = dict.fromkeys(
        ("primary_added", "add_on_added", "edit_deleted", "primary_deleted", "add_on_deleted", "deleted_retroactively"),
        4,
    ) | {"note_changed": 3, "type_changed": 1, "withdrawn": 3}
    tables = list(islice(add_on_quarters(max(200, rows // 4), _FIRST, counts=add_on_changes), count))
    for table in tables:
        write_add_on(out / table.label, table.start, table.rows)
    table = tables[_CORRECTED]
    ended = [
        row._replace(deleted_on=table.start + timedelta(days=9)) if number % 60 == 0 and not row.deleted_on else row
        for number, row in enumerate(table.rows)
    ]
    write_add_on(out / "corrected", table.start, ended[2:], replacement=True, posted=table.start + timedelta(days=25))


def accept_all(place: Workspace, code_sets: tuple[str, ...], folder: Path) -> None:
    """Accept every release of some code sets that lies in a folder."""
    for code_set in code_sets:
        intake = pipeline.discover(code_set, folder, workspace=place)
        pipeline.accept(place, intake, everything=True, checks_to_accept=_GATE)


def made_workspace(home: Path, rows: int = 40_000) -> Path:
    """A workspace whose releases are accepted and not loaded yet."""
    place = Workspace.at(home)
    for code_set in GENUINE:
        accept_all(place, (code_set,), DATA / code_set)
    made = home / "made"
    write_ncci(made, rows)
    for folder in sorted(made.iterdir()):
        accept_all(place, NCCI, folder)
    return home
