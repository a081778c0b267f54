"""The verdict on a rule as a whole; rewritten queries are held against what SQLite makes of them."""

import json
import random
import sqlite3
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from codeset_pipeline.codes import printed
from codeset_pipeline.impact.assess import assess
from codeset_pipeline.model import Change, ChangeKind, Relation, ReleasePair, RuleVerdict
from codeset_pipeline.model import Mapping as Row
from tests.unit.impact.pairs import change, october, pair, row


def verdict(folder: Path, text: str, name: str = "r.csv", found: ReleasePair | None = None) -> RuleVerdict:
    path = folder / name
    path.write_text(f"rule,icd10\nR1,{text}\n" if name.endswith(".csv") else text, encoding="utf-8")
    (one,) = assess([path], [found or october()]).verdicts
    return one


@pytest.mark.parametrize(
    ("cell", "is_now"),
    [
        ("A00.0", "unchanged"),
        ("A00.-", "unchanged"),
        ("B88.*", "unchanged"),  # all that B88.0 became is under B88
        ("E11.9", "unchanged"),
        ("E11.-", "needs_a_person"),  # gains E11.A
        ('"E11.-, !E11.A"', "unchanged"),
        ('"E11.-, E11.A"', "unchanged"),  # somebody named it
        ("Z99.21", "safe_to_roll_forward"),
        ('"Z99.21, Z99.2"', "safe_to_roll_forward"),
        ("Z99.2?", "safe_to_roll_forward"),
        ('"Z99.-, !Z99.21"', "safe_to_roll_forward"),
        ("B88.0", "needs_a_person"),
        ("L89.1", "needs_a_person"),
        ("L89.-", "needs_a_person"),
        ("T36.0X1A", "needs_a_person"),
        ("Q99.8", "needs_a_person"),
        ('"B88.?"', "needs_a_person"),
    ],
)
def test_a_rule_is_unchanged_safe_or_a_persons(tmp_path: Path, cell: str, is_now: str) -> None:
    found = verdict(tmp_path, cell)
    assert str(found.compatibility) == is_now
    assert bool(found.rewritten) == (is_now == "safe_to_roll_forward")
    assert bool(found.reasons) == (is_now == "needs_a_person")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("B88.0", "B88.0 became a header; a person chooses among B88.01 and B88.09."),
        ("L89.-", "L89.1 ended and no replacement is published."),
        ("T36.0X1A", "T36.0X1A is replaced only together with T36.1X1A."),
        ("E11.-", "It gains E11.A, which comes from nothing that it covered."),
        ("Q99.8", "Q99.8 is in neither release."),
    ],
)
def test_the_reason_for_a_person_is_one_sentence(tmp_path: Path, cell: str, reason: str) -> None:
    assert reason in verdict(tmp_path, cell).reasons


def test_a_reused_code_needs_a_person(tmp_path: Path) -> None:
    reused = pair({"A000": True}, {"A000": True}, changes=[change("A000", ChangeKind.REUSED, "Old", "New")])
    found = verdict(tmp_path, "A00.-", found=reused)
    assert found.reasons == ("A00.0 has another meaning in FY2026.",)


def test_codes_carved_out_are_to_be_considered(tmp_path: Path) -> None:
    assert verdict(tmp_path, "E11.9").consider == ("E11.A",)
    assert verdict(tmp_path, '"E11.9, E11.A"').consider == ()


@pytest.mark.parametrize(
    ("name", "text", "was", "becomes"),
    [
        ("r.csv", '"Z99.21; A00.0"', "Z99.21; A00.0", "Z99.2; A00.0"),
        ("r.csv", "z9921", "z9921", "z992"),
        ("r.csv", "Z99.2?", "Z99.2?", "Z99.2, Z99.2?"),
        ("r.csv", '"Z99.-|!Z99.21"', "Z99.-|!Z99.21", "Z99.-|!Z99.2"),
        ("r.yaml", "a: [Z99.21, A00.0]", '["Z99.21", "A00.0"]', '["Z99.2", "A00.0"]'),
        ("r.yaml", "a: ['Z99.2?']", '["Z99.2?"]', '["Z99.2?", "Z99.2"]'),
        ("r.json", '{"dx": "Z9921,A000"}', "Z9921,A000", "Z992,A000"),
        ("r.sql", "WHERE dx IN ('Z99.21', 'A00.0')", "dx IN ('Z99.21', 'A00.0')", "dx IN ('Z99.2', 'A00.0')"),
        ("r.sql", "WHERE dx LIKE 'Z992_'", "dx LIKE 'Z992_'", "(dx LIKE 'Z992_' OR dx = 'Z992')"),
        ("r.rul", "IF DX IN (Z99.21, A00.0) THEN DENY", "Z99.21, A00.0", "Z99.2, A00.0"),
        ("r.xml", "<r><dx>Z99.21</dx></r>", "Z99.21", "Z99.2"),
    ],
)
def test_a_rule_is_written_anew_in_its_own_syntax(tmp_path: Path, name: str, text: str, was: str, becomes: str) -> None:
    (part,) = verdict(tmp_path, text, name).rewritten
    assert (part.expression, part.rewritten) == (was, becomes)


