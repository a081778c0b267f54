"""The publishers' own releases: totals as published, and every change held against an independent comparison."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from codeset_pipeline.errors import CodesetError
from codeset_pipeline.pipeline import Differences, differences
from codeset_pipeline.settings import Workspace
from tests.integration.command_line import codeset
from tests.integration.conftest import DATA

pytestmark = pytest.mark.genuine


class Row(NamedTuple):
    billable: bool
    short: str
    long: str


def member(release: str, pattern: str, code_set: str = "icd10cm") -> list[str]:
    """Lines of the one file of a release whose name matches, in any of its archives."""
    for path in sorted((DATA / code_set / release).glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if re.fullmatch(pattern, name.rsplit("/", 1)[-1], re.I):
                    return archive.read(name).decode("utf-8").splitlines()
    raise AssertionError(f"no archive of {code_set} {release} holds a file like {pattern}")


def order_rows(release: str, code_set: str = "icd10cm") -> dict[str, Row]:
    """The order file by its columns: 7-13 code, 15 flag, 17-76 short title, 78- long title."""
    lines = member(release, r"icd10(?:cm|pcs)[-_]order[-_](?!addenda).*\.txt", code_set)
    return {line[6:13].strip(): Row(line[14] == "1", line[16:76].strip(), line[77:].strip()) for line in lines if line}


def found(home: Path, old: str, new: str, code_set: str = "icd10cm") -> Differences:
    return differences(Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}"), code_set, old, new)


PUBLISHED = [
    # older, newer, and the publisher's totals of billable codes: added, deleted, revised
    ("FY2017", "FY2018", (360, 142, 226)),
    ("FY2024", "FY2025", (252, 36, 13)),
    ("FY2025", "FY2026", (487, 28, 38)),
    ("FY2024", "FY2024-apr", (0, 0, 0)),
    ("FY2025", "FY2025-apr", (0, 0, 0)),
]


@pytest.mark.parametrize(("old", "new", "totals"), PUBLISHED)
def test_totals_are_those_the_publisher_published_and_nothing_is_unexplained(
    genuine_home: Path, old: str, new: str, totals: tuple[int, int, int]
) -> None:
    result = found(genuine_home, old, new)
    published = result.published_totals
    assert (published.added, published.deleted, published.revised) == totals
    assert result.reconciliation.covered
    assert result.reconciliation.unexplained == ()


@pytest.mark.parametrize(("old", "new", "totals"), PUBLISHED)
def test_every_change_of_headers_codes_flags_and_titles_is_the_one_a_plain_comparison_finds(
    genuine_home: Path, old: str, new: str, totals: tuple[int, int, int]
) -> None:
    before, after = order_rows(old), order_rows(new)
    expected = {(code, "added") for code in after.keys() - before.keys()}
    expected |= {(code, "deleted") for code in before.keys() - after.keys()}
    for code in before.keys() & after.keys():
        was, now = before[code], after[code]
        if was.billable != now.billable:
            expected.add((code, "became_billable" if now.billable else "became_header"))
        if (was.short, was.long) != (now.short, now.long):
            expected.add((code, "revised"))
    result = found(genuine_home, old, new)
    listed = [
        (change.code, str(change.kind)) for change in result.changes if not change.kind.startswith(("note", "poa"))
    ]
    assert len(listed) == len(set(listed))
    # A code that ended in an older release and comes back is an addition under a more telling name.
    assert {(code, "added" if kind in {"reactivated", "reused"} else kind) for code, kind in listed} == expected
    for change in result.changes:
        if change.kind == "revised":
            was, now = before[change.code], after[change.code]
            fields = {name: (field.old, field.new) for name, field in change.fields.items()}
            assert fields.get("long_title", (was.long, was.long)) == (was.long, now.long)
            assert fields.get("short_title", (was.short, was.short)) == (was.short, now.short)


@pytest.mark.parametrize(("old", "new", "totals"), PUBLISHED)
def test_what_matched_is_what_the_publishers_list_holds(
    genuine_home: Path, old: str, new: str, totals: tuple[int, int, int]
) -> None:
    lines = member(new, r"icd10cm[-_]order[-_]addenda.*\.txt")
    listed: dict[str, list[Row | None]] = {}
    for line in lines:
        label = line[:13].strip()
        if label in {"Add:", "Delete:", "Revise from:", "Revise to:"}:
            row = Row(line[13] == "1", line[23:83].strip(), line[84:].strip())
            listed.setdefault(line[15:22].strip(), [None, None])[label in {"Add:", "Revise to:"}] = row
    before, after = order_rows(old), order_rows(new)
    proof = found(genuine_home, old, new).reconciliation
    assert proof.matched == sum(
        [before.get(code), after.get(code)] == rows and rows[0] != rows[1] for code, rows in listed.items()
    )
    # What the list leaves out must be what is explained, code by code.
    changed = {code for code in before.keys() | after.keys() if before.get(code) != after.get(code)}
    assert {item.code for item in proof.explained if item.side == "ours"} == changed - listed.keys()


def test_april_2026_alone_describes_the_code_set_of_october_2025_but_for_accents(genuine_home: Path) -> None:
    result = found(genuine_home, "FY2026", "FY2026-apr")
    assert {str(change.kind) for change in result.changes} == {"revised"}
    assert {change.explained for change in result.changes} == {"accents_in_tabular_xml"}
    assert len(result.changes) == len(result.reconciliation.explained) == 151
    assert result.reconciliation.unexplained == ()
    assert result.unproven == 0
    for change in result.changes:
        assert list(change.fields) == ["long_title"]
        assert str(change.title_before).isascii()
        assert not str(change.title_after).isascii()


def test_procedure_codes_of_fy2026(genuine_home: Path) -> None:
    result = found(genuine_home, "FY2025", "FY2026", "icd10pcs")
    before, after = order_rows("FY2025", "icd10pcs"), order_rows("FY2026", "icd10pcs")
    kinds = {(change.code, str(change.kind)) for change in result.changes}
    assert {code for code, kind in kinds if kind == "added"} == after.keys() - before.keys()
    assert {code for code, kind in kinds if kind == "deleted"} == before.keys() - after.keys()
    revised = {code for code in before.keys() & after.keys() if before[code] != after[code]}
    assert {code for code, kind in kinds if kind == "revised"} == revised
    assert result.reconciliation.covered
    assert result.reconciliation.unexplained == ()
    # The list starts from the update of April 2025, which is not here: what that update did is explained and not
    # counted, and the rest must be what the list's trailer states.
    assert {item.rule for item in result.reconciliation.explained} == {"mid_year_base"}
    trailer = [line.split() for line in member("FY2026", r"order_addenda.*\.txt", "icd10pcs")[-12:]]
    stated = {words[1]: int(words[0]) for words in trailer if len(words) == 2 and words[0].isdigit()}
    totals = result.published_totals
    assert (totals.added, totals.deleted, totals.revised) == (
        stated["additions"],
        stated["deletions"],
        stated["revisions"],
    )


@pytest.mark.parametrize(("old", "new"), [("FY2018", "FY2017"), ("FY2026", "FY2024"), ("FY2024-apr", "FY2026")])
def test_spans_and_backward_comparisons_are_proven_by_following_the_lists(
    genuine_home: Path, old: str, new: str
) -> None:
    proof = found(genuine_home, old, new).reconciliation
    assert proof.covered
    assert proof.unexplained == ()
    assert proof.matched > 0


def test_a_span_without_lists_is_said_to_be_unproven(genuine_home: Path) -> None:
    result = found(genuine_home, "FY2018", "FY2024")
    assert not result.reconciliation.covered
    assert result.unproven > 4_000
    assert codeset("reconcile", "icd10cm", "FY2018", "FY2024", "--home", genuine_home).code == 1


def test_every_release_has_the_rows_of_its_order_file(genuine_home: Path) -> None:
    listed = codeset("releases", "icd10cm", "--home", genuine_home, "--format", "json").json
    assert [row["label"] for row in listed] == [
        "FY2017", "FY2018", "FY2021-jan", "FY2024", "FY2024-apr", "FY2025", "FY2025-apr", "FY2026", "FY2026-apr",
    ]  # fmt: skip
    for row in listed:
        if row["label"] != "FY2026-apr":
            rows = order_rows(row["label"])
            assert (row["rows"], row["billable_rows"]) == (len(rows), sum(r.billable for r in rows.values()))


def test_a_release_that_is_not_loaded_is_named_with_what_is(genuine_home: Path) -> None:
    with pytest.raises(CodesetError, match=r"FY2019 .* is not loaded"):
        found(genuine_home, "FY2018", "FY2019")
