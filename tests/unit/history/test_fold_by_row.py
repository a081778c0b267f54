"""The fold by row: facts about the lives of codes, and an oracle that paints days on a calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codeset_pipeline.history.fold import Publication, Version
from codeset_pipeline.history.fold_by_row import Statement, apply_statement, fold_statements

DAY = timedelta(days=1)
START = date(2030, 1, 1)
CODE = ("J1234",)
OLD, NEW = ("old",), ("new",)

World = list[tuple[Publication, Mapping[tuple[str, ...], Statement]]]


def day(number: int) -> date:
    return START + number * DAY


def number(moment: date | None) -> int | None:
    return None if moment is None else (moment - START).days


def row(
    values: tuple[str, ...],
    added: int | None,
    terminated: int | None = None,
    changed: int | None = None,
    reactivated: bool = False,
) -> Statement:
    first, last, own = (None if number is None else day(number) for number in (added, terminated, changed))
    return Statement(values, first, last, own, reactivated)


def release(
    effective: int, *rows: Statement, published: int | None = None, revision: int = 0
) -> tuple[Publication, Mapping[tuple[str, ...], Statement]]:
    """A release that states the code, or, without rows, leaves it out."""
    posted = effective if published is None else published
    return Publication(day(posted), day(effective), revision), ({CODE: rows[-1]} if rows else {})


def intervals(*world: tuple[Publication, Mapping[tuple[str, ...], Statement]]) -> list[tuple[str, int, int | None]]:
    """What is known in the end: (attribute, first day, last day), oldest first."""
    lives = [v for _, v in fold_statements(world) if v.published_to is None]
    return [(str(v.values[0]), (v.effective_from - START).days, number(v.effective_to)) for v in lives]


def said(world: World, on: int, published: int) -> str | None:
    """The attribute in force on a day as published by a day; None when the code was not in force."""
    found = [
        v
        for _, v in fold_statements(world)
        if v.published_from <= day(published)
        and (v.published_to is None or v.published_to >= day(published))
        and v.effective_from <= day(on)
        and (v.effective_to is None or v.effective_to >= day(on))
    ]
    assert len(found) <= 1
    return str(found[0].values[0]) if found else None


def test_a_code_may_be_used_on_its_termination_date_and_not_on_the_day_after() -> None:
    world = [release(0, row(OLD, 0)), release(90, row(OLD, 0, 89))]
    assert [said(world, on, 90) for on in (-1, 0, 89, 90)] == [None, "old", "old", None]


def test_a_release_effective_before_a_codes_added_date_announces_it() -> None:
    assert intervals(release(0, row(OLD, 40))) == [("old", 40, None)]


@pytest.mark.parametrize(
    ("changed", "since"),
    [
        (45, 45),  # the row's own date, later than the last statement
        (0, 90),  # the date of an older change: what was said on day 0 was true then
        (None, 90),  # no date in the row
        (120, 120),  # announced for a day after the release
    ],
)
def test_a_change_is_dated_by_the_row_where_its_date_is_news_else_by_the_release(
    changed: int | None, since: int
) -> None:
    world = [release(0, row(OLD, -500, changed=-500)), release(90, row(NEW, -500, changed=changed))]
    assert intervals(*world) == [("old", -500, since - 1), ("new", since, None)]


def test_the_date_of_a_change_is_held_against_the_release_that_last_spoke_of_the_code() -> None:
    # The release of day 90 leaves the code out, so a change on day 45 is still news on day 180.
    world = [release(0, row(OLD, -500)), release(90), release(180, row(NEW, -500, changed=45))]
    assert intervals(*world) == [("old", -500, 44), ("new", 45, None)]


def test_a_change_that_comes_with_the_termination_belongs_to_the_time_before_it() -> None:
    # A terminated code gets its cross-reference; the action takes effect on the day after the last valid one.
    world = [release(0, row(OLD, -500)), release(90, row(NEW, -500, 89, changed=90))]
    assert intervals(*world) == [("new", -500, 89)]


def test_a_code_that_ended_and_was_added_again_is_two_intervals() -> None:
    world = [release(0, row(OLD, 0)), release(90, row(OLD, 0, 89)), release(180, row(NEW, 180))]
    assert intervals(*world) == [("old", 0, 89), ("new", 180, None)]


def test_a_code_added_again_on_the_day_after_it_ended_keeps_its_first_life_when_it_is_stated_again() -> None:
    again = row(NEW, 90)
    world = [release(0, row(OLD, 0, 89)), release(90, again), release(180, again), release(270, again)]
    assert intervals(*world) == [("old", 0, 89), ("new", 90, None)]


def test_a_reactivated_code_comes_back_on_its_action_date_and_not_before() -> None:
    world = [release(0, row(OLD, -100, 59)), release(90, row(OLD, -100, changed=90, reactivated=True))]
    assert intervals(*world) == [("old", -100, 59), ("old", 90, None)]


@pytest.mark.parametrize("reactivated", [True, False])
def test_a_reactivated_code_keeps_both_lives_when_later_releases_repeat_its_first_added_date(reactivated: bool) -> None:
    back = row(OLD, -100, changed=90, reactivated=True)
    world = [release(0, row(OLD, -100, 59)), release(90, back), release(180, back._replace(reactivated=reactivated))]
    assert intervals(*world) == [("old", -100, 59), ("old", 90, None)]


def test_a_reactivation_that_is_taken_back_leaves_the_first_life() -> None:
    back = row(OLD, -100, changed=90, reactivated=True)
    world = [release(0, row(OLD, -100, 59)), release(90, back), release(180, row(OLD, -100, 59))]
    assert intervals(*world) == [("old", -100, 59)]
    assert (said(world, 100, 90), said(world, 100, 180)) == ("old", None)


def test_a_reactivated_code_that_ends_again_has_two_closed_intervals() -> None:
    back = row(OLD, -100, changed=90, reactivated=True)
    world = [release(0, row(OLD, -100, 59)), release(90, back), release(180, row(OLD, -100, 179, changed=180))]
    assert intervals(*world) == [("old", -100, 59), ("old", 90, 179)]


def test_a_reactivation_of_a_code_whose_end_was_never_seen_is_one_interval() -> None:
    world = [release(0, row(OLD, -100)), release(90, row(OLD, -100, changed=90, reactivated=True))]
    assert intervals(*world) == [("old", -100, None)]


def test_a_termination_that_is_withdrawn_leaves_one_interval() -> None:
    world = [release(0, row(OLD, 0, 120)), release(90, row(OLD, 0))]
    assert intervals(*world) == [("old", 0, None)]
    assert (said(world, 121, 89), said(world, 121, 90)) == (None, "old")


def test_a_termination_moved_to_an_earlier_day_takes_back_a_change_after_it() -> None:
    world = [release(0, row(OLD, 0)), release(90, row(NEW, 0, changed=60)), release(180, row(OLD, 0, 50))]
    assert intervals(*world) == [("old", 0, 50)]


@pytest.mark.parametrize("added", [-30, 30])
def test_a_corrected_added_date_moves_the_beginning_either_way(added: int) -> None:
    world = [release(0, row(OLD, 0)), release(90, row(OLD, added))]
    assert intervals(*world) == [("old", added, None)]
    assert [said(world, min(added, 0), moment) for moment in (0, 90)] == (["old", None] if added > 0 else [None, "old"])


def test_a_code_stated_anew_with_a_later_added_date_and_another_meaning_has_that_meaning_from_then() -> None:
    # G9890 was in the file of January 2018 and, with another meaning, added on 1 April 2018.
    world = [release(0, row(OLD, 0, changed=0)), release(365, row(NEW, 90, changed=90))]
    assert intervals(*world) == [("new", 90, None)]


def test_a_release_without_an_added_date_leaves_the_beginning_as_it_is_known() -> None:
    world = [release(0, row(OLD, -500)), release(90, row(OLD, None))]
    assert intervals(*world) == [("old", -500, None)]


@pytest.mark.parametrize(("last", "interval"), [(None, (0, None)), (50, (0, 50)), (-20, (-20, -20))])
def test_a_code_first_seen_without_an_added_date_begins_with_its_release_or_is_known_for_its_last_day(
    last: int | None, interval: tuple[int, int | None]
) -> None:
    assert intervals(release(0, row(OLD, None, last))) == [("old", *interval)]


def test_a_code_that_a_release_leaves_out_stays_as_it_was_last_stated() -> None:
    assert intervals(release(0, row(OLD, 0)), release(90)) == [("old", 0, None)]
    assert intervals(release(0, row(OLD, 0, 30)), release(90)) == [("old", 0, 30)]


def test_a_code_that_ended_before_it_began_was_never_in_force() -> None:
    assert fold_statements([release(0, row(OLD, 30, 29))]) == []


def test_a_code_whose_addition_is_taken_back_was_never_in_force_as_published_from_then_on() -> None:
    world = [release(0, row(OLD, 30)), release(20, row(OLD, 30, 29))]
    assert intervals(*world) == []
    assert (said(world, 40, 19), said(world, 40, 20)) == ("old", None)


def test_an_older_life_survives_a_newer_one_that_was_never_in_force() -> None:
    world = [release(0, row(OLD, -100, -50)), release(90, row(NEW, 120, 119))]
    assert intervals(*world) == [("old", -100, -50)]


def test_a_correction_that_deletes_a_code_leaves_it_unknown_from_its_publication_on() -> None:
    world = [release(0, row(OLD, 0), published=-30), release(0, published=10, revision=1)]
    assert intervals(*world) == []
    assert [(v.published_from, v.published_to) for _, v in fold_statements(world)] == [(day(-30), day(9))]


def test_a_revision_of_an_older_release_posted_after_a_newer_one_does_not_overrule_it() -> None:
    world = [
        release(0, row(("first",), 0), published=-10),
        release(90, row(NEW, 0), published=80),
        release(0, row(("corrected",), 0), published=100, revision=1),
    ]
    assert intervals(*world) == [("corrected", 0, 89), ("new", 90, None)]
    assert [said(world, on, 99) for on in (50, 95)] == ["first", "new"]


def test_a_late_revision_of_an_older_release_still_counts_for_what_the_newer_one_leaves_out() -> None:
    world = [
        release(0, row(OLD, 0), published=-10),
        release(90, published=80),
        release(0, row(OLD, 0, 30), published=100, revision=1),
    ]
    assert (said(world, 31, 99), said(world, 31, 100)) == ("old", None)


def test_what_is_repeated_is_one_row_said_since_its_first_publication() -> None:
    stated = row(OLD, 0)
    assert fold_statements([release(n, stated) for n in (0, 90, 180)]) == [
        (CODE, Version(OLD, day(0), None, day(0), None, False))
    ]


# The oracle: a calendar of days, each with the number of the life it belongs to and what the code said on it. A last
# day that is open is the calendar's last one.
FIRST, LAST = -5, 70
Calendar = dict[int, tuple[int, str]]


def paint(calendar: Calendar, stated: Statement, effective: int, since: int | None) -> Calendar:
    value = str(stated.values[0])
    added, changed = number(stated.added), number(stated.changed)
    last = LAST if stated.terminated is None else number(stated.terminated)
    assert last is not None
    calendar = {on: what for on, what in calendar.items() if on <= last}
    if added is not None and last < added:
        return calendar
    if not calendar:
        begin = added if added is not None else min(effective, last)
        return dict.fromkeys(range(begin, last + 1), (1, value))
    end = max(calendar)
    life = calendar[end][0]
    comes = added
    if added is None or added <= end:
        comes = changed if stated.reactivated and changed is not None and end < changed <= last else None
    if added is not None and added <= end:
        # The first life of which a day is not before the added date is the one that was added then.
        which = min(calendar[on][0] for on in calendar if on >= added)
        begun = min(on for on in calendar if calendar[on][0] == which)
        for on in range(added, begun):
            calendar[on] = calendar[begun]
        calendar = {on: what for on, what in calendar.items() if what[0] != which or on >= added}
    if comes is not None:
        return calendar | dict.fromkeys(range(comes, last + 1), (life + 1, value))
    for on in range(end + 1, last + 1):
        calendar[on] = calendar[end]
    if calendar[last] != (life, value):
        run = last
        while calendar.get(run - 1) == calendar[last]:
            run -= 1
        takes = changed if changed is not None and (since is None or changed > since) else effective
        for on in range(takes if run < takes <= last else run, last + 1):
            calendar[on] = (life, value)
    return calendar


def known(world: World, published: date, key: tuple[str, ...]) -> Calendar:
    """Everything replayed from nothing: the newest revision by then of each release, in order of effective dates."""
    newest: dict[date, tuple[Publication, Mapping[tuple[str, ...], Statement]]] = {}
    for item in world:
        held = newest.get(item[0].effective_from)
        if item[0].published <= published and (held is None or held[0].revision < item[0].revision):
            newest[item[0].effective_from] = item
    calendar: Calendar = {}
    since = None
    for effective in sorted(newest):
        stated = newest[effective][1].get(key)
        if stated is not None:
            at = (effective - START).days
            calendar, since = paint(calendar, stated, at, since), at
    return calendar


DAYS = st.integers(FIRST, 60)
STATEMENTS = st.builds(
    row,
    st.sampled_from([OLD, NEW, ("third",)]),
    st.one_of(DAYS, DAYS, st.none()),
    st.one_of(st.none(), DAYS),
    st.one_of(st.none(), DAYS),
    st.booleans(),
)
KEYS = [CODE, ("A1",)]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to four releases with up to three revisions each, published before or after they take effect."""
    found: World = []
    for effective in draw(st.sets(st.sampled_from([0, 15, 30, 45]), min_size=1)):
        for revision, published in enumerate(sorted(draw(st.sets(st.integers(-6, 60), min_size=1, max_size=3)))):
            content = draw(st.dictionaries(st.sampled_from(KEYS), STATEMENTS, max_size=2))
            found.append((Publication(day(published), day(effective), revision), content))
    return draw(st.permutations(found))


