"""The commands on two sample quarters of NCCI edits, from zips to answers and reports."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.demo.sample_hcpcs import write_sample_quarters
from codeset_pipeline.demo.sample_ncci import write_sample_edits
from codeset_pipeline.demo.sample_ncci.edits import level_ii_codes, sample_edits
from codeset_pipeline.demo.sample_ncci.tables import sample_add_ons, sample_mue
from codeset_pipeline.errors import NothingFound
from codeset_pipeline.labels import effective_date
from tests.integration.command_line import codeset

PTP, MUE, ADD_ON = "ncci-ptp-practitioner", "ncci-mue-practitioner", "ncci-aoc"
PAIR = ("2020Q2", "2020Q3")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with both quarters, and HCPCS Level II for the descriptions."""
    folder = tmp_path_factory.mktemp("ncci")
    write_sample_quarters(folder / "hcpcs")
    write_sample_edits(folder / "files")
    codeset("update", "hcpcs", "--from", folder / "hcpcs", "--all", "--no-report", "--accept", "known_counts",
            "--home", folder)  # fmt: skip
    done = codeset("update", PTP, MUE, ADD_ON, "--from", folder / "files", "--all", "--home", folder)
    assert done.code == 0, done.err
    return folder


def asked(home: Path, *words: object) -> Any:
    done = codeset(*words, "--format", "json", "--home", home)
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_the_diff_has_every_row_that_the_two_files_do_not_share(home: Path) -> None:
    document = asked(home, "diff", PTP, *PAIR)
    before, after, _ = sample_edits()
    differing = {(row.column_1, row.column_2, row.effective_from.isoformat()) for row in {*before} ^ {*after}}
    assert {(c["column_1"], c["column_2"], c["effective_from"]) for c in document["changes"]} == differing
    assert document["totals"] == {
        "edit_deleted": 15, "edit_added": 25, "indicator_changed": 3, "rationale_changed": 1, "reactivated": 1,
    }  # fmt: skip
    assert document["published_totals"] == {"added": 23, "deleted": 13, "revised": 3}


def test_there_are_no_education_lists_of_edits(home: Path) -> None:
    assert not list((home / "reports").glob("ncci-*/education*"))


def test_retroactive_changes_say_which_dates_of_service_they_reach(home: Path) -> None:
    changes = asked(home, "diff", PTP, "previous", "latest", "--retroactive")["changes"]
    assert len(changes) == 8
    assert all(c["retroactive"] and c["reach_from"] <= c["reach_to"] == "2020-06-30" for c in changes)


def test_a_code_prefix_finds_either_column(home: Path) -> None:
    everything = asked(home, "diff", PTP, *PAIR)["changes"]
    code = everything[0]["column_2"]
    found = asked(home, "diff", PTP, *PAIR, "--code", code.lower())["changes"]
    assert found == [c for c in everything if code in (c["column_1"], c["column_2"])]


def test_mue_and_add_on_changes_carry_their_keys(home: Path) -> None:
    mue = asked(home, "diff", MUE, *PAIR)
    assert mue["totals"] == {"added": 4, "deleted": 3, "mue_value_changed": 4, "mai_changed": 2}
    add_on = asked(home, "diff", ADD_ON, *PAIR)
    assert add_on["totals"] == {"added": 1, "deleted": 1, "primary_added": 4, "primary_deleted": 7}
    assert all(c["add_on_code"] and "primary_code" in c for c in add_on["changes"] if c["kind"].startswith("primary"))


def test_the_changes_agree_with_the_change_files(home: Path) -> None:
    found = asked(home, "reconcile", PTP, *PAIR)
    assert (found["covered"], found["matched"], found["unexplained"]) == (True, 39, [])
    assert {item["rule"] for item in found["explained"]} == {"ncci_listed_as_indicator_change", "ncci_no_list_for_it"}


def test_without_a_list_reconcile_proves_nothing_and_leaves_with_1(home: Path) -> None:
    done = codeset("reconcile", MUE, *PAIR, "--format", "json", "--home", home)
    assert done.code == 1
    assert json.loads(done.out)["covered"] is False


def test_edits_have_no_crosswalk(home: Path) -> None:
    done = codeset("crosswalk", ADD_ON, *PAIR, "--home", home)
    assert (done.code, done.out) == (2, "")
    assert "has no crosswalk" in done.err


def test_check_answers_for_a_setting(home: Path) -> None:
    edit = next(e for e in sample_edits()[1] if e.deleted_on is None)
    limit = next(value for value in sample_mue(effective_date("2020Q3")) if value.value == 2)
    words = ("check", "practitioner", edit.column_2, edit.column_1, "--on", "2020-07-15", "--units", f"{limit.code}=3")
    found = asked(home, *words)
    assert [(e["column_1"], e["column_2"], e["modifier_indicator"]) for e in found["edits"]] == [
        (edit.column_1, edit.column_2, edit.modifier_indicator)
    ]
    assert [(m["code"], m["exceeded"]) for m in found["mue"] if m["units"]] == [(limit.code, True)]
    table = codeset(*words, "--format", "table", "--home", home)
    assert "3 units EXCEED it" in table.out
    bad = codeset("check", "practitioner", edit.column_1, "--units", "many", "--home", home)
    assert bad.code == 2


