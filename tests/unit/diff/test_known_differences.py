"""Each known difference has a case that it explains and a near miss that it must not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codeset_pipeline.diff.known import Observed, explanation, known_differences

SEEN = Observed("icd10cm", "ours", "revised", "A000", {"long_title": "wording"})


def rule_for(seen: Observed) -> str | None:
    found = explanation(seen)
    return found.rule if found else None


CASES = {
    "mid_year_base": (
        replace(SEEN, kind="added", texts={"existence": "wording"}, mid_year=True),
        replace(SEEN, kind="added", texts={"existence": "wording"}),
    ),
    "short_title_only": (
        replace(SEEN, texts={"short_title": "wording"}),
        replace(SEEN, texts={"short_title": "wording", "long_title": "wording"}),
    ),
    "wording_unchanged": (
        replace(SEEN, texts={"long_title": "punctuation", "short_title": "case"}),
        replace(SEEN, texts={"long_title": "punctuation", "short_title": "wording"}),
    ),
    "listed_without_change": (
        replace(SEEN, side="publisher", kind="unchanged", texts={}),
        replace(SEEN, side="publisher", kind="revised", texts={}),
    ),
    "unlisted_revision": (replace(SEEN, code="Y0745"), replace(SEEN, code="Y0744")),
    "accents_in_tabular_xml": (
        replace(SEEN, texts={"long_title": "accents"}, tabular=True),
        replace(SEEN, texts={"long_title": "accents"}),
    ),
}


def test_every_rule_has_its_case() -> None:
    assert list(CASES) == [known.rule for known in known_differences()]
    assert all(known.cause.endswith(".") for known in known_differences())


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_explains_its_case_and_not_the_near_miss(rule: str) -> None:
    case, near_miss = CASES[rule]
    assert rule_for(case) == rule
    assert rule_for(near_miss) is None


@pytest.mark.parametrize(
    "seen",
    [
        replace(SEEN, side="publisher", texts={"short_title": "wording"}),
        replace(SEEN, side="both", texts={"short_title": "wording"}),
        replace(SEEN, kind="added", texts={"short_title": "wording"}),
        replace(SEEN, side="publisher", texts={"long_title": "case"}),
        replace(SEEN, texts={}),
        replace(SEEN, code="Y0745", kind="deleted", texts={"existence": "wording"}),
        replace(SEEN, code="Y0745", side="publisher"),
        replace(SEEN, code="Y0745", code_set="icd10pcs"),
        replace(SEEN, texts={"long_title": "wording"}, tabular=True),
    ],
)
def test_what_no_rule_speaks_of_stays_unexplained(seen: Observed) -> None:
    assert rule_for(seen) is None
