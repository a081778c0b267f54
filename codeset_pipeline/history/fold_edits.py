"""The fold of tables whose rows say all about themselves, both dates included (DESIGN section 4, by row: add-on codes).

A row's key holds the day on which it takes effect, its values the day on which it ends. What is known at a moment is
what the releases published so far state, the one that takes effect last for each key; of a corrected release only its
newest revision counts. A row that a later release leaves out stays as it was last stated: absence is not a deletion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from codeset_pipeline.history.fold import Publication

EditKey = tuple[str, str, date]
EditValues = tuple[object, ...]
_DAY = timedelta(days=1)


class SaidRow(NamedTuple):
    """One row and between which publications the publisher said so; `published_to` is None while that stands.

    `missing_from` is when the first release takes effect that leaves out a row which stands, None where none does.
    """

    key: EditKey
    values: EditValues
    published_from: date
    published_to: date | None
    missing_from: date | None = None


def fold_edits(publications: Sequence[tuple[Publication, Mapping[EditKey, EditValues]]]) -> list[SaidRow]:
    """All rows of the history, open and closed, in key order, from publications in any order."""
    timeline: dict[date, Mapping[EditKey, EditValues]] = {}
    open_rows: dict[EditKey, SaidRow] = {}
    closed: list[SaidRow] = []
    in_order = sorted(publications, key=lambda item: item[0])
    for published, of_a_day in groupby(in_order, key=lambda item: item[0].published):
        for publication, content in of_a_day:
            timeline[publication.effective_from] = content
        state: dict[EditKey, EditValues] = {}
        for day in sorted(timeline):
            state.update(timeline[day])
        for key in open_rows.keys() | state.keys():
            said, now = open_rows.get(key), state.get(key)
            if said is not None and said.values == now:
                continue
            if said is not None:
                closed.append(said._replace(published_to=published - _DAY))
                del open_rows[key]
            if now is not None:
                open_rows[key] = SaidRow(key, now, published, None)
    standing = [row._replace(missing_from=_missing_from(row.key, timeline)) for row in open_rows.values()]
    return sorted([*closed, *standing], key=lambda row: (row.key, row.published_from))


def _missing_from(key: EditKey, timeline: Mapping[date, Mapping[EditKey, EditValues]]) -> date | None:
    """The release after the last one that states a row, None when that is the last of all."""
    missing = None
    for day in sorted(timeline, reverse=True):
        if key in timeline[day]:
            return missing
        missing = day
    return missing
