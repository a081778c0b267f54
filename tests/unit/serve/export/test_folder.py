"""The folder of an export: its descriptor, its hashes, and what happens to what was there before."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.errors import HistoryError, UsageError
from codeset_pipeline.serve.export.content import Request
from codeset_pipeline.serve.export.verify import verify_export
from codeset_pipeline.serve.export.write import export
from codeset_pipeline.settings import Workspace
from tests.integration.command_line import codeset
from tests.unit.history.loading import workspace
from tests.unit.serve.export.conftest import EDITS, Export
from tests.unit.serve.export.reading import bytes_in, described, tables_in

FORMATS = ("csv", "ndjson", "parquet", "fhir")


def _check_package(folder: Path) -> None:
    """What the specification of Data Packages (version 2) asks for, as far as we use it."""
    package = described(folder)
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch(r"[a-z0-9._-]+", package["name"]) and package["resources"]
    assert package["licenses"] and all("name" in each or "path" in each for each in package["licenses"])
    assert package["sources"] and all(set(each) & {"title", "path", "email"} for each in package["sources"])
    names = [each["name"] for each in package["resources"]]
    assert len(set(names)) == len(names)
    for resource in package["resources"]:
        assert resource["path"] == Path(resource["path"]).name and "data" not in resource
        content = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        if resource.get("type") == "table":
            _check_table(folder, resource)


def _check_table(folder: Path, resource: dict[str, Any]) -> None:
    schema = resource["schema"]
    fields = {field["name"]: field for field in schema["fields"]}
    assert len(fields) == len(schema["fields"]) > 3
    assert all(field["description"] for field in fields.values())
    assert {field["type"] for field in fields.values()} <= {"string", "integer", "boolean", "date", "array"}
    rows = tables_in(folder)[resource["name"]]
    assert resource["rows"] == len(rows)
    for name, field in fields.items():
        if field.get("constraints", {}).get("required"):
            assert all(row[name] is not None for row in rows)
    for key in [schema["primaryKey"]] if "primaryKey" in schema else schema["uniqueKeys"]:
        assert set(key) <= set(fields)
        assert len({tuple(row[name] for name in key) for row in rows}) == len(rows)
    if resource["format"] == "csv":
        with (folder / resource["path"]).open(newline="", encoding=resource["encoding"]) as file:
            header, *records = csv.reader(file, strict=True, doublequote=resource["dialect"]["doubleQuote"])
        assert header == list(fields)
        for name, cells in zip(header, zip(*records, strict=True), strict=bool(records)):
            # Read by the rules of the descriptor alone, an empty cell is null only where nulls may stand.
            missing = fields[name].get("missingValues", schema["missingValues"])
            assert ("" in missing) or fields[name]["type"] == "string"
            nulls = [cell in missing for cell in cells]
            assert nulls == [row[name] is None for row in rows]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("code_set", ["icd10cm", "hcpcs", *EDITS])
def test_the_descriptor_follows_the_specification(exported: Export, code_set: str, format: str) -> None:
    if format == "fhir" and code_set in EDITS:
        return
    _check_package(exported(code_set, format))
    assert verify_export(exported(code_set, format)) == []


def test_the_descriptor_names_releases_and_release_files(exported: Export, history: Any) -> None:
    package = described(exported("icd10cm", "csv"))
    ours = package["codeset_pipeline"]
    loaded = history.releases("icd10cm")
    assert [each["snapshot_hash"] for each in ours["releases"]] == [each["snapshot_hash"] for each in loaded]
    assert [each["label"] for each in ours["releases"]] == ["FY2018", "FY2020", "FY2021"]
    blobs = Path(history.workspace.blobs)
    for each in package["sources"]:
        sha256 = each["hash"].removeprefix("sha256:")
        content = (blobs / sha256[:2] / sha256).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256 and len(content) == each["bytes"]
    assert len(package["sources"]) == 4
    early = described(exported("icd10cm", "csv", published="2019-09-30"))["codeset_pipeline"]
    assert [each["label"] for each in early["releases"]] == ["FY2018"]


def test_the_same_history_gives_the_same_bytes(own_home: Path, tmp_path: Path, exported: Export) -> None:
    # A copy in another place, loaded anew.
    (own_home / "codeset.sqlite").unlink()
    shutil.rmtree(own_home / "crosswalks")
    done = codeset("rebuild", "--home", own_home)
    assert done.code == 0, done.err
    for format in FORMATS:
        for code_set in ("icd10cm", "hcpcs"):
            export(Request(workspace(own_home), code_set), format, tmp_path / code_set)
            assert bytes_in(tmp_path / code_set) == bytes_in(exported(code_set, format))


def test_postgresql_gives_the_same_bytes(
    home_of: Callable[[str], Path], postgresql_url: str, exported: Export, tmp_path: Path
) -> None:
    for code_set in ("icd10cm", "hcpcs", "ncci-ptp-practitioner", "ncci-aoc"):
        place = Workspace.at(home_of(code_set), postgresql_url)
        pipeline.load(place, code_set, publish=False)
        for format in FORMATS[:3] if code_set in EDITS else FORMATS:
            export(Request(place, code_set), format, tmp_path / code_set / format)
            assert bytes_in(tmp_path / code_set / format) == bytes_in(exported(code_set, format))
        export(Request(place, code_set, date(2020, 7, 1), date(2020, 7, 2)), "csv", tmp_path / "day" / code_set)
        expected = bytes_in(exported(code_set, "csv", on="2020-07-01", published="2020-07-02"))
        assert bytes_in(tmp_path / "day" / code_set) == expected


@pytest.mark.parametrize("format", FORMATS)
def test_a_flipped_byte_is_found_and_its_file_named(exported: Export, tmp_path: Path, format: str) -> None:
    folder = tmp_path / "out"
    shutil.copytree(exported("hcpcs", format), folder)
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        # Every byte near both ends, and some between.
        between = range(0, len(content), len(content) // 40 + 1)
        places = {*range(30), *range(len(content) - 30, len(content)), *between}
        for place in sorted(places):
            path.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :])
            assert f"{path.name} has changed since it was written" in verify_export(folder), place
        path.write_bytes(content)
        assert verify_export(folder) == []
        path.unlink()
        if path.name != "datapackage.json":
            assert verify_export(folder) == [f"{path.name} is missing"]
        path.write_bytes(content)
    (folder / "more.csv").touch()
    assert verify_export(folder) == ["more.csv is no part of the export"]


def test_the_command_exports_and_verifies(served_home: Path, tmp_path: Path, exported: Export) -> None:
    out = tmp_path / "out"
    done = codeset("export", "ICD10CM", "--on", "2019-10-01", "--as", "csv", out, "--home", served_home)
    assert done.code == 0 and done.out == "" and "icd10_codes.csv" in done.err
    assert bytes_in(out) == bytes_in(exported("icd10cm", "csv", on="2019-10-01"))
    assert codeset("verify", "--export", out, "--format", "json").json == {"ok": True, "problems": []}
    (out / "icd10_codes.csv").write_bytes(b"")
    found = codeset("verify", "--export", out, "--format", "json")
    assert found.code == 1 and found.json["problems"] == ["icd10_codes.csv has changed since it was written"]
    for words in (["--as", "parquet", tmp_path / "x.csv"], [tmp_path / "x"], ["--as", "csv", "--table", "t", out]):
        done = codeset("export", "icd10cm", *words, "--home", served_home)
        assert done.code == 2 and done.err.startswith("codeset: ") and done.err.count("\n") == 1
    assert codeset("verify", "--export", tmp_path).code == 2


def test_what_lies_before_everything_that_is_loaded_is_refused(served_home: Path, tmp_path: Path) -> None:
    place = workspace(served_home)
    with pytest.raises(HistoryError, match="had been published by 2010-01-01"):
        export(Request(place, "icd10cm", published=date(2010, 1, 1)), "csv", tmp_path / "out")
    with pytest.raises(HistoryError, match="the oldest release that is loaded takes effect on 2017-10-01"):
        export(Request(place, "icd10cm", on=date(2017, 9, 30)), "csv", tmp_path / "out")
    with pytest.raises(HistoryError, match="No release of icd10pcs is loaded"):
        export(Request(place, "icd10pcs"), "csv", tmp_path / "out")
    # Rows of HCPCS carry their own dates; what they say of earlier days is a part.
    export(Request(place, "hcpcs", on=date(2019, 1, 1)), "fhir", tmp_path / "out")
    assert json.loads((tmp_path / "out" / "CodeSystem-hcpcs-2020-01-01.json").read_bytes())["content"] == "fragment"


def _export(home: Path, out: Path, format: str = "ndjson", progress: Callable[[str], None] = lambda _: None) -> None:
    export(Request(workspace(home), "icd10cm"), format, out, progress=progress)


def test_an_older_export_is_replaced_and_nothing_else(served_home: Path, tmp_path: Path, exported: Export) -> None:
    out = tmp_path / "out"
    out.mkdir()
    _export(served_home, out, "csv")
    _export(served_home, out)
    assert bytes_in(out) == bytes_in(exported("icd10cm", "ndjson"))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    (out / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"also holds notes\.txt, which no export wrote"):
        _export(served_home, out)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "datapackage.json").write_text('{"resources": []}')
    with pytest.raises(UsageError, match="not an export of this program"):
        _export(served_home, tmp_path / "other")
    with pytest.raises(UsageError, match="is a file"):
        _export(served_home, out / "notes.txt")
    assert (out / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("killed_at", [1, 2, 3, 4])
def test_a_killed_export_leaves_the_older_one_whole(
    served_home: Path, tmp_path: Path, exported: Export, killed_at: int
) -> None:
    out = tmp_path / "out"
    shutil.copytree(exported("icd10cm", "csv"), out)
    told = 0

    def kill(_: str) -> None:
        nonlocal told
        told += 1
        if told == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            _export(served_home, out, progress=kill)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert bytes_in(out) == bytes_in(exported("icd10cm", "csv"))
    assert len(list(tmp_path.iterdir())) == 2
    # One that fails takes its leavings with it; the next one sweeps what the killed one left.
    with pytest.raises(ZeroDivisionError):
        _export(served_home, out, progress=lambda _: 1 // 0)  # type: ignore[arg-type, return-value]
    assert bytes_in(out) == bytes_in(exported("icd10cm", "csv"))
    _export(served_home, out)
    assert verify_export(out) == []
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_folders_change_places_where_the_system_cannot_do_it_at_once(
    served_home: Path, tmp_path: Path, exported: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codeset_pipeline.serve.export.folder.sys.platform", "plan9")
    shutil.copytree(exported("icd10cm", "csv"), tmp_path / "out")
    _export(served_home, tmp_path / "out")
    assert bytes_in(tmp_path / "out") == bytes_in(exported("icd10cm", "ndjson"))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_export_that_was_put_aside_comes_back(served_home: Path, tmp_path: Path, exported: Export) -> None:
    # Killed between the two steps: no process has this number.
    aside = tmp_path / f".out.{2**22 + 1}.aside.tmp"
    shutil.copytree(exported("icd10cm", "csv"), aside)
    with pytest.raises(ZeroDivisionError):
        _export(served_home, tmp_path / "out", progress=lambda _: 1 // 0)  # type: ignore[arg-type, return-value]
    assert bytes_in(tmp_path / "out") == bytes_in(exported("icd10cm", "csv"))
    # That of another process, which runs, and files of other places are left alone.
    others = [tmp_path / f".out.{os.getppid()}.tmp", tmp_path / ".out.more.4194305.tmp"]
    for other in others:
        other.mkdir()
    _export(served_home, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["out", *(other.name for other in others)])
