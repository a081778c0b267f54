"""Accepting click-through terms, and the form before a licensed file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codeset_pipeline.acquire.agreement_form import FormRequest, acceptance, is_agreement
from codeset_pipeline.acquire.licence import LicenceLog
from codeset_pipeline.errors import HistoryError, SourceError

URL = "https://www.cms.gov/license/ama?file=/files/zip/x.zip"
TERMS = "https://www.cms.gov/license/ama"


def _form(inner: str, attributes: str = "") -> bytes:
    return f"<!DOCTYPE html><html><body><form {attributes}>{inner}</form></body></html>".encode()


def test_the_button_that_accepts_is_pressed_and_not_the_other() -> None:
    refuse = b'<form action="/"><input type="submit" name="no" value="I do not accept"></form>'
    accept = _form(
        '<input type="hidden" name="agree" value="yes"><input type="submit" name="next" value="Accept">',
        'action="/files/zip/x.zip"',
    )
    asked = acceptance(refuse + accept, URL)
    assert asked == FormRequest("GET", "https://www.cms.gov/files/zip/x.zip?agree=yes&next=Accept", ())


def test_a_form_that_is_posted_sends_its_hidden_fields_and_the_ticked_box() -> None:
    page = _form(
        '<input type="hidden" name="form_id" value="ama"><input type="checkbox" name="read">'
        '<button name="op" value="decline">Decline</button><button name="op" value="accept">I agree</button>',
        'method="POST" action="/license/accept"',
    )
    assert acceptance(page, URL) == FormRequest(
        "POST", "https://www.cms.gov/license/accept", (("form_id", "ama"), ("read", "on"), ("op", "accept"))
    )


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<html><body>We're sorry</body></html>",
        _form('<input type="search" name="q"><input type="submit" value="Search">'),
        _form('<input type="submit" value="Don\'t Accept">'),
    ],
)
def test_a_page_without_an_agreement_is_told(page: bytes) -> None:
    assert not is_agreement(page)
    with pytest.raises(SourceError):
        acceptance(page, URL)


def test_every_acceptance_stays_with_who_when_and_which_terms(tmp_path: Path) -> None:
    log = LicenceLog(tmp_path / "licences.jsonl")
    assert log.accepted("ama") is None
    log.accept("ama", "A. Coder", TERMS)
    before = log.path.read_bytes()
    log.accept("ama", "B. Coder", TERMS)
    assert log.path.read_bytes().startswith(before)
    assert [each.by for each in log.all()] == ["A. Coder", "B. Coder"]
    newest = log.accepted("ama")
    assert newest is not None and (newest.by, newest.terms_url) == ("B. Coder", TERMS)
    assert newest.at.endswith("+00:00") and log.accepted("ada") is None


def test_an_acceptance_that_was_being_written_when_the_machine_stopped_does_not_count(tmp_path: Path) -> None:
    log = LicenceLog(tmp_path / "licences.jsonl")
    log.accept("ama", "A. Coder", TERMS)
    line = log.path.read_bytes()
    for length in range(1, len(line)):
        log.path.write_bytes(line + line[:length])
        assert [each.by for each in log.all()] == ["A. Coder"]
        log.accept("ama", "B. Coder", TERMS)
        assert [each.by for each in log.all()] == ["A. Coder", "B. Coder"]


def test_a_log_that_was_changed_by_hand_is_told(tmp_path: Path) -> None:
    log = LicenceLog(tmp_path / "licences.jsonl")
    log.path.write_text(json.dumps({"licence": "ama"}) + "\n", "utf-8")
    with pytest.raises(HistoryError, match="codeset licence accept ama"):
        log.accepted("ama")
