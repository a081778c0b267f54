"""Which files make which revision of a release, whatever the order in which they arrive."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeset_pipeline.acquire.records import AcquiredMember, Acquisition
from codeset_pipeline.errors import GateError
from codeset_pipeline.snapshots.plan import plan_revisions

OCTOBER = date(2028, 10, 1)


def acquired(name: str, published: date, **members: str) -> Acquisition:
    """An archive; `members` is role → content."""
    listed = tuple(AcquiredMember(f"{role}.txt", role, content, 10) for role, content in members.items())
    return Acquisition("icd10cm", OCTOBER, name, f"sha of {name}", 10, published, "path", name, "", listed)


def contents(*acquisitions: Acquisition) -> list[tuple[date, dict[str, str]]]:
    plans = plan_revisions("icd10cm", OCTOBER, acquisitions)
    assert [plan.revision for plan in plans] == list(range(len(plans)))
    return [(plan.published, {item.role: item.sha256 for item in plan.inputs}) for plan in plans]


def test_two_publishers_archives_with_the_same_files_are_one_revision() -> None:
    cms = acquired("cms.zip", OCTOBER, order="A", codes="C")
    cdc = acquired("cdc.zip", OCTOBER, order="A", codes="C")
    assert contents(cms, cdc) == [(OCTOBER, {"order": "A", "codes": "C"})]


def test_files_of_one_release_that_come_separately_belong_together() -> None:
    order = acquired("o.zip", date(2028, 6, 10), order="A")
    table = acquired("t.xlsx", date(2028, 9, 21), conversion_table="T")
    assert contents(order, table) == [(date(2028, 6, 10), {"order": "A", "conversion_table": "T"})]


def test_a_later_different_order_file_is_a_correction() -> None:
    first = acquired("a.zip", date(2028, 6, 10), order="A", order_addenda="L")
    second = acquired("b.zip", date(2028, 7, 5), order="B", order_addenda="L")
    assert contents(second, first) == [
        (date(2028, 6, 10), {"order": "A", "order_addenda": "L"}),
        (date(2028, 7, 5), {"order": "B", "order_addenda": "L"}),
    ]


def test_two_different_files_of_one_day_ask_for_the_date_of_the_corrected_one() -> None:
    first, second = acquired("a.zip", OCTOBER, order="A"), acquired("b.zip", OCTOBER, order="B")
    with pytest.raises(GateError, match=r"a\.zip and b.zip hold different order files.*--published") as caught:
        contents(first, second)
    assert caught.value.failed == ("publication_order",)


def test_without_a_file_that_lists_codes_there_is_no_release() -> None:
    assert contents(acquired("t.xlsx", OCTOBER, conversion_table="T")) == []


def test_the_order_file_decides_when_the_release_was_published() -> None:
    xml = acquired("t.xml", date(2028, 6, 1), tabular="X")
    order = acquired("o.zip", date(2028, 6, 10), order="A")
    assert contents(xml, order)[0][0] == date(2028, 6, 10)


WORLD = st.lists(
    st.builds(
        lambda n, day, role, content: acquired(f"{n}.zip", OCTOBER + timedelta(day), **{role: f"{role}{content}"}),
        st.integers(0, 99),
        st.integers(0, 4),
        st.sampled_from(["order", "tabular", "conversion_table"]),
        st.integers(0, 3),
    ),
    max_size=6,
)


def outcome(acquisitions: list[Acquisition]) -> object:
    try:
        return plan_revisions("icd10cm", OCTOBER, acquisitions)
    except GateError as error:
        return error.failed


@given(WORLD, st.randoms(use_true_random=False))
def test_the_plan_does_not_depend_on_the_order_of_arrival(world: list[Acquisition], random: object) -> None:
    shuffled = list(world)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert outcome(shuffled) == outcome(world)


@given(WORLD)
def test_each_revision_differs_from_the_one_before_and_the_last_has_the_newest_files(world: list[Acquisition]) -> None:
    plans = outcome(world)
    if isinstance(plans, tuple) or not plans:
        return
    inputs = [{item.role: item.sha256 for item in plan.inputs} for plan in plans]  # type: ignore[attr-defined]
    assert all(first != second for first, second in pairwise(inputs))
    # The newest file of a role is the one whose content was first seen last.
    first_seen: dict[tuple[str, str], date] = {}
    for item in world:
        for member in item.members:
            key = (member.role, member.sha256)
            first_seen[key] = min(first_seen.get(key, item.published), item.published)
    for role, content in inputs[-1].items():
        days = {seen: sha for (name, sha), seen in first_seen.items() if name == role}
        assert content == days[max(days)]
