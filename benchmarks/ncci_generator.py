"""NCCI releases in the publisher's layouts at any size, with a known list of what changes from quarter to quarter.

    python benchmarks/ncci_generator.py OUT [--rows 2600000] [--quarters 2] [--first 2026Q2] [--setting practitioner]

An example: two small quarters of practitioner and hospital edits with workbooks beside the texts:

    python benchmarks/ncci_generator.py /tmp/made --rows 2000 --setting practitioner --setting hospital --excel

Each quarter gets a folder (`2026Q2`) with zips named as CMS names them, and from the second quarter on the zip of
change files beside them. `link-texts-SETTING.txt` holds what the download page says of each part, and
`changes-SETTING.json` the changes from the quarter before, row by row. Codes are made up: half have the shape of HCPCS
Level II codes, the others are no CPT codes. The same arguments give the same rows.
"""

from __future__ import annotations

import argparse
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ncci_archives import posted_on, quarter_name, write_zip
from ncci_made_base import Base
from ncci_made_codes import quarter_start
from ncci_made_ptp import EVERY_KIND, REAL_QUARTER, MadeChange, PtpQuarter, following, scaled

from codeset_pipeline.demo.ncci_layouts import (
    ListedChange,
    PtpEdit,
    listed_changes_text,
    listed_changes_workbook,
    ptp_preamble,
    ptp_workbook,
)

REAL_ROWS = 2_600_000
# The first three parts of a real release hold so much of it each.
_PART_SHARE = 1.025
_PREFIXES = {"practitioner": "ccipra", "hospital": "ccioph"}


class WrittenPart(NamedTuple):
    """One part of a written release; `link_text` is what the download page says of it."""

    path: Path
    rows: int
    link_text: str


def ptp_version(quarter: date) -> str:
    """`v322` for the third quarter of 2026: year - 1994, then quarter - 1."""
    return f"v{quarter.year - 1994}{(quarter.month - 1) // 3}"


def parts_of(quarter: PtpQuarter, parts: int) -> Iterator[list[str]]:
    """The column 1 codes of each part; a part ends between two column 1 codes."""
    wanted = quarter.rows / parts * (_PART_SHARE if parts > 1 else 1)
    codes: list[str] = []
    rows = written = 0
    for code in quarter.columns_1:
        codes.append(code)
        rows += quarter.count_of(code)
        if rows >= wanted and written < parts - 1:
            yield codes
            codes, rows, written = [], 0, written + 1
    yield codes


def _edits(quarter: PtpQuarter, codes: Sequence[str]) -> Iterator[PtpEdit]:
    for code in codes:
        yield from quarter.edits_of(code)


