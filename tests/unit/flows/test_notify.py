"""What is told of a run, to whom, and that telling never breaks anything."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from flows.notify import Notice, tell

NOTICE = Notice("loaded", "hcpcs", "HCPCS Level II: 2029Q2 loaded.", ["2029Q2"], run="brave-otter")


def test_nothing_is_told_where_no_setting_says_so() -> None:
    complaints: list[str] = []
    tell(NOTICE, complaints.append)
    assert complaints == []


def test_a_url_gets_the_whole_notice(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    httpserver.expect_oneshot_request("/hook", method="POST").respond_with_data("ok")
    monkeypatch.setenv("CODESET_NOTIFY_URL", httpserver.url_for("/hook"))
    complaints: list[str] = []
    tell(NOTICE, complaints.append)
    ((request, _),) = httpserver.log
    assert complaints == []
    told = json.loads(request.data)
    assert (told["event"], told["code_set"], told["releases"]) == ("loaded", "hcpcs", ["2029Q2"])
    assert told["text"] == "HCPCS Level II: 2029Q2 loaded."


def test_a_command_reads_the_text_and_finds_the_rest_in_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "tell me.py"
    script.write_text(
        "import os, pathlib, sys\n"
        "pathlib.Path(sys.argv[1]).write_text(sys.stdin.read() + os.environ['CODESET_NOTICE'], 'utf-8')\n"
    )
    out = tmp_path / "out"
    monkeypatch.setenv("CODESET_NOTIFY_COMMAND", f"{sys.executable} '{script}' '{out}'")
    complaints: list[str] = []
    tell(NOTICE, complaints.append)
    assert complaints == []
    text, notice = out.read_text("utf-8").splitlines()
    assert text == NOTICE.text
    assert json.loads(notice)["run"] == "brave-otter"


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("CODESET_NOTIFY_URL", "http://127.0.0.1:9/secret", "could not be posted to CODESET_NOTIFY_URL"),
        ("CODESET_NOTIFY_URL", "no address", "could not be posted to CODESET_NOTIFY_URL"),
        ("CODESET_NOTIFY_COMMAND", "/no/such/command", "could not be run (FileNotFoundError)"),
        ("CODESET_NOTIFY_COMMAND", "false", "ended with exit code 1"),
        ("CODESET_NOTIFY_COMMAND", "'unfinished", "could not be run (ValueError)"),
    ],
)
def test_what_cannot_be_told_is_complained_of_and_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(name, value)
    complaints: list[str] = []
    tell(NOTICE, complaints.append)
    (said,) = complaints
    assert complaint in said
    assert "secret" not in said
