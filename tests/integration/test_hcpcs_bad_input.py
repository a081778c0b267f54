"""Bad HCPCS files through the command: each is named with file, line and value, and either nothing changes or what can
be read safely is there and the oddity is on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hcpcs_releases import Code, anweb_excel, anweb_text, corrections, supplies, write_archive
from tests.integration.command_line import codeset, state
from tests.unit.parse.hcpcs.anweb_lines import HEADER

CODES = supplies()
JULY = {**CODES, "A1200": Code("Supply new in July", added="20310701", changed="20310701", action="A")}
NAME = "july-2031-alpha-numeric-hcpcs-file.zip"
TEXT, EXCEL = "HCPC2031_JUL_ANWEB.txt", "HCPC2031_JUL_ANWEB.xlsx"
JUNE = (2031, 6, 5)
BAD_DATE = "01/0/12019"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with the release of April 2031."""
    members = {"HCPC2031_APR_ANWEB.txt": (anweb_text(CODES), (2031, 3, 5))}
    path = write_archive(tmp_path / "april" / "april-2031-alpha-numeric-hcpcs-file.zip", members)
    done = codeset("update", "hcpcs", "--from", path, "--no-report", "--home", tmp_path / "home")
    assert done.code == 0, done.err
    return tmp_path / "home"


def zipped(folder: Path, **members: bytes) -> Path:
    names = {"text": TEXT, "excel": EXCEL, "corrections": "HCPC2031_JUL_Corrections.xlsx"}
    return write_archive(folder / NAME, {names[name]: (data, JUNE) for name, data in members.items()})


def short_line(folder: Path) -> Path:
    lines = anweb_text(JULY).split(b"\r\n")
    lines[6] = lines[6][:280]
    return zipped(folder, text=b"\r\n".join(lines))


def cut_off(folder: Path) -> Path:
    return zipped(folder, text=anweb_text(JULY)[:-100])


def renamed_column(folder: Path) -> Path:
    header = ["END DATE" if name == "TERM DT" else name for name in HEADER]
    return zipped(folder, excel=anweb_excel(JULY, header))


def foreign_workbook(folder: Path) -> Path:
    return zipped(folder, text=anweb_text(JULY), excel=anweb_excel({**JULY, "A3000": Code("Of another release")}))


def two_quarters(folder: Path) -> Path:
    return write_archive(
        folder / NAME, {TEXT: (anweb_text(JULY), JUNE), "HCPC2031_OCT_ANWEB.xlsx": (anweb_excel(JULY), JUNE)}
    )


def corrections_alone(folder: Path) -> Path:
    return zipped(folder, corrections=corrections(("A1001", "Change Cov to D", None, {})))


def unnamed(folder: Path) -> Path:
    (folder / "anweb.txt").write_bytes(anweb_text(JULY))
    return folder / "anweb.txt"


def twice(folder: Path) -> Path:
    again = anweb_text({"A1004": Code("Other words for one code")})
    return zipped(folder, text=anweb_text(JULY) + again)


REFUSED: list[tuple[Callable[[Path], Path], int, list[str]]] = [
    (short_line, 1, [TEXT, "line 7", "column 281-293", "not 280 (the line is cut)", "'A1006"]),
    (cut_off, 1, [TEXT, "line 62", "(the line is cut)", "'A1200"]),
    (renamed_column, 1, [EXCEL, "line 1", "column 47", "missing: TERM DT", "'END DATE'"]),
    (foreign_workbook, 1, ["2031Q3", "anweb_excel file disagrees", "on 1 codes", "--accept files_agree"]),
    (two_quarters, 1, [NAME, "quarter 3 and 4 at once"]),
    (corrections_alone, 1, ["2031Q3", "holds none of the release's codes", "its ANWEB file"]),
    (unnamed, 2, ["anweb.txt", "no name in it tells a year", "--release"]),
    (twice, 1, [TEXT, "line 63", "each code once (A1004)", "Other words"]),
]  # fmt: skip


