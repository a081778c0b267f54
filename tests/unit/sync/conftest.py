"""A workspace that grows in four stages while its feeds are followed, kept as it was after each of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.demo.sample_ncci import write_sample_edits
from codeset_pipeline.upkeep import current_feed
from tests.generated_releases import Codes, categories, retitled, split, without, write_release
from tests.hcpcs_releases import Code, anweb_text, supplies, write_archive
from tests.unit.history.loading import workspace
from tests.unit.serve.world import GATE, take

EDITS = ("ncci-ptp-practitioner", "ncci-mue-practitioner", "ncci-aoc")
CODE_SETS = ("icd10cm", "hcpcs", *EDITS)

_FIRST: Codes = retitled(categories(count=10), "A05", 'Ménière "so" \\ & it', "Häufung")
_LATE = without(retitled(_FIRST, "A020", "Reworded disorder"), "A091")
_SECOND = split(without(_LATE, "A009"), "A010")
_THIRD = {**without(_SECOND, "A031"), "A009": _FIRST["A009"], "A0511": _FIRST["A051"]}
_CORRECTED = without(retitled(_THIRD, "A040", "Corrected disorder"), "A0511")


def _tell(home: Path) -> None:
    for code_set in CODE_SETS:
        current_feed(workspace(home), code_set)


def _release(folder: Path, year: int, codes: Codes, published: date | None = None) -> None:
    home = folder / "home"
    name = f"FY{year}{published or ''}"
    intake = pipeline.discover("icd10cm", write_release(folder / name, year, codes), None)
    place = workspace(home)
    pipeline.accept(place, intake, everything=True, checks_to_accept=GATE, published=published)
    pipeline.load(workspace(home), "icd10cm")


def _begin(folder: Path) -> None:
    """Two releases of ICD-10-CM, two of HCPCS with lists, empty and missing texts, sample edits."""
    _release(folder, 2018, _FIRST)
    _release(folder, 2020, _SECOND)
    home = folder / "home"
    before = {**supplies(12), "A2000": Code("Supply", short="", xref="A1011 A1010")}
    after = {**before, "A1010": Code("Supply that ends", ended="20200331", xref="A1011")}
    quarters = {"20JANANWEB": (before, (2020, 1, 1)), "20APRANWEB": (after, (2020, 4, 1))}
    for number, (name, (content, written)) in enumerate(quarters.items()):
        text = f"HCPC2020_{name[2:5]}_ANWEB.txt"
        path = write_archive(folder / f"2020Q{number + 1}" / f"{name}.zip", {text: (anweb_text(content), written)})
        take(home, "hcpcs", path, f"2020Q{number + 1}")
    pipeline.load(workspace(home), "hcpcs")
    write_sample_edits(folder / "edits")
    for code_set in EDITS:
        take(home, code_set, folder / "edits")
        pipeline.load(workspace(home), code_set)


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The workspace as it began; after a further load; a release that arrived late; a correction."""
    folder = tmp_path_factory.mktemp("followed")
    growing: list[Callable[[], None]] = [
        lambda: _begin(folder),
        lambda: _release(folder, 2021, _THIRD),
        lambda: _release(folder, 2019, _LATE),
        lambda: _release(folder, 2021, _CORRECTED, date(2021, 1, 15)),
    ]
    kept = []
    for number, grow in enumerate(growing):
        grow()
        _tell(folder / "home")
        kept.append(folder / f"stage-{number}")
        shutil.copytree(folder / "home", kept[-1])
    return kept


@pytest.fixture(params=["sqlite", "postgresql"])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'target.sqlite'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url
