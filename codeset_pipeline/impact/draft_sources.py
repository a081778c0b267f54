"""What drafts of new charge-master lines are made from: the lines that a change touches, as the user wrote them.

Kept with a run as `drafts.json`, so that lines can still be drafted weeks later, when people have decided and the file
has moved on.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from codeset_pipeline.codes import printed
from codeset_pipeline.impact.source_tables import Cells, Dialect, SourceLines, csv_lines, excel_lines, is_csv
from codeset_pipeline.model import Asset, Finding, Impact, ReleasePair, Severity, TableLayout

_BREAKS = (Severity.WILL_DENY, Severity.MAY_DENY)


@dataclass(frozen=True, slots=True)
class Reference:
    """A code on a line that must be replaced.

    Attributes:
        place: 0-based column.
        titles: candidate as printed → its title, as far as known.
        unit_change: how the billing unit changes, empty when it does not.
    """

    finding_id: str
    place: int
    match: str
    code: str
    effective_from: date
    automatic: bool
    candidates: tuple[str, ...]
    titles: Mapping[str, str]
    unit_change: str = ""


@dataclass(frozen=True, slots=True)
class TouchedLine:
    """A line of a charge master, as it stands, and the codes on it that must be replaced."""

    line: int
    cells: Cells
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class TouchedTable:
    """A table of a charge master: its header as it stands (empty without one), column roles, touched lines."""

    sheet: str
    width: int
    header: Cells
    roles: Mapping[str, tuple[int, ...]]
    lines: tuple[TouchedLine, ...]


@dataclass(frozen=True, slots=True)
class DraftSource:
    """The touched lines of one charge master.

    Attributes:
        name: file name without folders.
        dialect: how the CSV file is written, None for a workbook.
    """

    name: str
    dialect: Dialect | None
    tables: tuple[TouchedTable, ...]


def draft_sources(impact: Impact, pairs: Sequence[ReleasePair]) -> list[DraftSource]:
    """The touched lines of every charge master of a run.

    A file that is not the one any more that the run read is left out: its line numbers may mean other lines.
    """
    titles = _Titles(pairs)
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in impact.findings:
        if finding.severity in _BREAKS or finding.state_replacement:
            findings[finding.asset].append(finding)
    sources = []
    for asset in impact.assets:
        if asset.kind == "charge_master" and asset.tables and findings[asset.path]:
            source = _source(asset, findings[asset.path], titles)
            if source is not None:
                sources.append(source)
    return sources


class _Titles:
    """Titles in the newer releases of the codes that changes and mappings name."""

    def __init__(self, pairs: Iterable[ReleasePair]) -> None:
        self._of: dict[tuple[str, str], str] = {}
        for pair in pairs:
            for mapping in pair.mappings:
                if mapping.target and mapping.target_title:
                    self._of[pair.code_set, printed(pair.code_set, mapping.target)] = mapping.target_title
            for change in pair.changes:
                if change.title_after:
                    self._of[pair.code_set, printed(pair.code_set, change.code)] = change.title_after

    def of(self, code_set: str, codes: Iterable[str]) -> dict[str, str]:
        return {code: title for code in codes if (title := self._of.get((code_set, code)))}


def _source(asset: Asset, findings: Sequence[Finding], titles: _Titles) -> DraftSource | None:
    path = Path(asset.path)
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() != asset.sha256:
        return None
    dialect: Dialect | None = None
    tables = []
    for layout in asset.tables:
        references: dict[int, list[Reference]] = defaultdict(list)
        for finding in findings:
            if (place := layout.places.get(finding.column)) is not None and _on_sheet(finding, layout, asset):
                references[finding.line].append(_reference(finding, place, titles))
        if not references:
            continue
        wanted = {line: [(each.place, each.match) for each in found] for line, found in references.items()}
        if layout.header_line:
            wanted.setdefault(layout.header_line, [])
        width = max(layout.places.values(), default=0) + 1
        if is_csv(path):
            lines, dialect = csv_lines(data, path.name, wanted)
        else:
            lines = excel_lines(data, layout.sheet, wanted)
        tables.append(_table(layout, lines, width, references))
    return DraftSource(path.name, dialect, tuple(tables)) if tables else None


def _on_sheet(finding: Finding, layout: TableLayout, asset: Asset) -> bool:
    return len(asset.tables) == 1 or finding.column.startswith(f"{layout.sheet}!")


def _reference(finding: Finding, place: int, titles: _Titles) -> Reference:
    candidates = finding.candidates
    chosen = (finding.state_replacement,) if finding.state_replacement else ()
    return Reference(
        finding.id,
        place,
        finding.match,
        finding.code,
        finding.effective_from,
        finding.automatic,
        candidates,
        titles.of(finding.code_set, (*candidates, *finding.suggested, *chosen)),
        finding.unit_change,
    )


def _table(
    layout: TableLayout, found: SourceLines, width: int, references: Mapping[int, Sequence[Reference]]
) -> TouchedTable:
    header = found.lines.get(layout.header_line, ()) if layout.header_line else ()
    lines = tuple(
        TouchedLine(line, found.lines[line], tuple(references[line]))
        for line in sorted(references)
        if line in found.lines
    )
    return TouchedTable(layout.sheet, max(found.width, len(header), width), header, layout.roles, lines)


def as_json(sources: Sequence[DraftSource]) -> list[dict[str, Any]]:
    """The sources as JSON objects; `of_json` gives them back."""
    return [
        {
            "name": source.name,
            "dialect": None
            if source.dialect is None
            else {
                "delimiter": source.dialect.delimiter,
                "encoding": source.dialect.encoding,
                "newline": source.dialect.newline,
                "quote_all": source.dialect.quote_all,
            },
            "tables": [
                {
                    "sheet": table.sheet,
                    "width": table.width,
                    "header": [cell.as_json() for cell in table.header],
                    "roles": {role: list(places) for role, places in table.roles.items()},
                    "lines": [
                        {
                            "line": line.line,
                            "cells": [cell.as_json() for cell in line.cells],
                            "references": [_reference_json(each) for each in line.references],
                        }
                        for line in table.lines
                    ],
                }
                for table in source.tables
            ],
        }
        for source in sources
    ]


def _reference_json(each: Reference) -> dict[str, Any]:
    return {
        "finding": each.finding_id,
        "place": each.place,
        "match": each.match,
        "code": each.code,
        "effective_from": each.effective_from.isoformat(),
        "automatic": each.automatic,
        "candidates": list(each.candidates),
        "titles": dict(each.titles),
        "unit_change": each.unit_change,
    }
