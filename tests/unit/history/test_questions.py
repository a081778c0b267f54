"""What was in force for a code on a date, and what became of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.errors import HistoryError, UsageError
from codeset_pipeline.history.answer import full_answer
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.life import life_of
from codeset_pipeline.history.lookup import CodeLookup
from codeset_pipeline.history.releases import find_release
from tests.unit.history.loading import workspace

# Days on which the made-up releases take effect.
OCT27, OCT28, OCT29, OCT30 = (date(year, 10, 1) for year in (2027, 2028, 2029, 2030))


@pytest.mark.parametrize(
    ("code", "on", "status"),
    [
        ("A00.0", OCT27, "valid"),
        ("a00.0", date(2040, 1, 1), "valid"),
        ("A000", date(2027, 9, 30), "unknown"),  # before the oldest loaded release nothing is known
        ("A00", OCT27, "header"),
        ("A03.3", date(2028, 9, 30), "not_yet_valid"),
        ("A03.3", OCT28, "valid"),
        ("A03.3", date(2029, 9, 30), "valid"),  # the last day belongs to it
        ("A03.3", OCT29, "ended"),
        ("A01.0", date(2028, 9, 30), "valid"),
        ("A01.0", OCT28, "header"),
        ("A00.9", OCT29, "ended"),
        ("A00.9", OCT30, "valid"),
        ("Z99.9", OCT28, "unknown"),
    ],
)
def test_status_on_a_date(looker: CodeLookup, code: str, on: date, status: str) -> None:
    assert looker.lookup("icd10cm", code, on).status == status


def test_the_wording_and_the_validity_have_their_own_dates(looker: CodeLookup) -> None:
    before = full_answer(looker, "icd10cm", "A02.0", OCT27)
    after = full_answer(looker, "icd10cm", "A02.0", OCT28)
    assert (before["effective_from"], before["effective_to"]) == ("2027-10-01", "2028-09-30")
    assert (after["effective_from"], after["effective_to"]) == ("2028-10-01", None)
    assert [answer["valid_from"] for answer in (before, after)] == ["2027-10-01"] * 2
    assert [answer["valid_to"] for answer in (before, after)] == [None, None]
    assert (before["in_force_on_or_before"], after["in_force_on_or_before"]) == (True, False)
    assert after["long_title"] == "A clearer title of A02.0"


def test_a_code_that_became_a_header_ends_its_validity_that_day(looker: CodeLookup) -> None:
    billable = full_answer(looker, "icd10cm", "A01.0", date(2028, 9, 30))
    header = full_answer(looker, "icd10cm", "A01.0", OCT28)
    assert (billable["valid_from"], billable["valid_to"]) == ("2027-10-01", "2028-09-30")
    assert (header["valid_from"], header["valid_to"], header["billable"]) == ("2028-10-01", None, False)
    assert header["replaced_by"] == ["A01.0A", "A01.0B"]


def test_replacements_follow_the_chain_as_far_as_the_date_asked_about(looker: CodeLookup) -> None:
    at_first = full_answer(looker, "icd10cm", "A00.9", OCT28)
    later = full_answer(looker, "icd10cm", "A00.9", OCT29)
    assert at_first["replaced_by"] == ["A03.3"]
    assert later["replaced_by"] == ["A03.4"]
    assert later["replacements"][0]["through"] == ["A03.3"]
    assert full_answer(looker, "icd10cm", "A00.9", OCT30)["replaced_by"] == []


def test_before_a_release_was_published_its_changes_were_not_known(looker: CodeLookup) -> None:
    day_before = date(2028, 9, 30)
    assert looker.lookup("icd10cm", "A00.9", OCT28, day_before).status == "valid"
    assert looker.lookup("icd10cm", "A00.9", OCT28, OCT28).status == "ended"
    assert looker.lookup("icd10cm", "A03.3", OCT28, day_before).status == "unknown"
    assert looker.lookup("icd10cm", "A00.0", OCT28, date(2027, 9, 30)).status == "unknown"


def test_the_life_of_a_code_that_ended_and_came_back(looker: CodeLookup) -> None:
    versions, events = life_of(looker, "icd10cm", "A009")
    assert [(event.on, event.kind) for event in events] == [
        ("2027-10-01", "in_force_on_or_before"),
        ("2028-10-01", "ended"),
        ("2030-10-01", "reactivated"),
    ]
    # What stood open until the release of October 2028 ended it is kept as what was said until then.
    assert [(v.effective_from, v.effective_to, v.published_to) for v in versions] == [
        ("2027-10-01", None, "2028-09-30"),
        ("2027-10-01", "2028-09-30", None),
        ("2030-10-01", None, None),
    ]


def test_the_life_of_a_code_that_became_a_header_and_of_one_reworded(looker: CodeLookup) -> None:
    assert [event.kind for event in life_of(looker, "icd10cm", "A010")[1]] == ["in_force_on_or_before", "became_header"]
    (_, revised) = life_of(looker, "icd10cm", "A020")[1]
    assert (revised.kind, revised.old, revised.new) == (
        "revised",
        "Disorder of sort A02, variety 0",
        "A clearer title of A02.0",
    )


@pytest.mark.parametrize(
    ("name", "effective"),
    [
        ("FY2029", OCT28),
        ("fy2029", OCT28),
        ("2028-10-01", OCT28),
        ("latest", OCT30),
        ("previous", OCT29),
        ("FY2029@r0", OCT28),
    ],
)
def test_names_of_releases(home: Path, name: str, effective: date) -> None:
    database = HistoryDatabase(workspace(home).database_url)
    with database.reading() as connection:
        assert find_release(connection, "icd10cm", name).effective_from == effective
    database.dispose()


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("FY2027", HistoryError, r"not loaded \(loaded: FY2028, FY2029, FY2030, FY2031\)"),
        ("FY2029@r7", HistoryError, "not loaded"),
        ("2028-10-02", HistoryError, "not loaded"),
        ("newest", UsageError, "names no release"),
        ("FY29", UsageError, "names no release"),
    ],
)
def test_a_name_that_leads_nowhere_says_what_is_there(home: Path, name: str, error: type[Exception], says: str) -> None:
    database = HistoryDatabase(workspace(home).database_url)
    with database.reading() as connection, pytest.raises(error, match=says):
        find_release(connection, "icd10cm", name)
    database.dispose()
