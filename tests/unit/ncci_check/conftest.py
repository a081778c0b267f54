"""Three quarters of made-up NCCI tables in one workspace, and the rows that each of them has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection

from codeset_pipeline import pipeline
from codeset_pipeline.demo.ncci_layouts import (
    AddOnEdit,
    MueValue,
    PtpEdit,
    add_on_workbook,
    mue_csv,
    ptp_text,
)
from codeset_pipeline.demo.sample_hcpcs.plain_workbook import stored_zip
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.labels import label_of, ncci_version
from codeset_pipeline.parse.ncci_ptp_rules import RATIONALES
from codeset_pipeline.settings import Workspace

CODES = [f"A{number:04}" for number in range(1, 15)]
QUARTERS = (date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1))
# The third quarter was posted late, after it began.
POSTED = dict(zip(QUARTERS, (date(2025, 12, 1), date(2026, 3, 2), date(2026, 7, 9)), strict=True))
DAYS = [
    *(date(2024, 1, 1), date(2025, 7, 1), date(2025, 9, 30), date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 15)),
    *(date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 8, 1)),
]
# Small tables are unlike the publisher's in every way that the gate looks at.
ANYTHING = frozenset({"row_drift", "rows_vanished", "known_counts", "another_quarter"})


@dataclass
class World:
    """What the publisher has said, quarter by quarter."""

    home: Path
    ptp: dict[date, list[PtpEdit]] = field(default_factory=dict)
    mue: dict[date, list[MueValue]] = field(default_factory=dict)
    add_on: dict[date, list[AddOnEdit]] = field(default_factory=dict)


def _ptp(random: Random) -> Iterator[list[PtpEdit]]:
    rows: dict[tuple[str, str, date], PtpEdit] = {}

    def put(edit: PtpEdit) -> None:
        if edit.modifier_indicator == "9":
            edit = edit._replace(deleted_on=edit.effective_from)
        elif edit.deleted_on is not None and edit.deleted_on < edit.effective_from:
            edit = edit._replace(deleted_on=None)
        rows[edit.column_1, edit.column_2, edit.effective_from] = edit

    def some() -> PtpEdit:
        one, two = random.sample(CODES[:12], 2)
        end = random.choice([None, None, None, *DAYS])
        return PtpEdit(one, two, False, random.choice(DAYS), end, random.choice("00011119"), random.choice(RATIONALES))

    for _ in range(70):
        put(some())
    yield sorted(rows.values(), key=lambda row: (row[0], row[1], row[3]))
    for _ in QUARTERS[1:]:
        # One open edit vanishes from the file without a deletion date.
        vanished = next(key for key, edit in sorted(rows.items()) if edit.deleted_on is None)
        del rows[vanished]
        for edit in random.sample(sorted(rows.values(), key=str), 14):
            put(edit._replace(deleted_on=random.choice([None, *DAYS]), modifier_indicator=random.choice("01")))
        for _ in range(10):
            put(some())
        yield sorted(rows.values(), key=lambda row: (row[0], row[1], row[3]))


def _mue(random: Random) -> Iterator[list[MueValue]]:
    for _ in QUARTERS:
        codes = sorted(random.sample(CODES[:13], 9))
        yield [MueValue(code, random.choice([0, 1, 4]), random.choice("123"), "Clinical: Data") for code in codes]


def _add_on(random: Random) -> Iterator[list[AddOnEdit]]:
    rows: dict[tuple[str, str, date], AddOnEdit] = {}
    for _ in QUARTERS:
        for _ in range(9):
            one, two = random.sample(CODES[:9], 2)
            kind = "1" if one < "A0005" else "3" if one < "A0008" else "2"
            primary = "CCCCC" if kind == "2" or (kind == "3" and random.random() < 0.3) else two
            start = random.choice(DAYS)
            ends = [random.choice([None, None, None, *(day for day in DAYS if day >= start)]) for _ in range(3)]
            edit = AddOnEdit(kind, one, ends[0], primary, ends[1], start, ends[2], random.choice(["", "See manual"]))
            rows[one, primary, start] = edit
        yield sorted(rows.values(), key=lambda row: (row.add_on_code, row.primary_code, row.effective_from))


def _archives(world: World, quarter: date) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    label, year, version = label_of("ncci-aoc", quarter), quarter.year, ncci_version(quarter)
    low, stem = label.lower(), f"ccipra-{version}r0-f1"
    name = f"medicare-ncci-{low}-practitioner-ptp-edits-{stem}.zip"
    yield "ncci-ptp-practitioner", name, {f"{stem}.txt": ptp_text(world.ptp[quarter], year)}
    name = f"MCR_MUE_PractitionerServices_Eff_{quarter:%m-%d-%Y}"
    yield "ncci-mue-practitioner", f"{name}.zip", {f"{name}.csv": mue_csv(world.mue[quarter], "practitioner", year)}
    name = f"AOC_V{label}-MCR"
    yield "ncci-aoc", f"{name}.zip", {f"{name}.xlsx": add_on_workbook(world.add_on[quarter], year)}


def fill(home: Path) -> World:
    """Accept and load three quarters of each table in a workspace."""
    random = Random(11)
    made = World(home)
    tables = zip(QUARTERS, _ptp(random), _mue(random), _add_on(random), strict=True)
    for quarter, made.ptp[quarter], made.mue[quarter], made.add_on[quarter] in tables:
        place = Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}")
        for code_set, name, members in _archives(made, quarter):
            path = home / name
            path.write_bytes(stored_zip(members, (2026, 1, 1, 0, 0, 0)))
            intake = pipeline.discover(code_set, path)
            pipeline.accept(place, intake, checks_to_accept=ANYTHING, published=POSTED[quarter])
            pipeline.load(place, code_set)
    return made


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return fill(tmp_path_factory.mktemp("check"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest, world: World) -> Iterator[Connection]:
    url = f"sqlite:///{world.home / 'codeset.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").database()
        for code_set in ("ncci-ptp-practitioner", "ncci-mue-practitioner", "ncci-aoc"):
            pipeline.load(Workspace.at(world.home, url), code_set)
    database = HistoryDatabase(url)
    with database.reading() as found:
        yield found
    database.dispose()
