"""`codeset serve` as a process."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.integration.command_line import codeset


def _start(home: Path, *words: str) -> tuple[subprocess.Popen[str], str]:
    """The process, and the address that it says it listens at."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CODESET_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "codeset_pipeline", "serve", "--home", str(home), "--port", "0", *words],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stderr is not None
    line = process.stderr.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, line
    return process, found[0]


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as response:
        return bytes(response.read())


@pytest.mark.skipif(os.name == "nt", reason="signals are different there")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_listens_answers_and_ends_cleanly(small_home: Path, sent: signal.Signals) -> None:
    process, url = _start(small_home, "--workers", "2" if sent is signal.SIGINT else "1")
    try:
        assert json.loads(_get(f"{url}/v1/icd10cm/codes/A00.9?on=2029-10-01"))["replaced_by"] == ["A03.3"]
        # Both workers' counts, whichever answers.
        for _ in range(20):
            _get(f"{url}/health")
        text = _get(f"{url}/metrics").decode()
        assert 'codeset_http_requests_total{route="/health",status="2xx"} 20\n' in text
        assert 'codeset_releases_loaded{code_set="icd10cm"} 2\n' in text
    finally:
        process.send_signal(sent)
        _, errors = process.communicate(timeout=30)
    assert process.returncode in {0, -sent}, errors
    assert "Traceback" not in errors
    assert small_home.joinpath("codeset.sqlite").exists()


def test_where_nothing_is_loaded_it_refuses_plainly(tmp_path: Path) -> None:
    done = codeset("serve", "--home", tmp_path, "--port", "0")
    assert done.code == 1
    assert "codeset update icd10cm --from PATH" in done.err
    assert "Traceback" not in done.err


def test_what_is_no_history_is_refused_plainly(tmp_path: Path) -> None:
    (tmp_path / "codeset.sqlite").write_bytes(b"This is no database, whatever its name says. " * 100)
    done = codeset("serve", "--home", tmp_path, "--port", "0")
    assert done.code == 1
    assert "does not answer" in done.err


def test_a_port_that_is_taken_is_named(small_home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = dict(os.environ)
        done = codeset("serve", "--home", small_home, "--port", port)
        assert dict(os.environ) == environment
    assert done.code == 2
    assert f"port {port} cannot be listened at" in done.err
