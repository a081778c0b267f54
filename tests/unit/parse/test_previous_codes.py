"""The grammar of the previous-code cell; each example is a form that stands in a published table."""

from __future__ import annotations

import pytest

from codeset_pipeline.parse.previous_codes import PreviousTerm, parse_previous_codes


def code(text: str) -> PreviousTerm:
    return PreviousTerm("code", text, text)


def prefix(text: str) -> PreviousTerm:
    return PreviousTerm("prefix", text, text)


@pytest.mark.parametrize(
    ("text", "form", "groups"),
    [
        ("None", "none", ()),
        ("  ", "none", ()),
        ("A92.8", "single", ((code("A928"),),)),
        ("T40.7X3D ", "single", ((code("T407X3D"),),)),
        ("C4A", "single", ((code("C4A"),),)),
        ("G56.01 and G56.02", "combination", ((code("G5601"),), (code("G5602"),))),
        ("I63.011 AND I63.012", "combination", ((code("I63011"),), (code("I63012"),))),
        ("M93.001 & M93.002", "combination", ((code("M93001"),), (code("M93002"),))),
        ("G11.8 and E23.0 and K00.0", "combination", ((code("G118"),), (code("E230"),), (code("K000"),))),
        (
            "H02.201, H02.202, H02.204 and H02.205",
            "combination",
            ((code("H02201"),), (code("H02202"),), (code("H02204"),), (code("H02205"),)),
        ),
        ("L05.01, L05.91", "alternatives", ((code("L0501"), code("L0591")),)),
        ("P78.89; E83.118", "alternatives", ((code("P7889"), code("E83118")),)),
        ("A00.0, A00.1 or A00.9", "alternatives", ((code("A000"), code("A001"), code("A009")),)),
        ("I60.20-I60.22", "alternatives", ((PreviousTerm("range", "I6020", "I6022"),),)),
        (
            "H05.011-H05.013; H05.019",
            "alternatives",
            ((PreviousTerm("range", "H05011", "H05013"), code("H05019")),),
        ),
        (
            "H44.20-H44.23 and H35.30",
            "combination",
            ((PreviousTerm("range", "H4420", "H4423"),), (code("H3530"),)),
        ),
        (
            "H44.20-H44.23 and H35.051-H35.059",
            "combination",
            ((PreviousTerm("range", "H4420", "H4423"),), (PreviousTerm("range", "H35051", "H35059"),)),
        ),
        ("I63.- and P91.88", "combination", ((prefix("I63"),), (code("P9188"),))),
        ("K31.89 and a code from R11-", "combination", ((code("K3189"),), (prefix("R11"),))),
        ("Codes in Categories T15-T19", "alternatives", ((PreviousTerm("category_range", "T15", "T19"),),)),
        (
            "K59.09 AND Code from categories T36-T50",
            "combination",
            ((code("K5909"),), (PreviousTerm("category_range", "T36", "T50"),)),
        ),
        ("I60.20\u2013I60.22", "alternatives", ((PreviousTerm("range", "I6020", "I6022"),),)),
    ],
)
def test_form(text: str, form: str, groups: tuple[tuple[PreviousTerm, ...], ...]) -> None:
    parsed = parse_previous_codes(text)
    assert parsed is not None
    assert (parsed.form, parsed.groups, parsed.remarks) == (form, groups, ())


@pytest.mark.parametrize(
    "text",
    [
        "see index",
        "A00.0 A00.1",
        "A00.0 and",
        ", A00.0",
        "A00.0 and A00.1 or A00.9",
        "A00.0 and A00.1; A00.9",
        "A00.0 and A00.1, A00.9",
        "Code deleted",
        "A00.00000",
    ],
)
def test_what_cannot_be_told_is_not_guessed(text: str) -> None:
    assert parse_previous_codes(text) is None


def test_a_remark_is_passed_over_and_named() -> None:
    parsed = parse_previous_codes("A00.0 (cholera).")
    assert parsed is not None
    assert parsed.groups == ((code("A000"),),)
    assert parsed.remarks == ("(cholera)", ".")
