"""How codes are written in the CPT/HCPCS columns of price lists."""

import pytest

from codeset_pipeline.impact.procedure_codes import code_set_of, read_modifiers, read_procedures


def codes(text: str) -> list[str]:
    """`J1885+JW` for a code with a modifier, and the texts that are none behind `!`."""
    cell = read_procedures(text)
    return ["+".join((found.code, *found.modifiers)) for found in cell.codes] + [
        f"!{part}" for part in cell.unrecognised
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("J1885", ["J1885"]),
        ("j1885", ["J1885"]),
        ("99213", ["99213"]),
        ("99213.0", ["99213"]),
        ("'99213", ["99213"]),
        ("0042T", ["0042T"]),
        ("J1885JW", ["J1885+JW"]),
        ("J1885-JW", ["J1885+JW"]),
        ("J1885 JW", ["J1885+JW"]),
        ("J1885/JW", ["J1885+JW"]),
        ("J1885 (JW)", ["J1885+JW"]),
        ("J1885,JW", ["J1885+JW"]),
        ("J1885 MOD JW", ["J1885+JW"]),
        ("99213 25", ["99213+25"]),
        ("99213-25-59", ["99213+25+59"]),
        ("9928325", ["99283+25"]),
        ("70030TCLT", ["70030+TC+LT"]),
        ("99213.25", ["99213+25"]),
        ("J1885, J7050", ["J1885", "J7050"]),
        ("J1885/J7050", ["J1885", "J7050"]),
        ("J1885\nJ7050", ["J1885", "J7050"]),
        ("99213 80053", ["99213", "80053"]),
        ("36415 or 36416", ["36415", "36416"]),
        ("J1885 JW; J7050 JZ", ["J1885+JW", "J7050+JZ"]),
        ("HCPCS: J1885", ["J1885"]),
        ("J1885 - KETOROLAC 15MG INJ", ["J1885"]),
        ("J1885 15MG KETOROLAC", ["J1885"]),
        ("D0250", ["D0250"]),
        ("100", ["00100"]),
        ("1999", ["01999"]),
        ("99201-99205", ["99201", "99205"]),
        ("2000", ["!2000"]),
        ("0250", ["!0250"]),
        ("10300001", ["!10300001"]),
        ("123456789", ["!123456789"]),
        ("1980I636", ["!1980I636"]),
        ("4375401", ["!4375401"]),
        ("Z7514", ["!Z7514"]),
        ("AAAAA", ["!AAAAA"]),
        ("N/A", ["!N/A"]),
        ("99213.10", ["!99213.10"]),
        ("S72.001A", ["!S72.001A"]),
        ("S72001A", ["!S72001A"]),
        ("00093-0058-01", ["!00093-0058-01"]),
        ("J1885, J188", ["J1885", "!J188"]),
        ("J1885 KETOROLAC, 15MG; J7050 SALINE 250", ["J1885", "J7050"]),
        ("", []),
    ],
)
def test_a_cell_holds_these_codes(written: str, meant: list[str]) -> None:
    assert codes(written) == meant


def test_ranges_and_prefixes_of_hcpcs_codes_are_handed_on() -> None:
    assert [found.text for found in read_procedures("J1885-J1890, J70*").expressions] == ["J1885-J1890", "J70*"]


@pytest.mark.parametrize(
    ("code", "code_set"),
    [("J1885", "hcpcs"), ("99213", "cpt"), ("0042T", "cpt"), ("D0250", "cdt"), ("Z7514", None), ("F0001", None)],
)
def test_the_form_of_a_code_tells_its_code_set(code: str, code_set: str | None) -> None:
    assert code_set_of(code) == code_set


@pytest.mark.parametrize(
    ("written", "modifiers", "left"),
    [
        ("JW", ("JW",), ()),
        ("25, 59", ("25", "59"), ()),
        ("26.0", ("26",), ()),
        ("RT/LT", ("RT", "LT"), ()),
        ("TCLT", ("TC", "LT"), ()),
        ("none", (), ()),
        ("N/A", (), ()),
        ("25 X", ("25",), ("X",)),
    ],
)
def test_a_modifier_cell_holds_these_modifiers(written: str, modifiers: tuple[str, ...], left: tuple[str, ...]) -> None:
    assert read_modifiers(written) == (modifiers, left)
