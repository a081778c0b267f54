"""NCCI files written in the layouts in which CMS publishes them: PTP edits, their quarterly changes, MUE, add-on codes.

For samples, generated releases and tests; every writer gives the same bytes for the same rows. Text is Latin-1 with
CRLF.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from codeset_pipeline.demo.sample_hcpcs.plain_workbook import plain_workbook

# The first cell of PTP files; the year is the one before the quarter's.
PTP_NOTICE = "CPT only copyright {year} American Medical Association.  All rights reserved."
# The first record of the MUE and add-on tables, several lines in one quoted cell. Not the publisher's wording.
TABLE_NOTICE = (
    "CPT codes are copyright {year} American Medical Association, all rights reserved.\n"
    'This table was made for trying the program out: it is "no publication", and says nothing about coding, billing\n'
    "or payment."
)

_PTP_HEADER = (
    ("Column 1", "Column 2", "*=in existence", "Effective", "Deletion", "Modifier", "PTP Edit Rationale"),
    ("", "", "prior to 1996", "Date", "Date", "0=not allowed", ""),
    ("", "", "", "", "*=no data", "1=allowed", ""),
    ("", "", "", "", "", "9=not applicable", ""),
)
_MEDICAID_PTP_HEADER = (
    "Column 1",
    "Column 2",
    "Effective Date",
    "Deletion Date",
    "Modifier Indicator",
    "PTP Edit Rationale",
)
# Setting → its words in the header of the MUE table.
MUE_SETTINGS = {
    "practitioner": "Practitioner Services",
    "outpatient": "Outpatient Hospital Services",
    "dme": "DME Supplier Services",
}
MAI_TEXTS = {
    "1": "1 Line Edit",
    "2": "2 Date of Service Edit: Policy",
    "3": "3 Date of Service Edit: Clinical",
}
_ADD_ON_HEADER = (
    "AOC_Edit_Type",
    "Add-On_Code",
    "AOC_DelDT",
    "Primary_Code",
    "Primary_Code_DelDT",
    "AOC_Edit_EffDT",
    "AOC_Edit_DelDT",
    "Special_Instruction_Notes",
)
_CHANGES_HEADER = ("Column 1", "Column 2", "Modifier\nIndicator")


class PtpEdit(NamedTuple):
    """A row of the PTP file; `deleted_on` is the last day on which the edit holds, None while it is in force."""

    column_1: str
    column_2: str
    prior_to_1996: bool
    effective_from: date
    deleted_on: date | None
    modifier_indicator: str
    rationale: str


class ListedChange(NamedTuple):
    """A row of a quarterly change file."""

    column_1: str
    column_2: str
    modifier_indicator: str


class MueValue(NamedTuple):
    """A row of the MUE table; `mai` is `1`, `2` or `3`, and blank in the Medicaid table."""

    code: str
    value: int
    mai: str
    rationale: str


class AddOnEdit(NamedTuple):
    """A row of the add-on code table; primary `CCCCC` is defined by the contractor."""

    edit_type: str
    add_on_code: str
    add_on_deleted_on: date | None
    primary_code: str
    primary_deleted_on: date | None
    effective_from: date
    deleted_on: date | None
    notes: str


@lru_cache(maxsize=20_000)
def _compact(day: date | None) -> str:
    return "*" if day is None else f"{day:%Y%m%d}"


@lru_cache(maxsize=20_000)
def day_of_year(day: date | None) -> str:
    """YYYYDDD, blank for none: 1 April 2013 is `2013091`."""
    return "" if day is None else f"{day:%Y%j}"


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


def _ptp_preamble(year: int, notice: str) -> list[tuple[str, ...]]:
    """The six rows above the edits."""
    titles = [(notice.format(year=year - 1),), ("Column1/Column2 Edits",)]
    return [*((*title, *[""] * 6) for title in titles), *_PTP_HEADER]


def ptp_preamble(year: int, notice: str = PTP_NOTICE) -> bytes:
    """The six lines above the edits of a part; `year` is the quarter's."""
    return _text("\t".join(row) for row in _ptp_preamble(year, notice))


def ptp_lines(edits: Iterable[PtpEdit]) -> bytes:
    """The lines of edits."""
    return "".join(
        f"{first}\t{second}\t{'*' if prior else ''}\t{_compact(effective)}\t{_compact(deleted)}\t{indicator}\t{why}\r\n"
        for first, second, prior, effective, deleted, indicator, why in edits
    ).encode("latin-1")


