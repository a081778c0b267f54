"""An edited worklist read back from the workbook, whichever program saved it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.review_import import EditedRow
from codeset_pipeline.impact.table_rows import Row, excel_sheets
from codeset_pipeline.report.worklist_sheets import BASIS, ID
from codeset_pipeline.report.worklist_table import CODE, FINDING, NOTE, REPLACEMENT, STATE

_FILE = "File"
_LOOK_AT = 20


def read_worklist(path: Path) -> tuple[list[EditedRow], str]:
    """The rows of every worklist sheet of a workbook, in its order, and the SHA-256 of the file.

    A sheet is a worklist when its header has the columns State and Finding id, or Finding in place of the latter.

    Raises:
        AssetError: the file is no workbook, has no worklist, or a worklist has lost both columns with ids.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AssetError(f"{path} cannot be read ({error.strerror}); check its name and permissions.") from None
    found: list[EditedRow] = []
    sheets = 0
    for sheet in excel_sheets(data, path):
        at = next((at for at, row in enumerate(sheet.rows[:_LOOK_AT]) if _is_header(row)), None)
        if at is None:
            continue
        sheets += 1
        places = {name: index for index, name in reversed(list(enumerate(sheet.rows[at].cells)))}
        if ID not in places and FINDING not in places:
            raise AssetError(
                f"{path.name}, sheet {sheet.name}: the columns {ID!r} and {FINDING!r} are gone, by which its lines are "
                "found again; copy your decisions into the workbook as it was written, and import that."
            )
        rows = sheet.rows[at + 1 :]
        found += [_edited(sheet.name, row, places) for row in rows if not _says_none(row)]
    if not sheets:
        raise AssetError(
            f"{path.name} holds no worklist: no sheet has the columns {STATE}, {NOTE} and {ID}; give a workbook that "
            "'codeset impact' has written."
        )
    return found, hashlib.sha256(data).hexdigest()


def _is_header(row: Row) -> bool:
    return STATE in row.cells and (ID in row.cells or NOTE in row.cells)


def _says_none(row: Row) -> bool:
    filled = [cell for cell in row.cells if cell]
    return len(filled) == 1 and filled[0].startswith("None. ")


def _edited(sheet: str, row: Row, places: dict[str, int]) -> EditedRow:
    cells: Sequence[str] = row.cells

    def cell(name: str) -> str:
        return cells[places[name]] if name in places and places[name] < len(cells) else ""

    main, other = cell(ID), cell(FINDING)
    return EditedRow(
        sheet,
        row.line,
        main or other,
        cell(STATE),
        cell(REPLACEMENT),
        cell(NOTE),
        cell(BASIS) or None,
        other if main else "",
        cell(CODE),
        cell(_FILE),
    )
