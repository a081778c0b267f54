"""The publisher's own lists of a quarter's PTP changes, brought into the snapshot of the edits.

Each list comes as text and as workbook; the text is used, and the two are compared. The release can do without them: a
file that cannot be read is left out whole and named.
"""

from __future__ import annotations

from functools import lru_cache

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.ncci_ptp_change_file import ChangeFile, ListedChangeRow, parse_ptp_change_file
from codeset_pipeline.snapshots.build import BuiltSnapshot, ReadMember, Row
from codeset_pipeline.snapshots.ncci_tables import NCCI_PTP_LISTED_CHANGES
from codeset_pipeline.snapshots.plan import ReleaseInput

# The lists as the roles of their files name them: `ptp_additions_text`, `ptp_additions_excel`, …
LISTS = ("additions", "deletions", "indicator_changes")
_NOT_READ = "Left out; the changes are not held against this list."

# The revisions of a release share these files.
_parsed = lru_cache(maxsize=8)(parse_ptp_change_file)


def add_listed_changes(built: BuiltSnapshot, read: ReadMember) -> None:
    """Fill `ncci_ptp_listed_changes` from the change files of the revision; no table when it has none."""
    inputs = {item.role: item for item in built.plan.inputs}
    rows: list[Row] = []
    read_any = False
    for name in LISTS:
        found = [_read(built, inputs.get(f"ptp_{name}_{form}"), read) for form in ("text", "excel")]
        text, excel = found
        if text and excel:
            _compare(built, text, excel, inputs[f"ptp_{name}_excel"])
        listed = text or excel
        if listed is None:
            continue
        read_any = True
        built.oddities += listed.oddities
        rows += [(name, r.column_1, r.column_2, r.row, r.modifier_indicator, r.old_indicator) for r in listed.rows]
    if read_any:
        built.tables[NCCI_PTP_LISTED_CHANGES.name] = sorted(
            rows, key=lambda row: (*map(str, row[:3]), int(str(row[3])))
        )


def _name(item: ReleaseInput) -> str:
    return item.member if item.member == item.archive else f"{item.archive}/{item.member}"


def _read(built: BuiltSnapshot, item: ReleaseInput | None, read: ReadMember) -> ChangeFile | None:
    if item is None:
        return None
    try:
        return _parsed(read(item), _name(item))
    except ParseError as error:
        what = f"The file departs from its layout (expected {error.expected}) and was not read."
        built.oddities.append(Oddity(error.file, error.line, what, (error.text or "")[:200], _NOT_READ))
        return None


def _compare(built: BuiltSnapshot, text: ChangeFile, excel: ChangeFile, item: ReleaseInput) -> None:
    def pairs(listed: ChangeFile) -> set[tuple[str, ...]]:
        return {_said(row) for row in listed.rows}

    apart = sorted(pairs(text) ^ pairs(excel))
    if apart:
        shown = ", ".join("/".join(pair[:2]) for pair in apart[:8]) + (" …" if len(apart) > 8 else "")
        what = f"{len(apart)} rows are not the same in the text and in the workbook of one list."
        built.oddities.append(Oddity(_name(item), None, what, shown, "The text is used."))


def _said(row: ListedChangeRow) -> tuple[str, ...]:
    return (row.column_1, row.column_2, row.modifier_indicator, row.old_indicator)