@settings(max_examples=400, deadline=None)
@given(worlds())
def test_every_answer_is_that_of_the_calendar_as_published_by_then(world: World) -> None:
    rows = fold_statements(world)
    moments = {publication.published for publication, _ in world}
    for published in sorted(moments | {moment - DAY for moment in moments} | {day(100)}):
        for key in KEYS:
            versions = [v for k, v in rows if k == key and v.published_from <= published]
            versions = [v for v in versions if v.published_to is None or v.published_to >= published]
            calendar = known(world, published, key)
            for on in range(FIRST - 1, LAST + 1):
                found = [
                    v.values[0]
                    for v in versions
                    if v.effective_from <= day(on) and (v.effective_to is None or v.effective_to >= day(on))
                ]
                assert found == ([calendar[on][1]] if on in calendar else []), (key, on, published)


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_the_newest_statement_has_the_last_word_on_the_first_and_last_day_of_a_code(world: World) -> None:
    newest: dict[date, tuple[Publication, Mapping[tuple[str, ...], Statement]]] = {}
    for item in sorted(world, key=lambda item: item[0]):
        newest[item[0].effective_from] = item
    for key in KEYS:
        spoken = [newest[effective][1][key] for effective in sorted(newest) if key in newest[effective][1]]
        lives = [v for k, v in fold_statements(world) if k == key and v.published_to is None]
        assert all(v.effective_to is None or v.effective_from <= v.effective_to for v in lives)
        assert all(a.effective_to is not None and a.effective_to < b.effective_from for a, b in pairwise(lives))
        if not spoken:
            assert lives == []
            continue
        stated = spoken[-1]
        if stated.terminated is not None:
            assert all(v.effective_to is not None and v.effective_to <= stated.terminated for v in lives)
        if stated.added is None or stated.terminated is None or stated.added <= stated.terminated:
            assert lives[-1].effective_to == stated.terminated
            assert stated.added is None or any(
                v.effective_from <= stated.added and (v.effective_to is None or v.effective_to >= stated.added)
                for v in lives
            )


