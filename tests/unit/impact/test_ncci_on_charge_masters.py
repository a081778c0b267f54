"""NCCI changes made by hand, on the lines of a charge master of HCPCS Level II codes."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace

from codeset_pipeline.impact.assess import assess
from codeset_pipeline.impact.ncci_answers import add_ons_among, limits_among, pairs_among
from codeset_pipeline.impact.ncci_news import AddOn, NcciNews, PairChange, UnitLimit
from codeset_pipeline.model import FieldChange, Finding
from tests.unit.impact.quarter import quarter

DAY = date(2020, 4, 1)
CDM = """Charge Code,Department,HCPCS,Mod,Qty,Price
1,Lab,A4216,,3,10
2,Oncology,J7050,59,1,20
3,Lab,J7050,,,30
4,Supply,E0781,,2,40
5,Supply,G0101-25,,1,50
"""


def found_by(folder: Path, news: NcciNews, usage: str = "") -> list[Finding]:
    (folder / "cdm.csv").write_text(CDM, encoding="utf-8")
    used = None
    if usage:
        used = folder / "usage.csv"
        used.write_text(usage, encoding="utf-8")
    asked: list[frozenset[str]] = []

    def ncci(codes: frozenset[str]) -> Sequence[NcciNews]:
        asked.append(codes)
        return [news]

    impact = assess([folder / "cdm.csv"], [quarter()], usage=used, ncci=ncci)
    assert asked == [frozenset({"A4216", "J7050", "E0781", "G0101"})]
    return [found for found in impact.findings if found.code_set == news.code_set]


def pairs(*changes: PairChange) -> NcciNews:
    return NcciNews("ncci-ptp-hospital", pairs=changes)


NEW = PairChange("A4216", "J7050", "edit_added", DAY, 0, rationale="Misuse of Column Two code with Column One code")


def test_a_new_edit_stands_on_every_line_of_its_column_2_code(tmp_path: Path) -> None:
    found = found_by(tmp_path, pairs(NEW, PairChange("A4216", "Q4100", "edit_added", DAY, 0)))
    assert [(each.line, each.department, each.code, each.match, each.severity) for each in found] == [
        (4, "Lab", "J7050", "A4216/J7050", "may_deny"),
        (3, "Oncology", "J7050", "A4216/J7050", "may_deny"),
    ]
    assert found[0].action == "Do not bill J7050 beside A4216 from 1 April 2020; no modifier makes both be paid."
    assert found[0].detail.startswith("A4216 stands on line 2 (Lab). Misuse of Column Two code")
    assert len({each.id for each in found}) == 2


def test_usage_of_codes_billed_together_decides_whether_an_edit_will_deny(tmp_path: Path) -> None:
    together = found_by(tmp_path, pairs(NEW), "code 1,code 2,count\nJ7050,A4216,12\n")
    assert {(each.severity, each.volume) for each in together} == {("will_deny", 12.0)}
    apart = found_by(tmp_path, pairs(NEW), "code 1,code 2,count\nJ7050,E0781,12\n")
    assert {each.severity for each in apart} == {"information"}


def test_edits_that_end_or_may_now_be_bypassed_are_information(tmp_path: Path) -> None:
    found = found_by(
        tmp_path,
        pairs(
            PairChange("A4216", "E0781", "edit_deleted", DAY, 0, 0),
            PairChange("A4216", "G0101", "indicator_changed", DAY, 1, 0),
            PairChange("E0781", "A4216", "indicator_changed", DAY, 0, 1),
        ),
    )
    assert {(each.match, str(each.severity)) for each in found} == {
        ("A4216/E0781", "information"),
        ("A4216/G0101", "information"),
        ("E0781/A4216", "may_deny"),
    }


def test_a_line_that_charges_more_units_than_are_paid_is_found(tmp_path: Path) -> None:
    limits = [
        UnitLimit("A4216", 4, 2, DAY, 2),
        UnitLimit("E0781", 2, 2, DAY, 3),  # charges two, as before
        UnitLimit("J7050", 5, 3, DAY, 1),  # fell, but nothing above it is charged
        UnitLimit("G0101", 1, None, DAY),  # no longer published
    ]
    found = found_by(tmp_path, NcciNews("ncci-mue-outpatient", limits=limits))
    assert [(each.line, each.kind, each.severity) for each in found] == [
        (2, "exceeds_mue", "will_deny"),
        (4, "mue_value_changed", "information"),
        (3, "mue_value_changed", "information"),
    ]
    assert found[0].action.startswith("Charge A4216 with 2 units at most; this line charges 3")


def test_an_add_on_code_without_any_primary_on_the_list_is_found(tmp_path: Path) -> None:
    add_ons = [
        AddOn("E0781", frozenset({"Q4100", "J1885"}), DAY, before=frozenset({"A4216"})),
        AddOn("G0101", frozenset({"Q4100"}), DAY),
        AddOn("A4216", frozenset({"J7050", "Q4100"}), DAY),  # has one
        AddOn("J7050", frozenset({"Q4100"}), DAY, contractor_defined=True),
    ]
    found = found_by(tmp_path, NcciNews("ncci-aoc", add_ons=add_ons))
    assert [(each.line, each.code, each.severity) for each in found] == [
        (5, "E0781", "will_deny"),
        (6, "G0101", "may_deny"),
    ]
    assert found[0].detail == "Until then A4216 on this list was one of them."


def test_ids_do_not_depend_on_the_order_of_lines(tmp_path: Path) -> None:
    first = {found.id for found in found_by(tmp_path, pairs(NEW))}
    head, *lines = CDM.splitlines()
    (tmp_path / "cdm.csv").write_text("\n".join([head, *reversed(lines)]) + "\n", encoding="utf-8")
    second = assess([tmp_path / "cdm.csv"], [quarter()], ncci=lambda codes: [pairs(NEW)]).findings
    assert first == {found.id for found in second if found.code_set == "ncci-ptp-hospital"}


def edit(kind: str, pair: str, indicator: FieldChange | None = None, holds: date | None = DAY) -> SimpleNamespace:
    one, two = pair.split("/")
    attributes = {"modifier_indicator": "0", "rationale": "Sequential procedure"}
    facts = SimpleNamespace(
        keys={"column_1": one, "column_2": two}, attributes=attributes, holds_from=holds, last_day=None
    )
    fields = {} if indicator is None else {"modifier_indicator": indicator}
    return SimpleNamespace(kind=kind, effective_from=date(2019, 1, 1), fields=fields, ncci=facts)


def test_only_changes_between_two_codes_of_the_list_are_taken_and_an_indicator_is_told_once() -> None:
    changes = [
        edit("edit_added", "A4216/J7050", FieldChange(None, "0")),
        edit("edit_added", "A4216/Q4100", FieldChange(None, "0")),  # one of them is not on the list
        edit("rationale_changed", "A4216/E0781"),
        edit("edit_deleted", "J7050/E0781"),
        edit("edit_added", "J7050/E0781", FieldChange(None, "1")),
        edit("indicator_changed", "J7050/E0781", FieldChange("0", "1")),
        edit("edit_deleted", "E0781/J7050", holds=None),
    ]
    assert pairs_among({"A4216", "J7050", "E0781"}, changes) == [
        PairChange("A4216", "J7050", "edit_added", DAY, 0, None, "Sequential procedure"),
        PairChange("J7050", "E0781", "indicator_changed", DAY, 1, 0, "Sequential procedure"),
        PairChange("E0781", "J7050", "edit_deleted", date(2019, 1, 1), 0, 0, "Sequential procedure"),
    ]


def test_limits_and_primaries_are_those_of_the_codes_on_the_list() -> None:
    before = {"A4216": (4, "2 Date of Service Edit: Policy")}
    after = {"A4216": (2, "2 Date of Service Edit: Policy"), "J7050": (1, "1 Line Edit"), "Q4100": (1, "1 Line Edit")}
    assert limits_among({"A4216", "J7050", "E0781"}, before, after, DAY) == [
        UnitLimit("A4216", 4, 2, DAY, 2),
        UnitLimit("J7050", None, 1, DAY, 1),
    ]
    old, ended = date(2013, 1, 1), date(2020, 3, 31)
    rows = [
        ("E0781", "A4216", old, ended),
        ("E0781", "Q4100", old, None),
        ("J7050", "CCCCC", old, None),
        ("Q4100", "A4216", old, None),
    ]
    assert add_ons_among({"E0781", "J7050"}, rows, rows, (date(2020, 1, 1), DAY)) == [
        AddOn("E0781", frozenset({"Q4100"}), DAY, False, frozenset({"A4216", "Q4100"})),
        AddOn("J7050", frozenset(), DAY, True, frozenset({"CCCCC"})),
    ]
