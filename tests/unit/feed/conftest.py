"""Release revisions of every kind of code set, accepted once; corrections and second postings among them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline import pipeline, upkeep
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.snapshots.revision import AcceptedRevision
from codeset_pipeline.sources.definition import source
from tests.generated_releases import categories, retitled, split, tabular_xml, without, write_release
from tests.hcpcs_releases import Code, Codes, anweb_text, supplies, write_archive
from tests.unit.feed.arriving import Arrivals
from tests.unit.history.loading import workspace
from tests.unit.history.test_ncci_ptp_history import SET as PTP
from tests.unit.history.test_ncci_ptp_history import accepted as ptp_accepted
from tests.unit.history.test_ncci_ptp_history import world as ptp_world
from tests.unit.history.test_ncci_tables import ADD_ON, MUE, WORLDS
from tests.unit.ncci_check.conftest import fill
from tests.unit.serve.world import FY2021, build

# Made-up releases are small and alike, which the gate would rightly find strange.
ANYTHING = frozenset(
    {"row_drift", "another_year", "hierarchy", "files_agree", "publisher_counts", "known_counts", "rows_vanished"}
)
_NOTES = b"</desc></diag>", b"</desc><excludes1><note>Other chill</note><note>Fever</note></excludes1></diag>"
CODE_SETS = ("icd10cm", "hcpcs", PTP, MUE, ADD_ON)


def _revisions(home: Path, code_set: str) -> list[AcceptedRevision]:
    return Acceptor(workspace(home), source(code_set)).revisions()


def _accept(home: Path, code_set: str, path: Path, published: date | None = None, release: str | None = None) -> None:
    intake = pipeline.discover(code_set, path, release)
    pipeline.accept(
        workspace(home), intake, release=release, everything=True, checks_to_accept=ANYTHING, published=published
    )


def _icd10cm(folder: Path) -> list[AcceptedRevision]:
    """Three October releases, an April list with notes, a correction of each of two after the next was out."""
    one = categories(count=8)
    two = split(without(one, "A021"), "A030")
    three = retitled({**two, "A021": one["A021"]}, "A040", 'Another title, "ménière" \u2028 and \\')
    april = folder / "icd10cm-tabular-April-2029.xml"
    folder.mkdir(parents=True)
    april.write_bytes(tabular_xml(retitled(two, "A070", "A title of April")).replace(*_NOTES, 3))
    home = folder / "home"
    _accept(home, "icd10cm", write_release(folder / "1", 2028, one))
    corrected = retitled(one, "A050", "A corrected title", "Corrected")
    _accept(home, "icd10cm", write_release(folder / "1b", 2028, corrected), date(2028, 11, 10))
    _accept(home, "icd10cm", write_release(folder / "2", 2029, two, one))
    _accept(home, "icd10cm", write_release(folder / "2b", 2029, without(two, "A060")), date(2030, 2, 1))
    _accept(home, "icd10cm", april)
    _accept(home, "icd10cm", write_release(folder / "3", 2030, three, two))
    return _revisions(home, "icd10cm")


def _hcpcs(folder: Path) -> list[AcceptedRevision]:
    """Three quarters in which supplies end, come and are reworded, one of them posted a second time."""
    first = supplies(25)
    second: Codes = {**first, "A1010": Code("Supply that ends", ended="20200331", xref="A1011")}
    third: Codes = {**second, "A1040": Code("New supply", added="20200701", changed="20200701", action="A")}
    third["A1003"] = Code("Supply in other words", changed="20200701", action="C")
    again: Codes = {**second, "A1005": Code("Supply put right", changed="20200401", action="C")}
    posted = [
        ("JAN", "2020Q1", first, date(2019, 12, 20)),
        ("APR", "2020Q2", second, date(2020, 3, 20)),
        ("JUL", "2020Q3", third, date(2020, 6, 20)),
        ("APR", "2020Q2", again, date(2020, 7, 9)),
    ]
    for number, (month, quarter, codes, day) in enumerate(posted):
        name, text = f"20{month}ANWEB.zip", f"HCPC2020_{month}_ANWEB.txt"
        written = (day.year, day.month, day.day)
        path = write_archive(folder / str(number) / name, {text: (anweb_text(codes), written)})
        _accept(folder / "home", "hcpcs", path, day, quarter)
    return _revisions(folder / "home", "hcpcs")


def _ncci(code_set: str, folder: Path) -> list[AcceptedRevision]:
    for file in WORLDS[code_set](folder).files:
        _accept(folder / "home", code_set, file.path)
    return _revisions(folder / "home", code_set)


@pytest.fixture(scope="session")
def revisions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[AcceptedRevision]]:
    """Of each code set all that will ever be published, oldest release first."""
    folder = tmp_path_factory.mktemp("feed")
    return {
        "icd10cm": _icd10cm(folder / "icd10cm"),
        "hcpcs": _hcpcs(folder / "hcpcs"),
        PTP: ptp_accepted(folder / "ptp", ptp_world(5)[:4]),
        MUE: _ncci(MUE, folder / "mue"),
        ADD_ON: _ncci(ADD_ON, folder / "add_on"),
    }


@pytest.fixture(params=CODE_SETS)
def code_set(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def arrivals(code_set: str, tmp_path: Path) -> Arrivals:
    return Arrivals(tmp_path / "home", code_set)


@pytest.fixture(scope="session")
def feeding_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with codes of both kinds and NCCI tables, all of whose feeds have begun."""
    home = build(tmp_path_factory.mktemp("feeding"))
    fill(home)
    april = home.parent / "icd10cm-tabular-April-2021.xml"
    april.write_bytes(tabular_xml(retitled(without(FY2021, "A051"), "A070", "A title of April")).replace(*_NOTES, 3))
    _accept(home, "icd10cm", april)
    pipeline.load(workspace(home), "icd10cm")
    for name in CODE_SETS:
        upkeep.current_feed(workspace(home), name)
    return home


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two small ICD-10-CM releases, whose feed has begun; quick to make again."""
    folder = tmp_path_factory.mktemp("tiny")
    codes = categories(count=5)
    _accept(folder / "home", "icd10cm", write_release(folder / "1", 2028, codes))
    _accept(folder / "home", "icd10cm", write_release(folder / "2", 2029, split(codes, "A010"), codes))
    pipeline.load(workspace(folder / "home"), "icd10cm")
    upkeep.current_feed(workspace(folder / "home"), "icd10cm")
    return folder / "home"


@pytest.fixture
def own_home(tiny_home: Path, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    shutil.copytree(tiny_home, home)
    return home
