"""Every added and every termination date in the genuine HCPCS files, asked for the day before, the day itself and the
day after, as published by each release. The expected answers come from the rows of the files alone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from codeset_pipeline import pipeline
from codeset_pipeline.history.content_hash import content_hash
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.load import bring_up_to_date
from codeset_pipeline.history.lookup import open_lookup
from codeset_pipeline.history.schema import hcpcs_code
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_CODES
from codeset_pipeline.sources.definition import source
from tests.postgresql import Server

pytestmark = pytest.mark.genuine
DAY = timedelta(days=1)
Life = tuple[date, date | None]


@pytest.fixture(scope="module")
def workspace(published_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    place = Workspace.at(tmp_path_factory.mktemp("hcpcs"))
    pipeline.accept(place, pipeline.discover("hcpcs", published_files / "hcpcs"), everything=True)
    database = HistoryDatabase(place.database_url)
    bring_up_to_date(database, "hcpcs", Acceptor(place, source("hcpcs")).revisions(), "now")
    database.dispose()
    return place


def valid(lives: list[Life], day: date) -> bool:
    """The newest life that the files give decides; an older one only for the time before the newer began."""
    for added, last in reversed(lives):
        if day >= added:
            return last is None or day <= last
    return False


def test_a_code_is_valid_from_its_added_date_to_its_termination_date_inclusive(workspace: Workspace) -> None:
    lives: dict[str, list[Life]] = {}
    newest = {r.plan.effective_from: r for r in Acceptor(workspace, source("hcpcs")).revisions()}
    asked = 0
    with open_lookup(HistoryDatabase(workspace.database_url)) as lookup:
        for effective_from in sorted(newest):
            revision = newest[effective_from]
            columns = ["code", "added_date", "termination_date"]
            for code, stated, last in revision.snapshot.read(HCPCS_CODES, columns):
                # One date in all files cannot be read (Q5111, 01/0/12019): the code begins with its release.
                added = stated or effective_from
                assert stated or code == "Q5111"
                known = [life for life in lives.get(code, []) if life[1] is not None and life[1] < added]
                lives[code] = [*known, (added, last)]
                days = [added - DAY, added, added + DAY] + ([last - DAY, last, last + DAY] if last else [])
                for day in days:
                    answer = lookup.lookup("hcpcs", code, day, revision.plan.published)
                    assert (answer.status == "valid") == valid(lives[code], day), (code, day, effective_from)
                    asked += 1
    assert asked > 100_000


def test_the_day_after_the_last_one_is_ended_and_the_day_before_the_first_not_yet_valid(workspace: Workspace) -> None:
    with open_lookup(HistoryDatabase(workspace.database_url)) as lookup:
        # Q9994: added 1 July 2018, terminated 31 December 2018.
        days = {date(2018, 6, 30): "not_yet_valid", date(2018, 7, 1): "valid", date(2018, 12, 31): "valid"}
        for day, status in {**days, date(2019, 1, 1): "ended"}.items():
            assert lookup.lookup("hcpcs", "q9994", day).status == status


def test_the_five_shifted_codes_before_and_after_the_corrections_file(workspace: Workspace) -> None:
    first, corrected = date(2017, 11, 30), date(2017, 12, 22)
    dates = {
        "C9488": date(2017, 4, 1),
        "C9745": date(2017, 7, 1),
        "C9746": date(2017, 7, 1),
        "C9747": date(2017, 7, 1),
        "C9748": date(2018, 1, 1),
    }
    from codeset_pipeline.history.answer import full_answer

    with open_lookup(HistoryDatabase(workspace.database_url)) as lookup:
        for code, since in dates.items():
            before = full_answer(lookup, "hcpcs", code, date(2018, 2, 1), first)
            after = full_answer(lookup, "hcpcs", code, date(2018, 2, 1), corrected)
            assert (before["asc_group"], before["asc_effective_date"]) == ("20", None)
            assert after["asc_group"] == "YY"
            if code != "C9748":
                assert after["asc_effective_date"] == since.isoformat()


def test_a_code_that_the_corrections_deleted_comes_back_with_another_meaning(workspace: Workspace) -> None:
    with open_lookup(HistoryDatabase(workspace.database_url)) as lookup:
        then = lookup.lookup("hcpcs", "G9890", date(2018, 2, 1), date(2017, 12, 1))
        assert (then.status, then.version and then.version.short_title) == ("valid", "Mac exam perf")
        assert lookup.lookup("hcpcs", "G9890", date(2018, 2, 1), date(2018, 1, 15)).status == "unknown"
        now = lookup.lookup("hcpcs", "G9890", date(2018, 5, 1))
        assert (now.status, now.version and now.version.short_title) == ("valid", "Em bridge payment")


def test_postgresql_says_what_sqlite_says(workspace: Workspace, postgresql: Server) -> None:
    hashes = []
    for url in (workspace.database_url, postgresql.database()):
        database = HistoryDatabase(url)
        bring_up_to_date(database, "hcpcs", Acceptor(workspace, source("hcpcs")).revisions(), "later")
        with database.reading() as connection:
            assert connection.execute(select(func.count()).select_from(hcpcs_code)).scalar_one() > 7_000
            hashes.append(content_hash(connection))
        database.dispose()
    assert hashes[0] == hashes[1]
