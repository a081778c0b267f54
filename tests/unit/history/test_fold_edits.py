"""The fold of rows that say all about themselves, against the publications taken one day at a time."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from codeset_pipeline.history.fold import Publication
from codeset_pipeline.history.fold_edits import EditKey, EditValues, fold_edits

FIRST = date(2026, 1, 1)
KEYS: list[EditKey] = [("A0422", "A0425", FIRST), ("A0422", "A0426", FIRST), ("G0500", "CCCCC", FIRST)]
DAYS = [FIRST + timedelta(days=n) for n in range(8)]

publications = st.lists(
    st.tuples(
        st.builds(Publication, st.sampled_from(DAYS), st.sampled_from(DAYS[::3]), st.integers(0, 2)),
        st.dictionaries(st.sampled_from(KEYS), st.sampled_from([("1",), ("3",)])),
    ),
    max_size=6,
    unique_by=lambda item: item[0],
)


def said_on(told: list[tuple[Publication, dict[EditKey, EditValues]]], day: date) -> dict[EditKey, EditValues]:
    """What was known at the end of a day: each release's newest revision, the later release over the earlier."""
    newest: dict[date, dict[EditKey, EditValues]] = {}
    for publication, content in sorted(told, key=lambda item: item[0]):
        if publication.published <= day:
            newest[publication.effective_from] = content
    return {key: values for start in sorted(newest) for key, values in newest[start].items()}


@settings(max_examples=300, deadline=None)
@given(publications, st.randoms(use_true_random=False))
def test_on_every_day_the_rows_say_what_had_been_published_by_then(told, random) -> None:  # type: ignore[no-untyped-def]
    rows = fold_edits(told)
    for day in DAYS:
        known = [
            (row.key, row.values)
            for row in rows
            if row.published_from <= day and (row.published_to is None or row.published_to >= day)
        ]
        assert len(known) == len(dict(known))
        assert dict(known) == said_on(told, day)
    shuffled = list(told)
    random.shuffle(shuffled)
    assert fold_edits(shuffled) == rows


@settings(max_examples=100, deadline=None)
@given(publications)
def test_a_row_is_not_split_where_nothing_about_it_was_published_anew(told) -> None:  # type: ignore[no-untyped-def]
    rows = fold_edits(told)
    for row in rows:
        assert row.published_to is None or row.published_to >= row.published_from
        next_day = row.published_to and row.published_to + timedelta(days=1)
        after = [other for other in rows if other.key == row.key and other.published_from == next_day]
        assert all((other.values, other.missing_from) != (row.values, row.missing_from) for other in after)


def test_a_row_that_a_later_release_leaves_out_stays_and_a_correction_takes_it_back() -> None:
    key, values = KEYS[0], ("1",)
    first, second = Publication(DAYS[0], DAYS[0], 0), Publication(DAYS[3], DAYS[3], 0)
    third = Publication(DAYS[6], DAYS[6], 0)
    for later in ([(second, {})], [(second, {}), (third, {})], [(third, {}), (second, {})]):
        before, since = fold_edits([(first, {key: values}), *later])
        assert (before.published_from, before.published_to, before.missing_from) == (DAYS[0], DAYS[2], None)
        assert (since.published_from, since.published_to, since.missing_from) == (DAYS[3], None, DAYS[3])
    rows = fold_edits([(first, {key: values}), (second, {}), (third, {key: values})])
    assert [(row.published_from, row.missing_from) for row in rows] == [
        (DAYS[0], None), (DAYS[3], DAYS[3]), (DAYS[6], None),
    ]  # fmt: skip
    (row,) = fold_edits([(first, {key: values}), (Publication(DAYS[3], DAYS[0], 1), {})])
    assert (row.published_from, row.published_to, row.missing_from) == (DAYS[0], DAYS[2], None)
