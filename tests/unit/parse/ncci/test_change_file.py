"""The publisher's lists of PTP changes, whose layout is known from reports only."""

from __future__ import annotations

import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.ncci_ptp_change_file import parse_ptp_change_file
from tests.unit.parse.hcpcs.anweb_lines import workbook

ROWS = [("A4216", "J7050", "1"), ("G0500", "A4216", "0")]
LISTED = [(*row, "") for row in ROWS]


def listed(data: bytes) -> list[tuple[str, str, str, str]]:
    return [row[:4] for row in parse_ptp_change_file(data, "Additions.txt").rows]


def tabbed(*header: str, rows: list[tuple[str, ...]] = ROWS) -> bytes:  # type: ignore[assignment]
    lines = [*header, *("\t".join(row) for row in rows)]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


@pytest.mark.parametrize(
    "header",
    [
        ("CPT copyright \xa9\t\t", 'Column 1\tColumn 2\t"Modifier\nIndicator"'),
        ("CPT copyright\t\t", "Column 1\tColumn 2\tModifier", "\t\tIndicator"),
        ("Column 1\tColumn 2\tModifier Indicator",),
        ("One line", "", "Another", "COLUMN1\tcolumn 2\tModifier  0=not allowed 1=allowed"),
    ],
)
def test_the_header_is_found_by_its_names(header: tuple[str, ...]) -> None:
    assert listed(tabbed(*header)) == LISTED


def test_the_workbook_says_the_same() -> None:
    book = workbook(("S", [["A notice"], ["Column 1", "Column 2", "Modifier\nIndicator"], *map(list, ROWS)]))
    assert listed(book) == LISTED
    numbers = workbook(("S", [["Column 1", "Column 2", "Modifier\nIndicator"], [2345, 345, 1]]))
    assert listed(numbers) == [("02345", "00345", "1", "")]


@pytest.mark.parametrize("cell", ["0 to 1", "0 -> 1", "from 0 to 1", "0/1"])
def test_a_changed_indicator_may_be_given_as_old_and_new(cell: str) -> None:
    data = tabbed("Column 1\tColumn 2\tModifier Indicator", rows=[("A4216", "J7050", cell)])
    assert listed(data) == [("A4216", "J7050", "1", "0")]


def test_a_changed_indicator_may_stand_in_two_columns() -> None:
    header = "Column 1\tColumn 2\tOld Modifier Indicator\tNew Modifier Indicator"
    assert listed(tabbed(header, rows=[("A4216", "J7050", "0", "1")])) == [("A4216", "J7050", "1", "0")]


def test_columns_of_the_edits_themselves_may_stand_beside() -> None:
    header = "Column 1\tColumn 2\tEffective Date\tDeletion Date\tModifier Indicator\tPTP Edit Rationale"
    row = ("A4216", "J7050", "20260701", "*", "1", "Misuse of Column Two code with Column One code")
    assert listed(tabbed(header, rows=[row])) == [("A4216", "J7050", "1", "")]


def test_a_quarter_may_list_nothing() -> None:
    assert listed(tabbed("Column 1\tColumn 2\tModifier Indicator", rows=[])) == []
    assert listed(tabbed("Column 1\tColumn 2\tModifier Indicator", rows=[("No changes this quarter",)])) == []


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        (("A421", "J7050", "1"), "Column 1", "A421"),
        (("A4216", "", "1"), "Column 2", ""),
        (("A4216", "J7050", "2"), "Modifier Indicator", "2"),
        (("A4216", "J7050", ""), "Modifier Indicator", ""),
        (("A4216", "J7050", "0 to 5"), "Modifier Indicator", "0 to 5"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(row: tuple[str, ...], column: str, text: str) -> None:
    with pytest.raises(ParseError) as caught:
        listed(tabbed("Notice", "Column 1\tColumn 2\tModifier Indicator", rows=[*ROWS, row]))
    assert (caught.value.line, caught.value.column, caught.value.text) == (5, column, text)


@pytest.mark.parametrize(
    "data", [b"", b"<html></html>", tabbed("Column 1\tModifier Indicator"), tabbed("Column 1\tColumn 2\tStrange")]
)
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(ParseError, match=r"Additions\.txt"):
        parse_ptp_change_file(data, "Additions.txt")
