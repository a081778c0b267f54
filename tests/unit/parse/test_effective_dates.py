"""What the effective column's cell means."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from codeset_pipeline.parse.effective_dates import effective_from


@pytest.mark.parametrize("cell", [2025, 2025.0, "2025", " 2025 ", "2025.0"])
def test_a_year_is_its_first_of_october(cell: object) -> None:
    assert effective_from(cell) == date(2025, 10, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell",
    [
        date(2021, 1, 1),
        datetime(2021, 1, 1),
        44197,
        44197.0,
        "44197",
        "1/1/2021",
        "01/01/21",
        "2021-01-01",
        "2021-01-01 00:00:00",
        "January 1, 2021",
        "Jan 1 2021",
        "January 1st, 2021",
        "1-Jan-21",
    ],
)
def test_a_date_is_itself_however_it_is_written(cell: object) -> None:
    assert effective_from(cell) == date(2021, 1, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell", ["", "soon", "13/13/2021", 2025.5, True, -1, 12, 1e9, float("inf"), float("nan"), "1/1/1821"]
)
def test_anything_else_is_no_date(cell: object) -> None:
    assert effective_from(cell) is None  # type: ignore[arg-type]
