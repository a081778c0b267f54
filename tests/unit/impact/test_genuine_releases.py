"""FY2025 to FY2026 as published: wildcards and codes held against the order files themselves."""

import re
from functools import cache
from pathlib import Path

import pytest

from codeset_pipeline.codes import printed
from codeset_pipeline.impact.assess import assess
from codeset_pipeline.model import ReleasePair
from tests.unit.impact.genuine import DATA, needs_data, october_2025

pytestmark = pytest.mark.genuine


@cache
def published() -> ReleasePair:
    return october_2025()


@pytest.fixture
def fiscal_2026() -> ReleasePair:
    needs_data()
    return published()


def test_every_billable_code_of_fy2025_is_judged_as_the_order_files_say(
    tmp_path: Path, fiscal_2026: ReleasePair
) -> None:
    before, after = fiscal_2026.before, fiscal_2026.after
    path = tmp_path / "all.csv"
    billable = [code for code, flag in before.items() if flag]
    path.write_text("icd10\n" + "\n".join(printed("icd10cm", code) for code in billable) + "\n", encoding="utf-8")
    impact = assess([path], [fiscal_2026])
    ended = {found.code for found in impact.findings if found.severity == "will_deny"}
    assert ended == {printed("icd10cm", code) for code in billable if not after.get(code)}
    assert len(ended) == 28  # codes deleted in FY2026, as published
    assert {found.kind for found in impact.findings} == {"deleted", "became_header", "revised"}
    assert impact.assets[0].lines_with_codes == len(billable)
    assert dict(impact.assets[0].unrecognised) == {}


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("H05.83-", "H0583"),
        ("E11.-", "E11"),
        ("R10.*", "R10"),
        ("S30.1?XA", "S301.XA$"),
        ("T78.0%", "T780"),
        ("B88.?", "B88.$"),
        ("Q89-Q99", "Q(89|9)"),
        ("G35-G37", "G3[567]"),
        ("E*", "E"),
    ],
)
def test_an_expression_gains_and_loses_what_a_regular_expression_finds(
    tmp_path: Path, fiscal_2026: ReleasePair, written: str, pattern: str
) -> None:
    path = tmp_path / "rules.csv"
    path.write_text(f"rule,codes\nR1,{written}\n", encoding="utf-8")

    def covered(codes: dict[str, bool]) -> set[str]:
        return {printed("icd10cm", code) for code, flag in codes.items() if flag and re.match(pattern, code)}

    was, now = covered(dict(fiscal_2026.before)), covered(dict(fiscal_2026.after))
    (effect,) = assess([path], [fiscal_2026]).effects
    assert (effect.before, effect.after) == (len(was), len(now))
    assert (set(effect.gained), set(effect.lost)) == (now - was, was - now)


@pytest.mark.parametrize(
    "name",
    [
        "harris-health-tx/2020-12-31 CDM Transparency FY21.xlsx",
        "oshpd-106220733/106220733_CDM_2018.xlsx",
        "sutter-novato/940562680-1104059153_NOVATO-COMMUNITY-HOSPITAL_standardcharges.csv",
    ],
)
def test_price_lists_of_procedures_give_no_false_alarm_for_diagnoses(fiscal_2026: ReleasePair, name: str) -> None:
    impact = assess([DATA / "chargemasters" / name], [fiscal_2026])
    (asset,) = impact.assets
    assert (asset.kind, list(impact.findings)) == ("charge_master", [])
    assert asset.code_sets.keys() == {"cpt", "hcpcs"} | ({"cdt"} if "harris" in name else set())
    assert "hcpcs codes, which were not judged" in impact.warnings[0]
