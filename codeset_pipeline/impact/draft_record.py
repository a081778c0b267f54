"""Sources of drafts read back from the `drafts.json` of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from codeset_pipeline.impact.draft_sources import DraftSource, Reference, TouchedLine, TouchedTable
from codeset_pipeline.impact.source_cells import SourceCell
from codeset_pipeline.impact.source_tables import Cells, Dialect


def of_json(found: Iterable[Mapping[str, Any]]) -> list[DraftSource]:
    """What `draft_sources.as_json` wrote."""
    return [
        DraftSource(
            source["name"],
            None if source["dialect"] is None else Dialect(**source["dialect"]),
            tuple(_table(table) for table in source["tables"]),
        )
        for source in found
    ]


def _table(table: Mapping[str, Any]) -> TouchedTable:
    return TouchedTable(
        table["sheet"],
        table["width"],
        _cells(table["header"]),
        {role: tuple(places) for role, places in table["roles"].items()},
        tuple(
            TouchedLine(line["line"], _cells(line["cells"]), tuple(_reference(each) for each in line["references"]))
            for line in table["lines"]
        ),
    )


def _reference(each: Mapping[str, Any]) -> Reference:
    return Reference(
        each["finding"],
        each["place"],
        each["match"],
        each["code"],
        date.fromisoformat(each["effective_from"]),
        each["automatic"],
        tuple(each["candidates"]),
        each["titles"],
        each["unit_change"],
    )


def _cells(found: Iterable[Any]) -> Cells:
    return tuple(SourceCell.of_json(each) for each in found)
