"""Releases from the publishers' sites, as a user calls for them."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from tests.integration.command_line import codeset
from tests.mirror import Fault, Kind, Mirror, small


def test_update_asks_cms_when_nothing_else_is_said(mirror: Mirror, tmp_path: Path) -> None:
    small.post_icd10cm_at_cms(mirror)
    done = codeset("update", "icd10cm", "--no-report", "--home", tmp_path)
    assert done.code == 0, done.err
    assert [each["label"] for each in done.json[0]["loaded"]] == ["FY2030"]
    assert done.json[0]["releases"][0]["state"] == "partial"
    assert done.json[0]["releases"][0]["missing"] == ["tabular list", "list of POA-exempt codes"]
    assert "icd10cm FY2030 is partial: without its tabular list and its list of POA-exempt codes." in done.err
    again = codeset("update", "icd10cm", "--no-report", "--home", tmp_path)
    assert again.code == 0 and again.json[0]["loaded"] == []
    assert "everything was loaded already" in again.err


def test_a_file_that_failed_is_told_and_the_command_leaves_with_1(mirror: Mirror, tmp_path: Path) -> None:
    small.post_icd10cm_at_cms(mirror)
    mirror.fail(Fault(Kind.MISSING, path="*2029-code*", times=None))
    done = codeset("update", "icd10cm", "--from", "cms", "--all", "--no-report", "--home", tmp_path)
    assert done.code == 1
    assert [each["label"] for each in done.json[0]["loaded"]] == ["FY2030"]
    assert done.json[0]["problems"][0] in done.err
    assert "codeset update icd10cm --from PATH --release FY2029" in done.err


def test_a_code_set_that_cannot_be_had_does_not_hold_up_the_others(mirror: Mirror, tmp_path: Path) -> None:
    small.post_hcpcs(mirror)
    done = codeset("update", "icd10cm", "hcpcs", "--no-report", "--home", tmp_path)
    assert done.code == 1
    assert [each["label"] for each in done.json[1]["loaded"]] == ["2029Q2"]
    assert "no link to ICD-10-CM code descriptions" in done.json[0]["problems"][0]


def test_the_command_that_a_failure_names_imports_what_was_saved(mirror: Mirror, tmp_path: Path) -> None:
    small.post_icd10cm_at_cms(mirror)
    home = tmp_path / "home"
    mirror.fail(Fault(Kind.FORBIDDEN, path="/files/*", times=None))
    refused = codeset("update", "icd10cm", "--from", "cms", "--release", "FY2029", "--no-report", "--home", home)
    assert refused.code == 1 and "Traceback" not in refused.err
    assert refused.err.count(f"{mirror.cms_url}/files/zip/2029-code-descriptions-tabular-order.zip") >= 1
    saved = mirror.save(tmp_path / "saved", "cms") / "2029-code-descriptions-tabular-order.zip"
    done = codeset("update", "icd10cm", "--from", saved, "--release", "FY2029", "--no-report", "--home", home)
    assert done.code == 0, done.err


def test_releases_on_offer_as_table_and_json(mirror: Mirror, tmp_path: Path) -> None:
    small.post_all(mirror)
    listed = codeset("releases", "hcpcs", "--remote", "--home", tmp_path, "--format", "json")
    assert [(each["release"], each["files"][0]["published"]) for each in listed.json] == [
        ("2029Q1", None),
        ("2029Q2", "2029-03-12"),
    ]
    table = codeset("releases", "--remote", "--home", tmp_path, "--format", "table")
    assert "hcpcs" in table.out and "icd10cm" in table.out
    # The mirror posts no ICD-10-PCS file.
    assert table.code == 1 and "no link to any file of icd10pcs" in table.err
    gated = codeset("releases", "ncci-ptp-practitioner", "--remote", "--home", tmp_path, "--format", "json").json
    parts = [file for each in gated for file in each["files"] if file["gated"]]
    assert [(file["part"], file["records"], file["last"]) for file in parts] == [
        ("f1", 4, "A1001/A1103"),
        ("f2", 4, "A1002/A1103"),
    ]
    assert codeset("releases", "icd9", "--remote", "--home", tmp_path).code == 2
    assert codeset("releases", "hcpcs", "--remote", "--from", "ftp", "--home", tmp_path).code == 2


def test_a_licence_is_accepted_by_somebody_and_shown(mirror: Mirror, tmp_path: Path) -> None:
    terms = f"{mirror.cms_url}/license/ama"
    before = codeset("licence", "show", "--home", tmp_path, "--format", "json").json
    assert [(each["licence"], each["accepted"], each["terms_url"]) for each in before] == [("ama", False, terms)]
    done = codeset("licence", "accept", "ama", "--by", "A. Coder", "--home", tmp_path)
    assert done.code == 0 and terms in done.err
    codeset("licence", "accept", "AMA", "--home", tmp_path)
    shown = codeset("licence", "show", "--home", tmp_path, "--format", "json").json
    assert [(each["by"], each["accepted"]) for each in shown] == [("A. Coder", True), (getpass.getuser(), True)]
    assert not mirror.requests.all


@pytest.mark.parametrize("words", [["accept", "ada"], ["accept", "ama", "--by", " "]])
def test_a_licence_that_is_none_and_nobody_are_misuse(words: list[str], tmp_path: Path) -> None:
    done = codeset("licence", *words, "--home", tmp_path)
    assert done.code == 2 and not list(tmp_path.iterdir())
