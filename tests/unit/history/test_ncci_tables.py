"""MUE and add-on code history against a plain reading of the releases, for every code and every date that matters."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from ncci_made_tables import ADD_ON_CHANGES, MUE_CHANGES, add_on_quarters, mue_quarters
from ncci_write_tables import write_add_on, write_mue

from codeset_pipeline import pipeline
from codeset_pipeline.demo.ncci_layouts import AddOnEdit, MueValue
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history.answer import full_answer
from codeset_pipeline.history.content_hash import content_hash
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.documents import history_document
from codeset_pipeline.history.lookup import CodeLookup, open_lookup
from codeset_pipeline.settings import Workspace
from tests.unit.history.loading import history_hash, workspace

MUE, ADD_ON = "ncci-mue-practitioner", "ncci-aoc"
DAY = timedelta(days=1)
ANYTHING = frozenset({"row_drift"})


@dataclass(frozen=True)
class Posted:
    """One file as it was posted: when, for which quarter, and what it says."""

    published: date
    start: date
    rows: list[MueValue] | list[AddOnEdit]
    path: Path


@dataclass
class World:
    files: list[Posted] = field(default_factory=list)

    def known(self, published: date | None) -> dict[date, list[MueValue] | list[AddOnEdit]]:
        """Quarter → its newest table by a date."""
        posted = sorted(self.files, key=lambda file: file.published)
        return {f.start: f.rows for f in posted if published is None or f.published <= published}


def mue_world(folder: Path) -> World:
    """Four quarters, the second of them replaced within the quarter, and the first after the third was out."""
    found = World()
    made = list(itertools.islice(mue_quarters(70, seed=3, counts=dict.fromkeys(MUE_CHANGES, 3)), 6))
    for quarter in made[:4]:
        path = write_mue(folder / quarter.label, quarter.start, quarter.rows)
        found.files.append(Posted(quarter.start, quarter.start, quarter.rows, path))
    for replaced, posted in ((made[1], date(2026, 8, 20)), (made[0], date(2026, 7, 9))):
        # What a later quarter says, posted as a correction: codes come, go and change between revisions.
        rows = made[5].rows
        path = write_mue(folder / f"{replaced.label} again", replaced.start, rows, posted=posted)
        found.files.append(Posted(posted, replaced.start, rows, path))
    return found


def add_on_world(folder: Path) -> World:
    found = World()
    counts = {**dict.fromkeys(ADD_ON_CHANGES, 2), "withdrawn": 3}
    made = list(itertools.islice(add_on_quarters(140, seed=3, counts=counts), 6))
    for quarter in made[:4]:
        path = write_add_on(folder / quarter.label, quarter.start, quarter.rows)
        found.files.append(Posted(quarter.start, quarter.start, quarter.rows, path))
    for replaced, posted in ((made[1], date(2026, 8, 20)), (made[0], date(2026, 7, 9))):
        rows = made[5].rows
        place = folder / f"{replaced.label} again"
        path = write_add_on(place, replaced.start, rows, replacement=True, posted=posted)
        found.files.append(Posted(posted, replaced.start, rows, path))
    return found


WORLDS = {MUE: mue_world, ADD_ON: add_on_world}


def load(home: Path, code_set: str, paths: list[Path], *, together: bool = False) -> None:
    for path in paths:
        intake = pipeline.discover(code_set, path)
        pipeline.accept(workspace(home), intake, everything=True, checks_to_accept=ANYTHING)
        if not together:
            pipeline.load(workspace(home), code_set)
    pipeline.load(workspace(home), code_set)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, World]:
    return {code_set: make(tmp_path_factory.mktemp(code_set)) for code_set, make in WORLDS.items()}


@pytest.fixture(scope="module")
def home(worlds: dict[str, World], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    for code_set, world in worlds.items():
        load(folder, code_set, [file.path for file in world.files], together=True)
    return folder


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, home: Path) -> str:
    """The history of the workspace, in its own file and in PostgreSQL."""
    if request.param == "sqlite":
        return workspace(home).database_url
    url: str = request.getfixturevalue("postgresql").database()
    for code_set in WORLDS:
        pipeline.load(Workspace.at(home, url), code_set)
    return url


@pytest.fixture
def looker(database_url: str) -> Iterator[CodeLookup]:
    database = HistoryDatabase(database_url)
    with open_lookup(database) as found:
        yield found
    database.dispose()


def around(days: set[date]) -> list[date]:
    return sorted(days | {day - DAY for day in days} | {day + DAY for day in days})


def mue_read_plainly(tables: dict[date, list[MueValue]], code: str, on: date) -> tuple[str, int | None, str | None]:
    """Status, value and indicator of a code: what the table in force on the date says."""
    listed = {start: {row.code: row for row in rows}.get(code) for start, rows in tables.items()}
    earlier = [start for start in sorted(listed) if start <= on]
    if earlier and listed[earlier[-1]]:
        row = listed[earlier[-1]]
        assert row
        return ("valid", row.value, row.mai)
    if any(listed[start] for start in earlier):
        return ("ended", None, None)
    later = [start for start in sorted(listed) if listed[start]]
    if not later:
        return ("unknown", None, None)
    # Before the oldest table nothing is known of the codes that stand in it.
    return ("unknown" if later[0] == min(listed) else "not_yet_valid", None, None)


def test_every_mue_on_every_date_is_what_the_tables_say(worlds: dict[str, World], looker: CodeLookup) -> None:
    world = worlds[MUE]
    codes = ["99999", *sorted({row.code for file in world.files for row in file.rows})]  # type: ignore[union-attr]
    days = around({file.start for file in world.files})
    asked = 0
    for published in [None, *around({file.published for file in world.files})]:
        tables = world.known(published)
        for code, on in itertools.product(codes, days):
            answer = full_answer(looker, MUE, code, on, published)
            expected = mue_read_plainly(tables, code, on)  # type: ignore[arg-type]
            told = (answer["status"], answer["mue_value"], answer.get("mai"))
            assert told[: 3 if expected[0] == "valid" else 1] == expected[: 3 if expected[0] == "valid" else 1], (
                code, on, published, answer,
            )  # fmt: skip
            asked += 1
    assert asked > 10_000


Pairs = set[tuple[str, str]]


def all_said(tables: dict[date, list[AddOnEdit]]) -> list[AddOnEdit]:
    """Each edit as the file that takes effect last says."""
    said: dict[tuple[str, str, date], AddOnEdit] = {}
    for start in sorted(tables):
        for edit in tables[start]:
            said[edit.add_on_code, edit.primary_code, edit.effective_from] = edit
    return list(said.values())


def add_on_read_plainly(edits: list[AddOnEdit], code: str, on: date) -> tuple[Pairs, Pairs]:
    """(primary, type) of the edits in force that name the code as add-on code, and (add-on code, type) as primary."""
    in_force = [
        edit
        for edit in edits
        if edit.effective_from <= on
        and all(end is None or end >= on for end in (edit.add_on_deleted_on, edit.primary_deleted_on, edit.deleted_on))
    ]
    return (
        {(e.primary_code, e.edit_type) for e in in_force if e.add_on_code == code},
        {(e.add_on_code, e.edit_type) for e in in_force if e.primary_code == code},
    )


def test_every_add_on_code_on_every_date_is_what_the_files_say(worlds: dict[str, World], looker: CodeLookup) -> None:
    world = worlds[ADD_ON]
    edits: list[AddOnEdit] = [edit for file in world.files for edit in file.rows]  # type: ignore[misc]
    codes = sorted({code for edit in edits for code in (edit.add_on_code, edit.primary_code)})
    days = {file.start for file in world.files}
    asked = 0
    for published in [None, *around({file.published for file in world.files})]:
        said = all_said(world.known(published))  # type: ignore[arg-type]
        for code in codes:
            own = [edit for edit in edits if code in (edit.add_on_code, edit.primary_code)]
            dates = days | {edit.effective_from for edit in own} | {edit.deleted_on for edit in own if edit.deleted_on}
            known = [edit for edit in said if code in (edit.add_on_code, edit.primary_code)]
            named = any(edit.add_on_code == code for edit in known)
            for on in around(dates if len(own) < 8 else days):
                answer = full_answer(looker, ADD_ON, code, on, published)
                primaries, add_ons = add_on_read_plainly(known, code, on)
                where = (code, on, published, answer)
                if primaries:
                    assert {(p["primary_code"], p["edit_type"]) for p in answer["primaries"]} == primaries, where
                    assert set(answer["primary_codes"]) == {p for p, _ in primaries} - {"CCCCC"}, where
                    expected = any(p == "CCCCC" or kind == "3" for p, kind in primaries)
                    assert answer["contractor_defined"] == expected, where
                assert {(a["add_on_code"], a["edit_type"]) for a in answer["add_ons"]} == add_ons, where
                assert (answer["status"] == "valid") == bool(primaries if named else add_ons), where
                asked += 1
    assert asked > 10_000


@pytest.mark.parametrize("code_set", WORLDS)
def test_any_order_of_loading_gives_one_history(code_set: str, worlds: dict[str, World], tmp_path: Path) -> None:
    paths = [file.path for file in worlds[code_set].files]
    orders = [paths, paths[::-1], paths[::2] + paths[1::2]]
    hashes = set()
    for number, order in enumerate(orders):
        load(tmp_path / str(number), code_set, order, together=number == 2)
        hashes.add(history_hash(tmp_path / str(number)))
    assert len(hashes) == 1


def test_the_database_can_be_made_again_from_the_snapshots(home: Path, tmp_path: Path) -> None:
    before = history_hash(home)
    again = Workspace.at(home, f"sqlite:///{tmp_path / 'again.sqlite'}")
    for code_set in WORLDS:
        pipeline.load(again, code_set)
    database = HistoryDatabase(again.database_url)
    with database.reading() as connection:
        assert content_hash(connection) == before
    database.dispose()


@pytest.mark.parametrize("code_set", WORLDS)
def test_each_file_made_a_release_or_a_revision_of_one(code_set: str, home: Path) -> None:
    from codeset_pipeline.snapshots.accept import Acceptor
    from codeset_pipeline.sources.definition import source

    held = [
        (r.plan.effective_from, r.plan.revision, r.plan.published)
        for r in Acceptor(workspace(home), source(code_set)).revisions()
    ]
    assert held == [
        (date(2026, 4, 1), 0, date(2026, 4, 1)),
        (date(2026, 4, 1), 1, date(2026, 7, 9)),
        (date(2026, 7, 1), 0, date(2026, 7, 1)),
        (date(2026, 7, 1), 1, date(2026, 8, 20)),
        (date(2026, 10, 1), 0, date(2026, 10, 1)),
        (date(2027, 1, 1), 0, date(2027, 1, 1)),
    ]


def write(folder: Path, *tables: tuple[date, list[MueValue]]) -> list[Path]:
    return [write_mue(folder / f"{start}", start, rows) for start, rows in tables]


Q2, Q3, Q4, Q1 = date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1)


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeLookup]:
    """One code through all that can happen to it, beside one that nothing happens to."""
    folder = tmp_path_factory.mktemp("lives")
    stays = MueValue("A4216", 3, "3", "CMS Policy")
    paths = write(
        folder,
        (Q2, [stays, MueValue("J1885", 8, "3", "Prescribing Information")]),
        (Q3, [stays, MueValue("J1885", 4, "1", "Prescribing Information")]),
        (Q4, [stays]),
        (Q1, [stays, MueValue("J1885", 0, "2", "CMS Policy")]),
    )
    load(folder / "home", MUE, paths, together=True)
    database = HistoryDatabase(workspace(folder / "home").database_url)
    with open_lookup(database) as found:
        yield found
    database.dispose()


def test_the_history_of_a_code_says_what_happened_to_its_value(lives: CodeLookup) -> None:
    found = history_document(lives, MUE, "j1885")
    assert [(row["on"], row["kind"]) for row in found.rows] == [
        ("2026-04-01", "in_force_on_or_before"),
        ("2026-07-01", "mue_value_changed"),
        ("2026-07-01", "mai_changed"),
        ("2026-10-01", "no_longer_published"),
        ("2027-01-01", "published_again"),
    ]
    assert found.rows[1]["old"] == "8 units, MAI 3, Prescribing Information"
    assert found.rows[1]["new"] == "4 units, MAI 1, Prescribing Information"
    with pytest.raises(HistoryError, match="confidential"):
        history_document(lives, MUE, "J9999")


def test_a_code_that_left_the_table_is_no_longer_published_which_the_answer_says(lives: CodeLookup) -> None:
    answer = full_answer(lives, MUE, "J1885", date(2026, 11, 1))
    assert (answer["status"], answer["mue_value"], answer["effective_to"]) == ("ended", 4, "2026-09-30")
    assert answer["note"].startswith("no longer published since 2026Q4")
    assert "confidential" in answer["note"]


def test_an_indicator_comes_with_its_meaning_and_none_paid_is_said(lives: CodeLookup) -> None:
    answer = full_answer(lives, MUE, "J1885", date(2027, 2, 1))
    assert (answer["status"], answer["mue_value"], answer["mai"]) == ("valid", 0, "2")
    assert answer["mai_meaning"].startswith("date of service edit by policy")
    assert answer["note"].startswith("0 units")
    assert full_answer(lives, MUE, "A4216", date(2027, 2, 1))["note"] is None


def test_a_date_before_the_oldest_table_is_unknown(lives: CodeLookup) -> None:
    answer = full_answer(lives, MUE, "A4216", date(2026, 3, 31))
    assert answer["status"] == "unknown"
    assert "2026Q2" in answer["note"]


@pytest.fixture(scope="module")
def add_ons(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeLookup]:
    folder = tmp_path_factory.mktemp("add_ons")
    begun, again = date(2013, 4, 1), date(2026, 4, 1)
    rows = [
        AddOnEdit("1", "A0422", None, "A0425", None, begun, date(2020, 12, 31), ""),
        AddOnEdit("1", "A0422", None, "A0425", None, again, None, "A note"),
        AddOnEdit("1", "A0422", None, "A0426", date(2024, 12, 31), begun, date(2025, 6, 30), ""),
        AddOnEdit("1", "A0422", None, "A0427", None, begun, date(2013, 3, 1), ""),
        AddOnEdit("2", "G0500", None, "CCCCC", None, begun, None, ""),
        AddOnEdit("3", "G0501", date(2026, 6, 30), "A0425", None, date(2026, 5, 1), None, ""),
    ]
    # The next quarter lists the others alone: of those left out one had ended, one had not.
    gone = AddOnEdit("1", "G0502", None, "A0425", None, begun, None, "")
    aged_out = AddOnEdit("1", "G0502", None, "A0426", None, begun, date(2015, 12, 31), "")
    paths = [write_add_on(folder / "2", Q2, [*rows, gone, aged_out]), write_add_on(folder / "3", Q3, rows)]
    load(folder / "home", ADD_ON, paths, together=True)
    database = HistoryDatabase(workspace(folder / "home").database_url)
    with open_lookup(database) as found:
        yield found
    database.dispose()


@pytest.mark.parametrize(
    ("code", "on", "status", "primaries", "since", "until"),
    [
        ("A0422", date(2013, 3, 31), "not_yet_valid", ["A0425", "A0426"], "2013-04-01", "2024-12-31"),
        ("A0422", date(2014, 1, 1), "valid", ["A0425", "A0426"], "2013-04-01", "2024-12-31"),
        ("A0422", date(2021, 1, 1), "valid", ["A0426"], "2013-04-01", "2024-12-31"),
        ("A0422", date(2025, 1, 1), "ended", ["A0426"], "2013-04-01", "2024-12-31"),
        ("A0422", date(2026, 4, 1), "valid", ["A0425"], "2026-04-01", None),
        ("G0500", date(2026, 4, 1), "valid", [], "2013-04-01", None),
        ("G0501", date(2026, 6, 30), "valid", ["A0425"], "2026-05-01", "2026-06-30"),
        ("G0501", date(2026, 7, 1), "ended", ["A0425"], "2026-05-01", "2026-06-30"),
    ],
)
def test_an_add_on_code_has_the_primaries_of_the_edits_in_force(
    add_ons: CodeLookup, code: str, on: date, status: str, primaries: list[str], since: str, until: str | None
) -> None:
    answer = full_answer(add_ons, ADD_ON, code, on)
    assert (answer["status"], answer["primary_codes"]) == (status, primaries)
    assert (answer["effective_from"], answer["effective_to"]) == (since, until)
    assert answer["contractor_defined"] == (code != "A0422")


def test_an_edit_that_left_the_file_without_an_end_stands_and_the_answer_says_so(add_ons: CodeLookup) -> None:
    answer = full_answer(add_ons, ADD_ON, "G0502", date(2026, 8, 1))
    assert (answer["status"], answer["primary_codes"]) == ("valid", ["A0425"])
    assert "missing from the file of 2026Q3" in answer["note"]
    assert answer["primaries"][0]["missing_from"] == "2026-07-01"
    assert full_answer(add_ons, ADD_ON, "G0502", date(2026, 8, 1), date(2026, 6, 30))["note"] is None
    assert "2026Q3" in full_answer(add_ons, ADD_ON, "A0425", date(2026, 8, 1))["note"]
    assert full_answer(add_ons, ADD_ON, "A0422", date(2026, 8, 1))["note"] is None
    assert full_answer(add_ons, ADD_ON, "A0426", date(2015, 8, 1))["note"] is None
    events = [(row["on"], row["kind"], row["old"]) for row in history_document(add_ons, ADD_ON, "G0502").rows]
    assert events[2:] == [
        ("2016-01-01", "primary_deleted", "A0426 (type 1)"),
        ("2026-07-01", "withdrawn", "A0425 (type 1)"),
    ]


def test_a_primary_has_the_add_on_codes_of_the_edits_in_force(add_ons: CodeLookup) -> None:
    answer = full_answer(add_ons, ADD_ON, "a0425", date(2026, 6, 1))
    assert (answer["role"], answer["status"]) == ("primary", "valid")
    assert answer["add_on_codes"] == ["A0422", "G0501", "G0502"]
    ended = full_answer(add_ons, ADD_ON, "A0426", date(2026, 1, 1))
    assert (ended["role"], ended["status"], ended["effective_to"]) == ("primary", "ended", "2024-12-31")
    unknown = full_answer(add_ons, ADD_ON, "J9999", date(2026, 6, 1))
    assert (unknown["status"], unknown["role"]) == ("unknown", None)


def test_the_history_of_an_add_on_code_lists_what_came_and_went(add_ons: CodeLookup) -> None:
    found = history_document(add_ons, ADD_ON, "A0422")
    assert [(row["on"], row["kind"], row["new"] or row["old"]) for row in found.rows] == [
        ("2013-04-01", "never_in_force", "A0427 (type 1)"),
        ("2013-04-01", "primary_added", "A0425 (type 1)"),
        ("2013-04-01", "primary_added", "A0426 (type 1)"),
        ("2021-01-01", "primary_deleted", "A0425 (type 1)"),
        ("2025-01-01", "primary_deleted", "A0426 (type 1)"),
        ("2026-04-01", "primary_added", "A0425 (type 1)"),
    ]
    with pytest.raises(HistoryError, match="neither an add-on code nor a primary"):
        history_document(add_ons, ADD_ON, "J9999")
