"""The sample's release files as zips, the same bytes on every run and machine.

Every archive's name begins with SAMPLE, which puts the sample banner on every report that is made from it.
"""

from __future__ import annotations

from pathlib import Path

from codeset_pipeline.demo.sample_hcpcs.anweb_files import anweb_text, anweb_workbook
from codeset_pipeline.demo.sample_hcpcs.code_table import FIRST_QUARTER, SECOND_QUARTER, code_rows
from codeset_pipeline.demo.sample_hcpcs.companion_files import corrections, processing_notes, transaction_report
from codeset_pipeline.demo.sample_hcpcs.plain_workbook import stored_zip

SAMPLE_QUARTERS = (FIRST_QUARTER, SECOND_QUARTER)


def _release(quarter: str, month: str) -> dict[str, bytes]:
    rows = code_rows(quarter)
    return {
        f"HCPC2020_{month}_ANWEB.txt": anweb_text(rows),
        f"HCPC2020_{month}_ANWEB.xlsx": anweb_workbook(rows),
        f"HCPC2020_{month}_Transaction Report.xlsx": transaction_report(rows),
        "proc_notes_2020.txt": processing_notes(),
    }


def _archives() -> dict[str, bytes]:
    """Name → content. The dates of the members say when each was posted, as the publisher's do."""
    return {
        "SAMPLE-april-2020-alpha-numeric-hcpcs-file.zip": stored_zip(
            _release(FIRST_QUARTER, "APR"), (2020, 3, 12, 9, 0, 0)
        ),
        "SAMPLE-july-2020-alpha-numeric-hcpcs-file.zip": stored_zip(
            _release(SECOND_QUARTER, "JUL"), (2020, 6, 11, 9, 0, 0)
        ),
        "SAMPLE-july-2020-hcpcs-corrections.zip": stored_zip(
            {"HCPC2020_JUL_Corrections.xlsx": corrections()}, (2020, 7, 9, 9, 0, 0)
        ),
    }


def write_sample_quarters(folder: Path) -> Path:
    """Write the zips of both quarters and of the corrections into a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _archives().items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
    return folder