def test_a_value_set_is_written_anew_as_its_include(tmp_path: Path) -> None:
    include = {
        "system": "http://hl7.org/fhir/sid/icd-10-cm",
        "filter": [{"property": "code", "op": "regex", "value": "Z99\\.2.+"}],
    }
    told = {"resourceType": "ValueSet", "name": "V", "compose": {"include": [include]}}
    (part,) = verdict(tmp_path, json.dumps(told), "v.json").rewritten
    assert json.loads(part.expression) == include
    added = {"system": include["system"], "concept": [{"code": "Z99.2"}]}
    assert json.loads(part.rewritten) == [include, added]


def test_each_condition_of_a_query_is_a_rule_of_its_own_statement(tmp_path: Path) -> None:
    path = tmp_path / "r.sql"
    path.write_text(
        "-- rule: A\nSELECT 1 WHERE dx LIKE 'E11%' AND dx NOT IN ('E11A');\n"
        "-- rule: B\nSELECT 1 WHERE dx LIKE 'E11%' OR dx NOT IN ('E11A');\n"
        "-- rule: C\nSELECT 1 WHERE (dx LIKE 'E11%' OR dx LIKE 'I10%') AND dx <> 'E11A';\n",
        encoding="utf-8",
    )
    told = {each.rule: each.gained for each in assess([path], [october()]).verdicts}
    assert told == {"A": (), "B": ("E11.A",), "C": ()}


# Rewritten queries, run by SQLite


def made_up(chance: random.Random) -> ReleasePair:
    """A category with codes that go on, end, are renamed automatically, split or begin."""
    before: dict[str, bool] = {}
    after: dict[str, bool] = {}
    changes: list[Change] = []
    rows: list[Row] = []
    for category in ("A00", "A01", "A02"):
        before[category] = after[category] = False
        for digit in "01234567":
            code = category + digit
            before[code] = True
            draw = chance.random()
            if draw < 0.55:
                after[code] = True
            elif draw < 0.9:
                target = chance.choice(["A00", "A01", "A02", "B05"]) + chance.choice("89") + digit
                after[target] = True
                rows.append(row(code, target, Relation.RENAMED, automatic=True))
                changes.append(change(code, ChangeKind.DELETED))
            else:
                changes.append(change(code, ChangeKind.DELETED))
        if chance.random() < 0.3:
            after[category + "9"] = True
    return pair(before, after, changes=changes, mappings=rows)


def sqlite_set(codes: Mapping[str, bool], dotted: bool, condition: str) -> set[str]:
    with sqlite3.connect(":memory:") as base:
        base.execute("PRAGMA case_sensitive_like = ON")
        base.execute("CREATE TABLE claims (code, dx)")
        shown = [(code, printed("icd10cm", code) if dotted else code) for code, billable in codes.items() if billable]
        base.executemany("INSERT INTO claims VALUES (?, ?)", shown)
        return {code for (code,) in base.execute(f"SELECT code FROM claims WHERE {condition}")}


def conditions(chance: random.Random, codes: Sequence[str], dotted: bool) -> str:
    def write(code: str) -> str:
        return printed("icd10cm", code) if dotted else code

    some = [write(code) for code in chance.sample(codes, chance.randint(2, 5))]
    low, high = sorted(chance.sample(codes, 2))
    inner = "A0_._" if dotted else "A0__"
    return chance.choice(
        [
            f"dx IN ({', '.join(map(repr, some))})",
            f"dx = '{some[0]}'",
            f"dx LIKE '{some[0][:3]}%'",
            f"dx LIKE '{inner}'",
            f"dx BETWEEN '{write(low)}' AND '{write(high)}'",
            f"dx >= '{write(low)}' AND dx < '{write(high)}'",
            f"dx LIKE '{some[0][:3]}%' AND dx NOT IN ({', '.join(map(repr, some))})",
        ]
    )


def test_a_rewritten_query_selects_exactly_what_the_old_codes_became(tmp_path: Path) -> None:
    chance = random.Random(8)
    outcomes: dict[str, int] = {}
    for number in range(300):
        found = made_up(chance)
        dotted = chance.random() < 0.5
        condition = conditions(chance, [code for code, billable in found.before.items() if billable], dotted)
        path = tmp_path / f"r{number}.sql"
        path.write_text(f"SELECT 1 FROM claims WHERE {condition};", encoding="utf-8")
        (told,) = assess([path], [found]).verdicts
        outcomes[told.compatibility] = outcomes.get(told.compatibility, 0) + 1
        was = sqlite_set(found.before, dotted, condition)
        now = sqlite_set(found.after, dotted, condition)
        assert (told.before, told.after) == (len(was), len(now)), condition
        assert set(told.gained) == {printed("icd10cm", code) for code in now - was}
        assert set(told.lost) == {printed("icd10cm", code) for code in was - now}
        successors = {each.source: each.target for each in found.mappings}
        rolled = {code if found.after.get(code) else successors.get(code) for code in was}
        if told.compatibility == "unchanged":
            assert now == rolled
        elif told.compatibility == "safe_to_roll_forward":
            new = condition
            for part in told.rewritten:
                assert part.expression in new
                new = new.replace(part.expression, part.rewritten)
            assert sqlite_set(found.after, dotted, new) == rolled, (condition, new)
        else:
            assert now != rolled or None in rolled
    assert min(outcomes.values()) > 20 and len(outcomes) == 3, outcomes