def test_a_report_marks_what_is_retroactive_and_describes_level_ii_codes(home: Path) -> None:
    found = asked(home, "report", PTP, *PAIR)
    book = openpyxl.load_workbook(found["workbook"])
    sheet = book["Retroactive"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("Column 1", "HCPCS description", "Column 2", "HCPCS description")
    assert len(rows) == 9
    assert all(row[1] and row[3] for row in rows[1:])
    assert len(list(book["Edits added"].iter_rows())) == 26
    page = Path(found["page"]).read_text("utf-8")
    assert "8 changes are RETROACTIVE" in page
    assert "SAMPLE DATA" in page
    with (Path(found["folder"]) / "changes.csv").open(encoding="utf-8") as stream:
        listed = list(csv.DictReader(stream))
    assert {row["column_1"] + row["column_2"] for row in listed if row["retroactive"] == "true"} == {
        f"{row[0]}{row[2]}" for row in rows[1:]
    }
    data = json.loads(Path(found["data"]).read_text("utf-8"))
    assert sum(change["retroactive"] for change in data["updates"][0]["changes"]) == 8


def test_every_change_stands_in_one_table_of_its_kind(home: Path) -> None:
    for code_set, names in (
        (PTP, ("Edits added", "Edits deleted", "Indicator changes", "Other edit changes")),
        (MUE, ("MUE",)),
        (ADD_ON, ("Add-on codes",)),
    ):
        book = openpyxl.load_workbook(asked(home, "report", code_set, *PAIR)["workbook"], read_only=True)
        rows = sum(1 for name in names for _ in book[name].iter_rows(min_row=2))
        assert rows == len(asked(home, "diff", code_set, *PAIR)["changes"])


def test_the_update_says_what_is_retroactive(home: Path, tmp_path: Path) -> None:
    done = codeset("update", PTP, "--from", home / "files", "--all", "--home", tmp_path)
    assert re.search(r"23 added, 13 deleted, 3 revised edits\.\nRETROACTIVE: 8 changes", done.err)


def test_a_folder_tells_which_code_sets_it_holds(home: Path) -> None:
    assert pipeline.ncci_code_sets_at(home / "files") == [ADD_ON, MUE, PTP]
    with pytest.raises(NothingFound, match="holds no NCCI file"):
        pipeline.ncci_code_sets_at(home / "hcpcs")


def charge_list(folder: Path, codes: list[str], quantity: int = 9) -> Path:
    lines = [f"{number},charge {number},Ward {number % 2},{code},{quantity},10" for number, code in enumerate(codes)]
    path = folder / "charges.csv"
    path.write_text("\n".join(["Charge Code,Description,Department,HCPCS,Quantity,Price", *lines]), encoding="utf-8")
    return path


def found_by_impact(home: Path, asset: Path) -> dict[str, list[dict[str, Any]]]:
    pairs = [word for code_set in (PTP, MUE, ADD_ON) for word in ("--code-set", code_set, *PAIR)]
    found: dict[str, list[dict[str, Any]]] = {PTP: [], MUE: [], ADD_ON: []}
    for finding in asked(home, "impact", asset, *pairs)["findings"]:
        found[finding["code_set"]].append(finding)
    return found


def test_impact_finds_the_pairs_units_and_add_on_codes_of_one_charge_master(home: Path, tmp_path: Path) -> None:
    before, after, _ = sample_edits()
    differing = {(row.column_1, row.column_2) for row in {*before} ^ {*after}}
    quarter = date(2020, 7, 1)
    limits = {row.code: row.value for row in sample_mue(quarter)}
    found = found_by_impact(home, charge_list(tmp_path, list(level_ii_codes())))
    pairs = {tuple(finding["match"].split("/")) for finding in found[PTP]}
    # A changed rationale decides no claim.
    assert differing - pairs == {
        (c["column_1"], c["column_2"])
        for c in asked(home, "diff", PTP, *PAIR)["changes"]
        if c["kind"] == "rationale_changed"
    }
    assert pairs <= differing
    exceeded = {finding["code"] for finding in found[MUE] if finding["kind"] == "exceeds_mue"}
    assert exceeded == {code for code, most in limits.items() if most < 9}
    # With every code on the list, each add-on code has a primary beside it.
    assert found[ADD_ON] == []


def test_impact_leaves_out_pairs_of_which_one_code_is_not_on_the_list(home: Path, tmp_path: Path) -> None:
    before, after, _ = sample_edits()
    first, second = next((row.column_1, row.column_2) for row in {*after} - {*before} if row.deleted_on is None)
    both = found_by_impact(home, charge_list(tmp_path, [first, second], 0))
    assert {f["match"] for f in both[PTP]} == {f"{first}/{second}"}
    assert found_by_impact(home, charge_list(tmp_path, [first], 0))[PTP] == []


def test_impact_finds_an_add_on_code_whose_primary_codes_are_not_on_the_list(home: Path, tmp_path: Path) -> None:
    day = date(2020, 7, 1)
    rows = [row for row in sample_add_ons(day) if row.deleted_on is None or row.deleted_on >= day]
    rows = [row for row in rows if row.add_on_deleted_on is None]
    open_ended = {row.add_on_code for row in rows if row.primary_code == "CCCCC"}
    primaries: dict[str, set[str]] = {}
    for row in rows:
        primaries.setdefault(row.add_on_code, set()).add(row.primary_code)
    alone = found_by_impact(home, charge_list(tmp_path, sorted(primaries), 0))[ADD_ON]
    expected = {code for code, names in primaries.items() if code not in open_ended and not names & primaries.keys()}
    assert expected
    assert {finding["code"] for finding in alone} == expected
