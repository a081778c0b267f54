"""What a reference in a rule covers, held against reading every code in turn."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeset_pipeline.impact.expressions import Form, parse, parse_reference


@pytest.mark.parametrize(
    ("text", "form", "low", "high"),
    [
        ("E11.9", Form.CODE, "E119", "E119"),
        (" s72001a ", Form.CODE, "S72001A", "S72001A"),
        ("C4A", Form.CODE, "C4A", "C4A"),
        ("QA0.1", Form.CODE, "QA01", "QA01"),
        ("0SR90J9", Form.CODE, "0SR90J9", "0SR90J9"),
        ("E11.0-E11.9", Form.RANGE, "E110", "E119"),
        ("E11.0 – e11.9", Form.RANGE, "E110", "E119"),
        ("A00 to B99", Form.RANGE, "A00", "B99"),
        ("E110..E119", Form.RANGE, "E110", "E119"),
        ("C7A-C7B", Form.RANGE, "C7A", "C7B"),
        ("0SR90J9-0SR90JZ", Form.RANGE, "0SR90J9", "0SR90JZ"),
        ("S72.", Form.PREFIX, "S72", "S72"),
        ("I63.-", Form.PREFIX, "I63", "I63"),
        ("I63-", Form.PREFIX, "I63", "I63"),
        ("S72.0--", Form.PREFIX, "S720", "S720"),
        ("J13%", Form.PREFIX, "J13", "J13"),
        ("S72.*", Form.PREFIX, "S72", "S72"),
        ("E11.?", Form.WILDCARD, "E11", "E11"),
        ("S72.*A", Form.WILDCARD, "S72", "S72"),
    ],
)
def test_a_reference_is_understood_in_the_forms_people_write(text: str, form: Form, low: str, high: str) -> None:
    found = parse(text)
    assert found is not None
    assert (found.form, found.low, found.high) == (form, low, high)


@pytest.mark.parametrize(
    "text",
    (
        *("", "A1", "E1.19", "12.5", "2025-10-01", "E11.9-E11.0", "APR-DEC", "E11.0-9", "E11.[0-9]", "E11.9.9"),
        *("$229.00", "S72001ABC", "E11.9 and more", "*", "?", "*A"),
    ),
)
def test_other_texts_are_no_reference(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("text", ["!E11.9", "not e11.9", "EXCEPT E11.9", "! E11.9"])
def test_an_exclusion_is_told_from_an_inclusion(text: str) -> None:
    found = parse_reference(text)
    assert found is not None and found.excluded and found.expression.low == "E119"
    plain = parse_reference("E11.9")
    assert plain is not None and not plain.excluded


def test_a_range_holds_the_codes_under_its_last_end_but_not_its_neighbours() -> None:
    codes = ["E10", "E109", "E11", "E110", "E1100", "E1165", "E119", "E1190", "E11A", "E12"]
    found = parse("E11.0-E11.9")
    assert found is not None
    assert found.members(codes) == ["E110", "E1100", "E1165", "E119", "E1190"]


def test_a_prefix_holds_a_category_that_is_itself_a_code() -> None:
    found = parse("J13%")
    assert found is not None and found.members(["J12", "J13", "J130", "J14"]) == ["J13", "J130"]


def test_a_question_mark_is_exactly_one_character() -> None:
    found = parse("E11.?")
    assert found is not None and found.members(["E11", "E110", "E1100", "E119", "E12"]) == ["E110", "E119"]


def test_the_dot_of_a_wildcard_stands_after_the_third_character() -> None:
    found = parse("S*.1")
    assert found is not None and found.members(["S01", "S011", "S7201", "S721"]) == ["S011", "S721"]


_CHARS = "013AB"
_CODES = st.builds(
    lambda head, tail: head + tail,
    st.builds("{}{}{}".format, st.sampled_from("AB"), st.sampled_from("01"), st.sampled_from("019A")),
    st.text(alphabet=_CHARS, max_size=4),
)


def _dotted(code: str) -> str:
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


@given(st.sets(_CODES, max_size=60), _CODES, _CODES, st.booleans())
def test_ranges_agree_with_reading_every_code(codes: set[str], one: str, other: str, dots: bool) -> None:
    low, high = sorted((one, other))
    found = parse(f"{_dotted(low)}-{_dotted(high)}" if dots else f"{low} to {high}")
    assert found is not None
    expected = [code for code in sorted(codes) if low <= code <= high or code.startswith(high)]
    assert found.members(sorted(codes)) == expected
    assert found.count(sorted(codes)) == len(expected)
    assert [code for code in sorted(codes) if found.covers(code)] == expected


@given(st.sets(_CODES, max_size=60), _CODES, st.sampled_from(["%", "*", "-", "**"]))
def test_prefixes_agree_with_reading_every_code(codes: set[str], start: str, mark: str) -> None:
    found = parse(start + mark)
    assert found is not None and found.form is Form.PREFIX
    expected = [code for code in sorted(codes) if code.startswith(start)]
    assert found.members(sorted(codes)) == expected
    assert [code for code in sorted(codes) if found.covers(code)] == expected


@given(
    st.sets(_CODES, max_size=60), _CODES, st.lists(st.tuples(st.integers(1, 6), st.sampled_from("?*_%")), min_size=1)
)
def test_wildcards_agree_with_a_glob_matched_character_by_character(
    codes: set[str], start: str, marks: list[tuple[int, str]]
) -> None:
    text = start
    for at, mark in marks[:3]:
        text = text[:at] + mark + text[at + 1 :]
    found = parse(text)
    assert found is not None

    def glob(pattern: str, code: str) -> bool:
        if not pattern:
            return not code
        if pattern[0] in "*%":
            return glob(pattern[1:], code) or (bool(code) and glob(pattern, code[1:]))
        return bool(code) and (pattern[0] in "?_" or pattern[0] == code[0]) and glob(pattern[1:], code[1:])

    expected = [code for code in sorted(codes) if glob(text, code)]
    assert found.members(sorted(codes)) == expected
    assert found.count(sorted(codes)) == len(expected)


@given(st.text(alphabet="AE1290.-*%?_ !x", max_size=12))
def test_any_text_is_a_reference_or_none_and_never_an_error(text: str) -> None:
    found = parse(text)
    if found is not None:
        assert re.fullmatch(r"[A-Z0-9]+", found.low)
        assert found.low <= found.high
