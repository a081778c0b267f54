"""The fold held against an oracle that knows nothing of intervals: it replays the publications for every question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from codeset_pipeline.history.fold import Key, Knowledge, Publication, Values, Version, ended, fold_all

DAY = timedelta(days=1)
START = date(2030, 1, 1)
SHORT = 1
UNSTATED = frozenset({SHORT})

Content = Mapping[Key, Values]
World = list[tuple[Publication, Content]]


def day(number: int) -> date:
    return START + number * DAY


def contents(with_nulls: bool) -> st.SearchStrategy[dict[Key, Values]]:
    """A small table: billable, short title (perhaps unstated by the whole release), long title."""
    row = st.tuples(st.booleans(), st.sampled_from(["s", "t"]), st.sampled_from(["L", "M"]))
    table = st.dictionaries(st.sampled_from([("A",), ("B",)]), row, max_size=2)
    if not with_nulls:
        return table
    bare = table.map(lambda rows: {key: (billable, None, long) for key, (billable, _, long) in rows.items()})
    return st.one_of(table, bare)


@st.composite
def worlds(draw: st.DrawFn, with_nulls: bool) -> World:
    """Up to four releases, each with up to three revisions; a release may be published before or after it holds."""
    found: World = []
    for effective in draw(st.sets(st.sampled_from([0, 10, 20, 30]), min_size=1)):
        days = draw(st.sets(st.integers(-6, 45), min_size=1, max_size=3))
        for revision, published in enumerate(sorted(days)):
            found.append((Publication(day(published), day(effective), revision), draw(contents(with_nulls))))
    return draw(st.permutations(found))


def governing(world: World, on: date, published: date) -> tuple[Publication, Content] | None:
    """The release in force on a date as far as it was published by a date: the oracle."""
    newest: dict[date, tuple[Publication, Content]] = {}
    for publication, content in world:
        if publication.published <= published and publication.effective_from <= on:
            known = newest.get(publication.effective_from)
            if known is None or known[0].revision < publication.revision:
                newest[publication.effective_from] = (publication, content)
    return newest[max(newest)] if newest else None


def said(rows: Sequence[tuple[Key, Version]], key: Key, published: date) -> list[Version]:
    return [
        version
        for row_key, version in rows
        if row_key == key
        and version.published_from <= published
        and (version.published_to is None or version.published_to >= published)
    ]


def check(world: World) -> None:
    rows = fold_all(world, UNSTATED)
    moments = {p.published for p, _ in world}
    moments |= {moment - DAY for moment in moments} | {day(60)}
    days = [day(effective + offset) for effective in (0, 10, 20, 30) for offset in (-1, 0, 5)]
    for published in moments:
        known = [p.effective_from for p, _ in world if p.published <= published]
        for key in (("A",), ("B",)):
            versions = said(rows, key, published)
            for version in versions:
                assert version.on_or_before == (version.effective_from == min(known))
                assert version.effective_to is None or version.effective_from <= version.effective_to
            for on in days:
                found = [
                    v for v in versions if v.effective_from <= on and (v.effective_to is None or v.effective_to >= on)
                ]
                release = governing(world, on, published)
                expected = release[1].get(key) if release else None
                if expected is None:
                    assert found == []
                    continue
                assert len(found) == 1
                got = found[0].values
                assert (got[0], got[2]) == (expected[0], expected[2])
                if expected[SHORT] is not None:
                    assert got[SHORT] == expected[SHORT]
            for before, after in pairwise(sorted(versions, key=lambda v: v.effective_from)):
                assert before.effective_to is not None
                assert before.effective_to < after.effective_from
                if before.effective_to + DAY == after.effective_from:
                    assert before.values != after.values, "a row is split where nothing changed"


@settings(max_examples=250, deadline=None)
@given(worlds(with_nulls=False))
def test_every_answer_is_that_of_the_release_in_force_as_published_by_then(world: World) -> None:
    check(world)


@settings(max_examples=250, deadline=None)
@given(worlds(with_nulls=True))
def test_a_release_that_states_no_short_titles_neither_changes_nor_hides_those_of_others(world: World) -> None:
    check(world)


@settings(max_examples=100, deadline=None)
@given(worlds(with_nulls=True), st.randoms(use_true_random=False))
def test_the_history_does_not_depend_on_the_order_of_arrival(world: World, random: object) -> None:
    shuffled = list(world)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold_all(shuffled, UNSTATED) == fold_all(world, UNSTATED)


@settings(max_examples=100, deadline=None)
@given(worlds(with_nulls=True))
def test_publishing_the_same_content_again_says_nothing_new(world: World) -> None:
    newest = max(p for p, _ in world)
    content = dict(world)[newest]
    repeated = newest._replace(published=day(50), revision=newest.revision + 1)
    assert fold_all([*world, (repeated, content)]) == fold_all(world)


def test_a_code_that_ends_and_comes_back_is_two_intervals() -> None:
    row: Values = (True, "s", "L")
    rows = fold_all(
        [
            (Publication(day(0), day(0), 0), {("A",): row}),
            (Publication(day(10), day(10), 0), {}),
            (Publication(day(20), day(20), 0), {("A",): row}),
        ]
    )
    assert [v[:3] for _, v in rows if v.published_to is None] == [(row, day(0), day(9)), (row, day(20), None)]


def test_a_correction_keeps_what_was_said_before_with_its_last_day() -> None:
    rows = fold_all(
        [
            (Publication(day(-5), day(0), 0), {("A",): (True, "s", "wrong")}),
            (Publication(day(7), day(0), 1), {("A",): (True, "s", "right")}),
        ]
    )
    assert [(v.values[2], v.effective_from, v.published_from, v.published_to) for _, v in rows] == [
        ("wrong", day(0), day(-5), day(6)),
        ("right", day(0), day(7), None),
    ]


def test_what_was_said_for_less_than_a_day_leaves_no_row() -> None:
    version = Version((True,), day(0), None, day(3), None, True)
    assert ended(version, day(3)) is None
    assert ended(version, day(4)) == version._replace(published_to=day(3))


def test_an_older_release_that_arrives_later_takes_away_the_mark_of_the_oldest() -> None:
    knowledge = Knowledge(frozenset())
    knowledge.publish(Publication(day(20), day(20), 0), {("A",): (True,)}, set())
    assert [v.on_or_before for v in knowledge.versions["A",]] == [True]
    knowledge.publish(Publication(day(21), day(0), 0), {}, {day(20)})
    assert [(v.effective_from, v.on_or_before) for v in knowledge.versions["A",]] == [(day(20), False)]
