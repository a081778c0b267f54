"""Telling people what an unattended run did: a POST to a URL, and a command, both named in settings.

What is told never decides how a run ends: a message that cannot be delivered is logged and nothing more.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from codeset_pipeline.settings import Settings

_POST_SECONDS = 15
_COMMAND_SECONDS = 60


@dataclass(frozen=True)
class Notice:
    """What happened.

    Attributes:
        event: `loaded` (there is something new), `failed` (an error ended the run) or `crashed` (the run was killed).
        text: for people.
        releases: labels of the releases that were new.
        comparisons: of each report, its releases, totals, proof and places.
        run: name of the run at Prefect.
    """

    event: str
    code_set: str
    text: str
    releases: list[str] = field(default_factory=list)
    comparisons: list[dict[str, Any]] = field(default_factory=list)
    run: str = ""
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))


def tell(notice: Notice, complain: Callable[[str], None]) -> None:
    """Deliver a notice as the settings say; nowhere, where they say nothing.

    Args:
        complain: told in one sentence what could not be delivered.
    """
    settings = Settings()
    if settings.notify_url:
        _post(settings.notify_url, notice, complain)
    if settings.notify_command:
        _run(settings.notify_command, notice, complain)


def _post(url: str, notice: Notice, complain: Callable[[str], None]) -> None:
    import requests

    try:
        requests.post(url, json=asdict(notice), timeout=_POST_SECONDS).raise_for_status()
    except requests.RequestException as error:
        # The URL may hold a secret, so only the kind of the error is told.
        complain(f"The notice could not be posted to CODESET_NOTIFY_URL ({type(error).__name__}); check that address.")


def _run(command: str, notice: Notice, complain: Callable[[str], None]) -> None:
    """The command reads the text; the whole notice is in its environment as CODESET_NOTICE."""
    environment = {**os.environ, "CODESET_NOTICE": json.dumps(asdict(notice))}
    try:
        done = subprocess.run(
            shlex.split(command),
            input=f"{notice.text}\n",
            text=True,
            capture_output=True,
            timeout=_COMMAND_SECONDS,
            env=environment,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        complain(f"CODESET_NOTIFY_COMMAND could not be run ({type(error).__name__}); check the command.")
        return
    if done.returncode:
        complain(f"CODESET_NOTIFY_COMMAND ended with exit code {done.returncode}; check the command.")