@pytest.mark.parametrize(("make", "code", "says"), REFUSED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_file_that_cannot_be_read_safely_is_refused_by_file_line_and_value_and_changes_nothing(
    home: Path, tmp_path: Path, make: Callable[[Path], Path], code: int, says: list[str]
) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    path = make(folder)
    before = state(home)
    done = codeset("update", "hcpcs", "--from", path, "--no-report", "--home", home)
    assert (done.code, done.out) == (code, "")
    (message,) = [line for line in done.err.splitlines() if line.startswith("codeset: ")]
    assert [part for part in says if part not in message] == []
    assert "Traceback" not in done.err
    assert state(home) == before


def taken(home: Path, path: Path) -> list[dict[str, Any]]:
    """Load a release; the oddities of its last revision."""
    done = codeset("update", "hcpcs", "--from", path, "--no-report", "--home", home)
    assert done.code == 0, done.err
    manifests = [json.loads(f.read_text("utf-8")) for f in home.glob("snapshots/hcpcs/2031-07-01/*/manifest.json")]
    last = max(manifests, key=lambda manifest: len(manifest["inputs"]))
    return list(last["oddities"])


def lookup(home: Path, code: str, on: str = "2031-07-01") -> dict[str, Any]:
    done = codeset("lookup", "hcpcs", code, "--on", on, "--format", "json", "--home", home)
    assert done.code == 0, done.err
    (answer,) = done.json
    return dict(answer)


def test_a_workbook_with_a_renamed_column_beside_a_good_text_is_named_and_the_text_is_read(
    home: Path, tmp_path: Path
) -> None:
    header = ["END DATE" if name == "TERM DT" else name for name in HEADER]
    oddities = taken(home, zipped(tmp_path, text=anweb_text(JULY), excel=anweb_excel(JULY, header)))
    (odd,) = [oddity for oddity in oddities if oddity["decision"].startswith("Left out; the release")]
    assert EXCEL in odd["file"]
    assert "END DATE" in odd["text"] + odd["what"]


def test_a_corrections_file_with_another_header_does_not_hold_up_the_quarter(home: Path, tmp_path: Path) -> None:
    broken = anweb_excel(JULY, HEADER)
    oddities = taken(home, zipped(tmp_path, text=anweb_text(JULY), corrections=broken))
    assert [oddity["decision"] for oddity in oddities if "departs from its layout" in oddity["what"]] == [
        "Left out; the release is loaded from its other files."
    ]


def test_two_files_of_one_release_that_disagree_are_named_with_both_values(home: Path, tmp_path: Path) -> None:
    other = {**JULY, "A1003": JULY["A1003"]._replace(long="Other words", ended="20311231")}
    oddities = taken(home, zipped(tmp_path, text=anweb_text(JULY), excel=anweb_excel(other)))
    found = [(o["file"], o["line"], o["text"], o["decision"]) for o in oddities]
    where = f"{NAME}/{TEXT}"
    assert found == [
        (where, 4, "text: 'Supply of sort 3'; workbook: 'Other words'", "The text counts."),
        (where, 4, "text: blank; workbook: 2031-12-31", "The text counts."),
    ]
    assert all(f"row 5 of {NAME}/{EXCEL}" in o["what"] for o in oddities)
    assert lookup(home, "A1003")["effective_to"] is None


def test_a_date_that_is_none_is_taken_from_the_workbook_where_that_has_it(home: Path, tmp_path: Path) -> None:
    damaged = {**JULY, "A1200": JULY["A1200"]._replace(added="20310732")}
    (odd, settled) = taken(home, zipped(tmp_path, text=anweb_text(damaged), excel=anweb_excel(JULY)))
    assert (odd["file"], odd["line"], odd["text"]) == (f"{NAME}/{TEXT}", 61 + 1, "20310732")
    assert settled["decision"] == "The workbook counts, because the text is damaged here."
    assert lookup(home, "A1200")["effective_from"] == "2031-07-01"


def test_an_added_date_that_is_none_leaves_what_was_known_and_every_other_row_is_read(
    home: Path, tmp_path: Path
) -> None:
    damaged = {**JULY, "A1003": JULY["A1003"]._replace(added="20100100")}
    (odd,) = taken(home, zipped(tmp_path, text=anweb_text(damaged)))
    assert (odd["file"], odd["line"], odd["text"]) == (f"{NAME}/{TEXT}", 4, "20100100")
    assert "A1003" in odd["what"]
    assert lookup(home, "A1003")["effective_from"] == "2010-01-01"
    assert lookup(home, "A1003", "2031-04-01")["status"] == "valid"
    assert lookup(home, "A1200")["status"] == "valid"


def test_a_date_that_is_none_in_a_corrections_file_is_named_and_the_code_is_there(home: Path, tmp_path: Path) -> None:
    row = ("A1201", "ADD CODE", BAD_DATE, {"LONG DESC": "Supply added by a correction"})
    path = zipped(tmp_path, text=anweb_text(JULY), corrections=corrections(row))
    (odd,) = taken(home, path)
    assert (odd["file"], odd["line"], odd["text"]) == (f"{NAME}/HCPC2031_JUL_Corrections.xlsx", 4, BAD_DATE)
    assert odd["decision"] == "Left blank; the rest of the row is read."
    found = lookup(home, "A1201")
    assert (found["status"], found["effective_from"]) == ("valid", "2031-07-01")


def test_a_correction_that_is_not_understood_is_named_and_not_applied(home: Path, tmp_path: Path) -> None:
    row = ("A1003", "See transmittal 4000", "20310701", {"LONG DESC": "Other words"})
    oddities = taken(home, zipped(tmp_path, text=anweb_text(JULY), corrections=corrections(row)))
    assert {(o["file"], o["line"]) for o in oddities} == {(f"{NAME}/HCPC2031_JUL_Corrections.xlsx", 4)}
    assert any("See transmittal 4000" in o["text"] for o in oddities)
    assert lookup(home, "A1003")["long_title"] == "Supply of sort 3"


def test_the_oddities_of_a_release_are_on_its_report(home: Path, tmp_path: Path) -> None:
    other = {**JULY, "A1003": JULY["A1003"]._replace(long="Other words")}
    path = zipped(tmp_path, text=anweb_text(JULY), excel=anweb_excel(other))
    done = codeset("update", "hcpcs", "--from", path, "--home", home)
    assert done.code == 0, done.err
    (page,) = home.glob("reports/*/hcpcs_*.html")
    text = page.read_text("utf-8")
    assert "long description differs between the text and row 5" in text
    assert "The text counts." in text
