"""What holds of every crosswalk, tried on small worlds made at random and held against a walk over the years."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from codeset_pipeline.crosswalk.build import build_crosswalk, invert
from codeset_pipeline.crosswalk.inputs import ConversionEntry, ReleaseCodes
from codeset_pipeline.model import Mapping
from tests.unit.crosswalk.worlds import pairs, release, row

# Codes of one length, so that none stands below another and the hierarchy adds nothing.
CODES = [f"A{number:02}" for number in range(8)]
World = tuple[list[ReleaseCodes], list[ConversionEntry]]
Node = tuple[int, str]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    years = [2020, 2021, 2022, 2023][: draw(st.integers(2, 4))]
    releases = [release(year, " ".join(draw(st.sets(st.sampled_from(CODES), min_size=1)))) for year in years]
    rows = []
    for year, before, after in zip(years[1:], releases, releases[1:], strict=False):
        for current in sorted(after.billable):
            if current in before.billable and draw(st.integers(0, 3)):
                continue
            group = st.lists(st.sampled_from(sorted(before.billable)), min_size=1, max_size=3, unique=True)
            previous = draw(st.lists(group, max_size=2))
            rows.append(row(year, current, " + ".join(" ".join(codes) for codes in previous)))
    return releases, rows


def walk(world: World) -> tuple[dict[Node, set[Node]], set[str], set[str]]:
    """The years as a graph: a code goes on to itself while it is valid, and to the new codes that name it."""
    releases, rows = world
    graph: dict[Node, set[Node]] = {}
    for position, (before, after) in enumerate(pairwise(releases)):
        for code in before.billable:
            onward = {code} & set(after.billable)
            for entry in rows:
                if entry.effective_from == after.effective_from:
                    onward |= {entry.current for group in entry.previous for term in group if term.first == code}
            graph[position, code] = {(position + 1, to) for to in onward}
    return graph, set(releases[0].billable), set(releases[-1].billable)


def everything_after(graph: dict[Node, set[Node]], start: Node) -> set[Node]:
    found, waiting = {start}, [start]
    while waiting:
        for node in graph.get(waiting.pop(), set()) - found:
            found.add(node)
            waiting.append(node)
    return found


def built(world: World) -> list[Mapping]:
    return build_crosswalk("icd10cm", world[0], world[1], [])


@given(worlds())
@settings(deadline=None, max_examples=150)
def test_a_crosswalk_leads_exactly_where_the_years_lead(world: World) -> None:
    graph, first, last = walk(world)
    end = len(world[0]) - 1
    expected: set[tuple[str, str | None]] = set()
    for code in first:
        targets = {to for when, to in everything_after(graph, (0, code)) if when == end}
        expected |= {(code, target) for target in targets - {code}}
        if code not in last and not targets:
            expected.add((code, None))
    assert pairs(built(world)) == expected


@given(worlds())
@settings(deadline=None, max_examples=150)
def test_a_crosswalk_is_its_yearly_crosswalks_one_after_the_other(world: World) -> None:
    releases, rows = world
    reached = {code: {code} for code in releases[0].billable}
    for before, after in pairwise(releases):
        yearly = build_crosswalk("icd10cm", [before, after], rows, [])
        onward = {code: {code} & set(after.billable) for code in before.billable}
        for mapping in yearly:
            onward[mapping.source] |= {mapping.target} if mapping.target else set()
        reached = {code: set().union(*(onward[now] for now in nows)) for code, nows in reached.items()}
    composed = pairs(built(world))
    assert {(source, target) for source, target in composed if target} == {
        (code, target) for code, targets in reached.items() for target in targets - {code}
    }


@given(worlds())
@settings(deadline=None, max_examples=150)
def test_every_ended_code_has_exactly_one_disposition(world: World) -> None:
    _, first, last = walk(world)
    mappings = built(world)
    assert first - last <= {mapping.source for mapping in mappings} <= first
    assert max(Counter((mapping.source, mapping.target) for mapping in mappings).values(), default=1) == 1
    alone = {mapping.source for mapping in mappings if mapping.target is None}
    assert alone <= first - last
    assert Counter(mapping.source for mapping in mappings if mapping.source in alone) == Counter(alone)
    assert all((mapping.target is None) == (str(mapping.relation) == "none") for mapping in mappings)
    assert mappings == sorted(mappings, key=lambda mapping: (mapping.source, mapping.target or ""))


@given(worlds())
@settings(deadline=None, max_examples=150)
def test_what_is_safe_to_replace_had_nowhere_else_to_go(world: World) -> None:
    graph, first, last = walk(world)
    end = len(world[0]) - 1
    for mapping in built(world):
        if mapping.automatic_forward:
            after = everything_after(graph, (0, mapping.source))
            assert mapping.source not in last
            assert {to for when, to in after if when == end} == {mapping.target}
            assert all(graph[node] for node in after if node[0] < end), "a part of it was lost on the way"
        if mapping.automatic_backward:
            assert mapping.target not in first
            assert [code for code in sorted(first) if (end, mapping.target) in everything_after(graph, (0, code))] == [
                mapping.source
            ]


@given(worlds())
@settings(deadline=None, max_examples=100)
def test_reading_backwards_twice_gives_the_pairs_again(world: World) -> None:
    mapped = [mapping for mapping in built(world) if mapping.target is not None]
    assert pairs(invert(invert(mapped))) == pairs(mapped)
    assert pairs(invert(mapped)) == {(mapping.target, mapping.source) for mapping in mapped}
