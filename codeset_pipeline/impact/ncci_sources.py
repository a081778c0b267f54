"""The news of one charge list, from the changes between two NCCI releases and the tables that the two state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from codeset_pipeline.history.ncci_among import changes_among, mue_among
from codeset_pipeline.impact.ncci_answers import add_ons_among, limits_among, pairs_among
from codeset_pipeline.impact.ncci_news import NcciNews
from codeset_pipeline.model import ReleasePair
from codeset_pipeline.snapshots.ncci_tables import NCCI_ADD_ON_EDITS
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.sources.definition import source

_Row = tuple[str, str, date, date | None]


def news_of_pairs(
    pairs: Sequence[ReleasePair], snapshots: Callable[[ReleasePair], tuple[Snapshot, Snapshot]]
) -> Callable[[frozenset[str]], Iterator[NcciNews]] | None:
    """What the NCCI pairs among some release pairs say about the codes of a list; None where there is no such pair.

    Args:
        snapshots: the older and the newer release of a pair.
    """
    found = [pair for pair in pairs if source(pair.code_set).layout in _TELLERS]
    if not found:
        return None

    def news(codes: frozenset[str]) -> Iterator[NcciNews]:
        for pair in found:
            yield _TELLERS[source(pair.code_set).layout](pair, *snapshots(pair), codes)

    return news


def _edits(pair: ReleasePair, old: Snapshot, new: Snapshot, codes: frozenset[str]) -> NcciNews:
    return NcciNews(pair.code_set, pairs=pairs_among(codes, changes_among(pair.changes, codes)))


def _limits(pair: ReleasePair, old: Snapshot, new: Snapshot, codes: frozenset[str]) -> NcciNews:
    before, after = mue_among(old, codes), mue_among(new, codes)
    return NcciNews(pair.code_set, limits=limits_among(codes, before, after, new.effective_from))


def _add_ons(pair: ReleasePair, old: Snapshot, new: Snapshot, codes: frozenset[str]) -> NcciNews:
    days = (old.effective_from, new.effective_from)
    return NcciNews(pair.code_set, add_ons=add_ons_among(codes, _rows(old), _rows(new), days))


def _rows(snapshot: Snapshot) -> list[_Row]:
    """Add-on code, primary code, first and last day: a row ends with its edit, its add-on code or its primary code."""
    columns = ["add_on_code", "primary_code", "effective_from", "add_on_deleted_on", "primary_deleted_on", "deleted_on"]
    return [
        (add_on, primary, since, min((day for day in ends if day is not None), default=None))
        for add_on, primary, since, *ends in snapshot.read(NCCI_ADD_ON_EDITS, columns)
    ]


_TELLERS: Mapping[str, Callable[[ReleasePair, Snapshot, Snapshot, frozenset[str]], NcciNews]] = {
    "ncci_ptp": _edits,
    "ncci_mue": _limits,
    "ncci_aoc": _add_ons,
}
