"""Adding one step to a feed: changes of rows become events, each chained to the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from codeset_pipeline.feed.canonical import FORMAT, RowText, TableSum, encode
from codeset_pipeline.feed.changes_by_day import Change
from codeset_pipeline.feed.steps_on_disk import StepWriter
from codeset_pipeline.feed.store import Feed
from codeset_pipeline.history.published_tables import PublishedTable

# The least that is said of a release; `known` and `releases` of a step say more.
_NAMED = ("effective_from", "label", "revision")


def sums_of(feed: Feed) -> dict[str, TableSum]:
    """Number and hash of the rows at the newest cursor, to be kept while changes are looked at."""
    return {name: TableSum(said["rows"], said["hash"]) for name, said in feed.tables.items()}


def follow(sums: Mapping[str, TableSum], table: PublishedTable, changes: Iterable[Change]) -> None:
    """Keep the sum of a table while its rows change."""
    text = RowText(table)
    for before, after in changes:
        if before is not None:
            sums[table.name].remove(text.content(before))
        if after is not None:
            sums[table.name].add(text.content(after))


def add_step(
    feed: Feed,
    changes: Iterable[tuple[PublishedTable, Iterable[Change]]],
    *,
    cause: str,
    releases: list[dict[str, Any]],
    known: list[dict[str, Any]],
) -> Feed:
    """Write one step and return the feed with it.

    Args:
        changes: of each table, in the order of its key.
        releases: what caused the step, in the order of publication; the last one is named by its events.
        known: all releases that the state it leads to is made of.
    """
    caused = releases[-1] if releases else None
    release = encode(None if caused is None else {name: caused[name] for name in _NAMED})
    published = encode(caused and caused["published"])
    head_end = f'"cause":{encode(cause)},"code_set":{encode(feed.code_set)},'
    sums, sequence, previous = sums_of(feed), feed.count, feed.hash
    with StepWriter(feed.folder, len(feed.steps) + 1, sequence + 1) as writer:
        for table, found in changes:
            text, table_sum = RowText(table), sums[table.name]
            for before, after in found:
                old = "null" if before is None else text.content(before)
                new = "null" if after is None else text.content(after)
                if before is not None:
                    table_sum.remove(old)
                if after is not None:
                    table_sum.add(new)
                kind = "insert" if before is None else "delete" if after is None else "update"
                key = text.key(after or before or ())
                sequence += 1
                # Members in the order of their names; `cursor` and `hash` come between these two parts.
                head = f'{{"after":{new},"before":{old},{head_end}'
                tail = (
                    f'"key":{key},"kind":"{kind}","previous":"{previous}","published":{published},'
                    f'"release":{release},"sequence":{sequence},"table":"{table.name}"}}'
                )
                previous = sha256((head + tail).encode()).hexdigest()
                writer.put(f'{head}"cursor":"{sequence}-{previous}","hash":"{previous}",{tail}')
        writer.finish(
            {
                "format": FORMAT,
                "code_set": feed.code_set,
                "previous_step": feed.step_hash,
                "cause": cause,
                "releases": releases,
                "known": known,
                "previous": feed.hash,
                "hash": previous,
                "tables": {name: each.described() for name, each in sums.items()},
            }
        )
    return Feed(feed.folder, feed.code_set)
