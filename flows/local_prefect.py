"""Prefect for one machine: no server to install, no account, no network, everything kept in the workspace.

Call `settle` before anything imports Prefect, because it reads its settings then. What the user has set stays.
"""

from __future__ import annotations

import os
from pathlib import Path


def settle(home: Path) -> None:
    """Set what Prefect needs to run by itself for a workspace, wherever the environment does not say otherwise."""
    folder = home.expanduser().resolve() / ".prefect"
    wanted = {
        "PREFECT_HOME": str(folder),
        "PREFECT_LOCAL_STORAGE_PATH": str(folder / "results"),
        # A cold start of the temporary server takes up to half a minute; the default of 20 seconds fails at times.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # The command prints its own progress; Prefect's log of the run stays readable in its database.
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    }
    for name, value in wanted.items():
        os.environ.setdefault(name, value)
    folder.mkdir(parents=True, exist_ok=True)
