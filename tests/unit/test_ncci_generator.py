"""The generator of NCCI releases: its files in their layout, and its lists of changes against the files themselves.

The files are read here line by line, without the program's parsers.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from ncci_generator import changes_json, listed_changes, quarters, write_listed_changes, write_ptp
from ncci_made_codes import made_codes
from ncci_made_ptp import EVERY_KIND, MadeChange, PtpQuarter
from ncci_made_tables import TableQuarter, add_on_quarters, mue_quarters
from ncci_write_tables import write_add_on, write_mue

from codeset_pipeline.demo.ncci_layouts import AddOnEdit, MueValue
from codeset_pipeline.parse.ncci_ptp_rules import RATIONALES

ALL_KINDS = {**dict.fromkeys(EVERY_KIND, 3), "withdrawn": 2, "aged_out": 2}
Line = tuple[str, ...]


class Made(NamedTuple):
    folder: Path
    quarters: list[PtpQuarter]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    found = list(islice(quarters(4000, seed=7, counts=ALL_KINDS), 4))
    for quarter in found:
        write_ptp(folder / quarter.label, quarter)
        write_listed_changes(folder / quarter.label, quarter)
    return Made(folder, found)


def lines_of(folder: Path) -> dict[str, list[Line]]:
    """Name of each text → its lines, cut at the tabs."""
    found = {}
    for path in sorted(folder.glob("*-ptp-edits-*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                text = archive.read(name).decode("latin-1")
                assert text.endswith("\r\n")
                found[name] = [tuple(line.split("\t")) for line in text[:-2].split("\r\n")]
    return found


def edits_in(folder: Path) -> list[Line]:
    return [line for lines in lines_of(folder).values() for line in lines[6:]]


def day(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()


def test_each_part_has_the_publisher_s_preamble_and_seven_columns(made: Made) -> None:
    for quarter in made.quarters:
        parts = lines_of(made.folder / quarter.label)
        version = f"v{quarter.start.year - 1994}{(quarter.start.month - 1) // 3}r0"
        assert list(parts) == [f"ccipra-{version}-f{part}.TXT" for part in (1, 2, 3, 4)]
        for lines in parts.values():
            assert lines[0][0].startswith(f"CPT only copyright {quarter.start.year - 1} American Medical Association.")
            assert lines[2][:6] == ("Column 1", "Column 2", "*=in existence", "Effective", "Deletion", "Modifier")
            assert lines[5] == ("", "", "", "", "", "9=not applicable", "")
            assert {len(line) for line in lines} == {7}


def test_rows_are_in_order_and_no_key_stands_twice(made: Made) -> None:
    for quarter in made.quarters:
        keys = [(line[0], line[1], line[3]) for line in edits_in(made.folder / quarter.label)]
        assert keys == sorted(set(keys))
        assert len(keys) == quarter.rows


def test_the_edits_are_such_as_the_publisher_s(made: Made) -> None:
    lines = edits_in(made.folder / "2026Q2")
    assert len(lines) == 4000
    pairs = Counter(line[:2] for line in lines)
    assert 0.10 < sum(count - 1 for count in pairs.values()) / len(lines) < 0.15
    assert {line[6] for line in lines} == set(RATIONALES)
    for first, second, prior, effective, deleted, indicator, _ in lines:
        assert first != second
        assert all(re.fullmatch(r"[0-9A-Z]{5}", code) for code in (first, second))
        assert prior in {"", "*"}
        assert prior == "" or effective == "19960101"
        assert deleted == "*" or day(effective) <= day(deleted) < date(2026, 4, 1)
        assert indicator in {"0", "1"} or (indicator == "9" and deleted == effective)


def test_edits_of_one_pair_follow_one_another(made: Made) -> None:
    for quarter in made.quarters:
        lives: dict[Line, list[tuple[str, str]]] = {}
        for line in edits_in(made.folder / quarter.label):
            lives.setdefault(line[:2], []).append((line[3], line[4]))
        for edits in lives.values():
            for (_, ended), (begun, _) in pairwise(edits):
                assert ended != "*"
                assert ended < begun


def compact(edit: object) -> Line:
    first, second, prior, effective, deleted, indicator, why = edit  # type: ignore[misc]
    ended = "*" if deleted is None else f"{deleted:%Y%m%d}"
    return (first, second, "*" if prior else "", f"{effective:%Y%m%d}", ended, indicator, why)


def test_the_list_of_changes_is_what_the_files_differ_in(made: Made) -> None:
    for before, after in pairwise(made.quarters):
        old, new = (set(edits_in(made.folder / quarter.label)) for quarter in (before, after))
        assert {compact(change.old) for change in after.changes if change.old} == old - new
        assert {compact(change.new) for change in after.changes if change.new} == new - old
        counted = Counter(change.kind for change in after.changes)
        twice = {"direction_swapped", "indicator_switched"}
        assert counted == {kind: count * (2 if kind in twice else 1) for kind, count in ALL_KINDS.items()}


def test_each_kind_of_change_is_what_its_name_says(made: Made) -> None:
    for before, after in pairwise(made.quarters):
        pairs_before = {line[:2] for line in edits_in(made.folder / before.label)}
        eve = after.start - timedelta(days=1)
        for change in after.changes:
            check = _CHECKS[change.kind]
            assert check(change, pairs_before, eve), change


def _new(change: MadeChange, pairs: set[Line], eve: date) -> bool:
    return change.old is None and change.new is not None and change.new[:2] not in pairs


_CHECKS = {
    "new_pair": lambda c, pairs, eve: _new(c, pairs, eve) and c.new.effective_from == eve + timedelta(days=1),
    "retroactive_pair": lambda c, pairs, eve: (
        _new(c, pairs, eve) and c.new.effective_from <= eve and c.new.deleted_on is None
    ),
    "never_in_force_pair": lambda c, pairs, eve: (
        _new(c, pairs, eve) and c.new.modifier_indicator == "9" and c.new.deleted_on == c.new.effective_from
    ),
    "direction_swapped": lambda c, pairs, eve: (
        c.new.deleted_on == eve if c.old else _new(c, pairs, eve) and c.new[1::-1] in pairs
    ),
    "repeated_pair": lambda c, pairs, eve: c.old is None and c.new[:2] in pairs,
    "indicator_switched": lambda c, pairs, eve: (
        c.new.deleted_on == eve if c.old else c.new[:2] in pairs and c.new.effective_from == eve + timedelta(days=1)
    ),
    "deleted": lambda c, pairs, eve: c.old.deleted_on is None and c.new.deleted_on == eve,
    "deleted_retroactively": lambda c, pairs, eve: c.old.deleted_on is None and c.new.deleted_on < eve,
    "voided": lambda c, pairs, eve: (
        c.old.modifier_indicator != "9" and c.new.modifier_indicator == "9" and c.new.deleted_on == c.new.effective_from
    ),
    "indicator_changed": lambda c, pairs, eve: (
        {c.old.modifier_indicator, c.new.modifier_indicator} == {"0", "1"} and c.old[:5] == c.new[:5]
    ),
    "rationale_changed": lambda c, pairs, eve: c.old[:6] == c.new[:6] and c.old != c.new,
    "deletion_moved": lambda c, pairs, eve: c.old.deleted_on < c.new.deleted_on,
    "reinstated": lambda c, pairs, eve: c.old.deleted_on is not None and c.new.deleted_on is None,
    "withdrawn": lambda c, pairs, eve: c.new is None and c.old.deleted_on is None,
    "aged_out": lambda c, pairs, eve: c.new is None and c.old.deleted_on is not None,
}


def test_the_change_files_list_additions_deletions_and_indicators(made: Made) -> None:
    quarter = made.quarters[1]
    lists = listed_changes(quarter.changes)
    (path,) = (made.folder / quarter.label).glob("*quarterly-additions-deletions-revisions-ptp.zip")
    with zipfile.ZipFile(path) as archive:
        for name, listed in lists.items():
            text = archive.read(f"MCR_NCCI_{name}_Eff_07-01-2026.txt").decode("latin-1")
            assert f"MCR_NCCI_{name}_Eff_07-01-2026.xlsx" in archive.namelist()
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))
            assert rows[1] == ["Column 1", "Column 2", "Modifier\nIndicator"]
            assert [tuple(row) for row in rows[2:]] == listed
    counts = {name: len(listed) for name, listed in lists.items()}
    assert counts == {"Additions": 3 * 5, "Deletions": 3 * 4, "CCMIChgs": 3 * 2}


def test_the_link_texts_give_counts_and_ranges(made: Made, tmp_path: Path) -> None:
    quarter = made.quarters[1]
    parts = write_ptp(tmp_path, quarter, "hospital", revision=1)
    for part, lines in zip(parts, lines_of(tmp_path).values(), strict=True):
        ends = [f"{line[0]}/{line[1]}" for line in (lines[6], lines[-1])]
        assert part.link_text == f"Hospital PTP Edits v322r1 ({len(lines) - 6:,} Records) {ends[0]} -- {ends[1]}"
        assert part.rows == len(lines) - 6
        assert part.path.name.startswith("medicare-ncci-2026q3-hospital-ptp-edits-ccioph-v322r1-f")


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    written = []
    for number, seed in enumerate((3, 3, 4)):
        folder = tmp_path / str(number)
        second = next(islice(quarters(400, seed=seed), 1, 2))
        paths = [part.path for part in write_ptp(folder, second, parts=2, excel=True)]
        written.append([path.read_bytes() for path in paths] + [changes_json(second.changes)])
    assert written[0] == written[1]
    assert written[0] != written[2]


def test_the_list_of_changes_can_be_read_as_json(made: Made) -> None:
    listed = json.loads(changes_json(made.quarters[1].changes))
    assert Counter(change["kind"] for change in listed) == Counter(c.kind for c in made.quarters[1].changes)
    assert {"column_1", "column_2", "effective_from", "deleted_on"} <= set(listed[0]["new"])


def test_no_made_code_is_a_cpt_code() -> None:
    for code in made_codes(3000, 5):
        assert re.fullmatch(r"[A-CEGHJ-MP-V]\d{4}|0[2-9]\d{3}|\d{4}[XYZ]", code), code


def test_the_tables_change_by_what_their_lists_say(tmp_path: Path) -> None:
    series: list[list[TableQuarter[MueValue]] | list[TableQuarter[AddOnEdit]]] = [
        list(islice(mue_quarters(400, seed=2), 4)),
        list(islice(add_on_quarters(400, seed=2), 4)),
    ]
    for found in series:
        for before, after in pairwise(found):
            old, new = set(before.rows), set(after.rows)
            assert {change.old for change in after.changes if change.old} == old - new
            assert {change.new for change in after.changes if change.new} == new - old
            assert len(after.changes) == len({(c.old or c.new)[:5] for c in after.changes})  # type: ignore[index]
    mue, add_on = series[0][1], series[1][1]
    with zipfile.ZipFile(write_mue(tmp_path, mue.start, mue.rows, "dme")) as archive:
        text = archive.read("MCR_MUE_DMESupplierServices_Eff_07-01-2026.csv").decode("latin-1")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[1] == ["HCPCS/\nCPT Code", "DME Supplier Services MUE Values", *rows[1][2:]]
    assert [(row[0], int(row[1]), row[2][0], row[3]) for row in rows[2:]] == mue.rows
    with zipfile.ZipFile(write_add_on(tmp_path, add_on.start, add_on.rows)) as archive:
        lines = archive.read("AOC_V2026Q3-F-MCR.txt").decode("latin-1").split("\r\n")[:-1]
    read = [(line[0], line[1:6], line[13:18], line[39:]) for line in lines]
    assert read == [(e.edit_type, e.add_on_code, e.primary_code, e.notes) for e in add_on.rows]
    effective = [date(int(line[25:29]), 1, 1) + timedelta(days=int(line[29:32]) - 1) for line in lines]
    assert effective == [edit.effective_from for edit in add_on.rows]
