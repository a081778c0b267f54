"""Bringing a target up to date: events in batches, each verified before anything of it is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from codeset_pipeline.errors import FeedError
from codeset_pipeline.feed.canonical import place_of
from codeset_pipeline.feed.consumer import verified_events
from codeset_pipeline.sync.origins import Origin
from codeset_pipeline.sync.target import Target

BATCH = 5_000


@dataclass(frozen=True)
class Synced:
    """What became of one code set in the target.

    Attributes:
        events: how many were applied.
        cursor: how far the target has come.
        replaced: its rows were removed first and made again from the beginning of the feed.
    """

    code_set: str
    events: int
    cursor: str
    replaced: bool = False


def sync(
    origin: Origin,
    target: Target,
    code_set: str,
    *,
    repair: bool = False,
    size: int = BATCH,
    progress: Callable[[str], None] = lambda _: None,
) -> Synced:
    """Apply everything that the target has not seen yet; what was applied stays when this is stopped at any moment.

    Args:
        repair: remove the rows of the code set and apply the whole feed anew, in one transaction.
        size: events in a transaction.

    Raises:
        FeedError: an event was changed, or a row of the target was; nothing of that batch was applied.
        UsageError: the target's cursor is none of this feed.
        DatabaseUnavailable: the target failed.
    """
    held = target.prepare(code_set)
    if repair:
        last = [""]
        count = target.replace(code_set, held, _verified(origin, code_set, "", size, last, progress))
        return Synced(code_set, count, last[0], replaced=True)
    if not held and not target.is_empty(code_set) and not (held := target.cursor(code_set)):
        # Asked once more: another run may have applied its first batch meanwhile.
        raise FeedError(
            f"{target.name} has rows of {code_set} and no cursor: they came from elsewhere. Remove them, or run "
            f"'codeset sync … {code_set} --repair', which replaces them by those of the feed."
        )
    count, last = 0, [held]
    for events in _verified(origin, code_set, held, size, last, progress):
        target.apply(code_set, held, events)
        held, count = events[-1]["cursor"], count + len(events)
    return Synced(code_set, count, held)


def _verified(
    origin: Origin, code_set: str, cursor: str, size: int, last: list[str], progress: Callable[[str], None]
) -> Iterator[list[dict[str, Any]]]:
    """The batches after a cursor, each verified to its end; `last` holds the cursor that was reached."""
    for batch in origin.batches(code_set, cursor, size):
        events = list(verified_events(batch, code_set, cursor))
        last[0] = cursor = events[-1]["cursor"]
        yield events
        # Told when the caller has applied them and asks for more.
        progress(f"{code_set}: {place_of(cursor)[0]:,} events applied")


def unlike_tables(origin: Origin, target: Target, code_set: str) -> list[str]:
    """What a target has other than the newest state of the feed; empty when they agree."""
    held, head = target.cursor(code_set), origin.head(code_set)
    if held != head["cursor"]:
        at, newest = place_of(held)[0], place_of(head["cursor"])[0]
        return [f"{code_set}: the target is at event {at:,} and the feed at {newest:,}; run 'codeset sync' first"]
    if not held:
        return []
    found = target.sums(code_set)
    return [
        f"{code_set}: {name} has {_rows(found.get(name))} that are not the {said['rows']:,} of the feed; "
        f"'codeset sync … {code_set} --repair' replaces them"
        for name, said in head["tables"].items()
        if found.get(name) != said
    ]


def _rows(said: dict[str, Any] | None) -> str:
    return f"{said['rows']:,} rows" if said else "values"
