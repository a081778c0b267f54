"""Workspaces that several tests look at: a small made-up one, and one with every genuine release."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest
from filelock import FileLock

from flows.local_server import prefect_server, schedules_work
from tests.generated_releases import Entry, categories, conversion_csv, retitled, split, without, write_release
from tests.integration.command_line import codeset
from tests.integration.flow_process import Prefect

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

FY2029 = categories(count=40)
FY2030 = {
    **retitled(split(without(FY2029, "A009"), "A010"), "A020", "=2+5 is how this title begins", "=2+5"),
    "A033": Entry(True, "Renamed A00.9", "Renamed disorder A00.9"),
}


@pytest.fixture(scope="session")
def small_releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """FY2029 and FY2030 with addenda and conversion table, in one folder each."""
    folder = tmp_path_factory.mktemp("releases")
    write_release(folder / "FY2029", 2029, FY2029)
    write_release(folder / "FY2030", 2030, FY2030, FY2029)
    table = folder / "FY2030" / "ICD-10-CM-Conversion-Table-FY2030.csv"
    table.write_bytes(conversion_csv([("A03.3", 2029, "A00.9"), ("A01.0A", 2029, "A01.0"), ("A01.0B", 2029, "A01.0")]))
    return folder


@pytest.fixture(scope="session")
def small_home(small_releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with both made-up releases; tests that change it take a copy (`own_home`)."""
    home = tmp_path_factory.mktemp("small")
    done = codeset("update", "icd10cm", "--from", small_releases, "--all", "--no-report", "--home", home)
    assert done.code == 0, done.err
    return home


@pytest.fixture
def own_home(small_home: Path, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    shutil.copytree(small_home, home)
    return home


@pytest.fixture(scope="session")
def genuine_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with every genuine ICD-10 release, loaded once for all test processes. Nobody may change it."""
    if not (DATA / "icd10cm").is_dir():
        pytest.skip("the genuine files are not beside the project (../shared/data)")
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "genuine-workspace"
    with FileLock(f"{home}.lock"):
        if not (home / "complete").exists():
            for code_set in ("icd10cm", "icd10pcs"):
                origin = DATA / code_set
                done = codeset("update", code_set, "--from", origin, "--all", "--no-report", "--home", home)
                assert done.code == 0, done.err
            (home / "complete").touch()
    return home


@pytest.fixture(scope="session")
def migrated_prefect(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prefect's empty database, set up once for all test processes: the setting up takes longer than most tests."""
    if find_spec("prefect") is None:
        pytest.skip("Prefect is not installed; pip install -e '.[flows]'")
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prefect"
    with FileLock(f"{home}.lock"):
        if not (home / "complete").exists():
            environment = {**os.environ, "PREFECT_HOME": str(home), "DO_NOT_TRACK": "1"}
            command = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
            subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
            (home / "complete").touch()
    return home / "prefect.db"


_NOT_NEEDED = ("LATE_RUNS", "FOREMAN", "REPOSSESSOR", "TRIGGERS", "PAUSE_EXPIRATIONS", "CANCELLATION_CLEANUP")


@pytest.fixture(scope="session")
def prefect(migrated_prefect: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prefect]:
    """A Prefect server for all the flows that a test process runs."""
    if not schedules_work():
        pytest.skip("Prefect schedules nothing with this SQLAlchemy; pip install -e '.[flows]'")
    home = tmp_path_factory.mktemp("prefect-server")
    shutil.copy(migrated_prefect, home)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    with ExitStack() as running:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("PREFECT_")]:
                patch.delenv(name)
            for name, value in {
                "PREFECT_HOME": str(home),
                "PREFECT_SERVER_UI_ENABLED": "false",
                "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
                # A few runs ahead, soon; the other services have nothing to do here.
                "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
                "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "3",
                **{f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in _NOT_NEEDED},
                "DO_NOT_TRACK": "1",
            }.items():
                patch.setenv(name, value)
            api = running.enter_context(prefect_server(port))
        yield Prefect(api, home / "prefect.db")
