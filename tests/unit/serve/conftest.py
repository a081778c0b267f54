"""One small workspace for all tests of this folder; tests that change it take a copy (`own_home`)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import codeset_pipeline
from codeset_pipeline.asking.history import History
from tests.unit.serve.world import build


@pytest.fixture(scope="session")
def served_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="session")
def history(served_home: Path) -> Iterator[History]:
    with codeset_pipeline.open(served_home) as opened:
        yield opened


@pytest.fixture
def own_home(served_home: Path, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    shutil.copytree(served_home, home)
    return home
