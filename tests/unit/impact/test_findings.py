"""What a change does to a line: one fact a test, on a miniature of the October 2025 update."""

from pathlib import Path

import pytest

from codeset_pipeline.impact.assess import assess
from codeset_pipeline.model import ChangeKind, Finding, Impact, Relation, ReleasePair, Severity
from tests.unit.impact.pairs import AFTER, BEFORE, NEW_DAY, OLD_DAY, change, codes, october, pair, row


def rules(folder: Path, *cells: str, name: str = "rules.csv", head: str = "rule,icd10") -> Path:
    path = folder / name
    lines = [head, *(f'R{number},"{cell}"' for number, cell in enumerate(cells, start=1))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def findings(path: Path, *pairs: ReleasePair) -> list[Finding]:
    return list(assess([path], pairs or [october()]).findings)


def only(path: Path, *pairs: ReleasePair) -> Finding:
    (found,) = findings(path, *pairs)
    return found


def test_a_code_that_became_a_header_will_deny_and_a_person_chooses_among_its_children(tmp_path: Path) -> None:
    found = only(rules(tmp_path, "b88.0"))
    assert (found.kind, found.severity, found.code, found.match) == ("became_header", "will_deny", "B88.0", "b88.0")
    assert (found.line, found.column, found.rule) == (2, "icd10", "R1")
    assert found.candidates == ("B88.01", "B88.09")
    assert found.action == "Replace B88.0 by B88.01 or B88.09 from 1 October 2025; a person must choose."
    assert found.effective_from == NEW_DAY


def test_a_new_header_without_a_mapping_offers_the_billable_codes_under_it(tmp_path: Path) -> None:
    assert only(rules(tmp_path, "H05.83")).candidates == ("H05.831", "H05.832")


def test_a_deleted_code_without_replacement_must_be_removed(tmp_path: Path) -> None:
    found = only(rules(tmp_path, "L89.1"))
    assert (found.kind, found.severity, found.candidates) == ("deleted", "will_deny", ())
    assert found.action.startswith("Remove L89.1 from 1 October 2025")
    assert "Ulcer of back" in found.detail


def test_a_code_with_one_equal_successor_needs_no_choice(tmp_path: Path) -> None:
    found = only(rules(tmp_path, "Z99.21"))
    assert found.action == "Replace Z99.21 by Z99.2 from 1 October 2025; it means the same, so no choice is needed."


def test_one_successor_that_is_not_safe_needs_a_person(tmp_path: Path) -> None:
    mapped = pair(codes("A000"), codes("A001"), mappings=[row("A000", "A001", Relation.MERGED)])
    assert only(rules(tmp_path, "A00.0"), mapped).action == (
        "Replace A00.0 by A00.1 from 1 October 2025; a person must confirm it."
    )


def test_a_combination_is_replaced_together_with_what_it_stood_beside(tmp_path: Path) -> None:
    found = only(rules(tmp_path, "T36.0X1A"))
    assert found.action.startswith("Replace T36.0X1A together with T36.1X1A by T36.2X1A from 1 October 2025")


def test_a_revised_title_is_text_only_and_shows_both_wordings_and_what_was_carved_out(tmp_path: Path) -> None:
    found, _ = findings(rules(tmp_path, "E11.9"))
    assert (found.kind, found.severity, found.candidates) == ("revised", "text_only", ())
    assert "“Type 2 diabetes” became “Type 2 diabetes mellitus”" in found.detail
    assert "Also consider E11.A" in found.detail


def test_a_new_code_taken_out_of_one_that_stays_valid_is_to_be_considered(tmp_path: Path) -> None:
    _, found = findings(rules(tmp_path, "E11.9"))
    assert (found.kind, found.severity, found.candidates) == ("carved_out", "information", ("E11.A",))
    assert found.action == "Consider adding E11.A beside E11.9 from 1 October 2025."


@pytest.mark.parametrize("cell", ["E11.9, E11.A", "E11.9, E11.*", "E11.9; E11.0-E11.Z"])
def test_a_rule_that_covers_the_carved_out_code_need_not_consider_it(tmp_path: Path, cell: str) -> None:
    assert "carved_out" not in {found.kind for found in findings(rules(tmp_path, cell))}


@pytest.mark.parametrize(("code", "kind"), [("Z99.2", "became_billable"), ("I10", "note_revised"), ("E11.A", "added")])
def test_some_changes_are_for_information(tmp_path: Path, code: str, kind: str) -> None:
    found = only(rules(tmp_path, code))
    assert (found.kind, found.severity) == (kind, "information")


def test_a_code_reused_with_another_meaning_may_deny(tmp_path: Path) -> None:
    reused = pair(codes("A000"), codes("A000"), changes=[change("A000", ChangeKind.REUSED, "Old", "New")])
    found = only(rules(tmp_path, "A00.0"), reused)
    assert (found.kind, found.severity) == ("reused", "may_deny")


def test_a_code_that_never_existed_is_a_finding_and_no_failure(tmp_path: Path) -> None:
    found = only(rules(tmp_path, "Q99.99"))
    assert (found.kind, found.severity, found.code) == ("never_existed", "may_deny", "Q99.99")


def test_a_code_of_another_release_only_is_dead_already(tmp_path: Path) -> None:
    found = only(rules(tmp_path, "Q99.8"))
    assert (found.kind, found.severity, found.effective_from) == ("deleted", "will_deny", OLD_DAY)
    assert "neither FY2025 nor FY2026" in found.detail


def test_an_unchanged_code_is_no_finding(tmp_path: Path) -> None:
    assert findings(rules(tmp_path, "A00.0, S72.001A", "B88.1")) == []


def test_a_header_is_wrong_in_an_order_set_but_not_in_a_rule(tmp_path: Path) -> None:
    assert findings(rules(tmp_path, "A00")) == []
    found = only(rules(tmp_path, "A00", name="order_set.csv"))
    assert (found.kind, found.severity) == ("header", "may_deny")
    assert found.candidates == ("A00.0", "A00.1", "A00.9")


def test_a_header_in_a_rule_stands_for_the_codes_under_it(tmp_path: Path) -> None:
    found = only(rules(tmp_path, "L89"))
    assert (found.kind, found.severity, found.code) == ("lost", "information", "L89")


def test_a_prefix_silently_gains_codes(tmp_path: Path) -> None:
    path = rules(tmp_path, "E11.-")
    impact = assess([path], [october()])
    (found,) = impact.findings
    assert (found.kind, found.code, found.severity) == ("gained", "E11.-", "may_deny")
    assert found.action == "Confirm that E11.- should cover the code E11.A it gains from 1 October 2025, or rewrite it."
    (effect,) = impact.effects
    assert (effect.before, effect.after, effect.gained, effect.lost) == (3, 4, ("E11.A",), ())


def test_a_range_that_covers_the_replacements_loses_codes_for_information(tmp_path: Path) -> None:
    lost = [found for found in findings(rules(tmp_path, "B88.0-B88.8")) if found.kind == "lost"]
    assert [(found.severity, found.candidates) for found in lost] == [("information", ())]


def test_a_wildcard_that_misses_the_replacements_must_be_widened(tmp_path: Path) -> None:
    found = only(rules(tmp_path, "B88.?"))
    assert (found.kind, found.severity) == ("lost", "may_deny")
    assert found.candidates == ("B88.01", "B88.09")
    assert found.action == "Add B88.01 or B88.09 beside B88.? from 1 October 2025; a person must choose."


def test_an_end_of_a_range_that_ended_is_reported_itself(tmp_path: Path) -> None:
    found = {item.kind: item for item in findings(rules(tmp_path, "L89.0-L89.1"))}
    assert set(found) == {"lost", "deleted"}
    assert (found["deleted"].code, found["deleted"].severity) == ("L89.1", "may_deny")


def test_an_exclusion_takes_its_codes_out_of_the_range_beside_it(tmp_path: Path) -> None:
    impact = assess([rules(tmp_path, "E11.0-E11.Z, !E11.A", "E11.0-E11.Z")], [october()])
    assert [(effect.line, effect.after, effect.gained) for effect in impact.effects] == [
        (2, 3, ()),
        (3, 4, ("E11.A",)),
    ]
    assert [found.line for found in impact.findings if found.kind == "gained"] == [3]


def test_except_excludes_everything_that_follows_in_the_cell(tmp_path: Path) -> None:
    (effect,) = assess([rules(tmp_path, "E11.- except E11.A, E11.9")], [october()]).effects
    assert (effect.before, effect.after) == (2, 2)


def test_a_wildcard_that_covers_only_headers_is_reported(tmp_path: Path) -> None:
    found = only(rules(tmp_path, "S72.?"))
    assert (found.kind, found.severity) == ("header", "may_deny")


def test_a_range_over_nothing_known_never_existed(tmp_path: Path) -> None:
    assert only(rules(tmp_path, "W90.0-W90.9")).kind == "never_existed"


def test_two_code_sets_share_a_file_and_each_code_is_judged_by_its_own(tmp_path: Path) -> None:
    pcs = pair(
        codes("021- 02100Z8 0210093"),
        codes("021- 0210093"),
        changes=[change("02100Z8", ChangeKind.DELETED, code_set="icd10pcs")],
        code_set="icd10pcs",
    )
    path = rules(tmp_path, "02100Z8, B88.0, 0210093", head="rule,icd10 code")
    assert {(found.code_set, found.code) for found in findings(path, october(), pcs)} == {
        ("icd10cm", "B88.0"),
        ("icd10pcs", "02100Z8"),
    }


def test_a_code_that_ended_in_the_first_of_two_pairs_is_not_dead_before_the_second(tmp_path: Path) -> None:
    later = pair(
        AFTER, AFTER, ever=frozenset(BEFORE), labels=("FY2026", "FY2027"), days=(NEW_DAY, NEW_DAY.replace(2026))
    )
    assert [found.effective_from for found in findings(rules(tmp_path, "L89.1"), october(), later)] == [NEW_DAY]


def test_usage_ranks_the_work_within_a_severity(tmp_path: Path) -> None:
    usage = tmp_path / "usage.csv"
    usage.write_text('ICD-10 code,Claims,Charges\nL89.1,3,"$1,200.50"\nB880,9,100\nl89.1,1,0.5\n', encoding="utf-8")
    path = rules(tmp_path, "B88.0", "E11.9", "L89.1", "T36.0X1A")
    found = assess([path], [october()], usage=usage).findings
    assert [(item.code, item.volume, item.amount) for item in found] == [
        ("L89.1", 4, 1201.0),
        ("B88.0", 9, 100),
        ("T36.0X1A", 0, 0),
        ("E11.9", 0, 0),
        ("E11.9", 0, 0),
    ]


def test_without_usage_the_price_of_the_line_is_its_amount(tmp_path: Path) -> None:
    path = tmp_path / "cdm.csv"
    path.write_text('Charge #,Description,Dx,Price\n77,Lice,B88.0,"$1,050.00"\n', encoding="utf-8")
    impact = assess([path], [october()])
    assert impact.assets[0].kind == "charge_master"
    assert [(found.amount, found.volume, found.rule) for found in impact.findings] == [(1050.0, None, "77")]


def ids(impact: Impact) -> list[str]:
    return sorted(found.id for found in impact.findings)


def test_a_new_order_of_lines_keeps_every_id(tmp_path: Path) -> None:
    lines = ["rule,icd10,remark", "R1,B88.0,a", "R1,B88.0,b", "R1,B88.0,b", "R2,L89.1,", ",L89.1,x", "R3,E11.-,"]
    one, two = tmp_path / "one" / "rules.csv", tmp_path / "two" / "rules.csv"
    for path, rows in ((one, lines), (two, [lines[0], *reversed(lines[1:])])):
        path.parent.mkdir()
        path.write_text("\n".join(rows), encoding="utf-8")
    first, second = assess([one], [october()]), assess([two], [october()])
    assert ids(first) == ids(second)
    assert len(set(ids(first))) == len(first.findings) == 6

    def places(impact: Impact, rows: list[str]) -> dict[str, str]:
        return {found.id: rows[found.line - 1] for found in impact.findings}

    assert places(first, lines) == places(second, [lines[0], *reversed(lines[1:])])


def test_a_new_order_of_yaml_rules_keeps_every_id(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    one, two = "- id: a\n  codes: [B88.0, L89.1]\n", "- id: b\n  codes: ['E11.*']\n"
    path.write_text(one + two, encoding="utf-8")
    first = ids(assess([path], [october()]))
    path.write_text(two + one, encoding="utf-8")
    assert ids(assess([path], [october()])) == first


def test_the_next_years_change_is_another_finding(tmp_path: Path) -> None:
    path = rules(tmp_path, "Q99.99")
    later = pair(AFTER, AFTER, days=(NEW_DAY, NEW_DAY.replace(2026)))
    assert only(path).id != only(path, later).id


def test_severities_come_worst_first(tmp_path: Path) -> None:
    found = findings(rules(tmp_path, "I10", "E11.9", "Q99.99", "B88.0"))
    assert [item.severity for item in found] == list(
        map(Severity, ("will_deny", "may_deny", "text_only", "information", "information"))
    )
