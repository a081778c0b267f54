"""The gate: each check has a release that passes it and one that does not."""

from __future__ import annotations

from datetime import date

import pytest

from codeset_pipeline.errors import GateError
from codeset_pipeline.snapshots.build import BuiltSnapshot
from codeset_pipeline.snapshots.gate import CHECKS, GateContext, pass_gate
from codeset_pipeline.snapshots.plan import RevisionPlan
from tests.generated_releases import Codes, Entry, categories, without

CODES = categories(count=10)


def built(release: Codes = CODES, revision: int = 0, **agreement: int) -> BuiltSnapshot:
    plan = RevisionPlan("icd10cm", date(2028, 10, 1), revision, date(2028, 10, 1), ())
    rows = [
        (code, n, entry.billable, entry.short, entry.long) for n, (code, entry) in enumerate(sorted(release.items()))
    ]
    return BuiltSnapshot(plan, {"codes": rows}, [], agreement)


def failed(release: BuiltSnapshot, **context: object) -> tuple[str, ...]:
    try:
        pass_gate(release, GateContext(**context))  # type: ignore[arg-type]
    except GateError as error:
        return error.failed
    return ()


def test_a_whole_release_passes_every_check() -> None:
    results = pass_gate(
        built(), GateContext(known_counts={"rows": 40, "billable": 30}, neighbours={"FY2028": (41, 1.0)})
    )
    assert [result.passed for result in results] == [True] * len(CHECKS)


def test_a_release_whose_counts_are_known_must_have_them() -> None:
    assert failed(built(), known_counts={"rows": 40, "billable": 31}) == ("known_counts",)
    assert failed(built(), known_counts={"rows": 41, "billable": 30}) == ("known_counts",)


def test_a_corrected_file_may_hold_other_counts_than_those_known() -> None:
    assert failed(built(revision=1), known_counts={"rows": 40, "billable": 31}) == ()


@pytest.mark.parametrize(
    ("headers", "codes", "names"), [(10, 30, ()), (10, 29, ("publisher_counts",)), (11, 30, ("publisher_counts",))]
)
def test_the_publishers_trailer_must_count_what_the_order_file_holds(
    headers: int, codes: int, names: tuple[str, ...]
) -> None:
    release = built()
    release.tables["addenda_totals"] = [
        ("order", "headers", "old.txt", 9, "new.txt", headers, 1, 0, 0, 0, 0, 0),
        ("order", "codes", "old.txt", 27, "new.txt", codes, 3, 0, 0, 0, 0, 0),
    ]
    assert failed(release) == names


def test_a_release_far_larger_or_smaller_than_its_neighbours_is_stopped() -> None:
    assert failed(built(), neighbours={"FY2028": (44, 1.0)}) == ()
    assert failed(built(), neighbours={"FY2028": (45, 1.0)}) == ("row_drift",)
    assert failed(built(), neighbours={"FY2028": (40, 1.0), "FY2030": (36, 1.0)}) == ("row_drift",)
    # Over three years three times as much may change.
    assert failed(built(), neighbours={"FY2026": (45, 3.0)}) == ()


def test_the_content_of_another_year_is_stopped() -> None:
    assert failed(built(), twins=("FY2028",)) == ("another_year",)


def test_a_second_file_that_disagrees_on_more_than_a_stray_code_is_stopped() -> None:
    large = categories(count=300)
    assert failed(built(large, tabular=1)) == ()
    assert failed(built(large, tabular=2)) == ("files_agree",)
    assert failed(built(large, codes=2)) == ("files_agree",)


def test_a_code_without_its_category_is_stopped() -> None:
    assert failed(built(without(CODES, "A03"))) == ("hierarchy",)


def test_a_header_with_nothing_below_it_is_stopped() -> None:
    assert failed(built({**CODES, "A50": Entry(False, "Empty", "Empty")})) == ("hierarchy",)


def test_a_billable_code_with_codes_below_it_is_stopped() -> None:
    assert failed(built({**CODES, "A0005": Entry(True, "Below", "Below A000")})) == ("hierarchy",)


def test_every_failed_check_is_named_with_the_way_to_accept_it() -> None:
    with pytest.raises(GateError, match="--accept known_counts --accept another_year"):
        pass_gate(built(), GateContext(known_counts={"rows": 1, "billable": 1}, twins=("FY2028",)))


def test_a_failure_that_a_person_accepted_passes_and_stays_on_record() -> None:
    results = pass_gate(built(), GateContext(twins=("FY2028",)), frozenset({"another_year"}))
    assert [result.name for result in results if not result.passed] == ["another_year"]
