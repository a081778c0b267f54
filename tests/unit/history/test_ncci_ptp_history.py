"""The history of PTP edits against a plain reading of all releases, for every edit and every date that matters."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from codeset_pipeline.history.answer import full_answer
from codeset_pipeline.history.content_hash import content_hash
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.load import bring_up_to_date
from codeset_pipeline.history.lookup import CodeLookup, open_lookup
from codeset_pipeline.history.ncci_ptp_query import EditVersion, edits_of_pair, edits_with_code
from codeset_pipeline.snapshots.ncci_tables import NCCI_PTP_EDITS
from codeset_pipeline.snapshots.plan import RevisionPlan
from codeset_pipeline.snapshots.revision import AcceptedRevision
from tests.ncci_snapshots import made_snapshot
from tests.postgresql import Server

SET = "ncci-ptp-practitioner"
DAY = timedelta(days=1)
QUARTERS = [date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)]
CODES = ["02001", "0300X", "A4216", "J7050"]
STARTS = [date(2020, 1, 1), date(2024, 7, 1), date(2026, 4, 1)]
ENDS = [None, None, date(2025, 12, 31), date(2026, 6, 30), date(2027, 1, 1)]
Row = tuple[str, str, date, date | None, str, bool, str]


@dataclass(frozen=True)
class Posted:
    """One release revision: when it was posted, which quarter it is of, and its rows."""

    published: date
    quarter: date
    revision: int
    rows: tuple[Row, ...]


def row(rng: random.Random, first: str, second: str, start: date) -> Row:
    end = rng.choice([*ENDS, start])
    indicator = "9" if end == start else rng.choice("01")
    return first, second, start, end, indicator, start.year < 2021, rng.choice(["Gender-specific procedures", "New"])


def world(seed: int) -> list[Posted]:
    """Quarters in which every edit may appear, change, leave and come back, some of them corrected later on."""
    rng = random.Random(seed)
    keys = [(a, b, s) for a, b, s in itertools.product(CODES, CODES, STARTS) if a != b]
    current = {key: row(rng, *key) for key in keys if rng.random() < 0.6}
    found = []
    for quarter in QUARTERS:
        found.append(Posted(quarter, quarter, 0, tuple(current.values())))
        if rng.random() < 0.7:
            corrected = stirred(rng, current, keys)
            posted = quarter + timedelta(days=rng.choice([0, 20, 130]))
            found.append(Posted(posted, quarter, 1, tuple(corrected.values())))
            current = rng.choice([current, corrected])
        current = stirred(rng, current, keys)
    return found


def stirred(
    rng: random.Random, current: dict[tuple[str, str, date], Row], keys: Sequence[tuple[str, str, date]]
) -> dict[tuple[str, str, date], Row]:
    changed = dict(current)
    for key in keys:
        if rng.random() < 0.25:
            if rng.random() < 0.4:
                changed.pop(key, None)
            else:
                changed[key] = row(rng, *key)
    return changed


def known(posted: Sequence[Posted], published: date | None) -> dict[tuple[str, str, date], tuple[Row, date | None]]:
    """Edit → what the newest quarter that lists it says, and the first quarter after that one if there is any."""
    out = sorted(
        (item for item in posted if published is None or item.published <= published),
        key=lambda item: (item.published, item.quarter, item.revision),
    )
    newest = {item.quarter: item.rows for item in out}
    quarters = sorted(newest)
    found: dict[tuple[str, str, date], tuple[Row, date | None]] = {}
    for place, quarter in enumerate(quarters):
        after = quarters[place + 1] if place + 1 < len(quarters) else None
        for item in newest[quarter]:
            found[item[:3]] = (item, after)
    return found


def accepted(folder: Path, posted: Sequence[Posted]) -> list[AcceptedRevision]:
    made = []
    for item in posted:
        snapshot = made_snapshot(folder, SET, item.quarter, {NCCI_PTP_EDITS.name: item.rows}, revision=item.revision)
        plan = RevisionPlan(SET, item.quarter, item.revision, item.published, ())
        made.append(AcceptedRevision(plan, snapshot))
    return made


def loaded(place: Path | str, batches: Sequence[Sequence[AcceptedRevision]]) -> str:
    """Load what each batch adds to the ones before it into a file or URL; returns the hash of the history."""
    database = HistoryDatabase(place if isinstance(place, str) else f"sqlite:///{place}")
    try:
        there: list[AcceptedRevision] = []
        for batch in batches:
            there += batch
            bring_up_to_date(database, SET, there, "now")
        with database.reading() as connection:
            return content_hash(connection)
    finally:
        database.dispose()


def moments(posted: Sequence[Posted]) -> Iterator[date | None]:
    yield None
    for day in sorted({item.published for item in posted}):
        yield day - DAY
        yield day


def said(edit: EditVersion) -> tuple[Row, date | None]:
    stated = (
        edit.column_1, edit.column_2, edit.effective_from, edit.effective_to, str(edit.modifier_indicator),
        edit.prior_to_1996, edit.rationale,
    )  # fmt: skip
    return stated, edit.missing_from


@pytest.fixture(scope="module", params=[(0, "sqlite"), (1, "sqlite"), (1, "postgresql")], ids=str)
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Posted], str]:
    """What was posted, and the URL of its history."""
    seed, kind = request.param
    folder = tmp_path_factory.mktemp(f"ptp{seed}")
    posted = world(seed)
    url = f"sqlite:///{folder / 'codeset.sqlite'}"
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql").database()
    loaded(url, [accepted(folder, posted)])
    return posted, url


@pytest.fixture
def lookup(history: tuple[list[Posted], str]) -> Iterator[CodeLookup]:
    with open_lookup(HistoryDatabase(history[1])) as found:
        yield found


def test_every_edit_is_what_the_newest_quarter_that_lists_it_says(
    history: tuple[list[Posted], str], lookup: CodeLookup
) -> None:
    posted, _ = history
    for moment in moments(posted):
        expected = known(posted, moment)
        found = {}
        for first, second in itertools.permutations(CODES, 2):
            for edit in edits_of_pair(lookup, SET, first, second, moment):
                key = (edit.column_1, edit.column_2, edit.effective_from)
                assert key not in found
                found[key] = said(edit)
        assert found == expected, moment


def test_a_code_has_the_edits_of_its_pairs_in_either_column(
    history: tuple[list[Posted], str], lookup: CodeLookup
) -> None:
    posted, _ = history
    for moment in (None, date(2026, 5, 1)):
        expected = known(posted, moment)
        for column, code in itertools.product((1, 2), CODES):
            found = [said(edit) for edit in edits_with_code(lookup, SET, code, column, moment)]
            assert found == [expected[key] for key in sorted(expected) if key[column - 1] == code]


def test_a_lookup_says_whether_an_edit_of_the_pair_holds_on_the_day(
    history: tuple[list[Posted], str], lookup: CodeLookup
) -> None:
    posted, _ = history
    days = sorted({*STARTS, *(end for end in ENDS if end)})
    for moment in (None, date(2026, 4, 1)):
        expected = known(posted, moment)
        for first, second in itertools.permutations(CODES, 2):
            rows = [item for item, _ in expected.values() if item[:2] == (first, second)]
            for day in itertools.chain.from_iterable((day - DAY, day, day + DAY) for day in days):
                holds = [r for r in rows if r[4] != "9" and r[2] <= day and (r[3] is None or r[3] >= day)]
                answer = full_answer(lookup, SET, f"{first}/{second}", day, moment)
                assert (answer["status"] == "valid") == bool(holds)
                assert (answer["status"] == "unknown") == (not rows)
                in_force = [e["effective_from"] for e in answer["edits"] if e["in_force"]]
                assert in_force == sorted(r[2].isoformat() for r in holds)


@pytest.mark.parametrize("seed", range(2))
def test_the_order_in_which_releases_arrive_does_not_show(tmp_path: Path, seed: int, postgresql: Server) -> None:
    posted = world(seed)
    everything = accepted(tmp_path, posted)
    at_once = loaded(tmp_path / "at_once.sqlite", [everything])
    in_order = sorted(everything, key=lambda item: (item.plan.published, item.plan.effective_from, item.plan.revision))
    assert loaded(tmp_path / "one_by_one.sqlite", [[item] for item in in_order]) == at_once
    assert loaded(tmp_path / "halves.sqlite", [in_order[:3], in_order[3:]]) == at_once
    mixed = list(everything)
    random.Random(seed).shuffle(mixed)
    cut = len(mixed) // 2
    assert loaded(tmp_path / "mixed.sqlite", [mixed[:cut], mixed[cut:-1], mixed[-1:]]) == at_once
    assert loaded(postgresql.database(), [mixed[:cut], mixed[cut:-1], mixed[-1:]]) == at_once
    assert loaded(postgresql.database(), [[item] for item in in_order]) == at_once


def test_a_quarter_writes_only_what_changed(tmp_path: Path) -> None:
    rows = [(f"{n:05}", "A4216", date(2020, 1, 1), None, "1", False, "Sequential procedure") for n in range(2000, 2500)]
    changed = [*rows[:-1], (*rows[-1][:3], date(2026, 3, 31), *rows[-1][4:])]
    posted = [
        Posted(QUARTERS[1], QUARTERS[1], 0, tuple(rows)),  # type: ignore[arg-type]
        Posted(QUARTERS[2], QUARTERS[2], 0, tuple(changed)),  # type: ignore[arg-type]
    ]
    loaded(tmp_path / "codeset.sqlite", [[item] for item in accepted(tmp_path, posted)])
    database = HistoryDatabase(f"sqlite:///{tmp_path / 'codeset.sqlite'}")
    with database.reading() as connection:
        found = connection.exec_driver_sql(
            "SELECT column_1, effective_to, published_from, published_to, never_in_force "
            "FROM ncci_ptp_edits_as_published WHERE published_from = '2026-04-01' OR published_to IS NOT NULL "
            "ORDER BY published_from"
        ).all()
        total = connection.exec_driver_sql("SELECT count(*) FROM ncci_ptp_edit").scalar_one()
    database.dispose()
    assert found == [
        ("02499", None, "2026-01-01", "2026-03-31", 0),
        ("02499", "2026-03-31", "2026-04-01", None, 0),
    ]
    assert total == 501


def test_an_edit_that_left_the_file_is_shown_as_withdrawn_or_aged_out(tmp_path: Path) -> None:
    first = (
        ("A4216", "J7050", date(2020, 1, 1), None, "1", False, "Sequential procedure"),
        ("A4216", "J1885", date(2020, 1, 1), date(2024, 3, 31), "1", False, "Sequential procedure"),
        ("A4216", "J3490", date(2020, 1, 1), None, "0", False, "Sequential procedure"),
    )
    posted = [Posted(QUARTERS[1], QUARTERS[1], 0, first), Posted(QUARTERS[2], QUARTERS[2], 0, first[2:])]
    loaded(tmp_path / "codeset.sqlite", [accepted(tmp_path, posted)])
    with open_lookup(HistoryDatabase(f"sqlite:///{tmp_path / 'codeset.sqlite'}")) as lookup:
        day = date(2026, 5, 1)
        gone = full_answer(lookup, SET, "A4216/J7050", day)
        assert (gone["status"], gone["note"]) == (
            "valid",
            "no longer listed since 2026Q2, without a deletion date: withdrawn",
        )
        aged = full_answer(lookup, SET, "A4216,J1885", day)
        assert (aged["status"], aged["note"]) == ("ended", "no longer listed since 2026Q2: aged out")
        assert full_answer(lookup, SET, "A4216/J7050", day, date(2026, 2, 1))["note"] == ""
        assert full_answer(lookup, SET, "A4216/J3490", day)["note"] == ""
        other = full_answer(lookup, SET, "J7050/A4216", day)
        assert (other["status"], len(other["other_direction"])) == ("unknown", 1)
        code = full_answer(lookup, SET, "a4216", day)
        assert (code["as_column_1"], code["as_column_2"]) == (
            {"edits": 3, "in_force": 2},
            {"edits": 0, "in_force": 0},
        )
