"""The report's tables as CSV files for spreadsheets and scripts."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from codeset_pipeline.model import Finding, ReleasePair
from codeset_pipeline.report.model import Report
from codeset_pipeline.report.shapes import (
    Shape,
    change_object,
    difference_object,
    finding_object,
    mapping_object,
    verdict_object,
)
from codeset_pipeline.report.worklist_table import in_order

_CHANGES = (
    "code_set", "from", "to", "code", "kind", "effective_from", "billable_before", "billable_after",
    "title_before", "title_after", "field", "old", "new", "text_change", "chapter", "explained",
)  # fmt: skip
# Beside these for NCCI edits.
_NCCI_CHANGES = (
    "column_1", "column_2", "add_on_code", "primary_code", "modifier_indicator", "last_day", "holds_from",
    "retroactive", "reach_from", "reach_to", "flags", "counterpart",
)  # fmt: skip
_CROSSWALK = (
    "code_set", "from", "to", "source", "target", "relation", "equivalence", "evidence", "automatic_forward",
    "automatic_backward", "ambiguous", "together_with", "source_title", "target_title", "hops", "note",
)  # fmt: skip
_FINDINGS = (
    "id", "asset", "line", "column", "code_set", "code", "match", "kind", "effective_from", "severity",
    "candidates", "action", "volume", "amount", "rule", "detail", "department", "state", "state_by", "state_at",
    "state_note", "state_replacement", "automatic", "overdue", "previously", "release",
)  # fmt: skip
_EXPRESSIONS = ("asset", "line", "column", "rule", "expression", "code_set", "before", "after", "gained", "lost")
_RULES = (
    "asset", "line", "rule", "code_set", "compatibility", "expression", "before", "after", "gained", "lost",
    "rewritten", "reasons", "consider",
)  # fmt: skip
_RECONCILIATION = (
    "code_set", "from", "to", "status", "code", "level", "kind", "side", "what", "old", "new", "cause", "rule",
)  # fmt: skip

# Spreadsheets read a text that begins with one of these as a formula. An apostrophe is guarded too, so that taking one
# away always gives the exact text.
_AT_RISK = ("=", "+", "-", "@", "\t", "\r", "'")


def write_csv_files(report: Report, folder: Path) -> list[Path]:
    """Write changes, crosswalk, findings, expressions, rules and reconciliation; returns the paths.

    UTF-8 with a header row, lines end in LF. `changes.csv` has one row per change and changed field; lists stand in
    one cell with semicolons between.
    """
    tables = (
        ("changes.csv", _change_columns(report), _change_rows(report)),
        ("crosswalk.csv", _CROSSWALK, _crosswalk_rows(report)),
        ("findings.csv", _FINDINGS, _finding_rows(report)),
        ("expressions.csv", _EXPRESSIONS, _expression_rows(report)),
        ("rules.csv", _RULES, _rule_rows(report)),
        ("reconciliation.csv", _RECONCILIATION, _reconciliation_rows(report)),
    )
    return [_write_csv(folder / name, header, rows) for name, header, rows in tables]


def write_findings(findings: Iterable[Finding], path: Path) -> Path:
    """Write findings with the columns of `findings.csv`."""
    return _write_csv(path, _FINDINGS, map(finding_object, findings))


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_AT_RISK) else text


def _write_csv(path: Path, header: tuple[str, ...], rows: Iterable[Shape]) -> Path:
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([_cell(row.get(name)) for name in header] for row in rows)
    return path


def _cell(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return guarded("; ".join(str(each) for each in value))
    return guarded(str(value))


def _change_columns(report: Report) -> tuple[str, ...]:
    of_ncci = any(change.ncci for pair in report.pairs for change in pair.changes[:1])
    return (*_CHANGES, *_NCCI_CHANGES) if of_ncci else _CHANGES


def _change_rows(report: Report) -> Iterator[Shape]:
    for pair in report.pairs:
        ends = _ends(pair)
        for change in pair.changes:
            whole = change_object(change)
            fields = whole.pop("fields") or {"": {"old": None, "new": None}}
            for name, each in fields.items():
                row = {"field": name, "old": each["old"], "new": each["new"], "text_change": each.get("text")}
                yield {"code_set": pair.code_set, **ends, **whole, **row}


def _crosswalk_rows(report: Report) -> Iterator[Shape]:
    for pair in report.pairs:
        ends = _ends(pair)
        for mapping in pair.mappings:
            whole = mapping_object(mapping)
            steps = [
                f"{hop['effective_from']} {hop['source']} -> {hop['target'] or 'none'} {hop['relation']} "
                f"({hop['evidence']}: {hop['reference']})"
                for hop in whole["hops"]
            ]
            yield {"code_set": pair.code_set, **ends, **whole, "hops": steps}


def _finding_rows(report: Report) -> Iterator[Shape]:
    if report.impact is not None:
        yield from (finding_object(finding) for finding in in_order(report.impact))


def _expression_rows(report: Report) -> Iterator[Shape]:
    if report.impact is not None:
        yield from (asdict(effect) for effect in report.impact.effects)


def _rule_rows(report: Report) -> Iterator[Shape]:
    """`rewritten` has the line, what stands there and what should, for each part to exchange."""
    for verdict in report.impact.verdicts if report.impact is not None else ():
        found = verdict_object(verdict)
        parts = [f"line {each.line}: {each.expression} => {each.rewritten}" for each in verdict.rewritten]
        yield {**found, "rewritten": parts}


def _reconciliation_rows(report: Report) -> Iterator[Shape]:
    """A pair that no list covers has one row that says so; else one row counts the matches."""
    for pair in report.pairs:
        found = pair.reconciliation
        ends = _ends(pair)
        blank = {"code_set": pair.code_set, **ends, **dict.fromkeys(_RECONCILIATION[3:])}
        if not found.covered:
            yield {**blank, "status": "not_proven", "what": found.note}
            continue
        for status, differences in (("unexplained", found.unexplained), ("explained", found.explained)):
            for each in differences:
                yield {**blank, "status": status, **difference_object(pair.code_set, each)}
        yield {**blank, "status": "matched", "what": f"{found.matched} changes agree to the letter"}


def _ends(pair: ReleasePair) -> dict[str, str]:
    return {
        "from": pair.from_release.effective_from.isoformat(),
        "to": pair.to_release.effective_from.isoformat(),
    }
