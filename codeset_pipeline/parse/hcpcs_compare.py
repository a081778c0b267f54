"""The ANWEB text and the ANWEB workbook of one release, held against each other.

Which one counts: **the text**, because the record layout defines it and every release has it, and because the
workbook passes through a spreadsheet, which eats zeros, blanks and long descriptions. In 2019 they were two states of
the publisher's data (the workbook had dropped 115 action effective dates, and had a type of service for two codes
that the text got a year later), and neither can be called wrong.

**The workbook** counts in two cases only. Where the text is provably damaged (an unreadable date or number, a
description that lacks a line) and the workbook is not. And for a code that the text lacks, because a
missing row is worse than one too many: it would make a valid code unknown.
"""

from __future__ import annotations

from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.anweb_rows import Anweb, AnwebRow

_FIELDS = tuple(name for name in AnwebRow._fields if name not in {"code", "lines"})
_AROUND = 40


def compare_anweb(text: Anweb, excel: Anweb) -> list[Oddity]:
    """Every difference between the two files, with the decision which one counts, in the order of the text.

    Lines are those of the text, or the workbook's rows for codes that only the workbook has.
    """
    in_excel = {row.code: row for row in excel.rows}
    in_text = {row.code for row in text.rows}
    found: list[Oddity] = []
    for row in text.rows:
        other = in_excel.get(row.code)
        if other is None:
            what = f"{row.code} stands in the text only, not in {excel.file}."
            found.append(Oddity(text.file, row.lines[0], what, row.short_description, "Kept."))
            continue
        found += [_difference(text, row, excel, other, name) for name in _differing(row, other)]
    for other in excel.rows:
        if other.code not in in_text:
            what = f"{other.code} stands in the workbook only, not in {text.file}."
            found.append(Oddity(excel.file, other.lines[0], what, other.short_description, "Taken from the workbook."))
    return found


def settle_anweb(text: Anweb, excel: Anweb) -> Anweb:
    """One release from both files, by the rule above; its oddities are those of both files and every difference.

    Rows keep the text's line numbers, those taken from the workbook have the workbook's.
    """
    in_excel = {row.code: row for row in excel.rows}
    in_text = {row.code for row in text.rows}
    rows = []
    mended: set[tuple[str, str]] = set()
    for row in text.rows:
        other = in_excel.get(row.code)
        names = (
            [] if other is None else [name for name in _differing(row, other) if _excel_counts(text, excel, row, name)]
        )
        mended |= {(row.code, name) for name in names}
        rows.append(row._replace(**{name: getattr(other, name) for name in names}) if names else row)
    only_excel = [row for row in excel.rows if row.code not in in_text]
    damaged = (text.damaged - mended) | {entry for entry in excel.damaged if entry[0] not in in_text}
    oddities = [*text.oddities, *excel.oddities, *compare_anweb(text, excel)]
    return Anweb(text.file, rows + only_excel, text.preamble_lines, oddities, damaged)


def _differing(row: AnwebRow, other: AnwebRow) -> list[str]:
    # Nearly all rows are alike; where they stand (the last field) does not matter.
    if row[:-1] == other[:-1]:
        return []
    return [name for name in _FIELDS if getattr(row, name) != getattr(other, name)]


def _excel_counts(text: Anweb, excel: Anweb, row: AnwebRow, name: str) -> bool:
    entry = (row.code, name)
    return entry in text.damaged and entry not in excel.damaged


def _difference(text: Anweb, row: AnwebRow, excel: Anweb, other: AnwebRow, name: str) -> Oddity:
    ours, theirs = getattr(row, name), getattr(other, name)
    what = f"{row.code}: {name.replace('_', ' ')} differs between the text and row {other.lines[0]} of {excel.file}"
    if isinstance(ours, str) and isinstance(theirs, str):
        if ours.split() == theirs.split():
            what += " in blanks only"
        shown = _excerpts(ours, theirs)
    else:
        shown = f"text: {_shown(ours)}; workbook: {_shown(theirs)}"
    if _excel_counts(text, excel, row, name):
        decision = "The workbook counts, because the text is damaged here."
    else:
        decision = "The text counts."
    return Oddity(text.file, row.lines[0], f"{what}.", shown, decision)


def _excerpts(ours: str, theirs: str) -> str:
    """Both texts around the first character in which they differ."""
    pairs = enumerate(zip(ours, theirs, strict=False))
    at = next((index for index, (left, right) in pairs if left != right), min(len(ours), len(theirs)))
    around = slice(max(0, at - _AROUND), at + _AROUND)
    return f"text: {ours[around]!r}; workbook: {theirs[around]!r}"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "blank"
    return "blank" if value is None else str(value)
