"""The sample of two HCPCS Level II quarters: what it holds, and that the pipeline takes it like genuine releases."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from codeset_pipeline import pipeline
from codeset_pipeline.demo.sample_hcpcs import write_sample_quarters
from codeset_pipeline.errors import GateError
from codeset_pipeline.model import ReleasePair
from codeset_pipeline.settings import Workspace
from tests.integration.command_line import codeset

APRIL, JULY = "SAMPLE-april-2020-alpha-numeric-hcpcs-file.zip", "SAMPLE-july-2020-alpha-numeric-hcpcs-file.zip"
MEMBERS = {APRIL: "HCPC2020_APR", JULY: "HCPC2020_JUL"}
MADE_UP = {"C9407", "E0118", "E0202", "J7330", "J7331"}
MISPRINTED = {"C9460", "Q4229"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the sample, its release files in `files`."""
    folder = tmp_path_factory.mktemp("quarters")
    write_sample_quarters(folder / "files")
    done = codeset(
        *("update", "hcpcs", "--from", folder / "files", "--all"), *("--accept", "known_counts", "--home", folder)
    )
    assert done.code == 0, done.err
    return folder


@pytest.fixture(scope="module")
def pair(home: Path) -> ReleasePair:
    return pipeline.compare(Workspace.at(home), "hcpcs", "2020Q2", "2020Q3")


def _read(home: Path, archive: str, ending: str) -> bytes:
    with zipfile.ZipFile(home / "files" / archive) as opened:
        return opened.read(f"{MEMBERS[archive]}_{ending}")


