"""All rows of the crosswalk, one per source and target, with the steps they were composed from."""

from __future__ import annotations

from collections.abc import Iterable

from codeset_pipeline.codes import printed
from codeset_pipeline.model import Hop, Mapping, ReleasePair
from codeset_pipeline.report.deleted_table import evidence_name
from codeset_pipeline.report.phrases import kind_name, pair_name, yes_no
from codeset_pipeline.report.table import Column, Row, Table


def crosswalk_table(pairs: Iterable[ReleasePair]) -> Table:
    """One row per mapping; a code with no target has one row that says so."""
    rows = [Row(_cells(pair, mapping)) for pair in pairs for mapping in pair.mappings]
    return Table(
        "Crosswalk",
        "Crosswalk",
        "From old codes to new ones. Carved out: the new code was taken from one that stays valid.",
        (
            Column("Update", 26, "label"),
            Column("From", 11, "code"),
            Column("Title", 40),
            Column("To", 11, "code"),
            Column("Title of the target", 40),
            Column("Relation", 17, "label"),
            Column("Equivalence", 24, "label", minor=True),
            Column("Automatic forward", 11, "label"),
            Column("Automatic backward", 11, "label", minor=True),
            Column("More than one target", 11, "label"),
            Column("Together with", 14, "label"),
            Column("Evidence", 20, "label"),
            Column("Steps", 60),
            Column("Note", 34),
        ),
        rows,
        "No code needs another one in its place.",
    )


def hop_text(code_set: str, hop: Hop) -> str:
    """One step in words: `2025-10-01 B88.0 → B88.01, renamed (publisher, table row 57)`."""
    target = printed(code_set, hop.target) if hop.target else "none"
    return (
        f"{hop.effective_from.isoformat()} {printed(code_set, hop.source)} → {target}, "
        f"{kind_name(hop.relation)} ({hop.evidence}, {hop.reference})"
    )


def _cells(pair: ReleasePair, mapping: Mapping) -> tuple[str | None, ...]:
    return (
        pair_name(pair),
        printed(pair.code_set, mapping.source),
        mapping.source_title,
        printed(pair.code_set, mapping.target) if mapping.target else "none",
        mapping.target_title,
        kind_name(mapping.relation),
        mapping.equivalence,
        yes_no(mapping.automatic_forward),
        yes_no(mapping.automatic_backward),
        yes_no(mapping.ambiguous),
        ", ".join(printed(pair.code_set, code) for code in mapping.together_with),
        evidence_name(mapping.evidence),
        "\n".join(hop_text(pair.code_set, hop) for hop in mapping.hops),
        mapping.note,
    )
