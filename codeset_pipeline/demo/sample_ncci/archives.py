"""The sample's release files as zips, the same bytes on every run and machine.

Every archive's name begins with SAMPLE, which puts the sample banner on every report that is made from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from codeset_pipeline.demo.ncci_layouts import (
    add_on_text,
    add_on_workbook,
    listed_changes_text,
    listed_changes_workbook,
    mue_csv,
    mue_workbook,
    ptp_text,
    ptp_workbook,
)
from codeset_pipeline.demo.sample_hcpcs.plain_workbook import stored_zip
from codeset_pipeline.demo.sample_ncci.edits import FIRST, SECOND, sample_edits
from codeset_pipeline.demo.sample_ncci.tables import sample_add_ons, sample_mue
from codeset_pipeline.labels import label_of, ncci_version

SAMPLE_EDIT_QUARTERS = (label_of("ncci-aoc", FIRST), label_of("ncci-aoc", SECOND))
_POSTED = {FIRST: (2020, 3, 2, 9, 0, 0), SECOND: (2020, 6, 1, 9, 0, 0)}


def _quarter(start: date) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Archives of a quarter: name → members."""
    year, label = start.year, label_of("ncci-aoc", start)
    low, effective = label.lower(), f"{start:%m-%d-%Y}"
    before, after, listed = sample_edits()
    edits = before if start == FIRST else after
    # A part ends between two column 1 codes.
    border = edits[len(edits) // 2].column_1
    parts = ([e for e in edits if e.column_1 < border], [e for e in edits if e.column_1 >= border])
    for number, rows in enumerate(parts, 1):
        stem = f"ccipra-{ncci_version(start)}r0-f{number}"
        yield (
            f"SAMPLE-medicare-ncci-{low}-practitioner-ptp-edits-{stem}.zip",
            {f"{stem}.TXT": ptp_text(rows, year), f"{stem}.xlsx": ptp_workbook(rows, year)},
        )
    if start == SECOND:
        members = {}
        for name, changes in listed.items():
            members[f"MCR_NCCI_{name}_Eff_{effective}.txt"] = listed_changes_text(changes, year)
            members[f"MCR_NCCI_{name}_Eff_{effective}.xlsx"] = listed_changes_workbook(changes, year)
        yield f"SAMPLE-medicare-ncci-{low}-practitioner-quarterly-additions-deletions-revisions-ptp.zip", members
    values = sample_mue(start)
    yield (
        f"SAMPLE-medicare-ncci-{low[:4]}-{low[4:]}-practitioner-services-mue-table.zip",
        {
            f"MCR_MUE_PractitionerServices_Eff_{effective}.csv": mue_csv(values, "practitioner", year),
            f"MCR_MUE_PractitionerServices_Eff_{effective}.xlsx": mue_workbook(values, "practitioner", year),
        },
    )
    add_ons = sample_add_ons(start)
    yield (
        f"SAMPLE-add-code-edits-medicare-{low}.zip",
        {
            f"AOC_V{label}-MCR.xlsx": add_on_workbook(add_ons, year),
            f"AOC_V{label}-F-MCR.txt": add_on_text(add_ons),
        },
    )


def write_sample_edits(folder: Path) -> Path:
    """Write the zips of both quarters into a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in (FIRST, SECOND):
        for name, members in _quarter(start):
            path, content = folder / name, stored_zip(members, _POSTED[start])
            if not path.is_file() or path.read_bytes() != content:
                path.write_bytes(content)
    return folder
