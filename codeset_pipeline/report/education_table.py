"""The education lists as a table: every new, deleted and reworded code under each specialty that it concerns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codeset_pipeline.model import ReleasePair
from codeset_pipeline.report.education import Item, by_specialty
from codeset_pipeline.report.phrases import pair_name
from codeset_pipeline.report.specialties import Specialty
from codeset_pipeline.report.table import Cell, Column, Row, Table


def education_table(pairs: Sequence[ReleasePair], specialties: Sequence[Specialty]) -> Table:
    rows = [
        Row((pair_name(pair), lesson.name, what, *_cells(item)))
        for pair in pairs
        for lesson in by_specialty(pair, specialties)
        for what, item in _items(lesson.deleted, lesson.new, lesson.revised)
    ]
    return Table(
        "Education",
        "Education by specialty",
        "What coders of each specialty must know; the same prints on one page a specialty from the education pages.",
        (
            Column("Update", 26, "label"),
            Column("Specialty", 34, "label"),
            Column("What", 11, "label"),
            Column("Code", 11, "code"),
            Column("Old text", 52),
            Column("New text", 52),
            Column("Use instead", 52),
            Column("Remark", 24),
            Column("Effective from", 13, "date"),
        ),
        rows,
        "No code was added, deleted or reworded between these releases.",
    )


def _items(deleted: Sequence[Item], new: Sequence[Item], revised: Sequence[Item]) -> Iterator[tuple[str, Item]]:
    for what, items in (("deleted", deleted), ("new", new), ("reworded", revised)):
        for item in items:
            yield what, item


def _cells(item: Item) -> tuple[Cell, ...]:
    return item.code, item.before, item.after, "\n".join(item.replacements), item.remark, item.effective_from
