"""The looks follow the publishers' calendar."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from codeset_pipeline.errors import UsageError
from flows.looks import looks, looks_named

pytest.importorskip("prefect", reason="Prefect is not installed; pip install -e '.[flows]'")

# A look a day from June to September and, for the April update, from January to March.
FISCAL_YEAR = {1, 2, 3, 6, 7, 8, 9}
# A look a day in the month before each quarter.
QUARTER = {12, 3, 6, 9}
SEASONS = {"icd10cm-cms": FISCAL_YEAR, "icd10pcs-cms": FISCAL_YEAR, "hcpcs-cms": QUARTER}
# Two years, of which one is a leap year.
START, DAYS = date(2027, 1, 1), 731


def expected_days(season: set[int]) -> Counter[date]:
    days = (START + timedelta(days=n) for n in range(DAYS))
    return Counter(day for day in days if day.month in season or day.weekday() == 0)


@pytest.mark.parametrize("name", SEASONS)
def test_a_look_a_day_in_the_season_and_on_mondays_otherwise(name: str) -> None:
    from prefect.server.schemas.schedules import CronSchedule

    (look,) = looks_named([name])
    start, end = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 12, 31, 23, tzinfo=UTC)
    found = []
    for line in look.crons:
        schedule = CronSchedule(cron=line, timezone=look.timezone)
        found += asyncio.run(schedule.get_dates(2000, start, end))
    there = [moment.astimezone(ZoneInfo("America/New_York")) for moment in found]
    assert Counter(moment.date() for moment in there) == expected_days(SEASONS[name])
    assert {moment.hour for moment in there} == {7}


def test_looks_at_one_site_are_not_at_the_same_minute() -> None:
    assert len({(look.origin, look.minute) for look in looks()}) == len(looks())


def test_a_look_is_named_by_its_code_set_or_its_name() -> None:
    assert [look.name for look in looks_named(["hcpcs", "icd10cm-cms"])] == ["icd10cm-cms", "hcpcs-cms"]
    assert looks_named([]) == looks()
    with pytest.raises(UsageError, match="'cpt' is not looked for; use icd10cm-cms"):
        looks_named(["cpt"])


def test_the_words_say_what_the_cron_lines_do() -> None:
    (look,) = looks_named(["hcpcs"])
    assert look.crons == ("25 7 * 3,6,9,12 *", "25 7 * 1,2,4,5,7,8,10,11 1")
    assert look.in_words() == "daily in Mar, Jun, Sep, Dec, Mondays otherwise, at 07:25 America/New_York"
