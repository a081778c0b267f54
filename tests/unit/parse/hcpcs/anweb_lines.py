"""ANWEB lines and workbooks for tests, laid out by hand from the publisher's record layout."""

from __future__ import annotations

import io

import openpyxl

COLUMNS = [
    "HCPC",
    "SEQNUM",
    "RECID",
    "LONG_DESCRIPTION",
    "SHORT_DESCRIPTION",
    "PRICE1",
    "PRICE2",
    "PRICE3",
    "PRICE4",
    "MULT_PI",
    "CIM1",
    "CIM2",
    "CIM3",
    "MCM1",
    "MCM2",
    "MCM3",
    "STATUTE",
    "LABCERT1",
    "LABCERT2",
    "LABCERT3",
    "LABCERT4",
    "LABCERT5",
    "LABCERT6",
    "LABCERT7",
    "LABCERT8",
    "XREF1",
    "XREF2",
    "XREF3",
    "XREF4",
    "XREF5",
    "COV",
    "ASC_GRP",
    "ASC_DT",
    "OPPS",
    "OPPS_PI",
    "OPPS_DT",
    "PROCNOTE",
    "BETOS",
    "TOS1",
    "TOS2",
    "TOS3",
    "TOS4",
    "TOS5",
    "ANEST_BU",
    "ADD_DT",
    "ACT_EFF_DT",
    "TERM_DT",
    "ACTION_CD",
]
SPACED = {"LONG_DESCRIPTION", "SHORT_DESCRIPTION", "ADD_DT", "ACT_EFF_DT", "TERM_DT", "ACTION_CD"}
HEADER = [name.replace("_", " ") if name in SPACED else name for name in COLUMNS]


def first(code: str, long: str, *, record: str = "3", sequence: int = 100, **at: str) -> str:
    """A first line; `at` puts texts at 1-based columns (`c293="A"`)."""
    line = list(f"{code:>5}{sequence:05}{record}{long:<80}".ljust(320))
    defaults = {"c230": "C", "c269": "20200101", "c277": "20200101", "c293": "N"}
    for place, text in (defaults | at).items():
        start = int(place[1:]) - 1
        line[start : start + len(text)] = text
    return "".join(line)


def more(code: str, long: str, *, record: str = "4", sequence: int = 200, length: int = 320) -> str:
    """A continuation line."""
    return f"{code:>5}{sequence:05}{record}{long}".ljust(length)


def text_file(*lines: str) -> bytes:
    """The lines with CRLF, in Windows-1252."""
    return "".join(f"{line}\r\n" for line in lines).encode("cp1252")


def excel_row(code: str, long: str, *, record: str = "3", **cells: object) -> list[object]:
    """A row of the workbook; other cells by column name with underscores."""
    values: dict[str, object] = {"HCPC": code, "SEQNUM": "0010", "RECID": record, "LONG_DESCRIPTION": long}
    if record in "37":
        values |= {"COV": "C", "ADD_DT": "20200101", "ACT_EFF_DT": "20200101", "ACTION_CD": "N"}
    return [(values | cells).get(name) for name in COLUMNS]


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    """An xlsx file of these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
