"""One small workspace for all tests of this folder; tests that change it take a copy (`own_home`)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import codeset_pipeline
from codeset_pipeline.asking.history import History
from codeset_pipeline.serve.app import create_app
from codeset_pipeline.serve.settings import ServeSettings
from codeset_pipeline.upkeep import current_feed
from tests.unit.history.loading import workspace
from tests.unit.ncci_check.conftest import fill
from tests.unit.serve.running import running
from tests.unit.serve.world import build


@pytest.fixture(scope="session")
def served_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = build(tmp_path_factory.mktemp("served"))
    fill(home)
    for code_set in ("icd10cm", "hcpcs"):
        current_feed(workspace(home), code_set)
    return home


@pytest.fixture(scope="session")
def history(served_home: Path) -> Iterator[History]:
    with codeset_pipeline.open(served_home) as opened:
        yield opened


@pytest.fixture
def own_home(served_home: Path, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    shutil.copytree(served_home, home)
    return home


@pytest.fixture(scope="session")
def client(served_home: Path) -> Iterator[TestClient]:
    """The application over the small workspace, without keys or limits."""
    with TestClient(create_app(settings(served_home)), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def served_url(served_home: Path) -> Iterator[str]:
    with running(settings(served_home)) as url:
        yield url


def settings(home: Path, **given: object) -> ServeSettings:
    """Settings for a workspace, whatever the environment says."""
    values = {"home": home, "database_url": workspace(home).database_url, "api_keys": "", "rate_limit": 0}
    return ServeSettings.model_validate(values | given)
