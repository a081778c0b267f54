"""The codes file's layout."""

from __future__ import annotations

import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.codes_file import CodesFileRow, parse_codes_file


def test_columns_become_fields() -> None:
    data = b"A000    Cholera due to Vibrio cholerae 01\r\nT84010A Broken prosthesis, initial encounter\r\n"
    assert parse_codes_file(data, "codes.txt") == [
        CodesFileRow("A000", "Cholera due to Vibrio cholerae 01"),
        CodesFileRow("T84010A", "Broken prosthesis, initial encounter"),
    ]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"A000    Cholera\r\nA001    Chol", 2),
        (b"A000    Cholera\r\nA000    Cholera\r\n", 2),
        (b"A000 Cholera\r\n", 1),
        (b"A00.0   Cholera\r\n", 1),
        (b"00001 A00     0 Cholera\r\n", 1),
    ],
)
def test_a_departure_is_an_error(data: bytes, line: int) -> None:
    with pytest.raises(ParseError) as caught:
        parse_codes_file(data, "codes.txt")
    assert caught.value.line == line


def test_windows_1252_is_reported() -> None:
    oddities: list[Oddity] = []
    rows = parse_codes_file("H8101   Ménière's disease\r\n".encode("cp1252"), "codes.txt", oddities=oddities)
    assert rows[0].long_title == "Ménière's disease"
    assert len(oddities) == 1
