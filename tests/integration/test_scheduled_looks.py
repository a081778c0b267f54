"""A look as a scheduled deployment: a Prefect server, a work pool, and a worker of this machine that runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests.integration.command_line import codeset
from tests.integration.flow_process import Prefect
from tests.mirror import Mirror, small

_PATIENCE = 180


def wait_for(what: str, look: Callable[[], Any]) -> Any:
    began = time.monotonic()
    while time.monotonic() - began < _PATIENCE:
        found = look()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"{what} did not come within {_PATIENCE} seconds")


class Server:
    """Prefect's API as the test asks it: again where its database is busy, as Prefect's own clients do."""

    def __init__(self, api: str) -> None:
        self.api = api
        self._session = requests.Session()
        busy = Retry(total=8, backoff_factor=0.3, status_forcelist=[503], allowed_methods=None)
        self._session.mount("http://", HTTPAdapter(max_retries=busy))

    def get(self, path: str) -> Any:
        answer = self._session.get(f"{self.api}{path}", timeout=10)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: object) -> Any:
        answer = self._session.post(f"{self.api}{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def delete(self, path: str) -> None:
        self._session.delete(f"{self.api}{path}", timeout=10).raise_for_status()

    def schedule_every(self, seconds: int, deployment: str) -> None:
        """Put a schedule beside those of the calendar, so that the test need not wait for a Monday."""
        schedule = {"interval": seconds, "anchor_date": datetime.now(UTC).isoformat()}
        self.post(f"/deployments/{deployment}/schedules", [{"active": True, "schedule": schedule}])

    def ended(self, deployment: str) -> list[dict[str, Any]]:
        """The runs that came to an end, oldest first, without those that were left out while another was at work."""
        wanted = {"deployments": {"id": {"any_": [deployment]}}, "sort": "START_TIME_ASC"}
        runs = self.post("/flow_runs/filter", wanted)
        return [run for run in runs if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED")]


@contextmanager
def running_worker(pool: str) -> Iterator[None]:
    """A worker for the length of a block, killed at its end: asked to stop, it at times goes on for ever."""
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", pool, "--install-policy", "never"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as working:
        try:
            yield
        finally:
            # With the runs that it has started.
            os.killpg(working.pid, signal.SIGKILL)


def test_a_worker_runs_the_scheduled_look_which_loads_what_is_new_and_then_finds_nothing_new(
    mirror: Mirror, prefect: Prefect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.post_icd10cm_at_cms(mirror)
    home, notices = tmp_path / "work", tmp_path / "notices"
    notices.mkdir()
    script = tmp_path / "keep.py"
    script.write_text(
        "import os, pathlib, sys, uuid\n"
        "(pathlib.Path(sys.argv[1]) / uuid.uuid4().hex).write_text(os.environ['CODESET_NOTICE'], 'utf-8')\n"
    )
    monkeypatch.setenv("CODESET_NOTIFY_COMMAND", f"{sys.executable} {script} {notices}")
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": prefect.api,
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        # Not ten seconds ahead of its time, while the look before it is still at work.
        "PREFECT_WORKER_PREFETCH_SECONDS": "1",
        "DO_NOT_TRACK": "1",
    }.items():
        monkeypatch.setenv(name, value)

    command = [sys.executable, "-m", "flows.deployments", "deploy", "icd10cm", "--pool", "desk"]
    subprocess.run([*command, "--home", str(home)], check=True, capture_output=True, timeout=_PATIENCE)
    server = Server(prefect.api)
    found = server.get("/deployments/name/look/icd10cm-cms")
    assert len(found["schedules"]) == 2
    assert server.get("/v2/concurrency_limits/codeset-cms")["limit"] == 1
    server.schedule_every(8, found["id"])
    with running_worker("desk"):
        wait_for("the second look", lambda: server.ended(found["id"])[1:])
        first, second = server.ended(found["id"])[:2]
    server.delete(f"/deployments/{found['id']}")

    assert (first["state_name"], first["state"]["message"]) == ("Completed", "ICD-10-CM: FY2029, FY2030 loaded.")
    assert first["auto_scheduled"]
    assert (second["state_name"], second["state"]["message"]) == ("Completed", "ICD-10-CM: nothing new.")
    listed = codeset("releases", "icd10cm", "--home", home, "--format", "json").json
    assert [(item["label"], item["state"]) for item in listed] == [("FY2029", "ready"), ("FY2030", "ready")]
    assert mirror.requests.most_at_once("cms") == 1

    # One notice, of the look that found something: A00.9 is gone, A01.0 became a header with two codes below it.
    (notice,) = [json.loads(path.read_text("utf-8")) for path in notices.iterdir()]
    assert (notice["event"], notice["code_set"], notice["releases"]) == ("loaded", "icd10cm", ["FY2029", "FY2030"])
    (comparison,) = notice["comparisons"]
    assert comparison["compared"]["published_totals"] == {"added": 2, "deleted": 2, "revised": 1}
    assert Path(comparison["report"]["workbook"]).is_file()
