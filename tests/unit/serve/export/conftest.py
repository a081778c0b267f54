"""Workspaces to export from, and an export of each code set in each format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.demo.sample_ncci import write_sample_edits
from codeset_pipeline.serve.export.content import Request
from codeset_pipeline.serve.export.write import export
from tests.unit.history.loading import workspace
from tests.unit.serve.world import GATE

EDITS = ("ncci-ptp-practitioner", "ncci-mue-practitioner", "ncci-aoc")
Export = Callable[..., Path]


@pytest.fixture(scope="session")
def edits_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two sample quarters of NCCI edits."""
    folder = tmp_path_factory.mktemp("edits")
    write_sample_edits(folder / "files")
    for code_set in EDITS:
        intake = pipeline.discover(code_set, folder / "files", None)
        pipeline.accept(workspace(folder / "home"), intake, everything=True, checks_to_accept=GATE)
        pipeline.load(workspace(folder / "home"), code_set)
    return folder / "home"


@pytest.fixture(scope="session")
def home_of(served_home: Path, edits_home: Path) -> Callable[[str], Path]:
    return lambda code_set: edits_home if code_set in EDITS else served_home


@pytest.fixture(scope="session")
def exported(home_of: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Export:
    """An export by code set, format, dates and FHIR version; made once."""
    made: dict[tuple[object, ...], Path] = {}
    folder = tmp_path_factory.mktemp("exports")

    def get(
        code_set: str, format: str, on: str | None = None, published: str | None = None, fhir_version: str = "r4"
    ) -> Path:
        key = (code_set, format, on, published, fhir_version)
        if key not in made:
            days = [day and date.fromisoformat(day) for day in (on, published)]
            request = Request(workspace(home_of(code_set)), code_set, days[0] or None, days[1] or None)
            place = folder / "-".join(map(str, key))
            export(request, format, place, fhir_version=fhir_version)
            made[key] = place
        return made[key]

    return get
