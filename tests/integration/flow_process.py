"""The Prefect flows run for real in a process of their own, and what they leave in a workspace."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "CODESET_"))}


class Prefect(NamedTuple):
    """A Prefect server: the URL of its API, and the file of its database."""

    api: str
    database: Path

    @property
    def environment(self) -> dict[str, str]:
        """For flows that are to use it instead of starting one for themselves, which takes five seconds."""
        return {**ENVIRONMENT, "PREFECT_API_URL": self.api}


def flow_command(module: str, home: Path, *arguments: str) -> list[str]:
    """The command line of a flow: `flow_command("annual_icd10cm", home, "--demo")`."""
    return [sys.executable, "-m", f"flows.{module}", "--home", str(home), *arguments]


def run_flow(
    module: str, home: Path, *arguments: str, environment: dict[str, str] = ENVIRONMENT
) -> subprocess.CompletedProcess[str]:
    """Run a flow to its end."""
    return subprocess.run(
        flow_command(module, home, *arguments),
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
        check=False,
    )


def place_prefect_database(home: Path, database: Path) -> None:
    """Give a workspace Prefect's empty database, so that its first flow need not set one up."""
    folder = home / ".prefect"
    folder.mkdir(parents=True)
    shutil.copy(database, folder / "prefect.db")


def tree(home: Path) -> dict[str, tuple[int, int]]:
    """Every file of a workspace with its size and time of change, without Prefect's own and the locks."""
    files = [path for path in home.rglob("*") if path.is_file() and ".prefect" not in path.parts]
    return {
        str(path.relative_to(home)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in files
        if not path.name.endswith((".lock", "-wal", "-shm"))
    }


def prefect_rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of a Prefect database."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def task_states(database: Path, expected: dict[str, str]) -> dict[str, str]:
    """The states of as many tasks as are expected, the last ones that ran; a server writes them a moment later."""
    query = f"select name, state_name from task_run order by start_time desc limit {len(expected)}"
    began = time.monotonic()
    while True:
        found = {name.split("-")[0]: state for name, state in prefect_rows(database, query)}
        if found == expected or time.monotonic() - began > 20:
            return found
        time.sleep(0.2)