def ptp_text(edits: Iterable[PtpEdit], year: int, notice: str = PTP_NOTICE) -> bytes:
    """A part as text."""
    return ptp_preamble(year, notice) + ptp_lines(edits)


def ptp_workbook(edits: Iterable[PtpEdit], year: int, notice: str = PTP_NOTICE) -> bytes:
    rows = [(e.column_1, e.column_2, "*" if e.prior_to_1996 else "", *map(_compact, e[3:5]), *e[5:]) for e in edits]
    return plain_workbook({"Sheet1": [*_ptp_preamble(year, notice), *rows]})


def medicaid_ptp_text(edits: Iterable[PtpEdit], year: int, notice: str = PTP_NOTICE) -> bytes:
    """Six columns: nothing about 1996, and an empty deletion date while the edit is in force."""

    def cells(edit: PtpEdit) -> tuple[str, ...]:
        deleted = _compact(edit.deleted_on) if edit.deleted_on else ""
        return (edit.column_1, edit.column_2, _compact(edit.effective_from), deleted, *edit[5:])

    return _text("\t".join(row) for row in ((notice.format(year=year - 1),), _MEDICAID_PTP_HEADER, *map(cells, edits)))


def listed_changes_text(changes: Iterable[ListedChange], year: int) -> bytes:
    """A quarterly change file; the header's last cell has two lines, so it is quoted."""
    notice = PTP_NOTICE.format(year=year - 1)
    header = "\t".join((*_CHANGES_HEADER[:2], f'"{_CHANGES_HEADER[2]}"'))
    return _text([f"{notice}\t\t", header, *("\t".join(change) for change in changes)])


def listed_changes_workbook(changes: Iterable[ListedChange], year: int) -> bytes:
    return plain_workbook({"Sheet1": [(PTP_NOTICE.format(year=year - 1),), _CHANGES_HEADER, *changes]})


def _mue_rows(values: Iterable[MueValue], setting: str, year: int) -> Iterator[Sequence[str]]:
    yield (TABLE_NOTICE.format(year=year - 1), "", "", "")
    yield ("HCPCS/\nCPT Code", f"{MUE_SETTINGS[setting]} MUE Values", "MUE Adjudication Indicator", "MUE Rationale")
    for code, value, mai, rationale in values:
        yield (code, str(value), MAI_TEXTS.get(mai, mai), rationale)


def mue_csv(values: Iterable[MueValue], setting: str, year: int) -> bytes:
    stream = io.StringIO(newline="")
    rows = iter(_mue_rows(values, setting, year))
    quoted = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    quoted.writerows([next(rows), next(rows)])
    csv.writer(stream, lineterminator="\r\n").writerows(rows)
    return stream.getvalue().encode("latin-1")


def mue_workbook(values: Iterable[MueValue], setting: str, year: int) -> bytes:
    return plain_workbook({"MUE": list(_mue_rows(values, setting, year))})


def medicaid_mue_text(values: Iterable[MueValue], setting: str, year: int) -> bytes:
    """Tab text without an adjudication indicator."""
    header = ("HCPCS/CPT Code", f"{MUE_SETTINGS[setting]} MUE Values", "MUE Rationale")
    lines = ((f"CPT only copyright {year - 1} American Medical Association.",), header)
    return _text("\t".join(row) for row in (*lines, *((v.code, str(v.value), v.rationale) for v in values)))


def add_on_workbook(edits: Iterable[AddOnEdit], year: int) -> bytes:
    def cells(edit: AddOnEdit) -> tuple[str, ...]:
        return (
            edit.edit_type,
            edit.add_on_code,
            day_of_year(edit.add_on_deleted_on),
            edit.primary_code,
            day_of_year(edit.primary_deleted_on),
            day_of_year(edit.effective_from),
            day_of_year(edit.deleted_on),
            edit.notes,
        )

    return plain_workbook({"AOC": [(TABLE_NOTICE.format(year=year - 1),), _ADD_ON_HEADER, *map(cells, edits)]})


def add_on_text(edits: Iterable[AddOnEdit]) -> bytes:
    """Fixed width: type 1, add-on code 2-6 and its deletion 7-13, primary 14-18 and its deletion 19-25, effective
    26-32, deletion 33-39, notes from 40."""
    return _text(
        f"{e.edit_type:1}{e.add_on_code:5}{day_of_year(e.add_on_deleted_on):7}{e.primary_code:5}"
        f"{day_of_year(e.primary_deleted_on):7}{day_of_year(e.effective_from):7}{day_of_year(e.deleted_on):7}{e.notes}"
        for e in edits
    )
