"""What every consumer does first: see that the events are what the feed said, and all of it.

from codeset_pipeline.feed.consumer import verified_events

for event in verified_events(lines, "icd10cm", cursor):
    apply(event)                  # event["table"], ["kind"], ["key"], ["before"], ["after"]
    cursor = event["cursor"]      # to be kept with what was applied
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from codeset_pipeline.errors import FeedError
from codeset_pipeline.feed.canonical import cursor_of, event_hash, place_of

_MEMBERS = {
    "after", "before", "cause", "code_set", "cursor", "hash", "key", "kind", "previous", "published", "release",
    "sequence", "table",
}  # fmt: skip
_decode = json.JSONDecoder().decode
_KINDS = {"insert": (False, True), "update": (True, True), "delete": (True, False)}


def verified_events(
    events: Iterable[str | bytes | dict[str, Any]], code_set: str, cursor: str = ""
) -> Iterator[dict[str, Any]]:
    """The events of a feed, each checked before it is handed on.

    Args:
        events: JSON texts, or what they say, in the order in which they came.
        cursor: the one after which they begin; empty at the beginning of the feed.

    Raises:
        FeedError: an event was changed, left out, put in or moved; the message names its cursor.
        UsageError: the text is no cursor.
    """
    sequence, previous = place_of(cursor)
    for given in events:
        event = _read(given, sequence)
        if event.get("code_set") != code_set:
            raise _refused(event, f"it belongs to {str(event.get('code_set'))[:40]!r} and not to {code_set}")
        if event["sequence"] != sequence + 1 or event["previous"] != previous:
            raise _refused(event, f"it does not follow on event {sequence}")
        hash = event_hash(event)
        if event["hash"] != hash or event["cursor"] != cursor_of(sequence + 1, hash):
            raise _refused(event, "its content does not have the hash that it carries")
        if _KINDS.get(event["kind"]) != (event["before"] is not None, event["after"] is not None):
            raise _refused(event, "its kind is none, or does not go with its content")
        sequence, previous = sequence + 1, hash
        yield event


def _read(given: str | bytes | dict[str, Any], sequence: int) -> dict[str, Any]:
    try:
        text = given.decode() if isinstance(given, bytes) else given
        event = _decode(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict) or event.keys() != _MEMBERS or not isinstance(event["kind"], str):
        named = event.get("cursor") if isinstance(event, dict) else None
        raise FeedError(
            f"What follows event {sequence} is no event of a feed (cursor {str(named)[:90]}); nothing of it was "
            "applied. Ask for it again, and tell whoever runs the feed if it stays so."
        )
    return event


def _refused(event: dict[str, Any], why: str) -> FeedError:
    return FeedError(
        f"The event with cursor {str(event['cursor'])[:90]} is refused: {why}. Nothing of its batch was applied; ask "
        "for it again, and have 'codeset verify' run where the feed is kept if it stays so."
    )
