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
    """One row and between which publications this was known of it; `published_to` is None while it stands.

    `missing_from` is when the first of the releases known then takes effect that leave the row out, None where none
    does. A row that goes missing, or comes back as it was, is another row here, so that one can ask what was known.
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
        state = _known(timeline)
        for key in open_rows.keys() | state.keys():
            said, now = open_rows.get(key), state.get(key)
            if said is not None and (said.values, said.missing_from) == now:
                continue
            if said is not None:
                closed.append(said._replace(published_to=published - _DAY))
                del open_rows[key]
            if now is not None:
                values, missing_from = now
                open_rows[key] = SaidRow(key, values, published, None, missing_from)
    return sorted([*closed, *open_rows.values()], key=lambda row: (row.key, row.published_from))


def _known(timeline: Mapping[date, Mapping[EditKey, EditValues]]) -> dict[EditKey, tuple[EditValues, date | None]]:
    """Each row as the last release states it that has it, and which release after that one is the first without it."""
    state: dict[EditKey, tuple[EditValues, date | None]] = {}
    for day in sorted(timeline):
        stated = timeline[day]
        for key, (values, missing_from) in state.items():
            if missing_from is None and key not in stated:
                state[key] = (values, day)
        state.update((key, (values, None)) for key, values in stated.items())
    return state
