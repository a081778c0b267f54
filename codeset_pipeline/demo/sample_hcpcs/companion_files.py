"""What the publisher posts beside the sample's ANWEB files: transaction report, corrections, processing notes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from codeset_pipeline.demo.sample_hcpcs.anweb_files import NOTICE
from codeset_pipeline.demo.sample_hcpcs.code_table import CodeRow, read_table
from codeset_pipeline.demo.sample_hcpcs.plain_workbook import plain_workbook

_ACTIONS = {
    "A": "Add",
    "B": "Coverage and Long Description Change",
    "C": "Long Description Change",
    "D": "Discontinued",
    "F": "Coverage Change",
    "N": "No Change",
    "P": "Payment Change",
    "R": "Re-activated",
    "S": "Short Description Change",
    "T": "Miscellaneous change (BETOS or Type of Service)",
}
_REPORT_COLUMNS = ["HCPC/MOD", "ACTION CD", "SHORT DESCRIPTION", "LONG DESCRIPTION"]
# The publisher's lines of a note: number at column 11, text up to column 85, an asterisk at column 92.
_NOTE_WIDTH, _NOTE_END = 75, 91


def transaction_report(rows: Sequence[CodeRow]) -> bytes:
    """Every code with its action, once in order of actions and once in order of codes, and a key."""
    listed = [
        [f"{row['code']:>5}", _ACTIONS[row["action_code"]], row["short_description"], row["long_description"]]
        for row in rows
    ]
    above = [[NOTICE], [], _REPORT_COLUMNS]
    key = [["Action Codes"], *map(list, _ACTIONS.items())]
    return plain_workbook(
        {
            "Changes by Action Code": [*above, *sorted(listed, key=lambda cells: cells[1])],
            "Changes by HCPCS code": [*above, *listed],
            "Action Code Key": key,
        }
    )


def corrections() -> bytes:
    """What the release file has wrong, with the right values."""
    rows = read_table("corrections.csv")
    above = [["", "SAMPLE 2020 ALPHA-NUMERIC HCPCS CORRECTIONS"], [], []]
    return plain_workbook({"Corrections": [*above, list(rows[0]), *(list(row.values()) for row in rows)]})


def processing_notes() -> bytes:
    """The texts of the notes that codes of the sample refer to."""
    lines = [f"{'':40}PROCESSING NOTES (SAMPLE)", ""]
    for note in read_table("processing_notes.csv"):
        parts = textwrap.wrap(f"{note['number']}--{note['text']}", _NOTE_WIDTH, subsequent_indent=" " * 6)
        lines += [f"{'':10}{part}".ljust(_NOTE_END) + "*" for part in [*parts, ""]]
    return "".join(f"{line}\r\n" for line in lines).encode("cp1252")
