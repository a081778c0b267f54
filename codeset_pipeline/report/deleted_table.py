"""The deleted codes, each on one row with everything known about its replacement."""

from __future__ import annotations

from collections.abc import Iterable

from codeset_pipeline.codes import printed
from codeset_pipeline.model import Change, ChangeKind, Evidence, Mapping, ReleasePair
from codeset_pipeline.report.phrases import kind_name, pair_name, yes_no
from codeset_pipeline.report.table import Cell, Column, Row, Table

DELETED = frozenset({ChangeKind.DELETED, ChangeKind.BECAME_HEADER, ChangeKind.AGED_OUT, ChangeKind.WITHDRAWN})

_EVIDENCE = {
    Evidence.CURATED: "decided by a person",
    Evidence.PUBLISHER: "publisher",
    Evidence.HIERARCHY: "children of the header",
    Evidence.SUGGESTED: "suggested by likeness of titles",
}


def deleted_table(pairs: Iterable[ReleasePair]) -> Table:
    """One row per code that was deleted or became a header; several replacements stand one below the other."""
    rows = [
        Row(_cells(pair, change), kind=change.kind)
        for pair in pairs
        for change in pair.changes
        if change.kind in DELETED
    ]
    return Table(
        "Deleted",
        "Deleted codes and their replacements",
        "Codes that may no longer be reported. A code that became a header still exists but is too general to bill; "
        "the publisher counts it as deleted.",
        (
            Column("Update", 26, "label"),
            Column("Code", 11, "code"),
            Column("Title", 46),
            Column("Kind", 15, "label"),
            Column("Was billable", 9, "label"),
            Column("Replaced by", 13, "code"),
            Column("Title of the replacement", 56),
            Column("Relation", 17, "label"),
            Column("Replace how", 26, "label"),
            Column("Evidence", 20, "label"),
            Column("Note", 34),
            Column("Effective from", 13, "date"),
            Column("Chapter", 60),
        ),
        rows,
        "No code was deleted between these releases.",
    )


def evidence_name(evidence: Evidence) -> str:
    return _EVIDENCE[evidence]


def _cells(pair: ReleasePair, change: Change) -> tuple[Cell, ...]:
    mappings = pair.mappings_of.get(change.code, [])
    targets = [mapping for mapping in mappings if mapping.target is not None]
    return (
        pair_name(pair),
        printed(pair.code_set, change.code),
        change.title_before,
        kind_name(change.kind),
        yes_no(change.billable_before),
        "\n".join(printed(pair.code_set, mapping.target) for mapping in targets if mapping.target) or "none",
        "\n".join(f"{printed(pair.code_set, each.target or '')} {each.target_title or ''}".strip() for each in targets),
        _distinct(kind_name(mapping.relation) for mapping in mappings),
        _how(pair, change, mappings, targets),
        _distinct(evidence_name(mapping.evidence) for mapping in mappings),
        "\n".join(dict.fromkeys([*_together(pair, targets), *(mapping.note for mapping in mappings if mapping.note)])),
        change.effective_from,
        change.chapter,
    )


def _how(pair: ReleasePair, change: Change, mappings: list[Mapping], targets: list[Mapping]) -> str:
    if not mappings:
        if change.kind is ChangeKind.AGED_OUT:
            return "nothing to replace: it had ended before"
        return "header, never billed" if change.billable_before is False else "not in the crosswalk: needs a person"
    if not targets:
        return "no replacement: needs a person"
    if len(targets) == 1 and targets[0].automatic_forward:
        return "automatic"
    return f"needs a person: choose of {len(targets)}" if len(targets) > 1 else "needs a person"


def _together(pair: ReleasePair, targets: list[Mapping]) -> list[str]:
    found = []
    for mapping in targets:
        if mapping.together_with:
            others = ", ".join(printed(pair.code_set, code) for code in mapping.together_with)
            found.append(f"{printed(pair.code_set, mapping.target or '')} stands for it together with {others}.")
    return found


def _distinct(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(texts))
