"""Drafts of new charge-master lines as files: CSV as the user's file is written, a workbook, and notes on each line.

`drafts_…` holds every line for which a replacement is known or chosen; `approved_…` only what people approved. Cells
are the user's own, to the letter: in the CSV files no apostrophe is put before a text like `-1`, because they go back
into the user's system. In the workbooks every text is a text.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codeset_pipeline.impact.draft_sources import DraftSource, as_json
from codeset_pipeline.impact.drafts import Choice, DraftNote, DraftTable, drafted
from codeset_pipeline.impact.source_cells import SourceCell
from codeset_pipeline.impact.source_tables import Dialect
from codeset_pipeline.report.csv_files import guarded

if TYPE_CHECKING:
    from openpyxl import Workbook

DRAFTS_FILE = "drafts.json"

_NOTES = (
    "sheet", "line", "finding", "old code", "new code", "status", "old line ends", "new line starts", "remark",
)  # fmt: skip
_NOTES_SHEET = "About these drafts"


def write_drafts(sources: Sequence[DraftSource], choices: Mapping[str, Choice], folder: Path) -> list[Path]:
    """Write drafts, approved lines, and `drafts.json`, from which approved lines can be exported later.

    Args:
        choices: finding id → decision.
    """
    if not sources:
        return []
    paths = write_lines(sources, choices, folder, approved_only=False)
    paths += write_lines(sources, choices, folder, approved_only=True)
    path = folder / DRAFTS_FILE
    path.write_text(
        json.dumps(as_json(sources), ensure_ascii=False) + "\n", encoding="utf-8", errors="backslashreplace"
    )
    return [*paths, path]


def write_lines(
    sources: Sequence[DraftSource], choices: Mapping[str, Choice], folder: Path, *, approved_only: bool
) -> list[Path]:
    """Write the drafts of each charge master that has any, as CSV and workbook, with notes; returns the paths."""
    paths: list[Path] = []
    for source, stem in zip(sources, _stems(sources), strict=True):
        tables = drafted(source, choices, approved_only=approved_only)
        if not any(table.rows for table in tables):
            continue
        base = folder / f"{'approved' if approved_only else 'drafts'}_{stem}"
        notes = [note for table in tables for note in table.notes if not (approved_only and note.status != "approved")]
        for table, path in zip(tables, _csv_paths(base, tables), strict=True):
            if table.rows:
                paths.append(_write_csv(path, table, source.dialect or Dialect()))
        paths += [_write_notes(base, notes), _write_workbook(base, tables, notes)]
    return paths


def _stems(sources: Sequence[DraftSource]) -> list[str]:
    seen: dict[str, int] = {}
    stems = []
    for source in sources:
        stem = _safe(Path(source.name).stem)
        seen[stem.casefold()] = number = seen.get(stem.casefold(), 0) + 1
        stems.append(stem if number == 1 else f"{stem}_{number}")
    return stems


def _safe(text: str) -> str:
    return re.sub(r"[^\w.-]+", "_", text).strip("._") or "charge_master"


def _csv_paths(base: Path, tables: Sequence[DraftTable]) -> list[Path]:
    if len(tables) == 1:
        return [base.with_name(f"{base.name}.csv")]
    return [base.with_name(f"{base.name}_{number}_{_safe(table.sheet)}.csv") for number, table in enumerate(tables, 1)]


def _write_csv(path: Path, table: DraftTable, dialect: Dialect) -> Path:
    rows = [table.header, *table.rows] if table.header else table.rows
    encoding = dialect.encoding
    try:
        "".join(cell.text for row in rows for cell in row).encode(encoding)
    except UnicodeEncodeError:
        encoding = "utf-8-sig"  # a new title has a character that the file's own encoding lacks
    with path.open("w", encoding=encoding, errors="backslashreplace", newline="") as out:
        writer = csv.writer(
            out,
            delimiter=dialect.delimiter,
            lineterminator=dialect.newline,
            quoting=csv.QUOTE_ALL if dialect.quote_all else csv.QUOTE_MINIMAL,
        )
        writer.writerows([cell.text for cell in row] for row in rows)
    return path


def _write_notes(base: Path, notes: Sequence[DraftNote]) -> Path:
    path = base.with_name(f"{base.name}_notes.csv")
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_NOTES)
        writer.writerows([guarded(each) if isinstance(each, str) else each for each in _note(note)] for note in notes)
    return path


def _note(note: DraftNote) -> tuple[str | int, ...]:
    return (
        note.sheet,
        note.line,
        note.finding_id,
        note.old_code,
        note.new_code,
        note.status,
        "" if note.ends is None else note.ends.isoformat(),
        "" if note.starts is None else note.starts.isoformat(),
        note.remark,
    )


def _write_workbook(base: Path, tables: Sequence[DraftTable], notes: Sequence[DraftNote]) -> Path:
    from openpyxl import Workbook

    from codeset_pipeline.report.worklist_sheets import sheet_names

    book = Workbook(write_only=True)
    names = sheet_names([table.sheet or "Drafts" for table in tables], [_NOTES_SHEET])
    for name, table in zip(names, tables, strict=True):
        if table.rows:
            _sheet(book, name, [table.header, *table.rows] if table.header else table.rows, bool(table.header))
    _sheet(book, _NOTES_SHEET, [tuple(SourceCell(each) for each in row) for row in (_NOTES, *map(_note, notes))], True)
    path = base.with_name(f"{base.name}.xlsx")
    book.save(path)
    return path


def _sheet(book: Workbook, name: str, rows: Sequence[Sequence[SourceCell]], headed: bool) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    from codeset_pipeline.report.workbook_cells import FORMULA_LIKE, clean

    sheet = book.create_sheet(name)
    for place, column in enumerate(zip_longest(*rows, fillvalue=SourceCell()), 1):
        longest = max(len(cell.text) for cell in column)
        sheet.column_dimensions[get_column_letter(place)].width = min(60, max(9, longest + 2))
    if headed:
        sheet.freeze_panes = "A2"
    for number, row in enumerate(rows):
        cells = []
        for each in row:
            text = isinstance(each.value, str)
            value: Any = clean(str(each.value)) if text else each.value
            cell = WriteOnlyCell(sheet, value)
            if text:
                cell.data_type = "s"
                cell.number_format = "@"
                cell.quotePrefix = str(each.value).startswith(FORMULA_LIKE)
            elif each.format:
                cell.number_format = each.format
            if headed and number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
