"""A small workspace in which codes end, come back, split and are renamed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.lookup import CodeLookup, open_lookup
from codeset_pipeline.settings import Workspace
from tests.generated_releases import (
    Entry,
    categories,
    conversion_csv,
    retitled,
    split,
    without,
    write_release,
)
from tests.unit.history.loading import accept, take, workspace

FY2028 = categories(count=20)
FY2029 = {
    **retitled(split(without(FY2028, "A009"), "A010"), "A020", "A clearer title of A02.0"),
    "A033": Entry(True, "Renamed A00, 9", "Renamed disorder A00.9"),
}
FY2030 = {**without(FY2029, "A033"), "A034": Entry(True, "Renamed again", "Renamed again A00.9")}
FY2031 = {**FY2030, "A009": FY2028["A009"]}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    years = {2028: FY2028, 2029: FY2029, 2030: FY2030, 2031: FY2031}
    for year, codes in years.items():
        accept(folder / "home", write_release(folder / f"FY{year}", year, codes, years.get(year - 1)))
    table = folder / "FY2030" / "ICD-10-CM-Conversion-Table-FY2030.csv"
    table.write_bytes(conversion_csv([("A03.3", 2028, "A00.9"), ("A03.4", 2029, "A03.3")]))
    take(folder / "home", table)
    return folder / "home"


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, home: Path) -> str:
    """The history of the workspace, in its own file and in PostgreSQL."""
    if request.param == "sqlite":
        return workspace(home).database_url
    url: str = request.getfixturevalue("postgresql").database()
    pipeline.load(Workspace.at(home, url), "icd10cm")
    return url


@pytest.fixture
def looker(database_url: str) -> Iterator[CodeLookup]:
    database = HistoryDatabase(database_url)
    with open_lookup(database) as found:
        yield found
    database.dispose()