def _cells(data: bytes) -> dict[str, list[str]]:
    """Code → the cells of its row in an ANWEB workbook, blanks around them aside."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    rows = [[str(cell).strip() for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    start = next(place for place, row in enumerate(rows) if row[0] == "HCPC")
    return {row[0]: row for row in rows[start + 1 :] if row[2] in ("3", "7")}


def _lines(home: Path, archive: str) -> list[str]:
    lines = _read(home, archive, "ANWEB.txt").decode("cp1252").split("\r\n")
    return [line for line in lines if re.match(r".{5}\d{5}[3478]", line)]


def test_the_sample_has_the_same_bytes_every_time_and_says_what_it_is(tmp_path: Path) -> None:
    first, second = write_sample_quarters(tmp_path / "a"), write_sample_quarters(tmp_path / "b")
    names = sorted(path.name for path in first.iterdir())
    assert names == [APRIL, JULY, "SAMPLE-july-2020-hcpcs-corrections.zip"]
    assert [(first / name).read_bytes() for name in names] == [(second / name).read_bytes() for name in names]


def test_the_sample_has_about_200_level_ii_codes_and_names_no_cpt_or_dental_code(home: Path) -> None:
    for archive, count in ((APRIL, 198), (JULY, 216)):
        rows = _cells(_read(home, archive, "ANWEB.xlsx"))
        assert len(rows) == count
        assert all(re.fullmatch(r"[A-CE-V]\d{4}|[A-Z][A-Z0-9]", code) for code in rows)
        assert {code[0] for code in rows if len(code) == 5} >= set("ABCEGHJKLMPQRSTUV")
        for row in rows.values():
            assert not re.search(r"\b\d{4}[0-9TU]\b|\bcpt\b", f"{row[3]} {row[4]}".lower())
            assert all(re.fullmatch(r"|[A-CE-V]\d{4}", reference) for reference in row[25:30])


def test_lines_of_the_text_have_the_lengths_of_the_record_layout(home: Path) -> None:
    for archive in (APRIL, JULY):
        lengths = Counter((line[10] in "37", len(line)) for line in _lines(home, archive))
        assert set(lengths) == {(True, 320), (False, 91)}
        assert min(lengths.values()) > 50


def test_the_fields_of_the_text_stand_where_the_record_layout_has_them(home: Path) -> None:
    lines = {line[:5]: line for line in _lines(home, JULY) if line[10] in "37"}
    ended = lines["C9041"]
    assert ended[5:11] == "001003"
    assert ended[91:119] == "Inj, coagulation factor xa".ljust(28)
    assert (ended[119:121], ended[170:180], ended[204:209]) == ("53", "1833(t)   ", "J7169")
    assert (ended[229], ended[230:240], ended[256:259], ended[260:265]) == ("D", "YY20190401", "O1E", "9F   ")
    assert (ended[265:268], ended[268:293]) == ("  0", "201904012020070120200630D")
    assert lines["G0123"][180:183] == "630"
    assert lines["G0123"][252:256] == "0045"
    assert lines["   CS"][10] == "7"
    # Misprinted as in 2018: the date runs into the field before it.
    assert lines["C9460"][230:240] == "20160101  "


def test_text_and_workbook_of_the_sample_say_the_same(pair: ReleasePair) -> None:
    odd = [oddity.what for oddity in pair.oddities]
    assert len(odd) == 2
    assert all(what.startswith("C9460: ASC effective date") for what in odd)


def test_the_sample_agrees_with_its_own_transaction_report(home: Path, pair: ReleasePair) -> None:
    book = openpyxl.load_workbook(io.BytesIO(_read(home, JULY, "Transaction Report.xlsx")))
    listed = [row for row in book["Changes by HCPCS code"].iter_rows(min_row=4, values_only=True) if row[0]]
    actions = Counter(str(row[1]) for row in listed)
    assert sum(actions.values()) == 216
    revised = sum(count for action, count in actions.items() if "Change" in action or "change" in action)
    proof, totals = pair.reconciliation, pair.published_totals
    assert proof.covered
    assert proof.unexplained == ()
    assert (totals.added, totals.deleted) == (actions["Add"] + actions["Re-activated"], actions["Discontinued"])
    assert totals.revised == revised - actions["No Change"]


def test_the_sample_shows_every_kind_of_change_of_a_quarter(pair: ReleasePair) -> None:
    changed = {change.code: change for change in pair.changes}
    assert {change.kind for change in pair.changes} == {"added", "deleted", "revised", "reactivated", "aged_out"}
    for code, field in {
        "CS": "long_description",
        "C9758": "short_description",
        "E0118": "coverage",
        "E0202": "pricing_indicators",
        "J7331": "asc_effective_date",
        "J7330": "types_of_service",
    }.items():
        assert changed[code].kind == "revised"
        assert field in changed[code].fields
    assert changed["C9407"].kind == "reactivated"
    assert changed["C9803"].effective_from.isoformat() == "2020-03-01"
    ended = {change.code for change in pair.changes if change.kind == "deleted"}
    publisher = {code: {m.target for m in pair.mappings_of[code] if m.evidence == "publisher"} for code in ended}
    assert publisher == {
        "C9041": {"J7169"},
        "C9053": {"J0791"},
        "C9054": {"J0691"},
        "C9056": {"J0223"},
        "C9057": {"J1201"},
        "C9058": {"Q5120"},
        "C9754": set(),
        "C9755": set(),
        "J9199": set(),
    }


def test_the_corrections_file_counts_from_the_day_it_was_posted(home: Path) -> None:
    found = {}
    for day in ("2020-07-08", "2020-07-09"):
        asked = ("lookup", "hcpcs", "C9460", "Q4229", "--on", "2020-07-15", "--published", day)
        surgical, graft = codeset(*asked, "--home", home, "--format", "json").json
        found[day] = (surgical["asc_group"], surgical["asc_effective_date"], graft["long_title"].split()[-1])
    assert found == {"2020-07-08": ("20", None, "inch"), "2020-07-09": ("YY", "2016-01-01", "centimeter")}


@pytest.mark.parametrize(
    ("code", "day", "status"),
    [
        ("C9056", "2020-06-30", "valid"),
        ("C9056", "2020-07-01", "ended"),
        ("C9407", "2019-12-31", "valid"),
        ("C9407", "2020-06-30", "ended"),
        ("C9407", "2020-07-01", "valid"),
        ("C9803", "2020-02-29", "not_yet_valid"),
        ("C9803", "2020-03-01", "valid"),
    ],
)
def test_a_code_of_the_sample_is_valid_by_the_dates_in_its_row(home: Path, code: str, day: str, status: str) -> None:
    (found,) = codeset("lookup", "hcpcs", code, "--on", day, "--home", home, "--format", "json").json
    assert found["status"] == status


def test_the_gate_takes_the_sample_for_no_genuine_release(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path / "work")
    intake = pipeline.discover("hcpcs", write_sample_quarters(tmp_path / "files"))
    with pytest.raises(GateError) as error:
        pipeline.accept(workspace, intake, everything=True)
    assert error.value.failed == ("known_counts",)


@pytest.mark.genuine
@pytest.mark.parametrize(("archive", "folder"), [(APRIL, "2020-q2"), (JULY, "2020-q3")])
def test_every_row_of_the_sample_is_as_published_but_for_those_that_say_otherwise(
    archive: str, folder: str, home: Path, published_files: Path
) -> None:
    genuine = _cells((published_files / "hcpcs" / folder / "anweb.xlsx").read_bytes())
    sample = _cells(_read(home, archive, "ANWEB.xlsx"))
    other = {code for code, row in sample.items() if row != genuine[code]}
    assert other == (MADE_UP | MISPRINTED if archive == JULY else set())


@pytest.mark.genuine
def test_the_corrections_give_the_misprinted_rows_of_the_sample_what_was_published(
    home: Path, published_files: Path
) -> None:
    genuine = _cells((published_files / "hcpcs" / "2020-q3" / "anweb.xlsx").read_bytes())
    surgical, graft = codeset("lookup", "hcpcs", "C9460", "Q4229", "--home", home, "--format", "json").json
    day = surgical["asc_effective_date"].replace("-", "")
    assert [surgical["asc_group"], day] == genuine["C9460"][31:33]
    assert graft["long_title"] == genuine["Q4229"][3]
