"""Values of the `CODESET_…` environment variables that the program cannot use are told in one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codeset_pipeline.errors import UsageError
from codeset_pipeline.serve.settings import ServeSettings
from codeset_pipeline.settings import FromEnvironment, Settings
from flows.command import main
from tests.integration.command_line import codeset

# A value, what the variable should be instead, and a value that it may have.
WRONG = [
    (Settings, "CODESET_RETRIES", "many", "a valid integer", "4"),
    (Settings, "CODESET_RETRIES", "-1", "greater than or equal to 0", "4"),
    (Settings, "CODESET_RETRIES", "", "a valid integer", "4"),
    (Settings, "CODESET_REQUEST_PAUSE_SECONDS", "2 seconds", "a valid number", "2.0"),
    (Settings, "CODESET_REQUEST_PAUSE_SECONDS", "inf", "a finite number", "2.0"),
    (Settings, "CODESET_READ_TIMEOUT_SECONDS", "nan", "a finite number", "60.0"),
    (Settings, "CODESET_CONNECT_TIMEOUT_SECONDS", "0", "greater than 0", "20.0"),
    (Settings, "CODESET_MAX_MEMBER_BYTES", "1 GB", "a valid integer", "1000000000"),
    (Settings, "CODESET_MAX_ARCHIVE_BYTES", "0", "greater than 0", "2000000000"),
    (ServeSettings, "CODESET_RATE_LIMIT", "-5", "greater than or equal to 0", "0.0"),
    (ServeSettings, "CODESET_RATE_BURST", "0", "greater than 0", "100"),
    (ServeSettings, "CODESET_MAX_BODY_BYTES", "8M", "a valid integer", "8000000"),
]


@pytest.mark.parametrize(("kind", "name", "value", "wanted", "example"), WRONG)
def test_a_wrong_value_is_named_with_its_variable_and_an_example_that_works(
    kind: type[FromEnvironment], name: str, value: str, wanted: str, example: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    sentence = f"{name} is '{value}', but should be {wanted}; set it to such a value, for example {example}, or unset"
    with pytest.raises(UsageError, match=f"^{re.escape(sentence)} it\\.$"):
        kind()
    monkeypatch.setenv(name, example)
    assert str(getattr(kind(), name.removeprefix("CODESET_").lower())) == example


def test_the_commands_tell_it_as_misuse_and_do_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "work"
    monkeypatch.setenv("CODESET_RETRIES", "many")
    done = codeset("update", "icd10cm", "--from", tmp_path, "--home", home)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("codeset: CODESET_RETRIES is 'many', but should be a valid integer;")
    assert main("annual_icd10cm", ["--from", str(tmp_path), "--home", str(home)]) == 2
    assert capfd.readouterr().err.startswith("annual_icd10cm: CODESET_RETRIES is 'many',")
    assert not home.exists()


def test_the_server_tells_it_before_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODESET_RATE_LIMIT", "ten")
    done = codeset("serve", "--port", "0", "--workers", "2", "--home", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("codeset: CODESET_RATE_LIMIT is 'ten', but should be a valid number;")
