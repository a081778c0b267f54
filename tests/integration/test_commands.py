"""The command line as a contract: shapes, exit codes, formats, and where output goes."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from codeset_pipeline.cli.main import app, joined_code_sets
from tests.integration.command_line import codeset, state

OCT28, OCT29 = "2028-10-01", "2029-10-01"


def commands(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name), command


COMMANDS = dict(commands(typer.main.get_command(app)))


def test_every_command_of_the_contract_that_is_built_is_there() -> None:
    built = {
        "demo", "update", "releases", "diff", "reconcile", "lookup", "history", "crosswalk", "impact", "report",
        "rebuild", "verify",
    }  # fmt: skip
    assert built <= {words[0] for words in COMMANDS}
    assert {("review", "list"), ("review", "set")} <= COMMANDS.keys()


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_is_documented_with_an_example_that_its_parser_accepts(words: tuple[str, ...]) -> None:
    shown = codeset(*words, "--help")
    assert shown.code == 0
    command = COMMANDS[words]
    assert command.help
    start = f"Example: codeset {' '.join(words)}"
    assert command.epilog.startswith(start)
    assert f"codeset {' '.join(words)}" in shown.out
    arguments = joined_code_sets(shlex.split(command.epilog.removeprefix(start)))
    command.make_context(words[-1], arguments)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_option_and_argument_says_what_it_is(words: tuple[str, ...]) -> None:
    parameters = {parameter.name: parameter.help for parameter in COMMANDS[words].params if parameter.name != "help"}
    assert [name for name, explained in parameters.items() if not explained] == []
    assert {"home", "database"} <= parameters.keys()


def test_releases(small_home: Path) -> None:
    rows = codeset("releases", "--home", small_home, "--format", "json").json
    assert [(row["label"], row["effective_from"], row["revision"], row["state"]) for row in rows] == [
        ("FY2029", OCT28, 0, "ready"),
        ("FY2030", OCT29, 0, "ready"),
    ]
    assert [(row["rows"], row["billable_rows"]) for row in rows] == [(160, 120), (162, 121)]
    assert all(len(row["sha256"]) == 64 and row["code_set"] == "icd10cm" and row["published"] for row in rows)


def test_diff(small_home: Path) -> None:
    found = codeset("diff", "icd10cm", "FY2029", "latest", "--home", small_home).json
    assert (found["code_set"], found["from"], found["to"]) == ("icd10cm", OCT28, OCT29)
    assert found["totals"] == {"added": 3, "deleted": 1, "became_header": 1, "revised": 1}
    assert found["published_totals"] == {"added": 3, "deleted": 2, "revised": 1}
    changes = {change["code"]: change for change in found["changes"]}
    assert sorted(changes) == ["A00.9", "A01.0", "A01.0A", "A01.0B", "A02.0", "A03.3"]
    assert changes["A02.0"]["fields"]["long_title"] == {
        "old": "Disorder of sort A02, variety 0",
        "new": "=2+5 is how this title begins",
        "text": "wording",
    }
    assert {change["effective_from"] for change in changes.values()} == {OCT29}


def test_diff_of_some_kinds_and_codes(small_home: Path) -> None:
    kinds = codeset("diff", "icd10cm", OCT28, OCT29, "--kind", "deleted", "--kind", "added", "--home", small_home).json
    assert {change["kind"] for change in kinds["changes"]} == {"deleted", "added"}
    assert kinds["totals"] == {"added": 3, "deleted": 1}
    prefix = codeset("diff", "icd10cm", "FY2029", "FY2030", "--code", "a01.", "--home", small_home).json
    assert [change["code"] for change in prefix["changes"]] == ["A01.0", "A01.0A", "A01.0B"]


def test_reconcile(small_home: Path) -> None:
    done = codeset("reconcile", "icd10cm", "FY2029", "FY2030", "--home", small_home)
    assert done.code == 0
    assert (done.json["matched"], done.json["explained"], done.json["unexplained"]) == (6, [], [])
    assert done.json["lists"] == ["icd10cm_order_addenda_2030.txt"]


def test_reconcile_leaves_with_one_when_something_is_unexplained(tmp_path: Path, small_releases: Path) -> None:
    from tests.generated_releases import archive, order_addenda, order_file
    from tests.integration.conftest import FY2029, FY2030

    listed = order_addenda(FY2029, FY2030, "icd10cm_order_2029.txt", "icd10cm_order_2030.txt").split(b"\r\n")
    seeded = b"\r\n".join(line for line in listed if b" A033 " not in line)
    path = tmp_path / "2030-code-descriptions-tabular-order.zip"
    members = {"icd10cm_order_2030.txt": order_file(FY2030), "icd10cm_order_addenda_2030.txt": seeded}
    path.write_bytes(archive(members, (2029, 6, 10)))
    home = tmp_path / "home"
    for origin in (small_releases / "FY2029", path):
        assert codeset("update", "icd10cm", "--from", origin, "--no-report", "--home", home).code == 0
    done = codeset("reconcile", "icd10cm", "FY2029", "FY2030", "--home", home)
    assert done.code == 1
    assert [(item["code"], item["side"], item["kind"]) for item in done.json["unexplained"]] == [
        ("A03.3", "ours", "added")
    ]
    assert "unexplained" in done.err


def test_lookup(small_home: Path) -> None:
    asked = codeset("lookup", "icd10cm", "a00.9", "A010", "A02.0", "Q99.9", "--on", OCT29, "--home", small_home).json
    assert [(item["code"], item["status"]) for item in asked] == [
        ("A00.9", "ended"),
        ("A01.0", "header"),
        ("A02.0", "valid"),
        ("Q99.9", "unknown"),
    ]
    assert (asked[0]["effective_to"], asked[0]["replaced_by"]) == ("2029-09-30", ["A03.3"])
    assert asked[1]["replaced_by"] == ["A01.0A", "A01.0B"]
    assert {"code", "status", "effective_from", "effective_to", "replaced_by"} <= asked[3].keys()
    earlier = codeset(
        "lookup", "icd10cm", "A00.9", "--on", OCT29, "--published", "2029-06-01", "--home", small_home
    ).json
    assert earlier[0]["status"] == "valid"


def test_history(small_home: Path) -> None:
    found = codeset("history", "icd10cm", "A02.0", "--home", small_home).json
    assert [(change["on"], change["kind"]) for change in found["changes"]] == [
        (OCT28, "in_force_on_or_before"),
        (OCT29, "revised"),
    ]
    assert [version["effective_from"] for version in found["versions"]] == [OCT28, OCT28, OCT29]
    unknown = codeset("history", "icd10cm", "Q99.9", "--home", small_home)
    assert (unknown.code, unknown.out) == (1, "")
    assert "Q99.9 is in no loaded release" in unknown.err


def test_crosswalk(small_home: Path) -> None:
    rows = codeset("crosswalk", "icd10cm", "FY2029", "FY2030", "--home", small_home).json
    keys = {
        "source",
        "target",
        "relation",
        "equivalence",
        "evidence",
        "hops",
        "automatic_forward",
        "automatic_backward",
    }
    assert all(keys <= row.keys() for row in rows)
    assert {(row["source"], row["target"], row["relation"], row["evidence"]) for row in rows} == {
        ("A00.9", "A03.3", "renamed", "publisher"),
        ("A01.0", "A01.0A", "split", "publisher"),
        ("A01.0", "A01.0B", "split", "publisher"),
    }
    assert all(row["hops"][0]["effective_from"] == OCT29 for row in rows)
    one = codeset("crosswalk", "icd10cm", "FY2029", "FY2030", "a00.9", "--home", small_home).json
    assert [row["target"] for row in one] == ["A03.3"]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.csv"
    path.write_text(
        "rule,codes,description\nR1,A00.9,ends\nR2,A01.0-A01.9,a range\nR3,A00.0,stays\nR4,B77.7,=cmd|' /C calc'!A0\n"
    )
    return path


def test_impact_and_review(own_home: Path, rules: Path) -> None:
    done = codeset("impact", rules, "--code-set", "icd10cm", "FY2029", "FY2030", "--home", own_home)
    assert done.code == 0, done.err
    (asset,) = done.json["assets"]
    assert {"path", "kind", "lines", "lines_with_codes", "columns"} <= asset.keys()
    assert asset["lines"] == 4
    findings = {(item["line"], item["code"], item["kind"]): item for item in done.json["findings"]}
    assert findings[2, "A00.9", "deleted"]["candidates"] == ["A03.3"]
    assert (5, "B77.7", "never_existed") in findings
    assert not any(line == 4 for line, *_ in findings)
    keys = {"id", "asset", "line", "column", "code", "match", "kind", "effective_from", "candidates", "volume"}
    assert all({*keys, "amount", "action"} <= item.keys() for item in findings.values())

    finding = findings[2, "A00.9", "deleted"]["id"]
    decided = codeset("review", "set", finding, "approved", "--by", "A. Coder", "--note", "agreed", "--home", own_home)
    assert (decided.code, decided.out) == (0, "")
    listed = codeset("review", "list", "--state", "approved", "--home", own_home, "--format", "json").json
    assert [item["id"] for item in listed] == [finding]
    again = codeset("impact", rules, "--code-set", "icd10cm", "FY2029", "FY2030", "--home", own_home).json
    assert [item["state"] for item in again["findings"] if item["id"] == finding] == ["approved"]
    assert codeset("review", "set", finding, "maybe", "--by", "A. Coder", "--home", own_home).code == 2


def test_a_cell_that_begins_like_a_formula_is_text_in_the_workbook(own_home: Path, rules: Path) -> None:
    from openpyxl import load_workbook

    done = codeset("impact", rules, "--code-set", "icd10cm", "FY2029", "FY2030", "--home", own_home)
    book = load_workbook(done.json["report"]["workbook"])
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert any("=2+5 is how this title begins" in str(cell.value) for cell in cells)


def test_report(own_home: Path) -> None:
    first = codeset("report", "icd10cm", "FY2029", "FY2030", "--home", own_home)
    assert first.code == 0, first.err
    assert all(Path(first.json[name]).exists() for name in ("folder", "workbook", "page", "data"))
    again = codeset("report", "icd10cm", "FY2029", "FY2030", "--home", own_home)
    assert (again.json["folder"], first.json["created"], again.json["created"]) == (first.json["folder"], True, False)


def test_update_says_what_it_loaded_and_a_second_time_that_nothing_is_new(tmp_path: Path, small_releases: Path) -> None:
    arguments = ("update", "icd10cm", "--from", small_releases, "--all", "--home", tmp_path)
    first, again = codeset(*arguments), codeset(*arguments)
    assert (first.code, again.code) == (0, 0)
    assert [item["label"] for item in first.json[0]["loaded"]] == ["FY2029", "FY2030"]
    (report,) = first.json[0]["reports"]
    assert (report["from"], report["to"]) == ("FY2029", "FY2030")
    assert report["published_totals"] == {"added": 3, "deleted": 2, "revised": 1}
    assert (report["proven"], report["unexplained"]) == (True, 0)
    assert Path(report["workbook"]).is_file()
    assert again.json[0]["loaded"] == []
    assert "loaded already" in again.err


def test_update_takes_the_newest_release_unless_told_otherwise(tmp_path: Path, small_releases: Path) -> None:
    arguments = ("update", "icd10cm", "--from", small_releases, "--no-report")
    newest = codeset(*arguments, "--home", tmp_path / "a")
    named = codeset(*arguments, "--release", "FY2029", "--home", tmp_path / "b")
    assert [item["label"] for item in newest.json[0]["loaded"]] == ["FY2030"]
    assert [item["label"] for item in named.json[0]["loaded"]] == ["FY2029"]


def test_rebuild_and_verify(own_home: Path) -> None:
    before = state(own_home)
    assert codeset("verify", "--home", own_home).json == {"ok": True, "problems": []}
    assert codeset("rebuild", "--verify", "--home", own_home).json == {"ok": True, "problems": []}
    assert codeset("rebuild", "--home", own_home).json == {"rebuilt": ["icd10cm"]}
    assert state(own_home) == before
    (table,) = (own_home / "snapshots" / "icd10cm" / OCT29).glob("*/codes.parquet")
    table.write_bytes(table.read_bytes()[:-1] + b"?")
    broken = codeset("verify", "--home", own_home)
    assert broken.code == 1
    assert "codes.parquet" in broken.json["problems"][0]
    assert codeset("rebuild", "--home", own_home).code == 0
    assert codeset("verify", "--home", own_home).code == 0


PRINTING = [
    ("releases",),
    ("diff", "icd10cm", "FY2029", "FY2030"),
    ("reconcile", "icd10cm", "FY2029", "FY2030"),
    ("lookup", "icd10cm", "A00.9", "A02.0"),
    ("history", "icd10cm", "A02.0"),
    ("crosswalk", "icd10cm", "FY2029", "FY2030"),
    ("review", "list"),
    ("verify",),
]


@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_every_printing_command_has_the_three_formats_and_output(
    small_home: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    as_json = codeset(*words, "--home", small_home, "--format", "json")
    as_csv = codeset(*words, "--home", small_home, "--format", "csv")
    as_table = codeset(*words, "--home", small_home, "--format", "table")
    assert {as_json.code, as_csv.code, as_table.code} == {0}
    assert json.loads(as_json.out) is not None
    header, *rows = list(csv.reader(io.StringIO(as_csv.out)))
    assert all(len(row) == len(header) for row in rows)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    file = tmp_path / "out.json"
    written = codeset(*words, "--home", small_home, "--format", "json", "--output", file)
    assert (written.out, file.read_text("utf-8")) == ("", as_json.out)


def test_home_may_stand_before_or_after_the_command_or_in_the_environment(
    small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = codeset("releases", "--home", small_home).out
    assert codeset("--home", small_home, "releases").out == after
    assert codeset("--home", tmp_path, "releases", "--home", small_home).out == after
    monkeypatch.setenv("CODESET_HOME", str(small_home))
    assert codeset("releases").out == after
    assert codeset("--home", tmp_path, "releases").code == 1
    monkeypatch.delenv("CODESET_HOME")
    monkeypatch.chdir(small_home)
    assert codeset("releases").out == after


def test_another_database_can_be_named(small_home: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{small_home / 'codeset.sqlite'}"
    assert len(codeset("releases", "--home", tmp_path, "--database", url).json) == 2
    assert codeset("releases", "--database", "nonsense").code == 2


MISUSE = [
    (("releases", "icd11"), "use one of hcpcs, icd10cm, icd10pcs"),
    (("diff", "icd10cm", "FY2029", "sometime"), "names no release"),
    (("diff", "icd10cm", "FY2029", "FY2029"), "same release"),
    (("diff", "icd10cm", "FY2029", "FY2030", "--kind", "exploded"), "no kind of change"),
    (("lookup", "icd10cm", "A00", "--on", "1 October"), "is no date"),
    (("impact", "x.csv", "--code-set", "icd10cm", "FY2029"), "takes three words"),
    (("update", "icd10cm", "--from", "x", "--release", "FY2030", "--all"), "give one of the two"),
    (("update", "hcpcs", "--from", "cdc"), "use --from cms or PATH"),
    (("nonsense",), "nonsense"),
    (("lookup", "icd10cm", "A00", "--format", "xml"), "xml"),
]


@pytest.mark.parametrize(("words", "says"), MISUSE, ids=lambda value: value[0] if isinstance(value, tuple) else value)
def test_misuse_leaves_with_two_and_says_what_is_wrong(small_home: Path, words: tuple[str, ...], says: str) -> None:
    before = state(small_home)
    done = codeset("--home", small_home, *words)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert "Traceback" not in done.err
    assert state(small_home) == before


def test_a_release_that_is_not_loaded_is_a_failed_run(small_home: Path) -> None:
    done = codeset("diff", "icd10cm", "FY2029", "FY2031", "--home", small_home)
    assert (done.code, done.out) == (1, "")
    assert "FY2031" in done.err
    assert "codeset update icd10cm" in done.err


def test_a_fresh_process_prints_json_alone_and_tells_its_progress_elsewhere(
    tmp_path: Path, small_releases: Path
) -> None:
    command = [sys.executable, "-m", "codeset_pipeline", "update", "icd10cm", "--from", str(small_releases), "--all"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "CODESET_HOME": str(tmp_path)}
    )
    assert len(json.loads(done.stdout)[0]["loaded"]) == 2
    assert "reading" in done.stderr
    assert "Workbook:" in done.stderr


def test_debug_shows_where_an_error_comes_from(tmp_path: Path) -> None:
    from codeset_pipeline.errors import HistoryError

    with pytest.raises(HistoryError):
        codeset("releases", "--home", tmp_path, "--debug")
