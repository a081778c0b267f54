"""References planted in every form and every format: all are found, with line and column, and nothing else is."""

import json
import random
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
import yaml

from codeset_pipeline.impact.assess import assess
from tests.unit.impact.pairs import october

#: Reference as written → what must be reported of it in a rules file. Worked out by hand from `pairs`.
PLANTS: dict[str, tuple[str, ...]] = {
    "B88.0": ("became_header",),
    "b880": ("became_header",),
    "L89.1": ("deleted",),
    "Z9921": ("deleted",),
    "t36.0x1a": ("deleted",),
    "E11.9": ("revised", "carved_out"),
    "I10": ("note_revised",),
    "Z99.2": ("became_billable",),
    "Q99.8": ("deleted",),
    "Q99.99": ("never_existed",),
    "E11.0-E11.9": (),
    "E11.0 - E11.Z": ("gained",),
    "A00 to B99": ("gained", "lost"),
    "B88.0–B88.1": ("gained", "lost"),
    "L89.0..L89.1": ("lost", "deleted"),
    "S72.": ("gained",),
    "S72%": ("gained",),
    "S72.-": ("gained",),
    "S72.*": ("gained",),
    "E11.?": ("gained",),
    "B88.?": ("lost",),
    "T36.*1A": ("gained", "lost"),
    "A00.0": (),
    "S72.001D": (),
    "J13%": (),
}
NOISE = [
    "2025-10-01",
    "$1,229.00",
    "P2Y12 inhibitor",
    "see Z00",
    "NONE",
    "A1",
    "2024",
    "ABC",
    "99213",
    "12.5",
    "call B88",
]
#: What covers E11.A, so that a rule with E11.9 beside it need not consider it.
COVERING = {"E11.0 - E11.Z", "E11.?"}
SEPARATORS = [", ", "; ", "|", "\n"]
CELLS = 150


def cells(seed: int) -> list[list[str]]:
    chance = random.Random(seed)
    lists = [chance.sample(sorted(PLANTS), chance.randint(1, 4)) for _ in range(CELLS)]
    return [sorted(set(cell), key=cell.index) for cell in lists]


def joined(cell: list[str], chance: random.Random) -> str:
    return chance.choice(SEPARATORS).join(cell)


def write_csv(path: Path, lists: list[list[str]], chance: random.Random) -> dict[int, int]:
    text, lines, at = "Claim edits of the hospital,,,\n\nrule,description,icd10 codes,price,updated\n", {}, 4
    for number, cell in enumerate(lists):
        lines[number] = at
        body = joined(cell, chance)
        text += f'R{number},{chance.choice(NOISE).replace(",", "")},"{body}","12.50",2025-01-01\n'
        at += 1 + body.count("\n")
    path.write_bytes(text.replace(",price", ",weight").encode("cp1252"))
    return lines


def write_xlsx(path: Path, lists: list[list[str]], chance: random.Random) -> dict[int, int]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Hospital"])
    sheet.append([])
    sheet.append(["Rule ID", "Notes", "Dx", "Weight"])
    lines = {}
    for number, cell in enumerate(lists):
        sheet.append([f"R{number}", chance.choice(NOISE), joined(cell, chance), 12.5])
        lines[number] = sheet.max_row
    book.save(path)
    return lines


def structure(lists: list[list[str]], chance: random.Random) -> dict[str, object]:
    rules: list[dict[str, object]] = []
    for number, cell in enumerate(lists):
        codes: object = cell if chance.random() < 0.6 else ", ".join(cell)
        key = chance.choice(["codes", "icd10", "dx_codes"])
        rules.append({"id": f"R{number}", "note": chance.choice(NOISE), "when": {key: codes}, "weight": 12.5})
    return {"version": 2025, "updated": "2025-10-01", "rules": rules}


def write_yaml(path: Path, lists: list[list[str]], chance: random.Random) -> None:
    path.write_text(yaml.safe_dump(structure(lists, chance), allow_unicode=True, sort_keys=False), encoding="utf-8")


def write_json(path: Path, lists: list[list[str]], chance: random.Random) -> None:
    path.write_text(json.dumps(structure(lists, chance), indent="\t"), encoding="utf-8")


def expected(lists: list[list[str]]) -> Counter[tuple[str, str, str]]:
    return Counter(
        (f"R{number}", plant, kind)
        for number, cell in enumerate(lists)
        for plant in cell
        for kind in PLANTS[plant]
        if kind != "carved_out" or not COVERING & set(cell)
    )


def found_in(path: Path) -> tuple[Counter[tuple[str, str, str]], dict[str, int]]:
    impact = assess([path], [october()])
    assert impact.warnings == []
    (asset,) = impact.assets
    assert (asset.kind, asset.lines, asset.lines_with_codes, dict(asset.unrecognised)) == ("rules", CELLS, CELLS, {})
    return (
        Counter((found.rule, found.match, found.kind) for found in impact.findings),
        {found.rule: found.line for found in impact.findings},
    )


@pytest.mark.parametrize("seed", range(3))
def test_every_planted_reference_in_a_csv_file_is_found_and_nothing_else(tmp_path: Path, seed: int) -> None:
    lists = cells(seed)
    lines = write_csv(tmp_path / "edits.csv", lists, random.Random(seed))
    found, at = found_in(tmp_path / "edits.csv")
    assert found == expected(lists)
    assert at == {rule: lines[int(rule[1:])] for rule in at}


@pytest.mark.parametrize("seed", range(3))
def test_every_planted_reference_in_a_workbook_is_found_and_nothing_else(tmp_path: Path, seed: int) -> None:
    lists = cells(seed)
    lines = write_xlsx(tmp_path / "edits.xlsx", lists, random.Random(seed))
    found, at = found_in(tmp_path / "edits.xlsx")
    assert found == expected(lists)
    assert at == {rule: lines[int(rule[1:])] for rule in at}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_every_planted_reference_in_a_structure_is_found_on_its_line(tmp_path: Path, seed: int, ending: str) -> None:
    lists, path = cells(seed), tmp_path / f"edits.{ending}"
    (write_yaml if ending == "yaml" else write_json)(path, lists, random.Random(seed))
    found, at = found_in(path)
    assert found == expected(lists)
    text = path.read_text(encoding="utf-8").splitlines()
    starts = {
        line.split(":")[1].strip(' ",'): number for number, line in enumerate(text, 1) if "id" in line.split(":")[0]
    }
    for rule, line in at.items():
        assert starts[rule] < line < starts.get(f"R{int(rule[1:]) + 1}", len(text) + 1)
