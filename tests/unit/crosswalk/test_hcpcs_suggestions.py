"""How HCPCS descriptions are read, and which codes are suggested as successors."""

from __future__ import annotations

from datetime import date

import pytest

from codeset_pipeline.crosswalk.hcpcs_inputs import HcpcsCode
from codeset_pipeline.crosswalk.hcpcs_rank import SuccessorRanker
from codeset_pipeline.crosswalk.hcpcs_wording import read_wording, same_billing_unit, shown_amounts

END, AFTER = date(2019, 9, 30), date(2019, 10, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Injection, blinatumomab, 1 mcg", "Injection, blinatumomab, 1 microgram"),
        ("Factor ix, rixubis, per i.u.", "Injection, factor ix, rixubis, per iu"),
        ("Lutetium lu 177, dotatate, 1 mci", "Lutetium lu 177, dotatate, 1 millicurie"),
        ("Injection, elosulfase alfa, 1mg", "Injection, elosulfase alfa, 1 mg"),
        ("Injection, t-vec, 1 million plaque forming units (pfu)", "Injection, t-vec, per 1 million pfu"),
        ("Injection, iron, 1000 mcg", "Injection, iron, 1 mg"),
        ("Mesh, per sq cm", "Mesh, per square centimeter"),
        ("Therapy, 60 minutes", "Therapy, 1 hour"),
        ("Hearing aid, cros", "Hearing aid"),
    ],
)
def test_billing_units_are_the_same_however_they_are_spelled(one: str, other: str) -> None:
    assert same_billing_unit(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Injection, argatroban, per 5 mg", "Injection, argatroban, 1 mg"),
        ("Hyaluronan, durolane, per dose", "Hyaluronan, durolane, 1 mg"),
        ("Factor xiii, per 10 i.u.", "Factor xiii, per iu"),
        ("Injection, x, 1 mg", "Injection, x, 1 mcg"),
        ("Injection, netupitant 300 mg and palonosetron 0.5 mg", "Injection, netupitant 300 mg"),
    ],
)
def test_billing_units_differ_in_amount_unit_or_number(one: str, other: str) -> None:
    assert not same_billing_unit(one, other)


def test_amounts_are_shown_in_base_units() -> None:
    assert shown_amounts("Injection, tagraxofusp-erzs, 10 micrograms") == "0.01 mg"
    assert shown_amounts("Injection, immune globulin, 1,500 iu") == "1500 unit"
    assert shown_amounts("Wheelchair") == "no amount"


def test_words_of_the_form_do_not_name_the_thing() -> None:
    assert read_wording("Injection, avelumab, 10 mg").words == ("avelumab",)
    assert read_wording("Platelets, pheresis, each unit").words == ("pheresis", "platelet")


def test_not_otherwise_specified_negates_nothing() -> None:
    assert not read_wording("Injection, rituximab, not otherwise specified, 10 mg").negated
    assert read_wording("Statin not prescribed").negated


def code(name: str, text: str, added: date = date(2010, 1, 1), ended: date | None = None, **rest: str) -> HcpcsCode:
    kind = rest.get("betos", "O1E")
    return HcpcsCode(name, len(name) == 2, text, "", kind, ("1",), ("51",), "C", (), added, ended)


def first(ended: HcpcsCode, *others: HcpcsCode, floor: float = 0.0) -> list[str]:
    found = SuccessorRanker([ended, *others]).successors(ended, floor=floor)
    assert [suggestion.score for suggestion in found] == sorted((s.score for s in found), reverse=True)
    return [suggestion.code for suggestion in found]


def test_the_drug_outweighs_the_form_and_the_dose() -> None:
    ended = code("C9038", "Injection, mogamulizumab-kpkc, 1 mg", ended=END)
    same_drug = code("J9204", "Injection, mogamulizumab-kpkc, 5 mg", AFTER)
    assert first(ended, code("J9999", "Injection, cemiplimab-rwlc, 1 mg", AFTER), same_drug)[0] == "J9204"


def test_of_two_codes_for_a_drug_the_one_with_the_dose_comes_first() -> None:
    ended = code("C9001", "Injection, patisiran, 0.1 mg", ended=END)
    others = [
        code(f"J000{n}", f"Injection, patisiran, {dose}", AFTER) for n, dose in enumerate(["5 ml", "1 mg", "0.1 mg"])
    ]
    assert first(ended, *others) == ["J0002", "J0001", "J0000"]


def test_a_code_added_on_the_day_after_comes_before_one_long_in_use() -> None:
    ended = code("C9001", "Injection, patisiran, 0.1 mg", ended=END)
    old, new = (
        code(name, "Injection, patisiran, 0.1 mg", day) for name, day in (("J0001", date(2010, 1, 1)), ("J0002", AFTER))
    )
    assert first(ended, old, new) == ["J0002", "J0001"]


def test_only_codes_valid_on_the_day_after_are_suggested() -> None:
    text = "Injection, patisiran, 0.1 mg"
    ended = code("C9001", text, ended=END)
    assert first(ended, code("J0001", text, ended=END), code("J0002", text, date(2019, 10, 2))) == []
    assert first(ended, code("J0001", text, ended=AFTER)) == ["J0001"]


def test_modifiers_and_codes_do_not_replace_one_another() -> None:
    assert first(code("ZA", "Novartis/sandoz", ended=END), code("G0001", "Novartis/sandoz", AFTER)) == []
    assert first(code("ZA", "Novartis/sandoz", ended=END), code("ZD", "Novartis/sandoz", AFTER)) == ["ZD"]
    assert first(code("G0001", "Novartis/sandoz", ended=END), code("ZD", "Novartis/sandoz", AFTER)) == []


def test_the_opposite_is_no_successor() -> None:
    ended = code("G8698", "Antithrombotic therapy not prescribed at discharge", ended=END)
    opposite = code("G8696", "Antithrombotic therapy prescribed at discharge", AFTER)
    same = code("G8699", "Antithrombotic therapy not prescribed on discharge day", AFTER)
    assert first(ended, opposite, same)[0] == "G8699"


def test_at_most_five_are_suggested_and_none_below_the_floor() -> None:
    ended = code("C9001", "Injection, patisiran, 0.1 mg", ended=END)
    many = [code(f"J{n:04}", f"Injection, patisiran, brand{n}, 0.1 mg", AFTER) for n in range(9)]
    assert len(first(ended, *many)) == 5
    assert first(ended, *many, floor=1.0) == []


def test_a_living_code_has_no_successors_to_ask_for() -> None:
    with pytest.raises(ValueError, match="has not ended"):
        SuccessorRanker([]).successors(code("G0001", "Thing"))