# Rewritten lists, read by a glob


def listed(chance: random.Random, codes: Sequence[str]) -> list[str]:
    """A rule as a list: codes, prefixes, wildcards, now and then an exclusion."""
    found = [printed("icd10cm", code) for code in chance.sample(codes, chance.randint(1, 3))]
    if chance.random() < 0.5:
        found.append(f"A0{chance.randint(0, 2)}.*")
    if chance.random() < 0.4:
        found.append(f"A0{chance.randint(0, 2)}.?")
    if chance.random() < 0.3:
        found.append("!" + printed("icd10cm", chance.choice(codes)))
    return list(dict.fromkeys(found))


def glob_set(codes: Mapping[str, bool], items: Sequence[str]) -> set[str]:
    """What a list covers, by shell patterns on printed codes; `A00.*` holds A00 too, which is no billable code here."""
    shown = {printed("icd10cm", code): code for code, billable in codes.items() if billable}
    puts = [item for item in items if not item.startswith("!")]
    outs = [item[1:] for item in items if item.startswith("!")]
    return {
        code
        for text, code in shown.items()
        if any(fnmatchcase(text, item) for item in puts) and not any(fnmatchcase(text, item) for item in outs)
    }


@pytest.mark.parametrize("form", ["csv", "yaml", "rul"])
def test_a_rewritten_list_covers_exactly_what_the_old_codes_became(tmp_path: Path, form: str) -> None:
    chance = random.Random(form)
    safe = 0
    for number in range(120):
        found = made_up(chance)
        items = listed(chance, [code for code, billable in found.before.items() if billable])
        path = tmp_path / f"r{number}.{form}"
        text = {
            "csv": f'rule,icd10\nR1,"{", ".join(items)}"\n',
            "yaml": f"a: {json.dumps(items)}\n",
            "rul": f"RULE 1: IF DX IN ({', '.join(items)}) THEN DENY\n",
        }[form]
        path.write_text(text, encoding="utf-8")
        (told,) = assess([path], [found]).verdicts
        was, now = glob_set(found.before, items), glob_set(found.after, items)
        successors = {each.source: each.target for each in found.mappings}
        rolled = {code if found.after.get(code) else successors.get(code) for code in was}
        named = {item.replace(".", "") for item in items}
        if told.compatibility == "unchanged":
            assert now == rolled, items
        elif told.compatibility == "safe_to_roll_forward":
            safe += 1
            (part,) = told.rewritten
            new = json.loads(part.rewritten) if form == "yaml" else part.rewritten.split(", ")
            assert glob_set(found.after, new) == rolled, (items, new)
        else:
            assert now != rolled or None in rolled or any(not found.after.get(code.strip("!")) for code in named)
    assert safe > 15


def test_a_new_header_that_a_rule_names_is_no_silent_gain(tmp_path: Path) -> None:
    new = pair({"A00": False, "A000": True}, {"A00": False, "A000": True, "A01": False, "A010": True})
    assert verdict(tmp_path, '"A00.0, A01"', found=new).compatibility == "unchanged"
    assert verdict(tmp_path, '"A00.0, A0*"', found=new).compatibility == "needs_a_person"


def test_a_query_that_does_not_tell_about_dots_gets_both_ways_or_none(tmp_path: Path) -> None:
    renamed = pair(
        {"A00": True, "B00": False, "B000": True},
        {"B00": False, "B001": True},
        mappings=[
            row("A00", "B001", Relation.RENAMED, automatic=True),
            row("B000", "B001", Relation.RENAMED, automatic=True),
        ],
    )
    found = verdict(tmp_path, "WHERE dx LIKE 'B0__'", "r.sql", renamed)
    assert found.compatibility == "unchanged"
    found = verdict(tmp_path, "WHERE dx = 'A00'", "r.sql", renamed)
    assert found.compatibility == "needs_a_person"
    assert found.reasons == ("It cannot be written anew by itself; add B00.1 by hand.",)


def test_statements_have_the_names_that_people_give_them(tmp_path: Path) -> None:
    path = tmp_path / "r.sql"
    path.write_text(
        "-- Rule: Lice and mites\nSELECT 1 WHERE dx = 'B88.0';\nSELECT 1 WHERE dx = 'A00.0';\n"
        "CREATE OR REPLACE VIEW ulcer AS SELECT 1 WHERE dx = 'L89.0';\n",
        encoding="utf-8",
    )
    assert [each.rule for each in assess([path], [october()]).verdicts] == ["Lice and mites", "line 3", "ulcer"]
