"""Three published charge masters: what was counted by hand in them, and every line whose code ended, another way.

The counts were taken with openpyxl, csv and the regular expression below, and by looking at the rows. The dates of
codes are read from the ANWEB files themselves (`hcpcs_genuine.dates_of`).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook

from codeset_pipeline.diff.hcpcs_changes import diff_hcpcs
from codeset_pipeline.impact.assess import assess
from codeset_pipeline.model import Finding, PublishedTotals, Reconciliation, ReleasePair
from codeset_pipeline.snapshots.reportable import days_of_life, reportable_codes
from tests.golden.diff.hcpcs_genuine import DAYS, snapshot_of
from tests.golden.diff.hcpcs_genuine import dates_of as read_dates
from tests.unit.impact.pairs import release

pytestmark = pytest.mark.genuine

PAIRS = [("2018", "2019"), ("2019", "2020Q1"), ("2018", "2020Q1")]
dates_of = cache(read_dates)


@dataclass(frozen=True, eq=False)
class Published:
    """A charge master and what stands in it.

    Attributes:
        header: row of its header; code: 0-based place of its column of codes.
        forms: forms of the texts in that column that are no national code.
        sets: lines with codes of each code set.
    """

    path: str
    header: int
    code: int
    lines: int
    with_codes: int
    blank: int
    columns: dict[str, str | list[str]]
    sets: dict[str, int]
    forms: dict[str, int]


HARRIS = Published(
    "harris-health-tx/2020-12-31 CDM Transparency FY21.xlsx",
    header=1,
    code=1,
    lines=9865,
    with_codes=8840,
    blank=0,
    columns={
        "description": "Service Description",
        "procedure_code": "CPT Code/Billing Code",
        "price": "Charge Amount",
    },
    sets={"cpt": 6354, "hcpcs": 2224, "cdt": 262},
    # Charge numbers of the hospital in the same column, and twelve placeholders.
    forms={"99999999": 1010, "AAAAA": 12, "9999A999": 2, "999AA999": 1},
)
OSHPD = Published(
    "oshpd-106220733/106220733_CDM_2018.xlsx",
    header=5,
    code=3,
    lines=4745,
    with_codes=2334,
    blank=2400,
    columns={
        "charge_code": "CHARGE #",
        "description": "DESC",
        "revenue_code": "REV",
        "procedure_code": "CPT",
        "price": "PRICE",
    },
    sets={"cpt": 2165, "hcpcs": 169},
    forms={"A9999": 10, "A9999AA": 1},  # Medi-Cal's local codes, which begin with Z
)
SUTTER = Published(
    "sutter-novato/940562680-1104059153_NOVATO-COMMUNITY-HOSPITAL_standardcharges.csv",
    header=2,
    code=3,
    lines=14026,
    with_codes=10809,
    blank=2083,
    columns={
        "name": "ID",
        "description": "DESCRIPTION",
        "procedure_code": "CPT",
        "other_codes": "NDC",
        "revenue_code": "REVENUE_CODE",
        "price": ["Gross Charge", "Discounted Cash Price", "Minimum Negotiated Price", "Maximum Negotiated Price"],
    },
    sets={"cpt": 6997, "hcpcs": 3812},  # two of these are written c9132
    forms={"A9999": 1134},  # local codes of Medi-Cal (Z) and the hospital's (X)
)
ALL = [HARRIS, OSHPD, SUTTER]


@pytest.fixture(scope="module")
def pair_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], ReleasePair]:
    """Two releases as published, without crosswalk."""
    folder: Path = tmp_path_factory.mktemp("hcpcs")
    snapshot = cache(lambda name: snapshot_of(name, folder / name))

    @cache
    def between(older: str, newer: str) -> ReleasePair:
        old, new = snapshot(older), snapshot(newer)
        return ReleasePair(
            "hcpcs",
            release("hcpcs", DAYS[older], older),
            release("hcpcs", DAYS[newer], newer),
            reportable_codes(old),
            reportable_codes(new),
            diff_hcpcs(old, new),
            PublishedTotals(0, 0, 0),
            (),
            Reconciliation(False, (), 0, (), (), {}),
            frozenset(dates_of(older)),
            {**days_of_life(old), **days_of_life(new)},
        )

    return between


@cache
def cells(master: Published, folder: Path) -> list[tuple[int, str]]:
    """Row number and text of the column of codes, of the rows below the header that hold anything."""
    path = folder / "chargemasters" / master.path
    if path.suffix == ".csv":
        with path.open(encoding="cp1252", newline="") as file:
            rows = [tuple(row) for row in csv.reader(file)]
    else:
        with closing(load_workbook(path, read_only=True)) as book:
            rows = [tuple(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    return [
        (number, str(row[master.code] or "").strip())
        for number, row in enumerate(rows, 1)
        if number > master.header and any(cell not in (None, "") for cell in row)
    ]


#: A code, and modifiers of two characters glued on.
_NATIONAL = re.compile(r"([A-CEGHJ-MP-V]\d{4}|D\d{4}|\d{4}[0-9A-Z])((?:[0-9A-Z]{2})*)", re.IGNORECASE)


@pytest.mark.parametrize("master", ALL, ids=lambda each: each.path.split("/")[0])
def test_lines_columns_and_forms_are_those_counted_by_hand(
    master: Published, published_files: Path, pair_of: Callable[[str, str], ReleasePair]
) -> None:
    texts = cells(master, published_files)
    national = [found for _, text in texts if (found := _NATIONAL.fullmatch(text))]
    kinds = Counter("cpt" if f[1][0].isdigit() else "cdt" if f[1][0] == "D" else "hcpcs" for f in national)
    # The regular expression agrees with the figures above, and the program with both.
    assert (len(texts), len(national), sum(not text for _, text in texts)) == (
        master.lines,
        master.with_codes,
        master.blank,
    )
    assert dict(kinds) == master.sets

    (asset,) = assess([published_files / "chargemasters" / master.path], [pair_of("2019", "2020Q1")]).assets
    assert (asset.kind, asset.lines, asset.lines_with_codes, asset.blank) == (
        "charge_master",
        master.lines,
        master.with_codes,
        master.blank,
    )
    assert dict(asset.columns) == master.columns
    assert dict(asset.code_sets) == master.sets
    assert dict(asset.forms) == master.forms
    assert Counter(asset.unrecognised) == Counter(t for _, t in texts if t and not _NATIONAL.fullmatch(t))


def day(text: str) -> date | None:
    return datetime.strptime(text, "%Y%m%d").date() if text else None


def dead(older: str, newer: str) -> dict[str, date]:
    """Code or modifier → first day on which it is not valid, for all not valid when the newer release begins."""
    before, after = dates_of(older), dates_of(newer)
    found = {}
    for code in before.keys() | after.keys():
        last = day((after.get(code) or before[code])[1])
        if last is not None and last < DAYS[newer]:
            found[code] = last + timedelta(days=1)
        elif code not in after:
            found[code] = DAYS[newer]  # withdrawn
    return found


def denied(findings: list[Finding]) -> dict[tuple[int, str], date]:
    return {
        (found.line, found.code): found.effective_from
        for found in findings
        if found.severity == "will_deny" and found.effective_from <= DAYS["2020Q1"]
    }


@pytest.mark.parametrize(("older", "newer"), PAIRS)
@pytest.mark.parametrize("master", ALL, ids=lambda each: each.path.split("/")[0])
def test_every_line_with_a_dead_code_is_found_and_no_other(
    master: Published, older: str, newer: str, published_files: Path, pair_of: Callable[[str, str], ReleasePair]
) -> None:
    """None of the three bills a code that ended between two of these releases; one bills G6056, which ended in 2015."""
    gone = dead(older, newer)
    expected = {
        (line, part): gone[part]
        for line, text in cells(master, published_files)
        if (found := _NATIONAL.fullmatch(text))
        for part in (found[1].upper(), *(found[2][at : at + 2] for at in range(0, len(found[2]), 2)))
        if part in gone
    }
    impact = assess([published_files / "chargemasters" / master.path], [pair_of(older, newer)])
    assert denied(list(impact.findings)) == expected
    assert expected == ({(1218, "G6056"): date(2016, 1, 1)} if master is OSHPD else {})


@pytest.mark.parametrize(("older", "newer"), PAIRS[:2])
def test_codes_that_ended_are_found_wherever_they_are_written_into_a_published_file(
    older: str, newer: str, published_files: Path, pair_of: Callable[[str, str], ReleasePair], tmp_path: Path
) -> None:
    """Each code that ended between two releases, in turn written as such, with a modifier glued on, and set apart."""
    before = dates_of(older)
    gone = {
        code: since
        for code, since in dead(older, newer).items()
        if len(code) == 5 and code in before and (day(before[code][1]) or DAYS[older]) >= DAYS[older]
    }
    assert len(gone) == {"2019": 32, "2020Q1": 88}[newer]
    source = published_files / "chargemasters" / SUTTER.path
    with source.open(encoding="cp1252", newline="") as file:
        rows = list(csv.reader(file))
    places = [at for at in range(2, len(rows)) if rows[at][SUTTER.code].strip()]
    step = len(places) // len(gone)
    expected = {}
    for number, (code, since) in enumerate(sorted(gone.items())):
        at = places[number * step]
        rows[at][SUTTER.code] = (code, f"{code}JW", f"{code}-59", f"{code.lower()} ", f"99213, {code}")[number % 5]
        expected[(at + 1, code)] = since
    path = tmp_path / source.name
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file).writerows(rows)
    assert denied(list(assess([path], [pair_of(older, newer)]).findings)) == expected
