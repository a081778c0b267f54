"""What was changed on its way, or in the target by somebody else, is refused by name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from codeset_pipeline.errors import FeedError
from codeset_pipeline.feed.store import open_feed
from codeset_pipeline.sync.origins import Batch
from codeset_pipeline.sync.run import sync
from codeset_pipeline.sync.target import Target
from tests.integration.command_line import codeset
from tests.unit.history.loading import workspace
from tests.unit.sync.reading import ask, exported, held
from tests.unit.sync.test_following import _origin

Event = dict[str, Any]
# The event that is tampered with stands in the second batch.
AT, SIZE = 27, 20


class Given:
    """Events from anywhere."""

    def __init__(self, events: list[Event]) -> None:
        self.events = events

    def code_sets(self) -> list[str]:
        return ["icd10cm"]

    def head(self, code_set: str) -> dict[str, Any]:
        raise NotImplementedError

    def batches(self, code_set: str, since: str, size: int) -> Iterator[Batch]:
        for start in range(0, len(self.events), size):
            yield [*self.events[start : start + size]]


def _hash(event: Event) -> str:
    """As docs/feed-another-system.md tells strangers to compute it."""
    said = {name: value for name, value in event.items() if name not in ("hash", "cursor")}
    return hashlib.sha256(
        json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def _reworded(events: list[Event]) -> None:
    events[AT]["after"]["long_title"] += " "


def _hash_made_to_fit(events: list[Event]) -> None:
    _reworded(events)
    hash = _hash(events[AT])
    events[AT] |= {"hash": hash, "cursor": f"{events[AT]['sequence']}-{hash}"}


def _other_hash(events: list[Event]) -> None:
    events[AT]["hash"] = events[AT - 1]["hash"]


def _swapped(events: list[Event]) -> None:
    events[AT], events[AT + 1] = events[AT + 1], events[AT]


def _left_out(events: list[Event]) -> None:
    del events[AT - 1]


def _repeated(events: list[Event]) -> None:
    events.insert(AT, events[AT - 1])


def _of_another_code_set(events: list[Event]) -> None:
    events[AT]["code_set"] = "icd10pcs"


def _without_a_member(events: list[Event]) -> None:
    del events[AT]["cause"]


def _chained_anew(events: list[Event], change: Callable[[Event], None]) -> None:
    """Whoever forges an event may forge all that follow."""
    change(events[AT])
    for place in range(AT, len(events)):
        events[place]["previous"] = events[place - 1]["hash"]
        hash = _hash(events[place])
        events[place] |= {"hash": hash, "cursor": f"{events[place]['sequence']}-{hash}"}


def _with_a_strange_column(events: list[Event]) -> None:
    _chained_anew(events, lambda event: event["after"].update(colour="red"))


def _with_another_key(events: list[Event]) -> None:
    _chained_anew(events, lambda event: event["key"].update(code="Z99"))


def _of_a_strange_table(events: list[Event]) -> None:
    _chained_anew(events, lambda event: event.update(table="icd10_colours"))


def _of_no_table(events: list[Event]) -> None:
    _chained_anew(events, lambda event: event.update(table=["icd10_codes"]))


def _about_another_code_set(events: list[Event]) -> None:
    def change(event: Event) -> None:
        event["key"]["code_set"] = event["after"]["code_set"] = "icd10pcs"

    _chained_anew(events, change)


def _with_no_day(events: list[Event]) -> None:
    _chained_anew(events, lambda event: event["after"].update(effective_to="soon"))


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (_reworded, AT),
        (_hash_made_to_fit, AT + 1),
        (_other_hash, AT),
        (_swapped, AT),
        (_left_out, AT - 1),
        (_repeated, AT),
        (_of_another_code_set, AT),
        (_without_a_member, AT),
        (_with_a_strange_column, AT),
        (_with_another_key, AT),
        (_of_a_strange_table, None),
        (_of_no_table, None),
        (_about_another_code_set, AT),
        (_with_no_day, AT),
    ],
)
def test_a_tampered_event_is_refused_with_its_cursor(
    stages: list[Path], tmp_path: Path, tamper: Callable[[list[Event]], None], named: int | None
) -> None:
    lines = list(open_feed(workspace(stages[0]), "icd10cm").lines())
    events = [json.loads(line) for line in lines]
    tamper(events)
    url = f"sqlite:///{tmp_path / 'target.sqlite'}"
    target = Target(url)
    with pytest.raises(FeedError) as refused:
        sync(Given(events), target, "icd10cm", size=SIZE)
    if named is not None:
        assert events[named]["cursor"] in str(refused.value)
    # The batch before was applied, and nothing of this one.
    cursor = json.loads(lines[SIZE - 1])["cursor"]
    assert ask(url, "SELECT feed_cursor FROM codeset_sync") == [(cursor,)]
    assert ask(url, "SELECT count(*) FROM icd10_codes") == [(SIZE,)]
    # What was meant gets it right.
    assert sync(_origin(stages[0]), target, "icd10cm").events == len(lines) - SIZE
    target.dispose()
    assert held(url, "icd10cm") == exported(stages[0], "icd10cm")


SOMEBODY = {
    "changed": ("UPDATE icd10_codes SET long_title = 'mine' WHERE code = 'A03.1'", "A03.1", "mine"),
    "removed": ("DELETE FROM icd10_codes WHERE code = 'A03.1'", "A03.1", "is not there"),
    "added": (
        "INSERT INTO icd10_codes SELECT code_set, 'A05.11', 'A0511', billable, short_title, 'mine', '2020-10-01', "
        "effective_to, on_or_before, published_from FROM icd10_codes WHERE code = 'A05.1'",
        "A05.11",
        "is there already",
    ),
}


@pytest.mark.parametrize("what", SOMEBODY)
def test_a_row_that_somebody_else_changed_is_named_and_put_right(
    stages: list[Path], target_url: str, what: str
) -> None:
    statement, code, said = SOMEBODY[what]
    before, after = stages[0], stages[1]
    options = ("icd10cm", "--to", target_url, "--home")
    assert codeset("sync", *options, before).code == 0
    ask(target_url, statement, rows=False)
    spoilt = held(target_url, "icd10cm")
    assert spoilt != exported(before, "icd10cm")
    looked = codeset("sync", "--verify", *options, before, "--format", "json")
    assert looked.code == 1
    assert [line.split()[1] for line in looked.json["problems"]] == ["icd10_codes"]
    refused = codeset("sync", *options, after)
    assert refused.code == 1
    assert f"code {code}" in refused.err
    assert said in refused.err
    assert "--repair" in refused.err
    assert held(target_url, "icd10cm") == spoilt
    repaired = codeset("sync", "--repair", *options, after, "--format", "json")
    assert repaired.json["synced"][0]["replaced"] is True
    assert held(target_url, "icd10cm") == exported(after, "icd10cm")
    assert codeset("sync", "--verify", *options, after).code == 0


def test_a_value_that_is_none_of_its_column_is_found(stages: list[Path], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'target.sqlite'}"
    options = ("icd10cm", "--to", url, "--home")
    codeset("sync", *options, stages[0])
    ask(url, "UPDATE icd10_codes SET published_from = 'yesterday' WHERE code = 'A03.1'")
    looked = codeset("sync", "--verify", *options, stages[0], "--format", "json")
    assert (looked.code, len(looked.json["problems"])) == (1, 1)
    refused = codeset("sync", *options, stages[1])
    assert (refused.code, "icd10_codes has a value" in refused.err) == (1, True)
    assert codeset("sync", "--repair", *options, stages[1]).code == 0
    assert held(url, "icd10cm") == exported(stages[1], "icd10cm")


def test_rows_without_a_cursor_and_a_foreign_cursor_are_refused(stages: list[Path], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'target.sqlite'}"
    options = ("icd10cm", "--to", url, "--home", stages[0])
    codeset("sync", *options)
    count, hash = ask(url, "SELECT feed_cursor FROM codeset_sync")[0][0].split("-")
    for cursor, code, said in (
        ("", 1, "they came from elsewhere"),
        (f"{count}-{hash[::-1]}", 2, "is none of this feed"),
        (f"{int(count) + 1}-{hash}", 2, "is none of this feed"),
        ("yesterday", 2, "is no cursor"),
    ):
        ask(url, f"UPDATE codeset_sync SET feed_cursor = '{cursor}'")
        refused = codeset("sync", *options)
        assert (refused.code, said in refused.err) == (code, True), refused.err
    assert codeset("sync", "--repair", *options).code == 0
    assert ask(url, "SELECT feed_cursor FROM codeset_sync") == [(f"{count}-{hash}",)]
    assert held(url, "icd10cm") == exported(stages[0], "icd10cm")