def write_ptp(
    folder: Path,
    quarter: PtpQuarter,
    setting: str = "practitioner",
    *,
    parts: int = 4,
    revision: int = 0,
    excel: bool = False,
) -> list[WrittenPart]:
    """Write the zips of a quarter's parts.

    Args:
        excel: put a workbook beside the text (slow beyond 100,000 rows).
    """
    folder.mkdir(parents=True, exist_ok=True)
    start, posted = quarter.start, posted_on(quarter.start)
    version = f"{ptp_version(start)}r{revision}"
    written = []
    for number, codes in enumerate(parts_of(quarter, parts), 1):
        stem = f"{_PREFIXES[setting]}-{version}-f{number}"
        path = folder / f"medicare-ncci-{quarter_name(start)}-{setting}-ptp-edits-{stem}.zip"
        info = zipfile.ZipInfo(f"{stem}.TXT", (posted.year, posted.month, posted.day, 12, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(path, "w", compresslevel=4) as archive:
            with archive.open(info, "w", force_zip64=True) as stream:
                stream.write(ptp_preamble(start.year))
                for code in codes:
                    stream.write(quarter.lines_of(code))
            if excel:
                beside = zipfile.ZipInfo(f"{stem}.xlsx", info.date_time)
                archive.writestr(beside, ptp_workbook(_edits(quarter, codes), start.year), zipfile.ZIP_DEFLATED)
        rows = sum(map(quarter.count_of, codes))
        first, last = quarter.edits_of(codes[0])[0], quarter.edits_of(codes[-1])[-1]
        text = (
            f"{setting.title()} PTP Edits {version} ({rows:,} Records) "
            f"{first.column_1}/{first.column_2} -- {last.column_1}/{last.column_2}"
        )
        written.append(WrittenPart(path, rows, text))
    return written


_IN_BOTH_PLACES = {"indicator_switched", "indicator_changed"}


def listed_changes(changes: Iterable[MadeChange]) -> dict[str, list[ListedChange]]:
    """The three lists of a change file: `Additions`, `Deletions`, `CCMIChgs`.

    A pair whose indicator changed stands in the third list alone; rationales and dates are not listed.
    """
    lists: dict[str, list[ListedChange]] = {"Additions": [], "Deletions": [], "CCMIChgs": []}
    for change in changes:
        old, new = change.old, change.new
        if change.kind in _IN_BOTH_PLACES:
            if new and (old is None or old.modifier_indicator != new.modifier_indicator):
                lists["CCMIChgs"].append(ListedChange(new.column_1, new.column_2, new.modifier_indicator))
        elif old is None and new:
            lists["Additions"].append(ListedChange(new.column_1, new.column_2, new.modifier_indicator))
        elif old and new and old.deleted_on is None and new.deleted_on:
            lists["Deletions"].append(ListedChange(new.column_1, new.column_2, new.modifier_indicator))
    return {name: sorted(listed) for name, listed in lists.items()}


def write_listed_changes(folder: Path, quarter: PtpQuarter, setting: str = "practitioner") -> Path:
    """Write the zip of a quarter's change files, texts and workbooks."""
    start = quarter.start
    members: dict[str, bytes] = {}
    for name, listed in listed_changes(quarter.changes).items():
        stem = f"MCR_NCCI_{name}_Eff_{start:%m-%d-%Y}"
        members[f"{stem}.txt"] = listed_changes_text(listed, start.year)
        members[f"{stem}.xlsx"] = listed_changes_workbook(listed, start.year)
    name = f"medicare-ncci-{quarter_name(start)}-{setting}-quarterly-additions-deletions-revisions-ptp.zip"
    return write_zip(folder / name, members, posted_on(start))


def changes_json(changes: Iterable[MadeChange]) -> str:
    """The list of changes for other programs: kind, old row, new row; dates are ISO, null while in force."""

    def row(edit: PtpEdit | None) -> dict[str, object] | None:
        return {k: v.isoformat() if isinstance(v, date) else v for k, v in edit._asdict().items()} if edit else None

    return json.dumps([{"kind": c.kind, "old": row(c.old), "new": row(c.new)} for c in changes], indent=1)


def quarters(
    rows: int,
    first: str = "2026Q2",
    seed: int = 1,
    counts: dict[str, int] | None = None,
    codes: list[str] | None = None,
) -> Iterator[PtpQuarter]:
    """The first quarter and, without end, those that follow it."""
    start = quarter_start(first)
    quarter = PtpQuarter(Base(rows, start, seed, codes), start)
    while True:
        yield quarter
        quarter = following(quarter, counts, seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder to write into; a folder per quarter is made in it")
    parser.add_argument(
        "--rows", type=int, default=REAL_ROWS, help="PTP edits in the first quarter (default 2,600,000)"
    )
    parser.add_argument("--parts", type=int, default=4)
    parser.add_argument("--quarters", type=int, default=2)
    parser.add_argument("--first", default="2026Q2", help="the first quarter, such as 2026Q2")
    parser.add_argument("--setting", action="append", choices=sorted(_PREFIXES), help="may be repeated")
    parser.add_argument(
        "--changes", choices=["every-kind", "real"], default="every-kind", help="what a quarter changes"
    )
    parser.add_argument(
        "--tables", action="store_true", help="15,000 MUE and 9,000 add-on code rows per quarter as well"
    )
    parser.add_argument("--excel", action="store_true", help="workbooks beside the texts; slow beyond 100,000 rows")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    counts = scaled({"every-kind": EVERY_KIND, "real": REAL_QUARTER}[given.changes], given.rows / REAL_ROWS)
    for number, setting in enumerate(given.setting or ["practitioner"]):
        made = quarters(given.rows, given.first, given.seed + 1000 * number, counts)
        for quarter in islice(made, given.quarters):
            folder = given.out / quarter.label
            parts = write_ptp(folder, quarter, setting, parts=given.parts, excel=given.excel)
            (folder / f"link-texts-{setting}.txt").write_text("".join(f"{part.link_text}\n" for part in parts))
            if quarter.changes:
                write_listed_changes(folder, quarter, setting)
                (folder / f"changes-{setting}.json").write_text(changes_json(quarter.changes))
            print(
                f"{quarter.label} {setting}: {quarter.rows:,} edits, {len(quarter.changes):,} changed rows -> {folder}"
            )
    if given.tables:
        _write_tables(given.out, given.first, given.quarters, given.seed)


def _write_tables(out: Path, first: str, count: int, seed: int) -> None:
    from ncci_made_tables import add_on_quarters, mue_quarters
    from ncci_write_tables import write_add_on, write_mue

    for quarter in islice(mue_quarters(15_000, first, seed), count):
        path = write_mue(out / quarter.label, quarter.start, quarter.rows)
        print(f"{quarter.label} MUE: {len(quarter.rows):,} codes, {len(quarter.changes):,} changed rows -> {path.name}")
    for edits in islice(add_on_quarters(9_000, first, seed), count):
        path = write_add_on(out / edits.label, edits.start, edits.rows)
        print(f"{edits.label} add-on: {len(edits.rows):,} edits, {len(edits.changes):,} changed rows -> {path.name}")


if __name__ == "__main__":
    main()
