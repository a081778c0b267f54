"""What a parsed release is held against at the gate: the releases beside it, and what is known of it beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from codeset_pipeline.labels import fiscal_year_of, label_of
from codeset_pipeline.snapshots.build import BuiltSnapshot
from codeset_pipeline.snapshots.gate import GateContext
from codeset_pipeline.snapshots.ncci_ptp_expected import ExpectedPart, of_revision
from codeset_pipeline.snapshots.ncci_ptp_unlike import count_vanished
from codeset_pipeline.snapshots.registry import main_table
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.sources.definition import Source

# Small tables of which a quarter may well change nothing; their names and headers tell what they are.
_MAY_STAY_AS_THEY_ARE = frozenset({"ncci_mue", "ncci_aoc"})

Others = Sequence[tuple[date, Snapshot]]


def gate_context(
    built: BuiltSnapshot, others: Others, source: Source, expected: Sequence[ExpectedPart] = ()
) -> GateContext:
    """Everything that the gate knows of a release besides itself.

    Args:
        others: the newest snapshot of each other accepted release of the code set, oldest first.
        expected: parts as the download page describes them.
    """
    day = built.plan.effective_from
    older = [(other, snapshot) for other, snapshot in others if other < day][-1:]
    newer = [(other, snapshot) for other, snapshot in others if other > day][:1]
    return GateContext(
        known_counts=source.known_counts.get(label_of(source.code_set, day)),
        neighbours={
            label_of(source.code_set, other): (snapshot.rows, abs((other - day).days) / 365)
            for other, snapshot in (*older, *newer)
        },
        twins=tuple(_twins(built, others, source)),
        vanished=_vanished(built, older),
        parts_before=next(
            (
                (label_of(source.code_set, other), len(snapshot.manifest["parts"]))
                for other, snapshot in (*older, *newer)
                if snapshot.manifest.get("parts")
            ),
            None,
        ),
        expected=of_revision(expected, source.code_set, day, built.plan.revision),
    )


def _vanished(built: BuiltSnapshot, older: Others) -> tuple[str, int, int] | None:
    """The release before, how many edits of it are not in this one, and how many it has; PTP only."""
    main = main_table(built.plan.code_set)
    if not older or main.name not in built.bulk:
        return None
    day, snapshot = older[0]
    vanished = count_vanished(snapshot.path(main), built.bulk[main.name].path)
    return label_of(built.plan.code_set, day), vanished, snapshot.rows


def _twins(built: BuiltSnapshot, others: Others, source: Source) -> Iterable[str]:
    """Labels of the releases whose codes are exactly these, where that tells of a wrong file."""
    if source.layout in _MAY_STAY_AS_THEY_ARE:
        return
    year = fiscal_year_of(built.plan.effective_from)
    main = main_table(source.code_set)
    for other, snapshot in others:
        if main.name in built.bulk:
            if snapshot.manifest["tables"][main.name]["content_hash"] == built.bulk[main.name].content_hash:
                yield label_of(source.code_set, other)
            continue
        alike = (snapshot.rows, snapshot.billable_rows) == (built.rows, built.billable_rows)
        if alike and fiscal_year_of(other) != year and snapshot.read(main) == built.tables[main.name]:
            yield label_of(source.code_set, other)
