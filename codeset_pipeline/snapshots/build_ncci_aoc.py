"""Parse the add-on code files of one release revision.

The workbook and the fixed-width text hold the same edits; the workbook is used, and the two are compared. A text that
cannot be read beside a good workbook is left out and named.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from codeset_pipeline.errors import GateError, ParseError
from codeset_pipeline.labels import label_of
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.ncci_add_on_excel import parse_add_on_excel
from codeset_pipeline.parse.ncci_add_on_rows import AddOnRow, AddOnTable
from codeset_pipeline.parse.ncci_add_on_text import parse_add_on_text
from codeset_pipeline.snapshots.build import BuiltSnapshot, ReadMember
from codeset_pipeline.snapshots.build_ncci_mue import name_of
from codeset_pipeline.snapshots.ncci_tables import NCCI_ADD_ON_EDITS
from codeset_pipeline.snapshots.plan import ReleaseInput, RevisionPlan
from codeset_pipeline.snapshots.replacement import says_replacement
from codeset_pipeline.sources.told_add_on import effective_day

_NOT_READ = "Left out; the release is loaded from the workbook."
_SHOWN = 5

# The revisions of a release may share a file.
_parsed_excel = lru_cache(maxsize=4)(parse_add_on_excel)
_parsed_text = lru_cache(maxsize=4)(parse_add_on_text)


def build_ncci_aoc(plan: RevisionPlan, read: ReadMember) -> BuiltSnapshot:
    """Parse the files of a revision; see `snapshots.build.build_snapshot`."""
    built = BuiltSnapshot(plan)
    inputs = {item.role: item for item in plan.inputs}
    excel_file, text_file = inputs.get("aoc_excel"), inputs.get("aoc_text")
    excel = _parsed_excel(read(excel_file), name_of(excel_file)) if excel_file else None
    text = _text(built, text_file, read, needed=excel is None)
    table = excel or text
    if table is None:
        label = label_of(plan.code_set, plan.effective_from)
        raise GateError(f"{label}: no add-on code table; supply the release's zip.", ("codes_present",))
    built.oddities += table.oddities
    built.agreement["rows_once"] = table.contradictions
    if excel and text and text_file:
        _compare(built, excel, text, name_of(text_file))
    for item in {item.archive: item for item in plan.inputs}.values():
        _odd_names(built, item)
    built.tables[NCCI_ADD_ON_EDITS.name] = sorted(
        (row[:8] for row in table.rows), key=lambda row: (row[1], row[3], row[5])
    )
    return built


def _text(built: BuiltSnapshot, item: ReleaseInput | None, read: ReadMember, needed: bool) -> AddOnTable | None:
    if item is None:
        return None
    try:
        return _parsed_text(read(item), name_of(item))
    except ParseError as error:
        if needed:
            raise
        what = f"The file departs from its layout (expected {error.expected}) and was not read."
        built.oddities.append(Oddity(error.file, error.line, what, (error.text or "")[:200], _NOT_READ))
        return None


def _compare(built: BuiltSnapshot, excel: AddOnTable, text: AddOnTable, file: str) -> None:
    ours, theirs = ({row.key: row for row in table.rows} for table in (excel, text))
    lone = sorted(ours.keys() ^ theirs.keys())
    built.agreement["aoc_text"] = len(lone)
    if lone:
        shown = ", ".join(f"{key[0]}/{key[1]} from {key[2]}" for key in lone[:_SHOWN])
        _odd(built, file, f"{len(lone)} edits stand only in one of workbook and text.", shown)
    both = sorted(ours.keys() & theirs.keys())
    for what, told in (
        ("type", lambda row: row.edit_type),
        ("deletion dates", lambda row: (row.add_on_deleted_on, row.primary_deleted_on, row.deleted_on)),
        ("notes", lambda row: row.notes),
    ):
        apart = [key for key in both if told(ours[key]) != told(theirs[key])]
        if apart:
            shown = "; ".join(_pair(ours[key], theirs[key]) for key in apart[:_SHOWN])
            _odd(built, file, f"{len(apart)} edits have other {what} in the text than in the workbook.", shown)


def _odd(built: BuiltSnapshot, file: str, what: str, shown: str) -> None:
    built.oddities.append(Oddity(file, None, what, shown, "The workbook is used."))


def _pair(ours: AddOnRow, theirs: AddOnRow) -> str:
    fields = ("edit_type", "add_on_deleted_on", "primary_deleted_on", "deleted_on", "notes")
    apart = [f"{name} {getattr(ours, name)} / {getattr(theirs, name)}" for name in fields]
    differing = [said for said, name in zip(apart, fields, strict=True) if getattr(ours, name) != getattr(theirs, name)]
    return f"{ours.add_on_code}/{ours.primary_code}: {', '.join(differing)}"


def _odd_names(built: BuiltSnapshot, item: ReleaseInput) -> None:
    """Say so where the archive's name gives another day than the quarter's first, or where nothing dates a
    replacement."""
    start = built.plan.effective_from
    label = label_of(built.plan.code_set, start)
    day = effective_day(item.archive)
    if day is not None and day != start:
        what = "The archive is named for another day than the first of the quarter that its files are of."
        built.oddities.append(Oddity(item.archive, None, what, f"{day}, {label}", f"Taken as {label}."))
    if says_replacement(item.archive) and item.published == start + timedelta(days=1):
        what = "Nothing tells when this replacement was posted."
        decision = "Taken as posted on the second day of the quarter; --published names the day."
        built.oddities.append(Oddity(item.archive, None, what, item.member, decision))
