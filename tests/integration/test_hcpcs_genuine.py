"""The genuine HCPCS releases in a workspace: revisions and rows, and that the order of arrival does not matter."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_CORRECTIONS
from codeset_pipeline.sources.definition import source
from tests.integration.command_line import codeset, database_hashes

pytestmark = pytest.mark.genuine


def test_every_release_has_the_published_number_of_rows_and_a_revision_for_each_day_of_corrections(
    published_files: Path, tmp_path: Path
) -> None:
    place = Workspace.at(tmp_path)
    pipeline.accept(place, pipeline.discover("hcpcs", published_files / "hcpcs"), everything=True)
    revisions = Acceptor(place, source("hcpcs")).revisions()
    found = [(r.release.label, r.plan.revision, len(r.snapshot.read(HCPCS_CORRECTIONS))) for r in revisions]
    # The corrections of 2018 in the order of their members' dates; both files of 2019 are written on 3 January 2019.
    assert found == [
        ("2018Q1", 0, 0),
        ("2018Q1", 1, 24),
        ("2018Q1", 2, 24 + 28),
        ("2018Q1", 3, 24 + 28 + 30),
        ("2018Q1", 4, 24 + 28 + 30 + 28),
        ("2019Q1", 0, 0),
        ("2019Q1", 1, 11 + 3),
        ("2020Q1", 0, 0),
        ("2020Q2", 0, 0),
        ("2020Q3", 0, 0),
    ]
    rows = {r.release.label: r.snapshot.rows for r in revisions if r.plan.revision == 0}
    assert rows == {"2018Q1": 6559, "2019Q1": 6800, "2020Q1": 7079, "2020Q2": 7097, "2020Q3": 7158}
    days = [r.plan.published for r in revisions if r.release.label == "2018Q1"][1:]
    assert days == [date(2017, 12, 22), date(2018, 1, 3), date(2018, 1, 9), date(2018, 1, 11)]
    assert [r.plan.published for r in revisions if r.release.label == "2019Q1"][1] == date(2019, 1, 3)


def test_releases_and_corrections_in_any_order_make_the_same_database(published_files: Path, tmp_path: Path) -> None:
    folder = published_files / "hcpcs"
    alpha, fixes = "{0}-annual/{0}-Alpha-Numeric-HCPCS-File.zip", "{0}-annual/{0}-HCPCS-Alpha-Numeric-Corrections.zip"
    forward = [alpha.format(2018), fixes.format(2018), alpha.format(2019), fixes.format(2019)]
    backward = [alpha.format(2019), alpha.format(2018), fixes.format(2019), fixes.format(2018)]
    hashes = []
    for number, order in enumerate((forward, backward)):
        home = tmp_path / str(number)
        for name in order:
            done = codeset("update", "hcpcs", "--from", folder / name, "--no-report", "--home", home)
            assert done.code == 0, done.err
        hashes.append(database_hashes(home))
    assert hashes[0] == hashes[1]
    assert "hcpcs_code" in hashes[0]
