"""Tiny HCPCS releases in the publisher's layouts, written for the tests: ANWEB text and workbook, corrections.

Codes and descriptions are made up. A release is a dict from code to what it says of it, so that a test can state what
a release holds without reading it back through the parsers.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tests.unit.parse.hcpcs.anweb_lines import HEADER, excel_row, first, text_file, workbook

Day = tuple[int, int, int]


class Code(NamedTuple):
    """A code or modifier as a release states it; dates are YYYYMMDD, "" where blank."""

    long: str
    short: str = "Supply"
    added: str = "20100101"
    changed: str = "20100101"
    ended: str = ""
    action: str = "N"
    asc: str = ""
    xref: str = ""


Codes = dict[str, Code]


def supplies(count: int = 60) -> Codes:
    """Codes `A1000`, `A1001`, … and the modifier `Z9`."""
    return {**{f"A{1000 + n}": Code(f"Supply of sort {n}") for n in range(count)}, "Z9": Code("A way of supply")}


def anweb_text(codes: Codes) -> bytes:
    lines = []
    for code, entry in codes.items():
        places = {"c92": entry.short, "c205": entry.xref, "c233": entry.asc, "c269": entry.added, "c277": entry.changed}
        places |= {"c285": entry.ended, "c293": entry.action}
        lines.append(first(code, entry.long, record="37"[len(code) == 2], **places))
    return text_file(*lines)


def anweb_excel(codes: Codes, header: list[str] = HEADER) -> bytes:
    rows = [
        excel_row(
            code,
            entry.long,
            record="37"[len(code) == 2],
            SHORT_DESCRIPTION=entry.short,
            XREF1=entry.xref,
            ASC_DT=entry.asc,
            ADD_DT=entry.added,
            ACT_EFF_DT=entry.changed,
            TERM_DT=entry.ended,
            ACTION_CD=entry.action,
        )
        for code, entry in codes.items()
    ]
    return workbook(("A", [list(header), *rows]))


def corrections(*rows: tuple[str, str, object, Mapping[str, object]]) -> bytes:
    """A corrections workbook; a row is code, action, effective date (YYYYMMDD or any cell), other cells by column."""
    columns = ["CODE", "ACTION", "EFF DATE", "SHORT DESC", "LONG DESC", "COV", "XREF CODE"]
    table: list[list[object]] = [["HCPCS CORRECTIONS"], [], list(columns)]
    for code, action, effective, cells in rows:
        if isinstance(effective, str) and effective.isdigit():
            effective = datetime.strptime(effective, "%Y%m%d")
        table.append([code, action, effective, *(cells.get(name) for name in columns[3:])])
    return workbook(("Sheet1", table))


def write_archive(path: Path, members: Mapping[str, tuple[bytes, Day]]) -> Path:
    """A zip; each member has its content and the date that the zip gives it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        for name, (data, written) in members.items():
            opened.writestr(zipfile.ZipInfo(name, (*written, 12, 0, 0)), data, zipfile.ZIP_DEFLATED)
    path.write_bytes(content.getvalue())
    return path
