"""Bad input: each kind has its own clear message, and leaves the workspace exactly as it was."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.generated_releases import (
    archive,
    categories,
    codes_file,
    order_addenda,
    order_file,
    retitled,
    tabular_xml,
    without,
    write_release,
)
from tests.integration.command_line import codeset, state
from tests.integration.conftest import FY2030

FY2031 = retitled(FY2030, "A030", "Words of 2031")
NAME = "2031-code-descriptions-tabular-order.zip"
JUNE = (2030, 6, 10)
DTD = '<!DOCTYPE x [<!ENTITY leak SYSTEM "file:///etc/passwd">]>\n'


def truncated(folder: Path) -> Path:
    path = write_release(folder, 2031, FY2031)
    path.write_bytes(path.read_bytes()[:-300])
    return path


def page(folder: Path) -> Path:
    (folder / NAME).write_bytes(b"<!DOCTYPE html>\n<html><body>Page not found</body></html>")
    return folder / NAME


def traversal(folder: Path) -> Path:
    members = {"icd10cm_order_2031.txt": order_file(FY2031), "../../outside.txt": b"x"}
    (folder / NAME).write_bytes(archive(members, JUNE))
    return folder / NAME


def bomb(folder: Path) -> Path:
    with zipfile.ZipFile(folder / NAME, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("icd10cm_order_2031.txt", b"0" * 50_000_000)
    return folder / NAME


def cut_line(folder: Path) -> Path:
    (folder / NAME).write_bytes(archive({"icd10cm_order_2031.txt": order_file(FY2031)[:-25]}, JUNE))
    return folder / NAME


def wrong_year(folder: Path) -> Path:
    (folder / NAME).write_bytes(archive({"icd10cm_order_2031.txt": order_file(FY2030)}, JUNE))
    return folder / NAME


def wrong_list(folder: Path) -> Path:
    members = {
        "icd10cm_order_2031.txt": order_file(without(FY2031, "A021")),
        "icd10cm_order_addenda_2031.txt": order_addenda(FY2030, FY2031, "order_2030.txt", "order_2031.txt"),
    }
    (folder / NAME).write_bytes(archive(members, JUNE))
    return folder / NAME


def lost_rows(folder: Path) -> Path:
    (folder / NAME).write_bytes(archive({"icd10cm_order_2031.txt": order_file(categories(count=30))}, JUNE))
    return folder / NAME


def entities(folder: Path) -> Path:
    path = folder / "icd10cm-tabular-2031.xml"
    path.write_bytes(tabular_xml(FY2031, DTD).replace(b"Words of 2031", b"&leak;"))
    return path


def unknown_header(folder: Path) -> Path:
    write_release(folder, 2031, FY2031)
    (folder / "ICD-10-CM-Conversion-Table-FY2031.csv").write_bytes(
        b"Conversion table\r\nNew code,Since,Predecessor\r\nA03.3,2029,A00.9\r\n"
    )
    return folder


def codes_alone(folder: Path) -> Path:
    (folder / NAME).write_bytes(archive({"icd10cm_codes_2031.txt": codes_file(FY2031)}, JUNE))
    return folder / NAME


def nothing(folder: Path) -> Path:
    (folder / "notes.txt").write_text("nothing of the publisher's")
    return folder


def mid_year(folder: Path) -> Path:
    path = folder / "2031-code-descriptions-tabular-order-updated-02-01-2031.zip"
    path.write_bytes(archive({"icd10cm_order_2031.txt": order_file(FY2031)}, (2031, 1, 10)))
    return path


BAD = [
    (truncated, 1, "not a complete zip"),
    (page, 1, "is an HTML page"),
    (traversal, 1, "outside its folder"),
    (bomb, 1, "would unpack to 50,000,000 bytes"),
    (cut_line, 1, "the file is cut"),
    (wrong_year, 1, "a file of another year [another_year]"),
    (wrong_list, 1, "codes where the addenda state"),
    (lost_rows, 1, "[row_drift]"),
    (entities, 1, "ntit"),
    (unknown_header, 1, "a header row with Current code assignment"),
    (codes_alone, 1, "does not list the headers"),
    (nothing, 1, "holds no ICD-10-CM file"),
    (mid_year, 2, "name it with --release"),
]


@pytest.mark.parametrize(("make", "code", "says"), BAD, ids=lambda value: getattr(value, "__name__", ""))
def test_a_bad_release_file_is_refused_and_changes_nothing(
    own_home: Path, tmp_path: Path, make: Callable[[Path], Path], code: int, says: str
) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    path = make(folder)
    before = state(own_home)
    done = codeset("update", "icd10cm", "--from", path, "--home", own_home)
    assert (done.code, done.out) == (code, "")
    (message,) = [line for line in done.err.splitlines() if line.startswith("codeset: ")]
    assert says in message
    assert "Traceback" not in done.err
    assert "root:" not in done.err
    assert state(own_home) == before
    assert not (tmp_path / "outside.txt").exists()


def test_every_bad_release_file_has_its_own_message(own_home: Path, tmp_path: Path) -> None:
    messages = set()
    for make, _, _ in BAD:
        folder = tmp_path / make.__name__
        folder.mkdir()
        done = codeset("update", "icd10cm", "--from", make(folder), "--home", own_home)
        messages.add(done.err.splitlines()[-1].replace(str(folder), ""))
    assert len(messages) == len(BAD)


def test_a_wrong_years_file_under_a_release_name_is_refused(own_home: Path, tmp_path: Path) -> None:
    path = write_release(tmp_path / "given", 2031, FY2031)
    before = state(own_home)
    done = codeset("update", "icd10cm", "--from", path, "--release", "FY2032", "--home", own_home)
    assert done.code == 1
    assert "named for FY2031, not for FY2032" in done.err
    assert state(own_home) == before


def test_one_bad_file_among_good_ones_stops_the_run_before_anything_of_its_release_is_kept(
    own_home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "given"
    write_release(folder, 2031, FY2031)
    (folder / "icd10cm_tabular_2031.xml").write_bytes(tabular_xml(FY2031, DTD))
    before = state(own_home)
    assert codeset("update", "icd10cm", "--from", folder, "--home", own_home).code == 1
    assert state(own_home) == before


def test_an_accepted_gate_failure_goes_through(own_home: Path, tmp_path: Path) -> None:
    path = wrong_year(tmp_path)
    done = codeset("update", "icd10cm", "--from", path, "--accept", "another_year", "--no-report", "--home", own_home)
    assert done.code == 0
    assert [item["label"] for item in done.json[0]["loaded"]] == ["FY2031"]


def impact(home: Path, asset: Path) -> tuple[int, str, str]:
    return codeset("impact", asset, "--code-set", "icd10cm", "FY2029", "FY2030", "--no-report", "--home", home)


@pytest.mark.parametrize("name", ["rules.csv", "rules.yaml", "rules.json"])
def test_an_empty_rules_file_is_refused_by_name_and_changes_nothing(own_home: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    before = state(own_home)
    code, out, err = impact(own_home, tmp_path / name)
    assert (code, out) == (1, "")
    assert name in err
    assert "empty" in err.lower() or "no " in err.lower()
    assert "Traceback" not in err
    assert state(own_home) == before


def test_a_rule_with_a_code_that_never_existed_is_a_finding(own_home: Path, tmp_path: Path) -> None:
    path = tmp_path / "rules.csv"
    path.write_text("rule,codes\nR1,A00.0\nR2,Z99.99\n")
    done = codeset(
        "impact", path, "--code-set", "icd10cm", "FY2029", "FY2030", "--no-report", "--home", own_home
    )  # fmt: skip
    assert done.code == 0
    assert [(item["line"], item["code"], item["kind"]) for item in done.json["findings"]] == [
        (3, "Z99.99", "never_existed")
    ]