@settings(max_examples=150, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_history_does_not_depend_on_the_order_of_arrival(world: World, random: object) -> None:
    shuffled = list(world)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold_statements(shuffled) == fold_statements(world)


def test_a_code_that_came_back_keeps_the_added_date_that_its_row_states() -> None:
    # A quarter that came in late gave the first life no first day; the reactivation states it.
    ended = Statement(("third",), None, day(1))
    back = Statement(OLD, day(0), None, day(2), reactivated=True)
    lives = apply_statement(apply_statement((), ended, day(15)), back, day(45), day(15))
    assert [[(s.values, s.first, s.last) for s in life] for life in lives] == [
        [(("third",), day(0), day(1))],
        [(OLD, day(2), None)],
    ]


def test_a_change_that_the_publisher_names_holds_from_its_date_even_in_retrospect() -> None:
    # Modifier CS: stated with one text on 1 April, and on 1 July with another "as of 1 March".
    first = Statement(("gulf oil",), date(2010, 4, 20), None, date(2010, 4, 20))
    then = Statement(("cost sharing waived",), date(2010, 4, 20), None, date(2020, 3, 1), named=True)
    lives = apply_statement((), first, date(2020, 4, 1))
    (life,) = apply_statement(lives, then, date(2020, 7, 1), since=date(2020, 4, 1))
    assert [(s.values, s.first, s.last) for s in life] == [
        (("gulf oil",), date(2010, 4, 20), date(2020, 2, 29)),
        (("cost sharing waived",), date(2020, 3, 1), None),
    ]
